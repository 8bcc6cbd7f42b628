//! Activations written out, and what only looks like one.

use super::{
    super::tests::{operators, simplified},
    MOST_CANDIDATES, ValueReader, candidates,
};
use crate::onnx::{
    Attribute, Graph,
    sample::{FLOAT, Sample},
};

/// A graph of `x` with the numbers `numbers`, named as they are written.
fn sample(numbers: &[&str]) -> Sample {
    let sample = Sample::new().input("x", FLOAT, "n 4");
    numbers.iter().fold(sample, |sample, number| {
        sample.weight(number, &[], number.parse().unwrap())
    })
}

/// With nodes, each written as `output = Op input input`.
fn with(sample: Sample, nodes: &[&str]) -> Sample {
    nodes.iter().fold(sample, |sample, node| {
        let (output, call) = node.split_once(" = ").unwrap();
        let (op, inputs) = call.split_once(' ').unwrap();
        let inputs: Vec<&str> = inputs.split(' ').collect();
        sample.node(op, &inputs, output)
    })
}

/// What is left of a graph that puts out `y`.
fn left(sample: Sample) -> Graph {
    simplified(&sample.output("y", "n 4"))
}

fn assert_left(numbers: &[&str], nodes: &[&str], expected: &[&str]) {
    let graph = left(with(sample(numbers), nodes));
    assert_eq!(operators(&graph), expected, "{nodes:?}");
}

#[test]
fn swish() {
    let sigmoid = "s = Sigmoid x";
    assert_left(&[], &[sigmoid, "y = Mul x s"], &["Swish"]);
    assert_left(&[], &[sigmoid, "y = Mul s x"], &["Swish"]);
    let scaled = ["a = Mul x 1.702", "s = Sigmoid a", "y = Mul x s"];
    let graph = left(with(sample(&["1.702"]), &scaled));
    assert_eq!(graph.nodes.len(), 1);
    let alpha = graph.nodes[0].attributes.get("alpha");
    assert_eq!(alpha, Some(&Attribute::Float(1.702)));
    // Gates of other things than their own argument.
    let other = [sigmoid, "z = Exp x", "y = Mul z s"];
    assert_left(&[], &other, &["Sigmoid", "Exp", "Mul"]);
    assert_left(&[], &[sigmoid, "y = Mul s s"], &["Sigmoid", "Mul"]);
}

#[test]
fn hard_swish() {
    let numbers = ["3", "6", "0", "0.16666667", "0.5", "1"];
    let shifted = "a = Add x 3";
    for nodes in [
        [shifted, "c = Clip a 0 6", "m = Mul x c", "y = Div m 6"],
        [shifted, "c = Clip a 0 6", "m = Div c 6", "y = Mul m x"],
        [
            "m = Mul x 0.16666667",
            shifted,
            "c = Clip a 0 6",
            "y = Mul m c",
        ],
        [
            "m = Mul x 0.16666667",
            "a = Add m 0.5",
            "c = Clip a 0 1",
            "y = Mul c x",
        ],
    ] {
        assert_left(&numbers, &nodes, &["HardSwish"]);
    }
    let extremes = ["r = Relu a", "c = Min r 6", "m = Mul x c", "y = Div m 6"];
    assert_left(
        &numbers,
        &[&[shifted], &extremes[..]].concat(),
        &["HardSwish"],
    );
    // Another bound, and another shift.
    let bound = [shifted, "c = Clip a 0 3", "m = Mul x c", "y = Div m 6"];
    assert_left(&numbers, &bound, &["Add", "Clip", "Mul", "Div"]);
    let shift = [
        "a = Add x 1",
        "c = Clip a 0 6",
        "m = Mul x c",
        "y = Div m 6",
    ];
    assert_left(&numbers, &shift, &["Add", "Clip", "Mul", "Div"]);
}

