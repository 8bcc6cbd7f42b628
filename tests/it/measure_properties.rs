//! What must hold for measures whatever the numbers: who depends on what, and what bounds what.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::cell::Cell;

use crate::measure_golden::{LinearModel, block_on, scatter};
use gradlens::{
    attribution::{Cancelled, Pace, Unhurried},
    classifier::{
        BackwardRule, Classifier, ClassifierError, Gradients, LocalFuture, NormImage, Objective,
        Size,
    },
    metric::{
        AuthorsCurves, MEASURES, Measure, MetricError, RcapPlan, RiseCurves, Subject, measure, rcap,
    },
    protocol::{MeasureReport, RcapSettings, Setting, Settings},
};

const SIZE: Size = Size::colour(20, 20);
const BLACK: [f32; 3] = [-2.0, -1.5, -1.0];

fn model(batch: usize) -> LinearModel {
    let weights = scatter(3 * SIZE.values(), 5);
    LinearModel {
        weights: weights.iter().map(|w| (w - 0.5) * 0.3).collect(),
        biases: vec![0.1, -0.2, 0.0],
        batch,
    }
}

fn image() -> NormImage {
    let values = scatter(SIZE.values(), 9);
    NormImage {
        size: SIZE,
        values: values.iter().map(|v| 4.0 * v - 2.0).collect(),
    }
}

fn map() -> Vec<f32> {
    scatter(SIZE.pixels(), 3)
}

fn report_of(
    what: &dyn Measure,
    model: &dyn Classifier,
    map: &[f32],
    given: &Settings,
) -> MeasureReport {
    let image = image();
    let mask: Vec<bool> = (0..SIZE.pixels()).map(|i| i % 20 < 9).collect();
    let subject = Subject {
        classifier: model,
        pace: &Unhurried,
        image: &image,
        black_norm: &BLACK,
        target: 1,
        map,
        mask: Some(&mask),
    };
    block_on(measure(what, &subject, given)).unwrap()
}

fn rcap_score(map: &[f32], settings: RcapSettings, batch: usize) -> f64 {
    let outcome = block_on(rcap(
        &model(batch),
        &Unhurried,
        &image(),
        &BLACK,
        map,
        1,
        settings,
    ));
    outcome.unwrap().report.score
}

#[test]
fn deletion_and_insertion_depend_on_the_ranking_only() {
    let squared: Vec<f32> = map().iter().map(|v| v * v).collect();
    assert_ne!(map(), squared);
    for what in [&AuthorsCurves as &dyn Measure, &RiseCurves] {
        let [a, b] = [map(), squared.clone()]
            .map(|map| report_of(what, &model(4), &map, &Settings::default()));
        assert_eq!(a, b, "{}", a.measure);
        assert!(a.scores.iter().all(|s| s.value != 0.0), "{}", a.measure);
    }
}

#[test]
fn rcap_depends_on_more_than_the_ranking() {
    let squared: Vec<f32> = map().iter().map(|v| v * v).collect();
    let settings = RcapSettings::default();
    let [plain, sparser] = [map(), squared].map(|map| rcap_score(&map, settings, 4));
    assert!(sparser > plain * 1.01, "{sparser} against {plain}");
}

#[test]
fn rcap_stays_between_0_and_1() {
    let coarse: Vec<f32> = map().iter().map(|v| (v * 4.0).round() / 4.0).collect();
    let one_pixel: Vec<f32> = (0..400).map(|i| f32::from(u8::from(i == 7))).collect();
    let maps = [map(), coarse, one_pixel, vec![0.0; 400], vec![1.0; 400]];
    for (lower_bound, interval) in [(0.5, 0.1), (0.7, 0.05), (0.01, 0.01), (0.99, 3.0)] {
        for map in &maps {
            let settings = RcapSettings {
                lower_bound,
                interval,
            };
            let score = rcap_score(map, settings, 4);
            assert!((0.0..=1.0).contains(&score), "{score}");
        }
    }
}

#[test]
fn batches_change_nothing() {
    for batch in [1, 2, 7, 100] {
        let settings = RcapSettings::default();
        let one = rcap_score(&map(), settings, 3);
        assert_eq!(rcap_score(&map(), settings, batch), one, "{batch}");
    }
}

#[test]
fn inverting_a_map_turns_deletion_into_insertion_run_backwards() {
    let inverted: Vec<f32> = map().iter().map(|v| 1.0 - v).collect();
    for baseline in ["black", "mean", "blur", "noise"] {
        let mut settings = Settings::default();
        for name in ["deletion-baseline", "insertion-baseline"] {
            settings.set(name, Setting::Choice(baseline.to_owned()));
        }
        let plain = report_of(&RiseCurves, &model(4), &map(), &settings);
        let turned = report_of(&RiseCurves, &model(4), &inverted, &settings);
        for (a, b) in [(0, 1), (1, 0)] {
            let mut backwards = turned.curves[b].y.clone();
            backwards.reverse();
            assert_eq!(plain.curves[a].y, backwards, "{baseline}");
            let difference = plain.scores[a].value - turned.scores[b].value;
            assert!(difference.abs() < 1e-12, "{baseline}");
        }
        assert_ne!(plain.curves[0].y, plain.curves[1].y, "{baseline}");
    }
}

