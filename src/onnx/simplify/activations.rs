//! Activations that exporters write out in arithmetic become one node: one pass each way instead of
//! several, one tensor kept instead of up to six, and a rectifier's relative known as one.

use std::collections::BTreeSet;
use std::f64::consts::{FRAC_1_SQRT_2, PI};

use super::{
    expression::{Expression, Polynomial},
    fusion::{clamp_range, clamped_again},
    unused,
    value_reader::{Terms, ValueReader},
};
use crate::onnx::{Attribute, Graph, Node};

/// Nodes followed from a gate to the activation's end.
const MOST_STEPS: usize = 4;
/// Values that an activation may be a function of, for each gate.
const MOST_CANDIDATES: usize = 12;
/// How far a constant may be from what it should be, as a share: constants were rounded to 32 bits, and
/// written down with seven digits or more.
const ROUNDING: f64 = 1e-6;

/// Turns what is written out into the operator it is, where nobody else reads anything on the way:
///
/// - `x * Sigmoid(x)` into `Swish` (<https://onnx.ai/onnx/operators/onnx__Swish.html>), with its `alpha`
///   where the sigmoid's argument is scaled;
/// - `x * HardSigmoid(x)` with its slope of 1/6, and `x * Clip(x + 3, 0, 6) / 6`, into `HardSwish`
///   (<https://onnx.ai/onnx/operators/onnx__HardSwish.html>);
/// - `x / 2 * (1 + Erf(x / sqrt 2))`, and `x / 2 * (1 + Tanh(sqrt(2 / pi) * (x + 0.044715 x^3)))`, into
///   `Gelu` (<https://onnx.ai/onnx/operators/onnx__Gelu.html>);
/// - `x * Tanh(Softplus(x))` into `Mish` (<https://onnx.ai/onnx/operators/onnx__Mish.html>).
///
/// Factors may stand in any order and be multiplied out.
pub fn fuse(graph: &mut Graph) {
    let found = all(graph);
    if found.is_empty() {
        return;
    }
    for activation in found {
        let node = &mut graph.nodes[activation.last];
        activation.kind.op.clone_into(&mut node.op);
        node.inputs = vec![activation.input];
        let attribute = activation.kind.attribute.into_iter();
        node.attributes = attribute
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
    }
    unused::drop_unread(graph);
}

/// The activations of a graph, in the order of their gates.
fn all(graph: &Graph) -> Vec<Activation> {
    let reader = ValueReader::new(graph);
    let nodes = graph.nodes.iter().enumerate();
    nodes
        .filter_map(|(index, node)| activation(&reader, index, node))
        .collect()
}

/// An activation that was found.
struct Activation {
    /// The node that puts it out.
    last: usize,
    /// The value it is a function of.
    input: String,
    kind: Kind,
}

/// What a gate belongs to: `x * (plain + gated * gate)`.
struct Kind {
    op: &'static str,
    attribute: Option<(&'static str, Attribute)>,
    plain: f64,
    gated: f64,
}

impl Kind {
    fn new(op: &'static str, [plain, gated]: [f64; 2]) -> Self {
        Self {
            op,
            attribute: None,
            plain,
            gated,
        }
    }

    fn with(self, name: &'static str, value: Attribute) -> Self {
        Self {
            attribute: Some((name, value)),
            ..self
        }
    }