#[test]
fn hard_swish_by_its_sigmoid() {
    let sigmoid = sample(&[]).node("HardSigmoid", &["x"], "s");
    let product = ["y = Mul x s"];
    let graph = left(with(sigmoid.clone().float("alpha", 1.0 / 6.0), &product));
    assert_eq!(operators(&graph), ["HardSwish"]);
    let graph = left(with(sigmoid, &product));
    assert_eq!(
        operators(&graph),
        ["HardSigmoid", "Mul"],
        "its slope is 0.2"
    );
}

#[test]
fn gelu_by_the_error_function() {
    let numbers = ["1.4142135", "0.70710677", "0.5", "1", "0.7"];
    let (scaled, erf, sum) = ("d = Div x 1.4142135", "e = Erf d", "a = Add e 1");
    for nodes in [
        [scaled, erf, sum, "m = Mul x a", "y = Mul m 0.5"],
        [scaled, erf, sum, "h = Mul 0.5 x", "y = Mul h a"],
        [scaled, erf, sum, "h = Mul a 0.5", "y = Mul x h"],
        [
            "d = Mul 0.70710677 x",
            erf,
            "a = Add 1 e",
            "h = Mul 0.5 a",
            "y = Mul h x",
        ],
    ] {
        assert_left(&numbers, &nodes, &["Gelu"]);
    }
    let multiplied = ["h = Mul x 0.5", "m = Mul h e", "y = Add h m"];
    let nodes = [&[scaled, erf], &multiplied[..]].concat();
    assert_left(&numbers, &nodes, &["Gelu"]);
    // Other constants.
    let steeper = ["d = Mul x 0.7", erf, sum, "m = Mul x a", "y = Mul m 0.5"];
    assert_left(&numbers, &steeper, &["Mul", "Erf", "Add", "Mul", "Mul"]);
    let larger = [scaled, erf, sum, "m = Mul x a", "y = Mul m 0.7"];
    assert_left(&numbers, &larger, &["Div", "Erf", "Add", "Mul", "Mul"]);
}

#[test]
fn gelu_by_the_hyperbolic_tangent() {
    let numbers = ["3", "2", "3.1415927", "0.044715", "0.7978846", "0.5", "1"];
    let end = ["t = Tanh i", "a = Add t 1", "m = Mul x a", "y = Mul m 0.5"];
    let cubes: [&[&str]; 4] = [
        &[
            "p = Pow x 3",
            "q = Mul 0.044715 p",
            "s = Add x q",
            "i = Mul s 0.7978846",
        ],
        &[
            "z = Mul x x",
            "p = Mul x z",
            "q = Mul p 0.044715",
            "s = Add x q",
            "i = Mul s 0.7978846",
        ],
        &[
            "z = Pow x 2",
            "q = Mul z 0.044715",
            "s = Add q 1",
            "k = Mul x 0.7978846",
            "i = Mul k s",
        ],
        &[
            "p = Pow x 3",
            "q = Mul 0.044715 p",
            "s = Add x q",
            "k = Div 2 3.1415927",
            "r = Sqrt k",
            "i = Mul r s",
        ],
    ];
    for cube in cubes {
        let nodes = [cube, &end[..]].concat();
        let graph = left(with(sample(&numbers), &nodes));
        assert_eq!(graph.nodes.len(), 1, "{nodes:?}");
        let node = &graph.nodes[0];
        assert_eq!(
            (node.op.as_str(), &node.inputs[..]),
            ("Gelu", &["x".to_owned()][..])
        );
        assert_eq!(node.attributes.text("approximate", "none"), Ok("tanh"));
    }
    let square = [
        "p = Pow x 2",
        "q = Mul 0.044715 p",
        "s = Add x q",
        "i = Mul s 0.7978846",
    ];
    let nodes = [square, end].concat();
    let graph = left(with(sample(&numbers), &nodes));
    assert_eq!(graph.nodes.len(), 8);
}

