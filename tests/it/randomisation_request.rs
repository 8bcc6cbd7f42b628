//! The randomisation check as the page asks for it: a map a step, and a stop within one batch.

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
        Event, ExplainRequest, RANDOMISATION, RandomiseRequest, Request, RequestBody, Settings,
    },
};

const SAMPLES: usize = 6;
/// Layers of the small model that have weights, fewer than there may be groups.
const LAYERS: usize = 9;

/// An engine with the small model, a photo, and the request whose map is put to the test.
fn explained(method: &str) -> (Engine, ExplainRequest, Vec<u8>) {
    let host = Recorder::new();
    let mut engine = small_engine(&host, "tiny/tiny_bn.onnx");
    let card = &engine.model().unwrap().card;
    assert_eq!(card.weight_layers, LAYERS);
    let mut request = ExplainRequest {
        target: Some(1),
        method: method.to_owned(),
        settings: Settings::default(),
        rcap: None,
    };
    if method == "smoothgrad" {
        let samples = gradlens::protocol::Setting::Integer(SAMPLES as u64);
        request.settings.set("samples", samples);
    }
    let found = block_on(engine.explain(&host, 3, &request)).unwrap();
    let values = found.map.values.iter();
    (
        engine,
        request,
        values.flat_map(|v| v.to_le_bytes()).collect(),
    )
}

/// Everything the engine says about the check, the last event being its end.
fn check(method: &str, cancel_after: Option<usize>) -> Vec<Event> {
    let (mut engine, explain, map) = explained(method);
    let host = Recorder::new();
    host.cancel_after.set(cancel_after);
    let request = Request {
        job: 4,
        body: RequestBody::Randomise(RandomiseRequest {
            explain,
            settings: Settings::default(),
        }),
    };
    block_on(engine.handle(&host, request, Some(map.into())));
    host.events.take()
}

#[test]
fn every_step_is_told_with_its_map_before_the_scores() {
    let events = check("smoothgrad", None);
    let mut steps = Vec::new();
    let mut report = None;
    let mut furthest = 0.0;
    for event in &events {
        match event {
            Event::Randomised(step) => {
                assert!(report.is_none());
                assert_eq!(step.map.values.len(), step.map.height * step.map.width);
                assert!(!step.layers.is_empty());
                steps.push(step);
            }
            Event::Progress(progress) => {
                let share = progress.share().unwrap();
                assert!(share >= furthest, "{share} after {furthest}");
                furthest = share;
            }
            Event::Measured(measured) => report = Some(measured),
            _ => {}
        }
    }
    assert_eq!(furthest, 1.0);
    let numbers: Vec<usize> = steps.iter().map(|step| step.step).collect();
    assert_eq!(numbers, (1..=LAYERS).collect::<Vec<_>>());
    assert!(steps.iter().all(|step| step.steps == LAYERS));
    assert!(
        steps
            .iter()
            .any(|step| step.map.values != steps[0].map.values)
    );
    let report = report.unwrap();
    assert_eq!(report.measure, RANDOMISATION);
    let told: Vec<f64> = steps.iter().map(|step| step.spearman).collect();
    assert_eq!(report.curves[0].y, told);
    match events.last() {
        Some(Event::Finished { gradients, .. }) => assert_eq!(*gradients, LAYERS * SAMPLES),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_edge_map_stays_and_fails() {
    let events = check("control-edge", None);
    let report = events.iter().find_map(|event| match event {
        Event::Measured(report) => Some(report),
        _ => None,
    });
    let report = report.unwrap();
    assert_eq!(report.is_insensitive(), Some(true));
    assert!(
        report.curves[0]
            .y
            .iter()
            .all(|rho| (rho - 1.0).abs() < 1e-12)
    );
}

#[test]
fn a_stop_is_seen_at_the_next_pause() {
    // Pauses: the start, then before and after each batch.
    for pauses in [1, 2, 3, 7] {
        let events = check("smoothgrad", Some(pauses));
        assert_eq!(events.last(), Some(&Event::Cancelled), "{pauses}");
        let progress = events
            .iter()
            .filter(|event| matches!(event, Event::Progress(_)))
            .count();
        assert!(
            progress <= pauses,
            "{progress} batches told in {pauses} pauses"
        );
        let measured = |event: &Event| matches!(event, Event::Measured(_));
        assert!(!events.iter().any(measured));
    }
}
