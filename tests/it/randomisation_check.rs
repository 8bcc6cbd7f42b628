//! The parameter randomisation check on maps that depend on the model wholly or not at all.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use crate::measure_golden::{LinearModel, block_on, scatter};
use crate::support::{array, golden, index, network};
use gradlens::{
    attribution::{
        AttributionError, Context, GradientSource, NoiseCache, NoiseSource, Unhurried, find,
    },
    classifier::{
        BackwardRule, Classifier, ClassifierError, LocalFuture, NormImage, Objective, Size,
    },
    engine::{randomised_graph, weight_layers},
    metric::{Cascade, Explainer, layer_groups, randomisation_check},
    onnx::{Graph, parse},
    protocol::{Setting, Settings},
};
use serde_json::Value;

const SIZE: Size = Size::colour(20, 20);

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
        &|_, _| {},
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
        &|_, _| {},
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
            &Unhurried,
            &|_, _| {}
        ))
        .unwrap()
        .steps
        .is_empty()
    );
}

/// The stored cascade of the small network.
struct Stored(Vec<Value>);

impl Cascade for Stored {
    fn groups(&self) -> Vec<Vec<String>> {
        let names = |stage: &Value| {
            let layers = stage["layers"].as_array().unwrap();
            layers
                .iter()
                .map(|name| name.as_str().unwrap().to_owned())
                .collect()
        };
        self.0.iter().map(names).collect()
    }

    fn randomised<'a>(
        &'a self,
        group: usize,
    ) -> LocalFuture<'a, Result<Box<dyn Classifier + 'a>, ClassifierError>> {
        let file = format!("tiny/{}", self.0[group]["model"].as_str().unwrap());
        let model = Box::new(network(&golden(&file)));
        Box::pin(std::future::ready(Ok(model as Box<dyn Classifier>)))
    }
}

/// A method on the small network's image, with the stored noise.
struct Method {
    id: &'static str,
    settings: Settings,
    image: NormImage,
    noise: NoiseSource,
}

impl Explainer for Method {
    fn explain<'a>(
        &'a self,
        classifier: &'a dyn Classifier,
        _: usize,
    ) -> LocalFuture<'a, Result<Vec<f32>, AttributionError>> {
        Box::pin(async move {
            let method = find(self.id).unwrap();
            let settings = method.description().complete(&self.settings)?;
            let gradients = GradientSource::new(
                classifier,
                &Unhurried,
                self.image.size,
                Objective::Logit(0),
                BackwardRule::Standard,
            );
            let cx = Context {
                gradients: &gradients,
                image: &self.image,
                target: 0,
                settings: &settings,
                noise: &self.noise,
                uniform: None,
                preprocessing: None,
                cache: &NoiseCache::default(),
                on_partial: &|_, _, _| {},
            };
            Ok(method.explain(&cx).await?.normalise().values)
        })
    }
}

#[test]
fn the_stored_cascade_gives_the_stored_maps_and_correlations() {
    let index = index("tiny/index.json");
    assert_eq!(index["target"], 0);
    let stages = index["mprt"].as_array().unwrap().clone();
    let (input, noise) = (array("tiny/input.npy"), array("tiny/z.npy"));
    let mut settings = Settings::default();
    settings.set("samples", Setting::Integer(8));
    let intact = network(&golden("tiny/tiny.onnx"));
    let mut compared = 0;
    for (id, name, settings) in [
        ("gradient", "vanilla", Settings::default()),
        ("guided-absolute-grad", "gag", settings),
    ] {
        let method = Method {
            id,
            settings,
            image: NormImage {
                size: Size::colour(input.shape[2], input.shape[3]),
                values: input.values.clone(),
            },
            noise: NoiseSource::Stored {
                samples: noise.shape[0],
                unit_normal: noise.values.clone(),
            },
        };
        let original = block_on(method.explain(&intact, 0)).unwrap();
        let outcome = block_on(randomisation_check(
            &original,
            method.image.size,
            &Stored(stages.clone()),
            &method,
            &Unhurried,
            &|_, _| {},
        ))
        .unwrap();
        assert_eq!(outcome.steps.len(), 4);
        for (k, (step, stage)) in outcome.steps.iter().zip(&stages).enumerate() {
            let stored = array(&format!("tiny/mprt_{k}_{name}.npy")).values;
            let off = step
                .map
                .iter()
                .zip(&stored)
                .filter(|(a, b)| (**a - **b).abs() > 2e-5)
                .count();
            assert!(off <= stored.len() / 200, "{name} {k}: {off} pixels differ");
            let rho = stage["rho"][name].as_f64().unwrap();
            println!("{name} {k}: {} against {rho}", step.spearman.abs());
            assert!((step.spearman.abs() - rho).abs() < 1e-4, "{name} {k}");
            compared += 1;
        }
    }
    assert_eq!(compared, 8);
}

fn tiny_graph() -> Graph {
    let bytes = std::fs::read(golden("tiny/tiny_bn.onnx")).unwrap();
    parse(bytes.into()).unwrap()
}

#[test]
fn layers_are_those_of_the_stored_cascade_from_the_output_down() {
    let graph = tiny_graph();
    let mut layers = weight_layers(&graph);
    layers.reverse();
    // "/fc2/Gemm" is the layer "fc2".
    let name = |index: &usize| {
        graph.nodes[*index]
            .name
            .split('/')
            .nth(1)
            .unwrap()
            .to_owned()
    };
    let found: Vec<Vec<String>> = layer_groups(layers.len(), 4)
        .into_iter()
        .map(|group| layers[group].iter().map(name).collect())
        .collect();
    let stages = index("tiny/index.json")["mprt"].as_array().unwrap().clone();
    assert_eq!(found, Stored(stages).groups());
}

#[test]
fn weights_are_drawn_anew_and_the_others_kept() {
    let graph = tiny_graph();
    let layers = weight_layers(&graph);
    let last = *layers.last().unwrap();
    let random = randomised_graph(&graph, &[last], 7);
    assert_eq!(random, randomised_graph(&graph, &[last], 7));
    assert_ne!(random, randomised_graph(&graph, &[last], 8));
    let mut changed = 0;
    for (name, trained) in &graph.initializers {
        let drawn = &random.initializers[name];
        assert_eq!(drawn.shape, trained.shape);
        let own = graph.nodes[last].inputs.contains(name);
        assert_eq!(drawn != trained, own, "{name}");
        changed += usize::from(own);
    }
    assert_eq!(changed, 2, "weight and bias");
    let weight = &random.initializers[&graph.nodes[last].inputs[1]];
    let bound = 1.0 / (weight.shape[1] as f32).sqrt();
    let values = weight.floats();
    assert!(values.iter().all(|v| v.abs() <= bound));
    assert!(values.iter().any(|v| v.abs() > bound / 2.0) && values.iter().any(|v| *v < 0.0));
    // A BatchNorm starts over at the identity.
    let norm = layers
        .iter()
        .find(|&&index| graph.nodes[index].op == "BatchNormalization")
        .unwrap();
    let random = randomised_graph(&graph, &[*norm], 7);
    let parameter = |input: usize| random.initializers[&graph.nodes[*norm].inputs[input]].floats();
    for (input, value) in [(1, 1.0), (2, 0.0), (3, 0.0), (4, 1.0)] {
        assert!(parameter(input).iter().all(|&v| v == value));
    }
}
