//! Operators that ask for what cannot be: no stride, a kernel of nothing, 2^40 of anything.

use super::{
    assert_refused, conv, end,
    onnx_writer::{self, GraphWriter, float, floats, integers, ints, tensor, text},
    weight, with,
};

#[test]
fn operators_that_ask_for_the_impossible_are_refused_by_name() {
    let pair = |name: &str, value: i64| ints(name, &[value, value]);
    let four = |name: &str, value: i64| ints(name, &[value; 4]);
    let (max, tera) = (i64::MAX, 1_i64 << 40);
    let list = |values: &[i64]| vec![integers("k", values)];
    assert_refused(vec![
        (
            "no stride",
            conv(&[pair("strides", 0)], weight()),
            "strides",
        ),
        (
            "no dilation",
            conv(&[pair("dilations", 0)], weight()),
            "dilations",
        ),
        (
            "back strides",
            conv(&[pair("strides", -1)], weight()),
            "strides",
        ),
        (
            "three groups",
            conv(&[onnx_writer::int("group", 3)], weight()),
            "groups",
        ),
        (
            "no group",
            conv(&[onnx_writer::int("group", 0)], weight()),
            "groups",
        ),
        (
            "groups",
            conv(&[onnx_writer::int("group", max)], weight()),
            "groups",
        ),
        ("huge pads", conv(&[four("pads", max)], weight()), "Conv"),
        ("large pads", conv(&[four("pads", tera)], weight()), "Conv"),
        (
            "wide pads",
            conv(&[four("pads", 1 << 17)], weight()),
            "Conv",
        ),
        (
            "far dilation",
            conv(
                &[pair("dilations", max)],
                floats("w", &[2, 3, 2, 2], &[0.5; 24]),
            ),
            "Conv",
        ),
        (
            "no kernel",
            conv(&[], floats("w", &[2, 3, 0, 0], &[])),
            "kernel_shape is [0, 0]",
        ),
        (
            "no channels",
            conv(&[], floats("w", &[0, 3, 1, 1], &[])),
            "",
        ),
        ("one axis", conv(&[], floats("w", &[6], &[0.5; 6])), "[6]"),
        (
            "a pool of 2^40",
            with("MaxPool", &[], &[pair("kernel_shape", tera)], vec![]),
            "MaxPool",
        ),
        (
            "a pool of nothing",
            with("MaxPool", &[], &[pair("kernel_shape", 0)], vec![]),
            "MaxPool",
        ),
        (
            "an average of 2^62",
            with(
                "AveragePool",
                &[],
                &[pair("kernel_shape", 1 << 62), four("pads", 1 << 62)],
                vec![],
            ),
            "AveragePool",
        ),
        (
            "average pads",
            with(
                "AveragePool",
                &[],
                &[pair("kernel_shape", 2), four("pads", tera)],
                vec![],
            ),
            "AveragePool",
        ),
        (
            "reshaped to 2^40",
            with("Reshape", &["k"], &[], list(&[tera, 1, 1, 1])),
            "Reshape",
        ),
        (
            "reshaped to 2^80",
            with("Reshape", &["k"], &[], list(&[tera, tera, 1, 1])),
            "Reshape",
        ),
        (
            "reshaped by 2^62",
            with("Reshape", &["k"], &[], list(&[1 << 62, 1 << 62, 4, -1])),
            "Reshape",
        ),
        (
            "reshaped twice",
            with("Reshape", &["k"], &[], list(&[-1, -1, 8, 8])),
            "Reshape",
        ),
        (
            "flattened there",
            with("Flatten", &[], &[onnx_writer::int("axis", max)], vec![]),
            "Flatten",
        ),
        (
            "expanded",
            with("Expand", &["k"], &[], list(&[tera, 3, 8, 8])),
            "Expand",
        ),
        (
            "expanded more",
            with("Expand", &["k"], &[], list(&[max, max, 3, 8, 8])),
            "Expand",
        ),
        (
            "tiled",
            with("Tile", &["k"], &[], list(&[1 << 20, 1 << 20, 1 << 20, 1])),
            "Tile",
        ),
        (
            "padded",
            with("Pad", &["k"], &[], list(&[0, 0, 0, 0, 0, 0, tera, tera])),
            "Pad",
        ),
        (
            "padded away",
            with("Pad", &["k"], &[], list(&[0, 0, -9, -9, 0, 0, 0, 0])),
            "Pad",
        ),
        (
            "resized",
            with(
                "Resize",
                &["", "", "k"],
                &[text("mode", "nearest")],
                list(&[1, 3, 1 << 30, 1 << 30]),
            ),
            "Resize",
        ),
        (
            "scaled",
            with(
                "Resize",
                &["", "k"],
                &[text("mode", "nearest")],
                vec![floats("k", &[4], &[1.0, 1.0, 1e30, 1e30])],
            ),
            "Resize",
        ),
        ("filled", filled(&[tera, tera], "ConstantOfShape"), ""),
        ("filled a little", filled(&[1 << 30], "ConstantOfShape"), ""),
        ("counted", counted(), ""),
        (
            "a custom operator",
            with("Nonsense", &[], &[], vec![]),
            "Nonsense",
        ),
        ("a wild epsilon", normalised(f32::NAN), ""),
    ]);
}

/// The image and a constant that is made while the graph is read.
fn filled(shape: &[i64], op: &str) -> Vec<u8> {
    let graph = GraphWriter::from_image()
        .node(op, &["k"], &["huge"], &[])
        .node("Add", &["x", "huge"], &["v"], &[])
        .tensor(integers("k", shape));
    end(graph, "v").file()
}

fn counted() -> Vec<u8> {
    let number = |name: &str, value: i64| tensor(name, &[], 7, &value.to_le_bytes());
    let graph = GraphWriter::from_image()
        .node("Range", &["from", "to", "by"], &["huge"], &[])
        .node("Add", &["x", "huge"], &["v"], &[])
        .tensor(number("from", 0))
        .tensor(number("to", 1 << 40))
        .tensor(number("by", 1));
    end(graph, "v").file()
}

fn normalised(epsilon: f32) -> Vec<u8> {
    let parameters = ["s", "b", "m", "v"];
    let tensors = parameters.map(|name| floats(name, &[3], &[1.0; 3]));
    with(
        "BatchNormalization",
        &parameters,
        &[float("epsilon", epsilon)],
        tensors.to_vec(),
    )
}