#[test]
fn mish() {
    assert_left(
        &[],
        &["s = Softplus x", "t = Tanh s", "y = Mul x t"],
        &["Mish"],
    );
    let written_out = [
        "e = Exp x",
        "s = Add e 1",
        "l = Log s",
        "t = Tanh l",
        "y = Mul t x",
    ];
    assert_left(&["1"], &written_out, &["Mish"]);
    let of_another = ["z = Abs x", "s = Softplus z", "t = Tanh s", "y = Mul x t"];
    assert_left(&[], &of_another, &["Abs", "Softplus", "Tanh", "Mul"]);
}

#[test]
fn what_is_read_on_the_way_stays() {
    let numbers = ["1.4142135", "0.5", "1"];
    let gelu = [
        "d = Div x 1.4142135",
        "e = Erf d",
        "a = Add e 1",
        "m = Mul x a",
        "z = Mul m 0.5",
    ];
    for inner in ["d", "e", "a", "m"] {
        let last = format!("y = Add z {inner}");
        let nodes = [&gelu[..], &[last.as_str()]].concat();
        assert_left(
            &numbers,
            &nodes,
            &["Div", "Erf", "Add", "Mul", "Mul", "Add"],
        );
    }
    // What goes in and what comes out may be read by anybody.
    for outer in ["x", "z"] {
        let last = format!("y = Add z {outer}");
        let nodes = [&gelu[..], &[last.as_str()]].concat();
        assert_left(&numbers, &nodes, &["Gelu", "Add"]);
    }
    let put_out = with(sample(&numbers), &gelu).node("Abs", &["z"], "y");
    let read_outside = left(put_out.clone().output("e", "n 4"));
    assert_eq!(read_outside.nodes.len(), 6);
    assert_eq!(operators(&left(put_out)), ["Gelu", "Abs"]);
}

#[test]
fn constants_may_be_shared() {
    let numbers = ["2", "3", "3.1415927", "0.044715", "0.5", "1"];
    let mut nodes = vec!["k = Div 2 3.1415927".to_owned(), "r = Sqrt k".to_owned()];
    for [from, to] in [["x", "u"], ["u", "y"]] {
        nodes.extend([
            format!("{to}p = Pow {from} 3"),
            format!("{to}q = Mul 0.044715 {to}p"),
            format!("{to}s = Add {from} {to}q"),
            format!("{to}i = Mul r {to}s"),
            format!("{to}t = Tanh {to}i"),
            format!("{to}a = Add {to}t 1"),
            format!("{to}m = Mul {from} {to}a"),
            format!("{to} = Mul {to}m 0.5"),
        ]);
    }
    let nodes: Vec<&str> = nodes.iter().map(String::as_str).collect();
    assert_left(&numbers, &nodes, &["Gelu", "Gelu"]);
}

#[test]
fn work_is_bounded() {
    // One sum of more values than are looked at.
    let names: Vec<String> = (0..3 * MOST_CANDIDATES).map(|i| format!("v{i}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let made = |sample: Sample, name: &&str| sample.node("Abs", &["x"], name);
    let sum = names.iter().fold(sample(&[]), made);
    let sum = sum.node("Sum", &names, "a").node("Sigmoid", &["a"], "y");
    let graph = left(sum);
    let gate = graph.nodes.last().unwrap();
    let found = candidates(&ValueReader::new(&graph), gate).unwrap();
    assert_eq!(found.len(), MOST_CANDIDATES);
    assert_eq!(found[..2], ["a", "v0"]);
    // A sum of itself, again and again: as many values as would take for ever to add up.
    let mut nodes = vec!["d0 = Add x x".to_owned()];
    nodes.extend((1..64).map(|i| format!("d{i} = Add d{0} d{0}", i - 1)));
    nodes.extend(["s = Sigmoid d63", "y = Mul x s"].map(str::to_owned));
    let nodes: Vec<&str> = nodes.iter().map(String::as_str).collect();
    assert_eq!(left(with(sample(&[]), &nodes)).nodes.len(), nodes.len());
}
