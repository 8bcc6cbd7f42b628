//! The lesson of Guided AbsoluteGrad: its steps add up to the map on show, and it leaves everything as it was.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use crate::recorder::Recorder;
use crate::small_engine::small_engine;
use crate::support::block_on;
use gradlens::{
    engine::Engine,
    protocol::{
        Event, ExplainRequest, LessonReport, MapReport, RcapSettings, Request, RequestBody,
        Setting, Settings,
    },
};

fn engine(host: &Recorder) -> Engine {
    small_engine(host, "tiny/tiny.onnx")
}

fn request(method: &str, samples: u64, spread: f64, percentile: f64) -> ExplainRequest {
    let mut settings = Settings::default();
    settings.set("samples", Setting::Integer(samples));
    settings.set("spread", Setting::Real(spread));
    settings.set("seed", Setting::Integer(5));
    if method == "guided-absolute-grad" {
        settings.set("percentile", Setting::Real(percentile));
    }
    ExplainRequest {
        target: Some(1),
        method: method.to_owned(),
        settings,
        rcap: Some(RcapSettings::default()),
    }
}

fn guided(samples: u64, spread: f64, percentile: f64) -> ExplainRequest {
    request("guided-absolute-grad", samples, spread, percentile)
}

/// The lesson and the gradients it took.
fn lesson(engine: &Engine, host: &Recorder, request: &ExplainRequest) -> (LessonReport, usize) {
    let (report, done) = block_on(engine.lesson(host, 7, request)).unwrap();
    (report, done.gradients)
}

/// Values before they were scaled to 0 to 1.
fn raw(map: &MapReport) -> Vec<f64> {
    let (low, high) = (f64::from(map.raw_min), f64::from(map.raw_max));
    let values = map.values.iter();
    values
        .map(|&value| low + f64::from(value) * (high - low))
        .collect()
}

/// The largest difference, as a share of the largest expected value.
fn difference(found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let scale = expected.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
    assert!(scale > 0.0, "there is something to compare");
    let differences = found.iter().zip(expected).map(|(a, b)| (a - b).abs());
    differences.fold(0.0, f64::max) / scale
}

#[test]
fn its_steps_add_up_to_the_maps_on_show() {
    let host = Recorder::new();
    let mut engine = engine(&host);
    for percentile in [0.0, 60.0, 100.0] {
        let request_shown = guided(6, 0.15, percentile);
        let shown = block_on(engine.explain(&host, 3, &request_shown)).unwrap();
        let (found, gradients) = lesson(&engine, &host, &request_shown);
        assert_eq!(gradients, 3, "only the copies on show cost a gradient");

        let product: Vec<f64> = raw(&found.weight)
            .iter()
            .zip(raw(&found.mean_magnitude))
            .map(|(weight, mean)| weight * mean)
            .collect();
        let shown = raw(&shown.map_report("guided-absolute-grad"));
        let apart = difference(&product, &shown);
        assert!(apart < 1e-6, "guide times mean is {apart} off the map");

        for (method, step) in [
            ("absolutegrad", &found.mean_magnitude),
            ("vargrad", &found.variance),
        ] {
            let other = request(method, 6, 0.15, 0.0);
            let other = block_on(engine.explain(&host, 4, &other)).unwrap();
            assert_eq!(other.gradients, 0, "from the moments that are kept");
            let apart = difference(&raw(step), &raw(&other.map_report(method)));
            assert!(apart < 1e-6, "{method}: {apart}");
        }

        let above: f64 = raw(&found.above).iter().sum();
        let share = above / 3.0 / found.above.values.len() as f64;
        assert!((share - (1.0 - percentile / 100.0)).abs() < 0.01, "{share}");
        assert_eq!(found.thresholds.is_empty(), percentile == 0.0);
    }
}