#[test]
fn rise_runs_from_the_untouched_image_to_the_baseline() {
    let report = report_of(&RiseCurves, &model(4), &map(), &Settings::default());
    let [deletion, insertion] = [&report.curves[0], &report.curves[1]];
    assert_eq!((deletion.x[0], *deletion.x.last().unwrap()), (0.0, 1.0));
    assert_eq!(
        deletion.y[0],
        *insertion.y.last().unwrap(),
        "the whole image"
    );
    let authors = report_of(&AuthorsCurves, &model(4), &map(), &Settings::default());
    assert_eq!(authors.curves[0].y[0], deletion.y[0], "nothing deleted");
}

#[test]
fn every_measure_gives_the_scores_it_describes_within_their_ranges() {
    for what in MEASURES {
        let report = report_of(*what, &model(4), &map(), &Settings::default());
        let description = what.description();
        let ids = |found: Vec<&String>| found.into_iter().cloned().collect::<Vec<_>>();
        assert_eq!(
            ids(report.scores.iter().map(|s| &s.id).collect()),
            ids(description.scores.iter().map(|s| &s.id).collect())
        );
        for (score, described) in report.scores.iter().zip(&description.scores) {
            assert!(
                described.lowest.is_none_or(|low| score.value >= low),
                "{score:?}"
            );
            assert!(
                described.highest.is_none_or(|high| score.value <= high),
                "{score:?}"
            );
        }
    }
}

#[test]
fn forward_passes_are_as_many_as_declared() {
    for what in MEASURES {
        let counting = Counting {
            model: model(3),
            images: Cell::new(0),
        };
        let settings = what.description().complete(&Settings::default()).unwrap();
        report_of(*what, &counting, &map(), &settings);
        assert_eq!(counting.images.get(), what.forward_passes(&settings));
    }
}

struct Counting {
    model: LinearModel,
    images: Cell<usize>,
}

impl Classifier for Counting {
    fn logits<'a>(
        &'a self,
        images: Vec<f32>,
        size: Size,
    ) -> LocalFuture<'a, Result<Vec<f32>, ClassifierError>> {
        let count = images.len() / size.values();
        self.images.set(self.images.get() + count);
        self.model.logits(images, size)
    }

    fn input_gradients<'a>(
        &'a self,
        images: Vec<f32>,
        size: Size,
        objective: Objective,
        rule: BackwardRule,
    ) -> LocalFuture<'a, Result<Gradients, ClassifierError>> {
        self.model.input_gradients(images, size, objective, rule)
    }

    fn preferred_batch(&self, size: Size) -> usize {
        self.model.preferred_batch(size)
    }
}

/// Stops after some pauses.
struct Patience(Cell<usize>);

impl Pace for Patience {
    fn pause<'a>(&'a self, _: usize, _: usize) -> LocalFuture<'a, Result<(), Cancelled>> {
        let left = self.0.get();
        self.0.set(left.saturating_sub(1));
        let answer = if left == 0 { Err(Cancelled) } else { Ok(()) };
        Box::pin(std::future::ready(answer))
    }
}

#[test]
fn cancelling_ends_a_measure_within_a_batch() {
    let counting = Counting {
        model: model(2),
        images: Cell::new(0),
    };
    let result = block_on(rcap(
        &counting,
        &Patience(Cell::new(2)),
        &image(),
        &BLACK,
        &map(),
        1,
        RcapSettings::default(),
    ));
    assert_eq!(result.unwrap_err(), MetricError::Cancelled);
    assert_eq!(counting.images.get(), 4, "two batches of two");
}

#[test]
fn what_cannot_be_measured_is_refused_with_the_reason() {
    let bad = |lower_bound, interval| {
        let settings = RcapSettings {
            lower_bound,
            interval,
        };
        RcapPlan::new(&map(), SIZE, settings)
            .unwrap_err()
            .to_string()
    };
    assert!(bad(0.0, 0.1).contains("lower bound is 0"));
    assert!(bad(1.0, 0.1).contains("below 1"));
    assert!(bad(f64::NAN, 0.1).contains("NaN"));
    assert!(bad(0.5, 0.0).contains("interval is 0"));
    assert!(bad(0.5, f64::INFINITY).contains("interval is inf"));
    assert!(bad(0.5, 0.001).contains("at most 99"));
    let plan = |map: &[f32]| {
        let error = RcapPlan::new(map, SIZE, RcapSettings::default()).unwrap_err();
        error.to_string()
    };
    assert!(plan(&map()[1..]).contains("399 values"));
    for value in [f32::NAN, 1.5, -0.1, f32::INFINITY] {
        let mut map = map();
        map[3] = value;
        assert!(plan(&map).starts_with("1 of 400"), "{value}");
    }
    let result = block_on(rcap(
        &model(4),
        &Unhurried,
        &image(),
        &BLACK,
        &map(),
        3,
        RcapSettings::default(),
    ));
    assert!(result.unwrap_err().to_string().contains("class 3"));
}

#[test]
fn recovered_images_are_black_where_nothing_was_recovered() {
    let plan = RcapPlan::new(&map(), SIZE, RcapSettings::default()).unwrap();
    let image = image();
    for (k, step) in plan.steps().iter().enumerate() {
        let recovered = plan.recovered(&image, &BLACK, k);
        let mut shown = 0;
        for (i, &value) in map().iter().enumerate() {
            let seen = value > step.threshold;
            shown += usize::from(seen);
            for (c, black) in BLACK.into_iter().enumerate() {
                let at = c * SIZE.pixels() + i;
                let expected = if seen { image.values[at] } else { black };
                assert_eq!(recovered.values[at], expected);
            }
        }
        assert_eq!(shown, step.recovered_pixels);
    }
}
