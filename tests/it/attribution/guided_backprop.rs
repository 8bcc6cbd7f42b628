//! Guided Backprop through the smooth relatives of ReLU, against a way back written down by hand.

use burn_flex::{Flex, FlexDevice};
use gradlens::{
    classifier::{Classifier, NormImage},
    network::Network,
    onnx::{Graph, parse, simplify},
};

use super::{
    analytic::{Bench, image},
    onnx_writer::{GraphWriter, floats},
    spelled_out::{Activation, FORMS, Function, hard_swish, mish, step},
};

/// What 1 x 1 convolutions make of three channels: features, features again, classes.
const FIRST: [[f64; 3]; 3] = [[2.0, -3.0, 1.0], [-1.0, 2.5, 2.0], [3.0, 1.0, -2.0]];
const SECOND: [[f64; 3]; 3] = [[1.5, -2.0, 1.0], [-1.0, 1.0, 2.0], [2.0, 1.0, -1.5]];
const CLASSES: [[f64; 3]; 3] = [[1.0, 0.0, 0.0], [1.0, -2.0, 1.5], [0.0, 0.0, 1.0]];

/// A network whose features both go through `activation`.
fn network(activation: Activation) -> Network<Flex> {
    Network::new(&graph(activation, true), FlexDevice, 1).unwrap()
}

fn graph(activation: Activation, simplified: bool) -> Graph {
    let weight = |name: &str, rows: [[f64; 3]; 3]| {
        let values: Vec<f32> = rows.iter().flatten().map(|&v| v as f32).collect();
        floats(name, &[3, 3, 1, 1], &values)
    };
    let writer = GraphWriter::from_image()
        .tensor(weight("w1", FIRST))
        .tensor(weight("w2", SECOND))
        .tensor(weight("w3", CLASSES))
        .node("Conv", &["x", "w1"], &["h1"], &[]);
    let writer = activation(writer, "h1", "a1").node("Conv", &["a1", "w2"], &["h2"], &[]);
    let writer = activation(writer, "h2", "a2")
        .node("Conv", &["a2", "w3"], &["z"], &[])
        .node("GlobalAveragePool", &["z"], &["mean"], &[])
        .node("Flatten", &["mean"], &["y"], &[]);
    let mut graph = parse(writer.file().into()).unwrap();
    if simplified {
        simplify(&mut graph);
    }
    graph
}

fn product(rows: [[f64; 3]; 3], x: [f64; 3]) -> [f64; 3] {
    rows.map(|row| row.iter().zip(x).map(|(w, x)| w * x).sum())
}

fn transposed_product(rows: [[f64; 3]; 3], grad: [f64; 3]) -> [f64; 3] {
    [0, 1, 2].map(|i| rows.iter().zip(grad).map(|(row, g)| row[i] * g).sum())
}

/// The map of class 1 before it is normalised: at every rectifier first its slope, then the cut.
fn by_hand(image: &NormImage, f: Function, cut: Function) -> Vec<f64> {
    let pixels = image.size.pixels();
    let slope = |x: f64| (f(x + 1e-5) - f(x - 1e-5)) / 2e-5;
    let back = |h: [f64; 3], grad: [f64; 3]| [0, 1, 2].map(|i| cut(grad[i] * slope(h[i])));
    (0..pixels)
        .map(|pixel| {
            let x = [0, 1, 2].map(|c| f64::from(image.values[c * pixels + pixel]));
            let h1 = product(FIRST, x);
            let h2 = product(SECOND, h1.map(f));
            let grad = CLASSES[1].map(|w| w / pixels as f64);
            let grad = transposed_product(SECOND, back(h2, grad));
            let grad = transposed_product(FIRST, back(h1, grad));
            grad.iter().map(|g| g.abs()).sum()
        })
        .collect()
}

