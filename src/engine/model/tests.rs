//! Models as a person may bring them, opened on the CPU.

use std::{
    cell::RefCell,
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

use super::*;
use crate::{
    classifier::LocalFuture,
    engine::{Engine, device},
    onnx::sample::{FLOAT, Sample, UINT8},
    protocol::{
        DeviceChoice, Failure, FinalActivation, Layout, ModelSource, Probabilities, Request,
        RequestBody,
    },
};

mod forms;

/// Keeps every event.
#[derive(Default)]
struct Listener(RefCell<Vec<Event>>);

impl Host for Listener {
    fn now_ms(&self) -> f64 {
        0.0
    }

    fn emit(&self, _job: JobId, event: Event) {
        self.0.borrow_mut().push(event);
    }

    fn yield_now<'a>(&'a self) -> LocalFuture<'a, ()> {
        Box::pin(std::future::ready(()))
    }

    fn is_cancelled(&self, _job: JobId) -> bool {
        false
    }
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            return value;
        }
    }
}

/// Opens a file in a fresh engine; what was said, the device's report left out.
fn events(sample: &Sample, options: ModelOptions) -> (Engine, Vec<Event>) {
    let mut engine = Engine::new(&[device::cpu], DeviceChoice::Cpu);
    let request = RequestBody::OpenModel {
        name: "m.onnx".to_owned(),
        source: ModelSource::Attached,
        preprocessing: None,
        options,
        beside: Vec::new(),
    };
    let events = ask(&mut engine, request, Some(sample.bytes()));
    (engine, events)
}

fn ask(engine: &mut Engine, body: RequestBody, attachment: Option<Vec<u8>>) -> Vec<Event> {
    let host = Listener::default();
    wait(engine.handle(&host, Request { job: 1, body }, attachment.map(Into::into)));
    let mut events = host.0.into_inner();
    events.retain(|event| !matches!(event, Event::Device(_)));
    events
}

fn opened(sample: &Sample) -> ModelCard {
    let (_, events) = events(sample, ModelOptions::default());
    match events.into_iter().next() {
        Some(Event::ModelReady(card)) => *card,
        other => panic!("{other:?}"),
    }
}