#[test]
fn its_copies_are_those_of_the_noise_pass() {
    let host = Recorder::new();
    let engine = engine(&host);
    // Of three copies in all, the mean magnitude of the three on show is that of the pass.
    let (found, gradients) = lesson(&engine, &host, &guided(3, 0.15, 60.0));
    assert_eq!((gradients, found.copies.len()), (6, 3));
    let mut mean = vec![0.0; found.above.values.len()];
    for copy in &found.copies {
        for (sum, value) in mean.iter_mut().zip(raw(&copy.magnitude)) {
            *sum += value / 3.0;
        }
        // The magnitude of a sum is at most the sum of the magnitudes.
        let rounding = 1e-6 * f64::from(copy.magnitude.raw_max);
        let gradient = raw(&copy.gradient);
        let mut both = gradient.iter().zip(raw(&copy.magnitude));
        assert!(both.all(|(sum, magnitude)| sum.abs() <= magnitude + rounding));
        assert!(gradient.iter().any(|g| *g > 0.0) && gradient.iter().any(|g| *g < 0.0));
    }
    assert!(difference(&mean, &raw(&found.mean_magnitude)) < 1e-6);
    assert_ne!(found.copies[0].picture, found.copies[1].picture);
    let (fewer, _) = lesson(&engine, &host, &guided(2, 0.15, 60.0));
    assert_eq!(fewer.copies.len(), 2);

    // Without noise a copy is the photo, and its gradient the photo's.
    let (plain, _) = lesson(&engine, &host, &guided(2, 0.0, 60.0));
    let photo = &engine.photo().unwrap().card.model_view;
    assert_eq!(plain.copies[0].picture, *photo);
    let (_, gradient) = block_on(engine.input_gradient(Some(1))).unwrap();
    let pixels = photo.width * photo.height;
    let mut summed = vec![0.0; pixels];
    for channel in gradient.values.chunks_exact(pixels) {
        for (sum, &value) in summed.iter_mut().zip(channel) {
            *sum += f64::from(value);
        }
    }
    assert!(difference(&raw(&plain.copies[0].gradient), &summed) < 1e-6);
}

#[test]
fn broken_maps_are_what_they_are_called() {
    let host = Recorder::new();
    let mut engine = engine(&host);
    let asked = guided(4, 0.15, 60.0);
    let shown = block_on(engine.explain(&host, 3, &asked)).unwrap();
    let (found, _) = lesson(&engine, &host, &asked);
    let both = shown.map.values.iter().zip(&found.reversed.map.values);
    assert!(both.into_iter().all(|(a, b)| (a + b - 1.0).abs() < 1e-6));
    for broken in [&found.reversed, &found.random] {
        let rcap = ("rcap", &Settings::default());
        let report = engine.measure(&host, 8, &broken.map.values, 1, rcap);
        let report = block_on(report).unwrap();
        let published = report.scores.iter().find(|score| score.id == "rcap");
        assert_eq!(published.unwrap().value, broken.rcap);
    }
    assert_ne!(found.reversed.map.values, found.random.map.values);
}

/// What the engine says to a request for a lesson.
fn asked(engine: &mut Engine, request: ExplainRequest, cancel_after: Option<usize>) -> Vec<Event> {
    let host = Recorder::new();
    host.cancel_after.set(cancel_after);
    let body = RequestBody::Lesson(request);
    block_on(engine.handle(&host, Request { job: 9, body }, None));
    host.events.take()
}

#[test]
fn a_request_brings_one_lesson_and_one_end() {
    let host = Recorder::new();
    let mut engine = engine(&host);
    block_on(engine.explain(&host, 3, &guided(4, 0.15, 60.0))).unwrap();
    let before = engine.photo().cloned();

    let events = asked(&mut engine, guided(4, 0.15, 60.0), None);
    let lessons = |event: &&Event| matches!(event, Event::Lesson(_));
    assert_eq!(events.iter().filter(lessons).count(), 1);
    assert!(matches!(
        events.last(),
        Some(Event::Finished { gradients: 3, .. })
    ));
    for event in &events {
        let expected = matches!(
            event,
            Event::Lesson(_) | Event::Progress(_) | Event::Memory { .. } | Event::Finished { .. }
        );
        assert!(
            expected,
            "the page's map and score are left alone: {event:?}"
        );
    }

    let stopped = asked(&mut engine, guided(4, 0.15, 60.0), Some(1));
    assert!(!stopped.iter().any(|event| lessons(&event)));
    assert_eq!(stopped.last(), Some(&Event::Cancelled));
    let refused = asked(&mut engine, request("smoothgrad", 4, 0.15, 0.0), None);
    match refused.as_slice() {
        [.., Event::Failed(failure)] => assert!(failure.message.contains("smoothgrad")),
        other => panic!("{other:?}"),
    }

    assert_eq!(engine.photo().cloned(), before);
    let again = block_on(engine.explain(&host, 3, &guided(4, 0.15, 80.0))).unwrap();
    assert_eq!(again.gradients, 0, "the gradients are still there");
}