#[test]
fn smooth_rectifiers_cut_the_gradient_behind_their_own_slope() {
    let image = image(8, 8);
    let operators: [(&str, Activation, Function); 2] = [
        (
            "the operator HardSwish",
            |writer, from, to| writer.node("HardSwish", &[from], &[to], &[]),
            hard_swish,
        ),
        (
            "the operator Mish",
            |writer, from, to| writer.node("Mish", &[from], &[to], &[]),
            mish,
        ),
    ];
    for (kind, activation, f) in operators.into_iter().chain(FORMS) {
        let network = network(activation);
        let found = network.rectifiers().unwrap();
        assert_eq!((found.relu, found.relu6, found.silu), (0, 0, 2), "{kind}");
        let bench = Bench::new(&network, &image);
        let map = |rule, silu| bench.explain("guided-backprop", &[("rule", rule), ("silu", silu)]);
        let vanilla = bench.explain("gradient", &[]);
        let rules: [(&str, Function); 4] = [
            ("positive", |g| g.max(0.0)),
            ("negative", |g| g.min(0.0)),
            ("absolute", f64::abs),
            ("both", |g| g),
        ];
        for (rule, cut) in rules {
            let expected = by_hand(&image, f, cut);
            let guided = map(rule, "on");
            let largest = expected.iter().fold(0.0_f64, |m, v| m.max(*v));
            for (found, expected) in guided.values.iter().zip(&expected) {
                assert!((found - expected).abs() < 1e-5 * largest, "{kind} {rule}");
            }
            // Only what the option asks for is treated in another way than the authors do.
            assert_eq!(map(rule, "off").values, vanilla.values, "{kind} {rule}");
            let differs = guided.values != vanilla.values;
            assert_eq!(differs, rule != "both", "{kind} {rule}");
        }
        let note = |rule, silu| map(rule, silu).note.unwrap_or_default();
        let untouched = note("positive", "off");
        assert!(untouched.contains("this is the vanilla gradient"));
        assert!(untouched.contains("2 SiLU"), "{untouched}");
        assert!(note("positive", "on").contains("A variant"));
        assert_eq!(note("both", "on"), "");
    }
}

#[test]
fn one_operator_computes_what_was_spelled_out() {
    let image = image(8, 8);
    for (kind, activation, _) in FORMS {
        let [as_written, simplified] = [false, true].map(|simplified| {
            let graph = graph(activation, simplified);
            Network::<Flex>::new(&graph, FlexDevice, 1).unwrap()
        });
        let map = |network| Bench::new(network, &image).explain("gradient", &[]).values;
        let (as_written, simplified) = (map(&as_written), map(&simplified));
        let largest = as_written.iter().fold(0.0_f64, |m, v| m.max(*v));
        for (as_written, simplified) in as_written.iter().zip(&simplified) {
            assert!((as_written - simplified).abs() < 1e-5 * largest, "{kind}");
        }
    }
}

#[test]
fn an_activation_whose_parts_are_read_elsewhere_is_none() {
    let image = image(8, 8);
    let network = network(|writer, from, to| {
        let [softplus, gate, product] =
            ["softplus", "gate", "product"].map(|n| format!("{to} {n}"));
        let writer = step(writer, "Softplus", &[from], &softplus);
        let writer = step(writer, "Tanh", &[&softplus], &gate);
        let writer = step(writer, "Mul", &[from, &gate], &product);
        step(writer, "Add", &[&product, &gate], to)
    });
    assert_eq!(network.rectifiers().unwrap().silu, 0);
    let bench = Bench::new(&network, &image);
    let guided = bench.explain("guided-backprop", &[("silu", "on")]);
    assert_eq!(guided.values, bench.explain("gradient", &[]).values);
}

#[test]
fn the_option_for_smooth_rectifiers_leaves_relu_as_it_is() {
    let image = image(8, 8);
    let network = network(|writer, from, to| writer.node("Relu", &[from], &[to], &[]));
    let bench = Bench::new(&network, &image);
    let map = |silu| bench.explain("guided-backprop", &[("silu", silu)]);
    assert_eq!(map("on"), map("off"));
    assert_ne!(map("on").values, bench.explain("gradient", &[]).values);
    assert_eq!(map("on").note, None);
}