fn refused(sample: &Sample) -> (Vec<Event>, Failure) {
    let (_, mut events) = events(sample, ModelOptions::default());
    match events.pop() {
        Some(Event::Failed(failure)) => (events, failure),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_card_says_what_there_is() {
    let sample = Sample::classifier().output("logits", "n 5");
    let card = opened(&sample);
    assert_eq!(card.name, "m.onnx");
    assert_eq!(card.opset, 17);
    assert_eq!(card.input_name, "x");
    assert_eq!(card.input_shape, ["n", "3", "h", "w"]);
    assert_eq!(card.input_type, "float32");
    assert_eq!(card.layout, Layout::Nchw);
    assert_eq!(card.output_name, "logits");
    assert_eq!(card.classes, 5);
    assert_eq!(card.parameters, 4 * 27 + 20);
    assert_eq!(card.size_bytes, sample.bytes().len() as u64);
    assert_eq!(card.sha256.len(), 64);
    assert_eq!(card.activation, None);
    assert_eq!(card.operators.len(), 5);
    assert_eq!(card.labels, "");
}

#[test]
fn the_hash_is_that_of_the_bytes() {
    let mut card = ModelCard::default();
    let file = b"abc".to_vec().into();
    card::of_file(&mut card, "m", &file);
    card::hashed(&mut card, &file).unwrap();
    // The example of FIPS 180-2, appendix B.1.
    assert_eq!(
        card.sha256,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

#[test]
fn a_last_softmax_is_left_out_and_said() {
    let sample = Sample::classifier()
        .node("Softmax", &["logits"], "y")
        .output("y", "n 5");
    let card = opened(&sample);
    assert_eq!(card.activation, Some(FinalActivation::Softmax));
    assert!(card.activation_note().unwrap().contains("Softmax"));
    let sample = Sample::classifier()
        .node("Sigmoid", &["logits"], "y")
        .output("y", "n 5");
    let card = opened(&sample);
    assert!(card.activation_note().unwrap().contains("Sigmoid"));
    assert_eq!(card.probabilities, Probabilities::Sigmoid);
}

#[test]
fn every_node_in_the_way_is_named_at_once() {
    let sample = Sample::classifier()
        .node("QLinearConv", &["r"], "q")
        .node("Loop", &["q"], "l")
        .node("Fancy", &["l"], "m")
        .domain("com.example")
        .node("Add", &["logits", "m"], "y")
        .output("y", "n 5");
    let (events, failure) = refused(&sample);
    let Some(Event::UnsupportedNodes(nodes)) = events.first() else {
        panic!("{events:?}");
    };
    let named: Vec<(&str, &str, i64)> = nodes
        .iter()
        .map(|node| (node.node.as_str(), node.op.as_str(), node.opset))
        .collect();
    assert_eq!(
        named,
        [
            ("q", "QLinearConv", 17),
            ("l", "Loop", 17),
            ("m", "com.example.Fancy", 17)
        ]
    );
    for word in [
        "QLinearConv",
        "Loop",
        "com.example",
        "computed at run time",
        "opset 17",
    ] {
        assert!(failure.message.contains(word), "{word}: {failure}");
    }
}

#[test]
fn an_open_choice_tells_what_there_is() {
    let sample = Sample::classifier()
        .input("age", FLOAT, "1 5")
        .node("Add", &["logits", "age"], "y")
        .output("y", "n 5");
    let (events, failure) = refused(&sample);
    let Some(Event::ModelPorts(ports)) = events.first() else {
        panic!("{events:?}");
    };
    let inputs: Vec<&str> = ports.inputs.iter().map(|port| port.name.as_str()).collect();
    assert_eq!(inputs, ["x", "age"]);
    assert!(ports.inputs[0].refusal.is_empty() && !ports.inputs[1].refusal.is_empty());
    assert!(failure.hint.contains("held at 0"), "{failure}");
}

#[test]
fn quantised_and_constant_models_are_named_before_they_run() {
    let constant = Sample::classifier()
        .weight("k", &[1, 5], 1.0)
        .node("Relu", &["k"], "y")
        .output("y", "1 5");
    assert!(refused(&constant).1.message.contains("does not depend"));
    let integers = Sample::new()
        .input("x", UINT8, "n 3 8 8")
        .node("ConvInteger", &["x"], "y")
        .output("y", "n 5");
    assert!(refused(&integers).1.message.contains("y (ConvInteger)"));
}

#[test]
fn unusual_operator_sets_are_warned_about() {
    let sample = Sample::classifier().opset(99).output("logits", "n 5");
    let card = opened(&sample);
    assert!(
        card.warnings
            .iter()
            .any(|warning| warning.contains("operator set 99"))
    );
    let old = opened(&Sample::classifier().opset(7).output("logits", "n 5"));
    assert!(
        !old.warnings
            .iter()
            .any(|warning| warning.contains("operator set"))
    );
}

#[test]
fn names_in_the_file_are_used() {
    let named = Sample::classifier()
        .metadata("names", "{0: 'a', 1: 'b', 2: 'c', 3: 'd', 4: 'e'}")
        .output("logits", "n 5");
    assert_eq!(opened(&named).class_names, ["a", "b", "c", "d", "e"]);
    let fewer = Sample::classifier()
        .metadata("names", "['a', 'b']")
        .output("logits", "n 5");
    let card = opened(&fewer);
    assert!(
        card.warnings
            .iter()
            .any(|warning| warning.contains("2 classes"))
    );
}

#[test]
fn the_preprocessing_can_be_changed_and_taken_back() {
    let sample = Sample::classifier().output("logits", "n 5");
    let (mut engine, _) = events(&sample, ModelOptions::default());
    let raw = Preprocessing::preset("raw").unwrap();
    let said = ask(
        &mut engine,
        RequestBody::SetPreprocessing(Some(raw.clone())),
        None,
    );
    let Some(Event::ModelReady(card)) = said.first() else {
        panic!("{said:?}");
    };
    assert_eq!(card.preprocessing, raw);
    assert!(card.preprocessing_source.starts_with("chosen by you"));
    let said = ask(&mut engine, RequestBody::SetPreprocessing(None), None);
    let Some(Event::ModelReady(card)) = said.first() else {
        panic!("{said:?}");
    };
    assert_eq!(card.preprocessing, Preprocessing::imagenet());
    assert!(matches!(said.last(), Some(Event::Finished { .. })));
}

#[test]
fn a_preprocessing_that_cannot_be_carried_out_changes_nothing() {
    let sample = Sample::classifier().output("logits", "n 5");
    let (mut engine, _) = events(&sample, ModelOptions::default());
    let mut flat = Preprocessing::imagenet();
    flat.std_px[1] = 0.0;
    let said = ask(&mut engine, RequestBody::SetPreprocessing(Some(flat)), None);
    assert_eq!(said.len(), 1);
    assert!(matches!(said.last(), Some(Event::Failed(_))), "{said:?}");
    let card = &engine.model().unwrap().card;
    assert_eq!(card.preprocessing, Preprocessing::imagenet());
}

#[test]
fn a_size_the_model_is_not_made_for_is_refused() {
    let sample = Sample::new()
        .input("x", FLOAT, "n 3 32 32")
        .weight("w", &[5, 3, 32, 32], 0.1)
        .node("Conv", &["x", "w"], "y")
        .output("y", "n 5 1 1");
    let (mut engine, _) = events(&sample, ModelOptions::default());
    assert_eq!(engine.model().unwrap().card.preprocessing.width_px, 32);
    let other = Preprocessing::imagenet();
    let said = ask(
        &mut engine,
        RequestBody::SetPreprocessing(Some(other)),
        None,
    );
    let Some(Event::Failed(failure)) = said.last() else {
        panic!("{said:?}");
    };
    assert!(failure.message.contains("[32, 32]"), "{failure}");
    assert_eq!(engine.model().unwrap().card.preprocessing.width_px, 32);
}