    fn is(&self, found: Expression) -> bool {
        let linear = |factor| [0.0, factor, 0.0, 0.0];
        is_close(found.plain, linear(self.plain)) && is_close(found.gated, linear(self.gated))
    }
}

/// The activation whose gate is node `index`.
fn activation(reader: &ValueReader<'_>, index: usize, gate: &Node) -> Option<Activation> {
    let [output] = &gate.outputs[..] else {
        return None;
    };
    reader.sole_reader(output)?;
    candidates(reader, gate)?.into_iter().find_map(|value| {
        let mut inner = BTreeSet::from([index]);
        let kind = kind(reader, gate, value, &mut inner)?;
        let terms = Terms {
            value,
            gate: Some(output),
        };
        let last = last_node(reader, &kind, terms, &inner)?;
        Some(Activation {
            last,
            input: value.to_owned(),
            kind,
        })
    })
}

/// The node behind the gate with which the activation is complete.
fn last_node(
    reader: &ValueReader<'_>,
    kind: &Kind,
    terms: Terms<'_>,
    before_gate: &BTreeSet<usize>,
) -> Option<usize> {
    let mut name = terms.gate?;
    for _ in 0..MOST_STEPS {
        let (last, node) = reader.sole_reader(name)?;
        name = node.outputs.first()?;
        let mut inner = before_gate.clone();
        let found = reader.expression(name, terms, &mut inner)?;
        inner.remove(&last);
        if kind.is(found) && reader.is_closed(&inner, last) {
            return Some(last);
        }
    }
    None
}

/// What a gate gates, if its argument is the right function of `value`. The nodes between both are added
/// to `inner`.
fn kind(
    reader: &ValueReader<'_>,
    gate: &Node,
    value: &str,
    inner: &mut BTreeSet<usize>,
) -> Option<Kind> {
    let argument = |name: &str, inner: &mut BTreeSet<usize>| {
        let terms = Terms { value, gate: None };
        Some(reader.expression(name, terms, inner)?.plain)
    };
    let halves = [0.5, 0.5];
    let input = gate.input(0)?;
    match gate.op.as_str() {
        "Sigmoid" => {
            let found = argument(input, inner)?;
            let alpha = found[1];
            let swish = Kind::new("Swish", [0.0, 1.0]);
            let fits = alpha > 0.0 && found == [0.0, alpha, 0.0, 0.0];
            fits.then(|| match alpha as f32 {
                1.0 => swish,
                alpha => swish.with("alpha", Attribute::Float(alpha)),
            })
        }
        "HardSigmoid" => {
            let number = |name, default| gate.attributes.float(name, default).ok();
            let slope = Expression::VALUE.scaled(number("alpha", 0.2)?.into());
            let sum = slope.plus(Expression::constant(number("beta", 0.5)?.into()));
            let fits = argument(input, inner)? == Expression::VALUE.plain;
            (fits && is_close(sum.plain, hard_gate(1.0)))
                .then(|| Kind::new("HardSwish", [0.0, 1.0]))
        }
        "Erf" => is_close(argument(input, inner)?, [0.0, FRAC_1_SQRT_2, 0.0, 0.0])
            .then(|| Kind::new("Gelu", halves)),
        "Tanh" => {
            if let Some((index, softplus)) = reader.maker(input)
                && softplus.op == "Softplus"
            {
                inner.insert(index);
                return (softplus.input(0) == Some(value)).then(|| Kind::new("Mish", [0.0, 1.0]));
            }
            let slope = (2.0 / PI).sqrt();
            let tanh = || Attribute::Text("tanh".to_owned());
            is_close(argument(input, inner)?, [0.0, slope, 0.0, 0.044715 * slope])
                .then(|| Kind::new("Gelu", halves).with("approximate", tanh()))
        }
        _ => {
            let clamp = Clamp::new(reader, gate)?;
            inner.extend(clamp.inside);
            let [low, high] = clamp.range.map(f64::from);
            let fits = low == 0.0
                && high.is_finite()
                && high > 0.0
                && is_close(argument(clamp.input, inner)?, hard_gate(high));
            fits.then(|| Kind::new("HardSwish", [0.0, 1.0 / high]))
        }
    }
}

/// What is clamped to 0 and `high`, of which `HardSwish` takes the share that is between 0 and 1.
fn hard_gate(high: f64) -> Polynomial {
    [high / 2.0, high / 6.0, 0.0, 0.0]
}

/// Equal but for rounding, coefficient by coefficient.
fn is_close(found: Polynomial, expected: Polynomial) -> bool {
    let mut pairs = found.into_iter().zip(expected);
    pairs.all(|(found, expected)| (found - expected).abs() <= ROUNDING * expected.abs())
}

/// A `Clip`, `Relu`, or `Min` or `Max` with a constant, alone or behind another.
struct Clamp<'a> {
    input: &'a str,
    range: [f32; 2],
    /// The node in front, where there are two.
    inside: Option<usize>,
}

impl<'a> Clamp<'a> {
    fn new(reader: &ValueReader<'a>, node: &'a Node) -> Option<Self> {
        let alone = Self::alone(reader, node)?;
        let Some((index, first)) = reader.maker(alone.input) else {
            return Some(alone);
        };
        let Some(first) = Self::alone(reader, first) else {
            return Some(alone);
        };
        Some(Self {
            range: clamped_again(first.range, alone.range)?,
            inside: Some(index),
            ..first
        })
    }

    /// `node` by itself.
    fn alone(reader: &ValueReader<'a>, node: &'a Node) -> Option<Self> {
        let (input, [low, high, _]) = clamp_range(reader.graph, node)?;
        Some(Self {
            input: node.input(input)?,
            range: [low, high],
            inside: None,
        })
    }
}

/// Values that the argument of a gate may be a function of: itself, and what it is computed from.
/// `None` where the node cannot be a gate.
fn candidates<'a>(reader: &ValueReader<'a>, gate: &'a Node) -> Option<Vec<&'a str>> {
    let argument = match gate.op.as_str() {
        "Sigmoid" | "HardSigmoid" | "Erf" | "Tanh" => gate.input(0)?,
        _ => Clamp::alone(reader, gate)?.input,
    };
    let mut names = vec![argument];
    let mut next = 0;
    while let Some(&name) = names.get(next) {
        next += 1;
        let made_from = reader.maker(name).map(|(_, node)| node.inputs.iter());
        for input in made_from.into_iter().flatten() {
            if names.len() == MOST_CANDIDATES {
                return Some(names);
            }
            let known = input.is_empty() || reader.number(input).is_some();
            if !known && !names.contains(&input.as_str()) {
                names.push(input);
            }
        }
    }
    Some(names)
}

#[cfg(test)]
mod tests;
