//! Activations as exporters write them out in arithmetic.

use crate::onnx_writer::{GraphWriter, floats};

/// Adds nodes that compute an activation of the value `from` as the value `to`.
pub type Activation = fn(GraphWriter, &str, &str) -> GraphWriter;

/// A function of one number.
pub type Function = fn(f64) -> f64;

/// What each form is called, its nodes and what it computes.
pub const FORMS: [(&str, Activation, Function); 8] = [
    ("SiLU", silu, |x| x / (1.0 + (-x).exp())),
    (
        "Hardswish, divided last",
        hard_swish_divided_last,
        hard_swish,
    ),
    ("Hardswish, gate first", hard_swish_gate_first, hard_swish),
    ("GELU, halved last", gelu_halved_last, gelu),
    ("GELU, halved first", gelu_halved_first, gelu),
    ("GELU by tanh, a power", gelu_by_power, gelu_by_tanh),
    ("GELU by tanh, products", gelu_by_products, gelu_by_tanh),
    ("Mish", mish_nodes, mish),
];

/// One node; inputs that are numbers become constants.
pub fn step(writer: GraphWriter, op: &str, inputs: &[&str], to: &str) -> GraphWriter {
    let numbers = inputs.iter().filter_map(|name| {
        let number: f32 = name.parse().ok()?;
        Some((format!("{to} {name}"), number))
    });
    let writer = numbers.fold(writer, |writer, (name, number)| {
        writer.tensor(floats(&name, &[], &[number]))
    });
    let names: Vec<String> = inputs
        .iter()
        .map(|name| match name.parse::<f32>() {
            Ok(_) => format!("{to} {name}"),
            Err(_) => (*name).to_owned(),
        })
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    writer.node(op, &names, &[to], &[])
}

fn silu(writer: GraphWriter, x: &str, y: &str) -> GraphWriter {
    let gate = &format!("{y} gate");
    let writer = step(writer, "Sigmoid", &[x], gate);
    step(writer, "Mul", &[x, gate], y)
}

fn hard_swish_divided_last(writer: GraphWriter, x: &str, y: &str) -> GraphWriter {
    let [shifted, gate, product] = ["shifted", "gate", "product"].map(|n| format!("{y} {n}"));
    let writer = step(writer, "Add", &[x, "3"], &shifted);
    let writer = step(writer, "Clip", &[&shifted, "0", "6"], &gate);
    let writer = step(writer, "Mul", &[x, &gate], &product);
    step(writer, "Div", &[&product, "6"], y)
}

fn hard_swish_gate_first(writer: GraphWriter, x: &str, y: &str) -> GraphWriter {
    let [shifted, low, gate, share] =
        ["shifted", "low", "gate", "share"].map(|n| format!("{y} {n}"));
    let writer = step(writer, "Add", &["3", x], &shifted);
    let writer = step(writer, "Relu", &[&shifted], &low);
    let writer = step(writer, "Min", &[&low, "6"], &gate);
    let writer = step(writer, "Mul", &[&gate, "0.16666667"], &share);
    step(writer, "Mul", &[&share, x], y)
}

/// `1 + erf(x / sqrt 2)`.
fn normal_gate(writer: GraphWriter, x: &str, gate: &str) -> GraphWriter {
    let [scaled, erf] = ["scaled", "erf"].map(|n| format!("{gate} {n}"));
    let writer = step(writer, "Div", &[x, "1.4142135"], &scaled);
    let writer = step(writer, "Erf", &[&scaled], &erf);
    step(writer, "Add", &[&erf, "1"], gate)
}

fn gelu_halved_last(writer: GraphWriter, x: &str, y: &str) -> GraphWriter {
    let [gate, product] = ["gate", "product"].map(|n| format!("{y} {n}"));
    let writer = normal_gate(writer, x, &gate);
    let writer = step(writer, "Mul", &[x, &gate], &product);
    step(writer, "Mul", &[&product, "0.5"], y)
}

fn gelu_halved_first(writer: GraphWriter, x: &str, y: &str) -> GraphWriter {
    let [gate, half] = ["gate", "half"].map(|n| format!("{y} {n}"));
    let writer = normal_gate(writer, x, &gate);
    let writer = step(writer, "Mul", &["0.5", x], &half);
    step(writer, "Mul", &[&half, &gate], y)
}

/// `x / 2 * (1 + tanh(argument))`.
fn gated_by_tanh(writer: GraphWriter, x: &str, argument: &str, y: &str) -> GraphWriter {
    let [tanh, gate, product] = ["tanh", "gate", "product"].map(|n| format!("{y} {n}"));
    let writer = step(writer, "Tanh", &[argument], &tanh);
    let writer = step(writer, "Add", &["1", &tanh], &gate);
    let writer = step(writer, "Mul", &[x, &gate], &product);
    step(writer, "Mul", &["0.5", &product], y)
}

fn gelu_by_power(writer: GraphWriter, x: &str, y: &str) -> GraphWriter {
    let [cube, part, sum, argument] =
        ["cube", "part", "sum", "argument"].map(|n| format!("{y} {n}"));
    let writer = step(writer, "Pow", &[x, "3"], &cube);
    let writer = step(writer, "Mul", &["0.044715", &cube], &part);
    let writer = step(writer, "Add", &[x, &part], &sum);
    let writer = step(writer, "Mul", &["0.7978845608", &sum], &argument);
    gated_by_tanh(writer, x, &argument, y)
}

fn gelu_by_products(writer: GraphWriter, x: &str, y: &str) -> GraphWriter {
    let names = ["square", "part", "sum", "scaled", "argument"].map(|n| format!("{y} {n}"));
    let [square, part, sum, scaled, argument] = names;
    let writer = step(writer, "Mul", &[x, x], &square);
    let writer = step(writer, "Mul", &[&square, "0.044715"], &part);
    let writer = step(writer, "Add", &[&part, "1"], &sum);
    let writer = step(writer, "Mul", &[x, "0.79788456"], &scaled);
    let writer = step(writer, "Mul", &[&scaled, &sum], &argument);
    gated_by_tanh(writer, x, &argument, y)
}

fn mish_nodes(writer: GraphWriter, x: &str, y: &str) -> GraphWriter {
    let [softplus, gate] = ["softplus", "gate"].map(|n| format!("{y} {n}"));
    let writer = step(writer, "Softplus", &[x], &softplus);
    let writer = step(writer, "Tanh", &[&softplus], &gate);
    step(writer, "Mul", &[x, &gate], y)
}

/// `x` times what a ramp from -3 to 3 lets through.
pub fn hard_swish(x: f64) -> f64 {
    x * (x / 6.0 + 0.5).clamp(0.0, 1.0)
}

/// `x` times the hyperbolic tangent of its softplus.
pub fn mish(x: f64) -> f64 {
    x * x.exp().ln_1p().tanh()
}

fn gelu(x: f64) -> f64 {
    // The area under the bell curve from 0 to x, by Simpson's rule.
    let bell = |t: f64| (-t * t / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let width = x / 2000.0;
    let inner: f64 = (1..2000)
        .map(|i| f64::from(2 + 2 * (i % 2)) * bell(f64::from(i) * width))
        .sum();
    x * (0.5 + width / 3.0 * (bell(0.0) + inner + bell(x)))
}

fn gelu_by_tanh(x: f64) -> f64 {
    let argument = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044715 * x * x * x);
    x / 2.0 * (1.0 + argument.tanh())
}
