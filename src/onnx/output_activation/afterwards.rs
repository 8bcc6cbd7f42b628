//! What may follow the layer that makes probabilities without making anything else of them.

use super::tail::Tail;
use crate::onnx::{ElementType, Node, ROUND, cast_target};

/// How far a clamp may stay from 0 and 1: libraries keep logarithms finite so.
const LARGEST_MARGIN: f64 = 1e-3;
/// How exactly a value is dequantised as it was quantised, as a share of 1.
const EXACT: f64 = 1e-4;
/// Nodes that quantising and dequantising take at most.
const MOST_STEPS: usize = 8;

/// A node, or a few, behind probabilities.
pub enum After<'a> {
    /// Only the shape or the type changes; the value before.
    Form(&'a str),
    /// The numbers change a little or by a unit, so that scores are not to pass it.
    Value {
        /// What it puts out.
        output: &'a str,
        /// The value before.
        before: &'a str,
    },
}

/// What a node does to probabilities, where that leaves them what they are.
pub fn after<'a>(tail: &Tail<'a>, node: &'a Node) -> Option<After<'a>> {
    if changes_form_only(node) {
        return Some(After::Form(node.input(0)?));
    }
    let before = match node.op.as_str() {
        "Mul" | "Div" if is_percent(tail, node) => tail.number_and_other(node)?.1,
        "Clip" if keeps_off_bounds(tail, node)? => node.input(0)?,
        "Max" | "Min" if node.inputs.len() == 2 => {
            let (bound, other) = tail.number_and_other(node)?;
            let margin = if node.op == "Max" { bound } else { 1.0 - bound };
            (0.0..=LARGEST_MARGIN).contains(&margin).then_some(other)?
        }
        _ => rounded(tail, node)?,
    };
    Some(After::Value {
        output: node.outputs.first()?,
        before,
    })
}

/// Whether a node leaves the numbers alone.
pub fn changes_form_only(node: &Node) -> bool {
    match node.op.as_str() {
        "Identity" | "Dropout" | "Reshape" | "Flatten" | "Squeeze" | "Unsqueeze" | "Transpose" => {
            true
        }
        // To a float type: a whole number would be 0 or 1.
        "Cast" => cast_target(node).is_ok_and(ElementType::is_float),
        "CastLike" => true,
        _ => false,
    }
}

fn is_percent(tail: &Tail<'_>, node: &Node) -> bool {
    let constant_last = tail.number(node.input(1)).is_some();
    match (node.op.as_str(), tail.number_and_other(node)) {
        ("Mul", Some((factor, _))) => (factor - 100.0).abs() < 1e-3,
        ("Div", Some((divisor, _))) => constant_last && (divisor - 0.01).abs() < 1e-7,
        _ => false,
    }
}

fn keeps_off_bounds(tail: &Tail<'_>, node: &Node) -> Option<bool> {
    let [low, high] = crate::onnx::clip_bounds(tail.graph, node)?;
    let (low, high) = (f64::from(low), f64::from(high));
    Some(low <= LARGEST_MARGIN && high >= 1.0 - LARGEST_MARGIN)
}

/// The value that was quantised and dequantised at once.
fn rounded<'a>(tail: &Tail<'a>, node: &'a Node) -> Option<&'a str> {
    // The value is `slope * x + offset` of what is looked at.
    let (mut slope, mut offset) = (1.0_f64, 0.0_f64);
    let mut was_rounded = false;
    let mut node = node;
    let mut value = node.outputs.first()?.as_str();
    for _ in 0..MOST_STEPS {
        if was_rounded && (slope - 1.0).abs() < EXACT && offset.abs() < EXACT {
            return Some(value);
        }
        let op = node.op.as_str();
        value = if op == ROUND || op == "Identity" || op == "Cast" && changes_form_only(node) {
            was_rounded |= op == ROUND;
            node.input(0)?
        } else {
            let constant_first = tail.number(node.input(0)).is_some();
            let (number, other) = tail.number_and_other(node)?;
            match (op, constant_first) {
                ("Mul", _) => slope *= number,
                ("Div", false) => slope /= number,
                ("Add", _) => offset += slope * number,
                ("Sub", false) => offset -= slope * number,
                _ => return None,
            }
            other
        };
        node = tail.maker(value)?;
    }
    None
}
