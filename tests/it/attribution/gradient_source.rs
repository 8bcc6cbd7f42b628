//! Where gradients come from: cancelling, counting, and numbers that cannot be used.

use std::cell::Cell;

use gradlens::{
    attribution::{AttributionError, Cancelled, GradientSource, Pace, Unhurried},
    classifier::{BackwardRule, Classifier, LocalFuture, NormImage, Objective, Size},
};

use super::{
    analytic::{Linear, Scores, block_on},
    classifier,
};

const SIZE: Size = Size::colour(2, 2);

fn source<'a>(classifier: &'a dyn Classifier, pace: &'a dyn Pace) -> GradientSource<'a> {
    let rule = BackwardRule::Standard;
    GradientSource::new(classifier, pace, SIZE, Objective::Logit(1), rule)
}

/// Stops when this many units are done.
struct StopAt(usize);

impl Pace for StopAt {
    fn pause<'a>(&'a self, done: usize, _total: usize) -> LocalFuture<'a, Result<(), Cancelled>> {
        let stop = done >= self.0;
        Box::pin(std::future::ready(if stop {
            Err(Cancelled)
        } else {
            Ok(())
        }))
    }
}

#[test]
fn cancelling_ends_within_one_batch() {
    let classifier = classifier(Linear);
    for (stop, computed) in [(0, 0), (1, 4), (4, 4), (6, 8)] {
        let pace = StopAt(stop);
        let source = source(&classifier, &pace);
        let seen = Cell::new(0);
        let visit = |_: usize, _: &[f32], _: &[f32]| seen.set(seen.get() + 1);
        let result = block_on(source.stream(100, |_, _| {}, visit, |_| {}));
        assert_eq!(result, Err(AttributionError::Cancelled));
        assert_eq!(source.computed(), computed);
        assert_eq!(seen.get(), computed);
    }
}

#[test]
fn a_source_for_another_objective_adds_to_the_same_count() {
    let classifier = classifier(Linear);
    let source = source(&classifier, &Unhurried);
    let image = NormImage {
        size: SIZE,
        values: vec![0.5; SIZE.values()],
    };
    let other = source.with(Objective::Probability(2), BackwardRule::Standard);
    block_on(other.at(&image)).unwrap();
    block_on(source.step(0, 1, image.values)).unwrap();
    assert_eq!((source.computed(), other.computed()), (2, 2));
}

#[test]
fn a_gradient_that_is_not_finite_is_an_error_and_never_a_map() {
    struct Broken;
    impl Scores for Broken {
        fn classes(&self) -> usize {
            2
        }
        fn logit(&self, _class: usize, _x: &[f64]) -> f64 {
            0.0
        }
        fn gradient(&self, _class: usize, x: &[f64]) -> Vec<f64> {
            let mut gradient = vec![1.0; x.len()];
            gradient[3] = f64::NAN;
            gradient
        }
    }
    let classifier = classifier(Broken);
    let source = source(&classifier, &Unhurried);
    let visit = |_: usize, _: &[f32], _: &[f32]| panic!("a broken gradient was passed on");
    let error = block_on(source.stream(2, |_, _| {}, visit, |_| {})).unwrap_err();
    let expected = AttributionError::NonFinite {
        class: 1,
        count: 2,
        total: 24,
    };
    assert_eq!(error, expected);
}
