//! What is folded, and what is left.

use burn_flex::{Flex, FlexDevice};

use super::*;
use crate::onnx::{
    Attributes, Subgraph,
    sample::{FLOAT, Sample},
};

fn folded(sample: &Sample) -> Graph {
    let mut graph = sample.graph().unwrap();
    simplify(&mut graph);
    fold::<Flex>(&graph, &FlexDevice).unwrap()
}

fn operators(graph: &Graph) -> Vec<&str> {
    graph.nodes.iter().map(|node| node.op.as_str()).collect()
}

/// What TorchScript writes for a padding of two axes.
#[test]
fn the_clutter_around_a_padding_goes() {
    let sample = Sample::new()
        .input("x", FLOAT, "n 3 h w")
        .integers("four", &[4])
        .integers("given", &[1, 2, 3, 4])
        .node("ConstantOfShape", &["four"], "zeros")
        .integers("kept", &[0, 0, 0, 0])
        .node("Concat", &["given", "kept"], "all")
        .int("axis", 0)
        .integers("pairs", &[-1, 2])
        .node("Reshape", &["all", "pairs"], "rows")
        .integers("last", &[-1])
        .integers("first", &[-9223372036854775807])
        .integers("axis0", &[0])
        .node("Slice", &["rows", "last", "first", "axis0", "last"], "back")
        .node("Transpose", &["back"], "columns")
        .ints("perm", &[1, 0])
        .node("Reshape", &["columns", "last"], "pads")
        .node("Pad", &["x", "pads"], "y")
        .output("y", "n 3 h w");
    let graph = folded(&sample);
    assert_eq!(operators(&graph), ["Pad"]);
    let pads = graph.constant(graph.nodes[0].input(1)).unwrap();
    assert_eq!(pads.integers(), [0, 0, 3, 1, 0, 0, 4, 2]);
}

/// How often a loop runs may be known only once constants are computed.
#[test]
fn a_loop_is_written_out_when_its_count_is_known() {
    let body = Subgraph {
        nodes: vec![Node {
            name: "inside".to_owned(),
            op: "Neg".to_owned(),
            inputs: vec!["state".to_owned()],
            outputs: vec!["next".to_owned()],
            attributes: Attributes::default(),
        }],
        inputs: ["round", "go", "state"].map(str::to_owned).to_vec(),
        outputs: ["go", "next"].map(str::to_owned).to_vec(),
        first_capture: 3,
        ..Subgraph::default()
    };
    let sample = Sample::new()
        .input("x", FLOAT, "n 3 h w")
        .integers("one", &[1])
        .node("Add", &["one", "one"], "two")
        .node("Loop", &["two", "", "x"], "y")
        .output("y", "n 3 h w");
    let mut graph = sample.graph().unwrap();
    let attribute = Attribute::Graph(Box::new(body));
    graph.nodes[1].attributes.insert("body", attribute);
    simplify(&mut graph);
    assert_eq!(operators(&graph), ["Add", "Loop"]);
    let graph = fold::<Flex>(&graph, &FlexDevice).unwrap();
    assert_eq!(operators(&graph), ["Neg", "Neg", "Identity"]);
}

#[test]
fn weights_are_laid_out_in_their_own_type() {
    let (rows, columns) = (260, 300);
    let values: Vec<f32> = (0..rows * columns).map(|value| value as f32).collect();
    assert!(values.len() > SMALL);
    let sample = Sample::new()
        .input("x", FLOAT, "n 300")
        .weights("w", &[rows as i64, columns as i64], &values)
        .node("Transpose", &["w"], "t")
        .integers("target", &[300, -1, 1])
        .node("Reshape", &["t", "target"], "r")
        .integers("two", &[2])
        .node("Squeeze", &["r", "two"], "s")
        .node("Gemm", &["x", "s"], "y")
        .output("y", "n 260");
    let graph = folded(&sample);
    assert_eq!(operators(&graph), ["Gemm"]);
    let weight = graph.constant(graph.nodes[0].input(1)).unwrap();
    assert_eq!(weight.shape, [columns, rows]);
    assert_eq!(weight.element_type, ElementType::F32);
    let found = weight.floats();
    for (row, column) in [(0, 0), (1, 0), (7, 123), (259, 299)] {
        let value = values[row * columns + column];
        assert_eq!(found[column * rows + row], value, "{row}, {column}");
    }
}

/// What a weight norm writes where nobody folded it, and more weights than are arguments.
#[test]
fn large_weights_are_computed_beforehand() {
    let (rows, columns) = (300, 250);
    let values: Vec<f32> = (0..rows * columns).map(|at| (at as f32).sin()).collect();
    assert!(values.len() > SMALL);
    let sample = Sample::new()
        .input("x", FLOAT, "n 250")
        .weights("v", &[rows as i64, columns as i64], &values)
        .weight("g", &[rows as i64, 1], 2.0)
        .node("ReduceL2", &["v"], "norm")
        .ints("axes", &[1])
        .node("Div", &["v", "norm"], "unit")
        .node("Mul", &["unit", "g"], "w")
        .node("Gemm", &["x", "w"], "y")
        .int("transB", 1)
        .output("y", "n 300");
    let graph = folded(&sample);
    assert_eq!(operators(&graph), ["Gemm"]);
    let weight = graph.constant(graph.nodes[0].input(1)).unwrap();
    assert_eq!(weight.element_type, ElementType::F32);
    let row = &weight.floats()[7 * columns..8 * columns];
    let length: f32 = row.iter().map(|value| value * value).sum();
    assert!((length.sqrt() - 2.0).abs() < 1e-5, "{length}");
    assert_eq!(graph.initializers.len(), 1, "what it was made of is gone");
}

/// Weights standardised by a norm in training mode, as one implementation writes them.
#[test]
fn standardised_weights_are_computed_beforehand() {
    let values: Vec<f32> = (0..24).map(|at| (at as f32 * 1.3).cos()).collect();
    let sample = Sample::new()
        .opset(15)
        .input("x", FLOAT, "n 3 4 4")
        .weights("v", &[4, 3, 2, 1], &values)
        .integers("rows", &[1, 4, -1])
        .integers("back", &[4, 3, 2, 1])
        .weight("g", &[4], 0.5)
        .weight("zeros", &[4], 0.0)
        .node("Reshape", &["v", "rows"], "r")
        .node(
            "BatchNormalization",
            &["r", "g", "zeros", "zeros", "g"],
            "b",
        )
        .outputs(&["b", "mean", "variance"])
        .int("training_mode", 1)
        .node("Reshape", &["b", "back"], "w")
        .node("Conv", &["x", "w"], "y")
        .output("y", "n 4 3 4");
    let graph = folded(&sample);
    assert_eq!(operators(&graph), ["Conv"]);
    let weight = graph.constant(graph.nodes[0].input(1)).unwrap().doubles();
    for row in weight.chunks(6) {
        let mean = row.iter().sum::<f64>() / 6.0;
        let square = row.iter().map(|v| v * v).sum::<f64>() / 6.0;
        assert!(
            mean.abs() < 1e-6 && (square.sqrt() - 0.5).abs() < 1e-4,
            "{row:?}"
        );
    }
}

#[test]
fn what_depends_on_the_image_stays() {
    let sample = Sample::classifier().output("logits", "n 5");
    let mut graph = sample.graph().unwrap();
    simplify(&mut graph);
    assert_eq!(fold::<Flex>(&graph, &FlexDevice), None);
}
