//! Files made to do harm: each is refused within a second by a sentence that names the cause, or does
//! its work and can be stopped.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod operators;
mod size;

use crate::onnx_writer::{self, GraphWriter, Message, constant, floats, node, port, tensor};
use crate::{
    recorder::{self, Recorder},
    support::{self, block_on},
};
use gradlens::{
    classifier::{NormImage, Size},
    engine::{Engine, Stopped, device},
    protocol::DeviceChoice,
};

/// Seconds on the processor that a refusal may take.
const PATIENCE: f64 = 1.0;

/// Seconds this thread has computed: other programs on the machine do not count.
fn computed() -> f64 {
    let schedule = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = schedule.split_whitespace().next();
    nanoseconds.map_or(0.0, |n| n.parse::<f64>().unwrap() / 1e9)
}

/// Opens a file and classifies an image with it; what it said if that failed.
fn outcome(engine: &mut Engine, host: &Recorder, file: Vec<u8>) -> Result<(), String> {
    let said = |stopped| match stopped {
        Stopped::Failed(failure) => failure.to_string(),
        Stopped::Cancelled => "stopped".to_owned(),
    };
    block_on(engine.open_model(
        host,
        1,
        "hostile.onnx",
        file.into(),
        None,
        &Default::default(),
    ))
    .map_err(said)?;
    let preprocessing = &engine.model().unwrap().card.preprocessing;
    let size = Size::colour(preprocessing.height_px, preprocessing.width_px);
    let image = NormImage {
        size,
        values: vec![0.5; size.values()],
    };
    block_on(engine.open_normalised(host, 2, "grey", image)).map_err(said)?;
    Ok(())
}

fn engine() -> Engine {
    Engine::new(&[device::cpu], DeviceChoice::Cpu)
}

/// Fails unless every file is refused in time by a sentence that holds its part.
fn assert_refused(files: Vec<(&str, Vec<u8>, &str)>) {
    let host = Recorder::new();
    let mut engine = engine();
    // The device's trial is not the files' fault.
    outcome(&mut engine, &host, small().file()).unwrap();
    let mut complaints = Vec::new();
    for (what, file, part) in files {
        let began = computed();
        let said = outcome(&mut engine, &host, file);
        let seconds = computed() - began;
        match said {
            Ok(()) => complaints.push(format!("{what}: was taken")),
            Err(said) if !said.contains(part) => {
                complaints.push(format!("{what}: no {part:?} in {said:?}"));
            }
            Err(said) if said.len() > 4000 => {
                complaints.push(format!("{what}: a message of {} bytes", said.len()));
            }
            Err(_) => {}
        }
        if seconds > PATIENCE {
            complaints.push(format!("{what}: took {seconds:.2} s"));
        }
    }
    assert!(complaints.is_empty(), "\n  {}", complaints.join("\n  "));
}

/// `x -> Conv -> Flatten -> y`.
fn small() -> GraphWriter {
    end(
        GraphWriter::from_image().node("Conv", &["x", "w"], &["c"], &[]),
        "c",
    )
    .tensor(floats("w", &[2, 3, 1, 1], &[0.5; 6]))
}

/// From `value`, an image of some channels, to the output.
fn end(graph: GraphWriter, value: &str) -> GraphWriter {
    graph
        .node("GlobalAveragePool", &[value], &["pooled"], &[])
        .node("Flatten", &["pooled"], &["y"], &[])
}

/// One node between the image and the end.
fn with(op: &str, further: &[&str], attributes: &[Message], tensors: Vec<Message>) -> Vec<u8> {
    let inputs: Vec<&str> = [&["x"], further].concat();
    let graph = GraphWriter::from_image().node(op, &inputs, &["v"], attributes);
    tensors
        .into_iter()
        .fold(end(graph, "v"), GraphWriter::tensor)
        .file()
}

fn conv(attributes: &[Message], weight: Message) -> Vec<u8> {
    with("Conv", &["w"], attributes, vec![weight])
}

fn weight() -> Message {
    floats("w", &[2, 3, 1, 1], &[0.5; 6])
}

const TINY: &[u8] = include_bytes!("../../golden/tiny/tiny_bn.onnx");

#[test]
fn what_is_no_model_is_refused() {
    let mut random = 1_u64;
    let noise: Vec<u8> = (0..100_000)
        .map(|_| {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (random >> 56) as u8
        })
        .collect();
    let mut endless = Message::default().int(1, 8);
    endless.0.extend([0x10; 1]);
    endless.0.extend([0xff; 11]);
    assert_refused(vec![
        ("nothing", vec![], "empty"),
        ("zeros", vec![0; 1 << 20], "not an ONNX file"),
        ("noise", noise, "not an ONNX file"),
        ("text", b"The quick brown fox".to_vec(), "not an ONNX file"),
        ("a number without end", endless.0, "more than ten bytes"),
        (
            "a version alone",
            Message::default().int(1, 8).0,
            "no graph",
        ),
        (
            "a graph of nothing",
            Message::default().int(1, 8).bytes(7, &[]).0,
            "no nodes",
        ),
        (
            "a million empty nodes",
            {
                let nodes = [0x0a, 0].repeat(1_000_000);
                Message::default().int(1, 8).bytes(7, &nodes).0
            },
            "500000",
        ),
    ]);
}

