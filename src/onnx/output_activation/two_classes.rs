//! Two classes put out as p and 1 - p of one `Sigmoid`.

use super::{
    Found,
    afterwards::{After, after},
    tail::Tail,
    written_out::logistic,
};
use crate::{onnx::Node, protocol::FinalActivation};

/// One of the two halves.
struct Half<'a> {
    /// The value that is p, and what the `Sigmoid` read.
    p: &'a str,
    scores: &'a str,
    /// How 1 - p was made of p, where it was.
    rest: Option<Rest<'a>>,
    /// Values behind the `Sigmoid` that change a little, and those before, from the output upwards.
    little: Vec<(String, String)>,
    /// First outputs of the nodes that are behind the `Sigmoid`.
    inside: Vec<String>,
}

/// How 1 - p was made of p.
#[derive(Clone, Copy)]
enum Rest<'a> {
    /// By a node of this first output, which is to negate.
    Subtracted(&'a str),
    /// 1 was added to what was negated: the sum, and what it was of.
    Added(&'a str, &'a str),
}

/// A `Concat` of p and 1 - p, in whichever order. Left out, it is one of the score and its negative.
pub fn find<'a>(tail: &Tail<'a>, node: &'a Node) -> Option<Found> {
    let [first, second] = node.inputs.as_slice() else {
        return None;
    };
    if node.op != "Concat" {
        return None;
    }
    let (first, second) = (half(tail, first)?, half(tail, second)?);
    let opposite = match (first.rest, second.rest) {
        (None, Some(_)) | (Some(_), None) => first.p == second.p,
        // Of a score and its negative.
        (None, None) => negative(tail, first.scores, second.scores),
        (Some(_), Some(_)) => false,
    };
    if !opposite {
        return None;
    }
    let mut renamed = first.little;
    for pair in second.little {
        if !renamed.contains(&pair) {
            renamed.push(pair);
        }
    }
    renamed.push((first.p.to_owned(), first.scores.to_owned()));
    if second.p != first.p {
        renamed.push((second.p.to_owned(), second.scores.to_owned()));
    }
    let mut negated = Vec::new();
    match first.rest.or(second.rest) {
        Some(Rest::Subtracted(node)) => negated.push(node.to_owned()),
        Some(Rest::Added(sum, of)) => renamed.push((sum.to_owned(), of.to_owned())),
        None => {}
    }
    let mut inside = [first.inside, second.inside].concat();
    inside.push(node.name_of_first_output().to_owned());
    Some(Found {
        activation: FinalActivation::Complement,
        renamed,
        negated,
        inside,
        over: None,
    })
}

fn half<'a>(tail: &Tail<'a>, mut name: &'a str) -> Option<Half<'a>> {
    let mut rest = None;
    let mut little = Vec::new();
    let mut inside = Vec::new();
    // Each step goes up the graph, which has no cycles.
    loop {
        let node = tail.maker(name)?;
        let scores = if node.op == "Sigmoid" {
            node.input(0)
        } else {
            logistic(tail, node)
        };
        if let Some(scores) = scores {
            return Some(Half {
                p: name,
                scores,
                rest,
                little,
                inside,
            });
        }
        inside.push(node.name_of_first_output().to_owned());
        name = match after(tail, node) {
            Some(After::Form(before)) => before,
            Some(After::Value { output, before }) => {
                little.push((output.to_owned(), before.to_owned()));
                before
            }
            None => {
                // Once only: 1 - (1 - p) is p, but nobody writes it.
                rest.is_none().then_some(())?;
                let (p, how) = rest_of(tail, node)?;
                if let Rest::Added(_, negative) = how {
                    inside.push(negative.to_owned());
                }
                rest = Some(how);
                p
            }
        };
    }
}

/// The value p of which `node` gives 1 - p, and how.
fn rest_of<'a>(tail: &Tail<'a>, node: &'a Node) -> Option<(&'a str, Rest<'a>)> {
    let output = node.name_of_first_output();
    if node.op == "Sub" && tail.number(node.input(0)) == Some(1.0) {
        return Some((node.input(1)?, Rest::Subtracted(output)));
    }
    if node.op != "Add" {
        return None;
    }
    let (one, negative) = tail.number_and_other(node)?;
    let p = match tail.maker(negative)? {
        negation if negation.op == "Neg" => negation.input(0)?,
        product if product.op == "Mul" => {
            let (factor, other) = tail.number_and_other(product)?;
            (factor == -1.0).then_some(other)?
        }
        _ => return None,
    };
    (one == 1.0).then_some((p, Rest::Added(output, negative)))
}

/// Whether one of two values is the negative of the other.
fn negative(tail: &Tail<'_>, first: &str, second: &str) -> bool {
    let of = |name: &str, other: &str| {
        tail.made_by(name, "Neg")
            .is_some_and(|node| node.input(0) == Some(other))
    };
    of(first, second) || of(second, first)
}
