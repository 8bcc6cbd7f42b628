//! The parameter randomisation check on maps that depend on the model wholly or not at all.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod measure_golden;

use gradlens::{
    attribution::{AttributionError, Unhurried},
    classifier::{Classifier, ClassifierError, LocalFuture, Size},
    metric::{Cascade, Explainer, randomisation_check},
};
use measure_golden::{LinearModel, block_on, scatter};

const SIZE: Size = Size {
    height: 20,
    width: 20,
};

fn model(seed: u32) -> LinearModel {
    LinearModel {
        weights: scatter(3 * SIZE.values(), seed),
        biases: vec![0.0; 3],
        batch: 1,
    }
}

/// Models that forget everything, by being asked for.
struct Forgetting(usize);

impl Cascade for Forgetting {
    fn groups(&self) -> Vec<Vec<String>> {
        (0..self.0).map(|k| vec![format!("layer {k}")]).collect()
    }

    fn randomised<'a>(
        &'a self,
        group: usize,
    ) -> LocalFuture<'a, Result<Box<dyn Classifier + 'a>, ClassifierError>> {
        let forgetful = Box::new(model(100 + group as u32));
        Box::pin(std::future::ready(Ok(forgetful as Box<dyn Classifier>)))
    }
}

fn edges() -> Vec<f32> {
    scatter(SIZE.pixels(), 3)
}

/// Shows edges, whatever the model.
struct Edges;

impl Explainer for Edges {
    fn explain<'a>(
        &'a self,
        _: &'a dyn Classifier,
        _: usize,
    ) -> LocalFuture<'a, Result<Vec<f32>, AttributionError>> {
        Box::pin(std::future::ready(Ok(edges())))
    }
}

/// Shows the logits of a probe at every pixel: depends on nothing but the model.
struct Probing;

impl Explainer for Probing {
    fn explain<'a>(
        &'a self,
        classifier: &'a dyn Classifier,
        _: usize,
    ) -> LocalFuture<'a, Result<Vec<f32>, AttributionError>> {
        Box::pin(async move {
            let mut shown = Vec::new();
            for pixel in 0..SIZE.pixels() {
                let mut probe = vec![0.0; SIZE.values()];
                probe[pixel] = 1.0;
                let logits = classifier.logits(probe, SIZE).await?;
                shown.push(logits[0]);
            }
            Ok(shown)
        })
    }
}

#[test]
fn a_map_that_ignores_the_model_fails_the_randomisation_check() {
    let outcome = block_on(randomisation_check(
        &edges(),
        SIZE,
        &Forgetting(3),
        &Edges,
        &Unhurried,
    ))
    .unwrap();
    assert_eq!(outcome.steps.len(), 3);
    assert_eq!(outcome.mean_absolute_spearman(), 1.0);
    assert!((outcome.mean_similarity() - 1.0).abs() < 1e-12);
    assert!(outcome.is_insensitive());
}

#[test]
fn a_map_that_is_the_model_passes_the_randomisation_check() {
    let intact = model(1);
    let original = block_on(Probing.explain(&intact, 0)).unwrap();
    let outcome = block_on(randomisation_check(
        &original,
        SIZE,
        &Forgetting(3),
        &Probing,
        &Unhurried,
    ))
    .unwrap();
    assert!(outcome.mean_absolute_spearman() < 0.2);
    assert!(!outcome.is_insensitive());
    assert_eq!(outcome.steps[2].layers, ["layer 2"]);
    assert!(
        block_on(randomisation_check(
            &original,
            SIZE,
            &Forgetting(0),
            &Probing,
            &Unhurried
        ))
        .unwrap()
        .steps
        .is_empty()
    );
}
