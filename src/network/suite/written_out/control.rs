//! Cases of branches, loops and lists of tensors.

use super::{GraphCase, Random, Tensor64};
use crate::onnx::{Attribute, Attributes, ElementType, Node, Subgraph};

/// Cases of one seed.
pub fn cases(random: &mut Random) -> Vec<GraphCase> {
    vec![
        branch(random, 2),
        branch(random, 9),
        repeated(random),
        lists(random),
        parts(random),
    ]
}

fn node(op: &str, inputs: &[&str], output: &str) -> Node {
    Node {
        name: output.to_owned(),
        op: op.to_owned(),
        inputs: inputs.iter().map(|&name| name.to_owned()).collect(),
        outputs: vec![output.to_owned()],
        attributes: Attributes::default(),
    }
}

/// A graph inside a node with so many inputs of its own, that reads `captured` as its next inputs.
fn inner(
    own: usize,
    inputs: &[&str],
    outputs: &[&str],
    captured: &[&str],
    nodes: Vec<Node>,
) -> Attribute {
    let owned = |names: &[&str]| {
        names
            .iter()
            .map(|&name| name.to_owned())
            .collect::<Vec<_>>()
    };
    Attribute::Graph(Box::new(Subgraph {
        nodes,
        inputs: owned(inputs),
        outputs: owned(outputs),
        captured: owned(captured),
        places: (own..own + captured.len()).collect(),
        first_capture: own,
        ..Subgraph::default()
    }))
}

/// Taken by how many rows there are, which is known only when the network runs.
fn branch(random: &mut Random, limit: i64) -> GraphCase {
    let shape = [random.whole(3, 5), random.whole(1, 3)];
    let x = random.tensor(&shape, 0.2, 2.0);
    let many = shape[0] as i64 > limit;
    let reference = move |inputs: &[Tensor64]| Tensor64 {
        shape: inputs[0].shape.clone(),
        values: inputs[0]
            .values
            .iter()
            .map(|&v| if many { v.exp() } else { 1.0 / v })
            .collect(),
    };
    let of =
        |op: &str, output: &str| inner(1, &[], &[output], &["x0"], vec![node(op, &["x0"], output)]);
    let branches = [
        ("then_branch", of("Exp", "e")),
        ("else_branch", of("Reciprocal", "r")),
    ];
    GraphCase::new(format!("If, more than {limit}"), 17, vec![x], reference)
        .list("first", &[0])
        .list("limit", &[limit])
        .node("Shape", &["x0"], &["shape"], [])
        .node("Gather", &["shape", "first"], &["rows"], [])
        .node("Greater", &["rows", "limit"], &["many"], [])
        .node("If", &["many", "x0"], &["y"], branches)
}

/// Three rounds, each of which also puts something aside.
fn repeated(random: &mut Random) -> GraphCase {
    let shape = random.shape(1, 2);
    let x = random.tensor(&shape, -1.0, 1.0);
    let reference = |inputs: &[Tensor64]| {
        let x = &inputs[0];
        Tensor64::from_fn(&x.shape, |flat| {
            let (mut state, mut sum) = (x.values[flat], 0.0);
            for _ in 0..3 {
                state = state.sin() * x.values[flat];
                sum += state.exp();
            }
            state + sum
        })
    };
    let body = inner(
        3,
        &["round", "go", "state"],
        &["go", "next", "aside"],
        &["x0"],
        vec![
            node("Sin", &["state"], "bent"),
            node("Mul", &["bent", "x0"], "next"),
            node("Exp", &["next"], "aside"),
        ],
    );
    GraphCase::new("Loop", 17, vec![x], reference)
        .whole("rounds", ElementType::I64, &[], &[3])
        .list("axis", &[0])
        .node(
            "Loop",
            &["rounds", "", "x0", "x0"],
            &["last", "all"],
            [("body", body)],
        )
        .node(
            "ReduceSum",
            &["all", "axis"],
            &["sum"],
            [("keepdims", Attribute::Int(0))],
        )
        .node("Add", &["last", "sum"], &["y"], [])
}

/// Tensors put into a list, one taken out, and the rest put together.
fn lists(random: &mut Random) -> GraphCase {
    let shape = random.shape(2, 3);
    let x = random.tensor(&shape, 0.2, 1.0);
    let reference = |inputs: &[Tensor64]| {
        let x = &inputs[0];
        let mut joined = x.shape.clone();
        joined[0] *= 2;
        let half = x.values.len();
        Tensor64::from_fn(&joined, |flat| match flat.checked_sub(half) {
            None => x.values[flat].exp(),
            Some(flat) => x.values[flat],
        })
    };
    GraphCase::new("lists", 17, vec![x], reference)
        .whole("zero", ElementType::I64, &[], &[0])
        .node("Neg", &["x0"], &["minus"], [])
        .node("Exp", &["x0"], &["e"], [])
        .node("SequenceConstruct", &["minus", "x0"], &["both"], [])
        .node("SequenceErase", &["both", "zero"], &["one"], [])
        .node("SequenceInsert", &["one", "e", "zero"], &["two"], [])
        .node(
            "ConcatFromSequence",
            &["two"],
            &["y"],
            [("axis", Attribute::Int(0))],
        )
}

/// The last, shorter part of a tensor that was cut into parts of two.
fn parts(random: &mut Random) -> GraphCase {
    let rows = random.whole(1, 3);
    let x = random.tensor(&[rows, 5], -1.0, 1.0);
    let reference = move |inputs: &[Tensor64]| {
        Tensor64::from_fn(&[rows, 1], |row| inputs[0].values[row * 5 + 4])
    };
    GraphCase::new("parts", 17, vec![x], reference)
        .whole("two", ElementType::I64, &[], &[2])
        .node(
            "SplitToSequence",
            &["x0", "two"],
            &["s"],
            [("axis", Attribute::Int(1))],
        )
        .node("SequenceAt", &["s", "two"], &["y"], [])
}
