//! Rewrites on small graphs.

use super::*;
use crate::onnx::sample::{FLOAT, Sample};

pub(super) fn simplified(sample: &Sample) -> Graph {
    let mut graph = sample.graph().unwrap();
    simplify(&mut graph);
    let once = graph.clone();
    simplify(&mut graph);
    assert_eq!(graph, once, "twice is no more than once");
    graph
}

pub(super) fn operators(graph: &Graph) -> Vec<&str> {
    graph.nodes.iter().map(|node| node.op.as_str()).collect()
}

#[test]
fn what_nobody_reads_goes() {
    let sample = Sample::classifier()
        .node("Softmax", &["logits"], "unread")
        .node("Sqrt", &["unread"], "unread_too")
        .output("logits", "n 5");
    let graph = simplified(&sample);
    assert_eq!(
        operators(&graph),
        ["Conv", "GlobalAveragePool", "Flatten", "Gemm"]
    );
}

#[test]
fn clamps_written_as_extremes_go_into_the_convolution() {
    let sample = Sample::new()
        .input("x", FLOAT, "n 3 h w")
        .weight("w", &[4, 3, 3, 3], 0.1)
        .weight("zero", &[], 0.0)
        .weight("six", &[1], 6.0)
        .node("Conv", &["x", "w"], "c")
        .node("Max", &["zero", "c"], "low")
        .node("Min", &["low", "six"], "y")
        .output("y", "n 4 h w");
    let graph = simplified(&sample);
    assert_eq!(operators(&graph), ["Conv"]);
    let range = graph.nodes[0].attributes.get(FUSED_RANGE);
    let expected = crate::onnx::Attribute::Floats(vec![0.0, 6.0, 0.0]);
    assert_eq!(range, Some(&expected));
    assert_eq!(graph.nodes[0].outputs, ["y"]);
}

#[test]
fn splits_become_parts_of_which_unread_ones_go() {
    let sample = Sample::new()
        .input("x", FLOAT, "n 6 h w")
        .node("Split", &["x"], "a")
        .int("axis", 1)
        .outputs(&["a", "b", "c"])
        .node("Relu", &["c"], "y")
        .output("y", "n 2 h w");
    let graph = simplified(&sample);
    assert_eq!(operators(&graph), ["Split", "Relu"]);
    let split = &graph.nodes[0];
    assert_eq!(split.outputs, ["c"]);
    assert_eq!(split.attributes.int(SPLIT_PART, 9), Ok(2));
    assert_eq!(split.attributes.int(SPLIT_PARTS, 9), Ok(3));
}

#[test]
fn identities_and_dropouts_go() {
    let sample = Sample::new()
        .input("x", FLOAT, "n 3 h w")
        .node("Dropout", &["x"], "a")
        .node("Identity", &["a"], "b")
        .node("Relu", &["b"], "y")
        .output("y", "n 3 h w");
    let graph = simplified(&sample);
    assert_eq!(operators(&graph), ["Relu"]);
    assert_eq!(graph.nodes[0].inputs, ["x"]);
}
