//! Where class scores are: in an output, or inside the graph in front of what made something else of them.

use std::collections::HashSet;

use super::long_axes;
use crate::onnx::{Dimension, Graph, Node, Port, ROUND};

/// Nodes looked at from an output back; nothing that is made of scores takes more.
const MOST_STEPS: usize = 24;

/// What an output looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A row of scores.
    Row,
    /// A row of scores for each place of a grid.
    Map,
}

/// Rows as far as their shape is declared; axes that are free may be 1.
pub fn form(port: &Port) -> Form {
    let fixed_long = |dimension: &&Dimension| matches!(dimension, Dimension::Fixed(n) if *n != 1);
    let long = port.shape.iter().skip(1).filter(fixed_long).count();
    if port.shape.len() == 4 && (long > 1 || long_axes(&port.shape) > 2) {
        Form::Map
    } else {
        Form::Row
    }
}

/// Why a port cannot hold class scores.
pub fn output_refusal(graph: &Graph, port: &Port) -> Option<String> {
    let cure = |reason: String| {
        Some(match behind(graph, &port.name) {
            Some((scores, _)) => format!(
                "{reason}; the scores are inside the graph, in {scores}: choose that as the output (on the \
                 command line --output {scores})"
            ),
            None => reason,
        })
    };
    if !port.is_tensor {
        return cure("it is a sequence, a map or an optional value, not a tensor".to_owned());
    }
    if let Some(op) = picked_by(graph, &port.name) {
        return cure(match op {
            "TopK" => "it holds the largest scores or their places, sorted (TopK), so that its columns are \
                       ranks and not classes"
                .to_owned(),
            "ReduceMax" => "it holds only the largest score (ReduceMax), whatever its class".to_owned(),
            op => format!("it holds the number of the best class ({op}), not scores"),
        });
    }
    if let Some(element) = port.element_type.filter(|element| !element.is_float()) {
        return cure(format!(
            "it holds {element} values, such as the number of the best class, not scores"
        ));
    }
    if port.has_other_type {
        return cure("it holds text or another type that is no number".to_owned());
    }
    let fixed_long = |dimension: &&Dimension| matches!(dimension, Dimension::Fixed(n) if *n != 1);
    match port.shape.as_slice() {
        [] | [_] | [_, _] | [_, _, _, _] => None,
        [_, rest @ ..] if rest.iter().filter(fixed_long).count() <= 1 => None,
        shape => Some(format!(
            "it has shape {}, but one row of class scores an image, [batch, classes], is needed",
            Dimension::describe(shape)
        )),
    }
}

/// The operator that picks from the scores, where an output is what it put out, at most in another form.
fn picked_by<'a>(graph: &'a Graph, output: &str) -> Option<&'a str> {
    let mut name = output;
    for _ in 0..MOST_STEPS {
        let node = maker(graph, name)?;
        match node.op.as_str() {
            "TopK" | "ArgMax" | "ArgMin" | "Hardmax" => return Some(&node.op),
            "ReduceMax" if !keeps_classes(node) => return Some(&node.op),
            "Identity" | "Cast" | "Squeeze" | "Unsqueeze" | "Reshape" | "Flatten" | "Transpose"
            | "Slice" | "Split" => name = node.input(0)?,
            _ => return None,
        }
    }
    None
}

/// The node that makes a value; those near the outputs are found at once.
fn maker<'a>(graph: &'a Graph, name: &str) -> Option<&'a Node> {
    let mut nodes = graph.nodes.iter().rev();
    nodes.find(|node| node.outputs.iter().any(|output| output == name))
}

/// Whether the maximum runs over places and leaves the classes; only axes behind the second are places.
fn keeps_classes(node: &Node) -> bool {
    match node.attributes.ints("axes") {
        Ok(Some(axes)) => axes.iter().all(|&axis| axis > 1),
        // As an input, or over everything: nobody pools the last layer so.
        _ => node.input(1).is_some(),
    }
}

/// What [`behind`] calls a rounding to whole numbers, which hold the scores' order and little more.
pub const QUANTISED: &str = "QuantizeLinear";

/// The value in front of a rounding that ends in `node`: after it a zero point may be added, and before it the value
/// is divided by the scale.
fn before_rounding<'a>(graph: &'a Graph, node: &'a Node) -> Option<&'a str> {
    let rounding = if node.op == "Add" {
        maker(graph, node.input(0)?)?
    } else {
        node
    };
    if rounding.op != ROUND {
        return None;
    }
    let units = maker(graph, rounding.input(0)?)?;
    (units.op == "Div").then(|| units.input(0))?
}

/// The value that holds the scores of which `output` is the best class, the largest ones, a map or a label, and the
/// operator that took it.
pub fn behind(graph: &Graph, output: &str) -> Option<(String, String)> {
    let mut seen = HashSet::from([output]);
    let mut waiting = vec![output];
    for _ in 0..MOST_STEPS {
        let Some(node) = maker(graph, waiting.pop()?) else {
            continue;
        };
        if let Some(value) = before_rounding(graph, node) {
            return Some((value.to_owned(), QUANTISED.to_owned()));
        }
        let op = node.op.rsplit('.').next().unwrap_or(&node.op);
        match op {
            "TopK" | "ArgMax" | "ArgMin" | "ZipMap" | "ReduceMax" | "Hardmax" => {
                return Some((node.input(0)?.to_owned(), op.to_owned()));
            }
            "Identity"
            | "Cast"
            | "Squeeze"
            | "Unsqueeze"
            | "Reshape"
            | "Flatten"
            | "Transpose"
            | "Slice"
            | "Split"
            | "Gather"
            | "GatherElements"
            | "GatherND"
            | "ArrayFeatureExtractor"
            | "LabelEncoder"
            | "SequenceAt"
            | "SequenceConstruct"
            | "Concat"
            | "Where"
            | "Equal"
            | "StringConcat" => {
                waiting.extend(
                    (0..node.inputs.len())
                        .filter_map(|index| node.input(index))
                        .filter(|name| seen.insert(name)),
                );
            }
            _ => {}
        }
    }
    None
}
