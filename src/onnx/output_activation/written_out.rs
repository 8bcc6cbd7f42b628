//! Softmaxes and sigmoids that are written out in arithmetic.

use super::{Over, afterwards::changes_form_only, tail::Tail};
use crate::onnx::Node;

/// The scores, and the axes taken together, where `node` divides exponentials by their sum.
pub fn softmax<'a>(tail: &Tail<'a>, node: &'a Node) -> Option<(&'a str, Over)> {
    let (left, right) = (node.input(0)?, node.input(1)?);
    let (exponential, sum) = match node.op.as_str() {
        "Div" => (left, right),
        "Mul" => match (
            tail.made_by(left, "Reciprocal"),
            tail.made_by(right, "Reciprocal"),
        ) {
            (_, Some(reciprocal)) => (left, reciprocal.input(0)?),
            (Some(reciprocal), _) => (right, reciprocal.input(0)?),
            _ => return None,
        },
        _ => return None,
    };
    let exponents = tail.made_by(exponential, "Exp")?.input(0)?;
    let (summed, over) = sum_of(tail, sum, &node.name)?;
    (summed == exponential).then_some((exponents, over))
}

/// The scores, and the axes taken together, where `node` takes the logarithm of the sum of exponentials from them.
pub fn log_softmax<'a>(tail: &Tail<'a>, node: &'a Node) -> Option<(&'a str, Over)> {
    if node.op != "Sub" {
        return None;
    }
    let scores = node.input(0)?;
    let subtracted = tail.maker(before_form(tail, node.input(1)?))?;
    if subtracted.op == "ReduceLogSumExp" {
        let over = Over {
            node: node.name.clone(),
            axes: tail.reduced_axes(subtracted)?,
            flattens: false,
            largest: None,
        };
        return (subtracted.input(0)? == scores).then_some((scores, over));
    }
    if subtracted.op != "Log" {
        return None;
    }
    let (summed, over) = sum_of(tail, subtracted.input(0)?, &node.name)?;
    let exponents = tail.made_by(summed, "Exp")?.input(0)?;
    (exponents == scores).then_some((scores, over))
}

/// What a value is the sum of, at most in another form, and along which axes.
fn sum_of<'a>(tail: &Tail<'a>, sum: &'a str, node: &str) -> Option<(&'a str, Over)> {
    let reduction = tail.maker(before_form(tail, sum))?;
    if !matches!(reduction.op.as_str(), "ReduceSum" | "ReduceL1") {
        return None;
    }
    let over = Over {
        node: node.to_owned(),
        axes: tail.reduced_axes(reduction)?,
        flattens: false,
        largest: None,
    };
    Some((reduction.input(0)?, over))
}

/// The value that `name` is, in another form.
fn before_form<'a>(tail: &Tail<'a>, mut name: &'a str) -> &'a str {
    while let Some(node) = tail.maker(name)
        && (changes_form_only(node) || node.op == "Expand")
        && node.op != "Transpose"
        && let Some(before) = node.input(0)
    {
        name = before;
    }
    name
}

/// The scores from which the largest was taken before a softmax, against overflow, and the axes along which that was
/// looked for (none for all); `None` where it was not. The largest score takes its own gradient away otherwise.
pub fn unshifted<'a>(tail: &Tail<'a>, scores: &'a str) -> Option<(&'a str, Option<Vec<i64>>)> {
    let difference = tail.made_by(scores, "Sub")?;
    let before = difference.input(0)?;
    let largest = tail.maker(before_form(tail, difference.input(1)?))?;
    let is_shift = largest.op == "ReduceMax" && largest.input(0) == Some(before);
    is_shift.then_some((before, tail.reduced_axes(largest)?))
}

/// The value `x` of which `node` gives `1 / (1 + exp(-x))`.
pub fn logistic<'a>(tail: &Tail<'a>, node: &'a Node) -> Option<&'a str> {
    let denominator = match node.op.as_str() {
        "Reciprocal" => node.input(0)?,
        "Div" if tail.number(node.input(0)) == Some(1.0) => node.input(1)?,
        _ => return None,
    };
    let sum = tail.made_by(denominator, "Add")?;
    let (one, exponential) = tail.number_and_other(sum)?;
    let exponent = tail.maker(tail.made_by(exponential, "Exp")?.input(0)?)?;
    let negated = match exponent.op.as_str() {
        "Neg" => exponent.input(0)?,
        "Mul" => {
            let (factor, other) = tail.number_and_other(exponent)?;
            (factor == -1.0).then_some(other)?
        }
        _ => return None,
    };
    (one == 1.0).then_some(negated)
}