#[test]
fn a_file_cut_short_is_refused_wherever_it_was_cut() {
    let lengths = (1..40).map(|part| TINY.len() * part / 40);
    assert_refused(
        lengths
            .map(|length| ("cut", TINY[..length].to_vec(), ""))
            .collect(),
    );
}

#[test]
fn inconsistent_graphs_are_refused() {
    let mut cycle = small();
    cycle.nodes[0] = node("Conv", &["y", "w"], &["c"], &[]);
    let mut twins = small();
    twins.inputs.push(port("x", &[1, 3, 8, 8]));
    let nested = (0..20_000).fold(Message::default(), |inner, _| {
        // A graph within an attribute of a node within a graph.
        let attribute = Message::default()
            .text(1, "g")
            .message(6, &inner)
            .int(20, 5);
        let node = Message::default().text(4, "If").message(5, &attribute);
        Message::default().message(1, &node)
    });
    let mut deep = small();
    let attribute = Message::default()
        .text(1, "g")
        .message(6, &nested)
        .int(20, 5);
    deep.nodes[0] = Message::default()
        .text(1, "x")
        .text(2, "c")
        .text(4, "If")
        .message(5, &attribute);
    assert_refused(vec![
        ("a cycle", cycle.file(), "cycle"),
        ("an input twice", twins.file(), "x"),
        (
            "a value twice",
            small().node("Relu", &["x"], &["c"], &[]).file(),
            "defined twice",
        ),
        (
            "a weight twice",
            small()
                .tensor(floats("w", &[2, 3, 1, 1], &[0.25; 6]))
                .file(),
            "two different weights are called w",
        ),
        (
            "a value from nowhere",
            small().node("Relu", &["nowhere"], &["z"], &[]).file(),
            "nowhere",
        ),
        ("deep nesting", deep.file(), "If"),
        (
            "another output",
            {
                let mut graph = small();
                graph.outputs = vec![port("nothing", &[1, 2])];
                graph.file()
            },
            "nothing",
        ),
    ]);
}

#[test]
fn weights_that_are_not_what_they_say_are_refused() {
    let location = Message::default()
        .text(1, "location")
        .text(2, "weights.bin");
    let million = vec![1; 1_000_000];
    assert_refused(vec![
        (
            "too few bytes",
            small().tensor(tensor("v", &[3], 1, &[0; 8])).file(),
            "12 bytes",
        ),
        (
            "2^40 elements",
            small().tensor(tensor("v", &[1 << 40], 1, &[0; 8])).file(),
            "4398046511104 bytes",
        ),
        (
            "2^80 elements",
            small()
                .tensor(tensor("v", &[1 << 40; 2], 1, &[0; 8]))
                .file(),
            "more bytes than can be counted",
        ),
        (
            "a negative length",
            small().tensor(tensor("v", &[-2, -1], 1, &[0; 8])).file(),
            "[-2, -1]",
        ),
        (
            "a million axes",
            small().tensor(tensor("v", &million, 1, &[0; 4])).file(),
            "1000000",
        ),
        (
            "a type of its own",
            small().tensor(tensor("w", &[1], 99, &[0; 4])).file(),
            "number 99",
        ),
        (
            "in another file",
            small()
                .tensor(tensor("v", &[2], 1, &[]).message(13, &location).int(14, 1))
                .file(),
            "weights.bin",
        ),
        (
            "a constant in another file",
            {
                let outside = tensor("", &[2], 1, &[]).message(13, &location).int(14, 1);
                let attribute = constant("value", &outside);
                small().node("Constant", &[], &["k"], &[attribute]).file()
            },
            "weights.bin",
        ),
        (
            "not a number",
            conv(&[], floats("w", &[2, 3, 1, 1], &[f32::NAN; 6])),
            "not finite",
        ),
        (
            "infinite",
            conv(&[], floats("w", &[2, 3, 1, 1], &[f32::INFINITY; 6])),
            "not finite",
        ),
    ]);
}

#[test]
fn absurd_sizes_are_refused_with_the_number() {
    let declared = |dims: &[i64]| {
        let mut graph = small();
        graph.inputs = vec![port("x", dims)];
        graph.file()
    };
    let mut named = small();
    named.nodes[0] = node("Conv", &["x", "w"], &[&"c".repeat(1 << 20)], &[]);
    assert_refused(vec![
        ("2^40 rows", declared(&[1, 3, 1 << 40, 8]), "1099511627776"),
        (
            "65536 squared",
            declared(&[1, 3, 1 << 16, 1 << 16]),
            "65536",
        ),
        (
            "2^28 squared",
            declared(&[1, 3, 1 << 28, 1 << 28]),
            "268435456",
        ),
        ("2^27 images", declared(&[1 << 27, 3, 8, 8]), "134217728"),
        ("a million axes", declared(&vec![1; 1_000_000]), "axes"),
        ("a long name", named.file(), "1048576"),
    ]);
}
