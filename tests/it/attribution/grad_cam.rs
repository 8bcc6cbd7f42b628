//! Grad-CAM on a network small enough to be computed by hand.

use std::collections::HashMap;

use burn_flex::{Flex, FlexDevice};
use gradlens::{
    classifier::{Classifier, NormImage, Size},
    network::Network,
    onnx::{
        Attribute, Attributes, Dimension, ElementType, Graph, Initializer, Node, Port, simplify,
    },
};

use super::analytic::{Bench, settings};

const SIZE: Size = Size::colour(2, 2);

fn node(op: &str, inputs: &[&str], output: &str) -> Node {
    Node {
        name: output.to_owned(),
        op: op.to_owned(),
        inputs: inputs.iter().map(|&name| name.to_owned()).collect(),
        outputs: vec![output.to_owned()],
        attributes: Attributes::default(),
    }
}

/// Two 1 x 1 convolutions with ReLU, the mean over pixels, and a product with a matrix:
/// features are `max(red - green, 0)` and `max(blue, 0)`, then twice the first and their sum.
fn network() -> Network<Flex> {
    let floats = |name: &str, shape: &[usize], values: &[f32]| {
        let tensor = Initializer::from_floats(name, shape.to_vec(), values);
        (name.to_owned(), tensor)
    };
    let port = |name: &str, shape: &[&str]| Port {
        name: name.to_owned(),
        shape: shape
            .iter()
            .map(|&d| Dimension::Symbolic(d.to_owned()))
            .collect(),
        element_type: Some(ElementType::F32),
        is_tensor: true,
        has_other_type: false,
    };
    let mut product = node("Gemm", &["flat", "w3"], "logits");
    product.attributes.insert("transB", Attribute::Int(1));
    let mut graph = Graph {
        producer: String::new(),
        opset: 17,
        nodes: vec![
            node("Conv", &["image", "w1"], "first"),
            node("Relu", &["first"], "a"),
            node("Conv", &["a", "w2"], "second"),
            node("Relu", &["second"], "b"),
            node("GlobalAveragePool", &["b"], "pooled"),
            node("Flatten", &["pooled"], "flat"),
            product,
        ],
        initializers: HashMap::from([
            floats("w1", &[2, 3, 1, 1], &[1.0, -1.0, 0.0, 0.0, 0.0, 1.0]),
            floats("w2", &[2, 2, 1, 1], &[2.0, 0.0, 1.0, 1.0]),
            floats("w3", &[2, 2], &[1.0, -1.0, 0.0, 4.0]),
        ]),
        inputs: vec![port("image", &["n", "c", "h", "w"])],
        outputs: vec![port("logits", &["n", "k"])],
        probabilities: gradlens::protocol::Probabilities::default(),
        texts: HashMap::new(),
        unread: HashMap::new(),
        metadata: HashMap::new(),
    };
    simplify(&mut graph);
    Network::new(&graph, FlexDevice, 1).unwrap()
}

fn image() -> NormImage {
    NormImage {
        size: SIZE,
        values: vec![
            3.0, 1.0, 0.0, 0.0, // red
            1.0, 0.0, 2.0, 0.0, // green
            0.0, 5.0, 1.0, -1.0, // blue
        ],
    }
}

#[test]
fn maps_are_the_weighted_features() {
    let (network, image) = (network(), image());
    let bench = Bench::new(&network, &image);
    let map = |target, layer: &str| {
        let given = settings(&[("layer", layer)]);
        bench
            .try_explain("grad-cam", target, &given, &|_, _, _| {})
            .unwrap()
    };
    // The first features are (2 1 0 0) and (0 5 1 0), the second (4 2 0 0) and (2 6 1 0). Class 0
    // is the difference of the second's means, class 1 four times the mean of their second.
    let last = map(0, "");
    assert_eq!(last.values, [0.5, 0.0, 0.0, 0.0]);
    assert!(last.note.unwrap().contains("2 x 2"));
    assert_eq!(map(1, "").values, [2.0, 6.0, 1.0, 0.0]);
    // By the first layer, class 1 is four times the mean of both features, through rectifiers that
    // are open at three of four pixels.
    assert_eq!(map(1, "first").values, [1.5, 4.5, 0.75, 0.0]);
    let missing = settings(&[("layer", "nowhere")]);
    let error = bench
        .try_explain("grad-cam", 0, &missing, &|_, _, _| {})
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("called nowhere; the last ones are a, b")
    );
}

#[test]
fn rectifiers_are_counted_through_fusion() {
    let found = network().rectifiers().unwrap();
    assert_eq!((found.relu, found.relu6, found.silu), (2, 0, 0));
}

#[test]
fn a_classifier_without_a_grid_says_so() {
    let image = image();
    let classifier = super::classifier(super::Linear);
    let bench = Bench::new(&classifier, &image);
    let error = bench
        .try_explain("grad-cam", 1, &settings(&[]), &|_, _, _| {})
        .unwrap_err();
    assert!(error.to_string().contains("no spatial activation"));
}
