//! The layer that turns class scores into probabilities at the end of a graph: found, and left out,
//! so that what is differentiated is the score itself.

mod afterwards;
mod tail;
mod two_classes;
mod written_out;

use std::collections::BTreeMap;

use self::{
    afterwards::{After, after},
    tail::Tail,
};
use super::{Attribute, Attributes, Graph, Node};
use crate::protocol::FinalActivation;

/// Operator that hands scores on whose softmax was left out, where that ran over the classes; its shape rule refuses
/// any other. The attribute `axes` holds the axes that the softmax took together (none for all), `flattens` says that
/// it took every axis from the first of them on, `largest` holds those along which the largest score was taken away before,
/// and `scores` names what it read. No exporter writes it.
pub const OF_CLASSES: &str = "gradlens.OfClasses";

/// Cuts a `Softmax` (<https://onnx.ai/onnx/operators/onnx__Softmax.html>), `LogSoftmax`, or `Sigmoid`
/// off the end of the graph, also where only its shape or type is changed afterwards, where it is
/// written out in arithmetic, and where one `Sigmoid` is put out as p and 1 - p. The shape of the output stays as
/// it is.
pub fn cut_activation(graph: &mut Graph) -> Option<FinalActivation> {
    cut_behind_scores(graph).map(|(activation, _)| activation)
}

/// As [`cut_activation`], with the name of the value that holds the scores in the file; empty where two classes are made
/// of one score inside it.
pub fn cut_behind_scores(graph: &mut Graph) -> Option<(FinalActivation, String)> {
    let found = find(graph)?;
    let shape_only = |node: &Node| {
        matches!(node.op.as_str(), "Shape" | "Size")
            || found
                .inside
                .iter()
                .any(|inside| inside == node.name_of_first_output())
    };
    let is_output = |name: &String| graph.outputs.iter().any(|port| port.name == *name);
    for (output, _) in &found.renamed {
        let readers = graph
            .nodes
            .iter()
            .filter(|node| node.inputs.contains(output) && !shape_only(node))
            .count();
        // Probabilities that are also used inside the network are not only its answer.
        if readers + usize::from(is_output(output)) > 1 {
            return None;
        }
    }
    let Found {
        activation,
        renamed,
        negated,
        over,
        ..
    } = found;
    for node in &mut graph.nodes {
        if negated
            .iter()
            .any(|name| name == node.name_of_first_output())
        {
            let rest = node.inputs.iter().find(|name| {
                // The other factor or term is the constant.
                !name.is_empty() && !graph.initializers.contains_key(*name)
            });
            node.inputs = rest.cloned().into_iter().collect();
            "Neg".clone_into(&mut node.op);
            node.attributes = Attributes::default();
        }
    }
    let behind = match activation {
        FinalActivation::Complement => String::new(),
        _ => renamed
            .last()
            .map_or_else(String::new, |(_, scores)| scores.clone()),
    };
    let last = renamed.len().saturating_sub(1);
    for (index, (output, scores)) in renamed.iter().enumerate() {
        let scores = match &over {
            Some(over) if index == last => over.put(graph, output, scores)?,
            _ => scores.clone(),
        };
        rename(graph, output, &scores);
    }
    super::reach::prune(graph);
    Some((activation, behind))
}

/// Lets whoever reads `from` read `to`.
fn rename(graph: &mut Graph, from: &str, to: &str) {
    for node in &mut graph.nodes {
        for input in &mut node.inputs {
            if input == from {
                to.clone_into(input);
            }
        }
    }
    for port in &mut graph.outputs {
        if port.name == from {
            to.clone_into(&mut port.name);
        }
    }
}

/// What was found at the end.
struct Found {
    activation: FinalActivation,
    /// Values, and those to be read in their place, from the output upwards.
    renamed: Vec<(String, String)>,
    /// First outputs of nodes that gave 1 - p of p, and are to give -x of x.
    negated: Vec<String>,
    /// First outputs of nodes behind the activation that belong to its form.
    inside: Vec<String>,
    /// What a softmax took together.
    over: Option<Over>,
}

/// The axes that a softmax takes together.
struct Over {
    /// Name of the softmax.
    node: String,
    /// None for all.
    axes: Option<Vec<i64>>,
    flattens: bool,
    /// Those along which the largest score was looked for and taken away before; none where it was not, or along all.
    largest: Option<Vec<i64>>,
}

impl Over {
    /// Of a `Softmax` or `LogSoftmax` node.
    fn of_softmax(graph: &Graph, node: &Node) -> Option<Self> {
        let old = graph.opset < 13;
        let axis = node.attributes.int("axis", if old { 1 } else { -1 }).ok()?;
        let flattens = old || node.attributes.int(super::FLATTENS, 0).ok()? != 0;
        Some(Self {
            node: node.name.clone(),
            axes: Some(vec![axis]),
            flattens,
            largest: None,
        })
    }

    /// Puts the check of the axes behind `scores`, in place of what made `output`; the name of what it puts out.
    fn put(&self, graph: &mut Graph, output: &str, scores: &str) -> Option<String> {
        let checked = format!("{output}.scores");
        let mut attributes = BTreeMap::from([
            ("flattens".to_owned(), Attribute::Int(self.flattens.into())),
            ("scores".to_owned(), Attribute::Text(scores.to_owned())),
        ]);
        if let Some(axes) = &self.axes {
            attributes.insert("axes".to_owned(), Attribute::Ints(axes.clone()));
        }
        if let Some(largest) = &self.largest {
            attributes.insert("largest".to_owned(), Attribute::Ints(largest.clone()));
        }
        let maker = |node: &Node| node.outputs.iter().any(|name| name == output);
        let place = graph.nodes.iter().position(maker)?;
        let node = Node {
            name: self.node.clone(),
            op: OF_CLASSES.to_owned(),
            inputs: vec![scores.to_owned()],
            outputs: vec![checked.clone()],
            attributes: Attributes::from(attributes),
        };
        graph.nodes.insert(place, node);
        Some(checked)
    }
}

/// The axis of a softmax that was left out at the end of `graph`, for an output of `rank` axes; `None` where there was
/// none, or where its scores are brought into another form behind it.
pub fn softmax_axis(graph: &Graph, rank: usize) -> Option<usize> {
    let tail = Tail::of(graph);
    let mut node = tail.maker(&graph.outputs.first()?.name)?;
    while matches!(node.op.as_str(), "Identity" | "Cast" | "Dropout") {
        node = tail.maker(node.input(0)?)?;
    }
    if node.op != OF_CLASSES {
        return None;
    }
    let &[axis] = node.attributes.ints("axes").ok()?? else {
        return None;
    };
    let axis = if axis < 0 { axis + rank as i64 } else { axis };
    usize::try_from(axis).ok()
}

fn find(graph: &Graph) -> Option<Found> {
    let tail = Tail::of(graph);
    let mut node = tail.maker(&graph.outputs.first()?.name)?;
    let mut renamed = Vec::new();
    // Each step goes up the graph, which has no cycles.
    loop {
        match after(&tail, node) {
            Some(After::Form(before)) => node = tail.maker(before)?,
            Some(After::Value { output, before }) => {
                renamed.push((output.to_owned(), before.to_owned()));
                node = tail.maker(before)?;
            }
            None => break,
        }
    }
    let output = node.outputs.first()?.clone();
    if let Some(mut found) = two_classes::find(&tail, node) {
        renamed.append(&mut found.renamed);
        return Some(Found { renamed, ..found });
    }
    let (activation, scores, over) = activation_of(&tail, node)?;
    if activation == FinalActivation::LogSoftmax && !renamed.is_empty() {
        return None;
    }
    let shift = match &over {
        Some(_) => written_out::unshifted(&tail, scores),
        None => None,
    };
    let (scores, largest) = shift.unwrap_or((scores, None));
    let over = over.map(|over| Over { largest, ..over });
    renamed.push((output, scores.to_owned()));
    Some(Found {
        activation,
        renamed,
        negated: Vec::new(),
        inside: Vec::new(),
        over,
    })
}

/// The activation that a node is the last of, what it read, and the axes that it took together.
fn activation_of<'a>(
    tail: &Tail<'a>,
    node: &'a Node,
) -> Option<(FinalActivation, &'a str, Option<Over>)> {
    let input = node.input(0)?;
    let softmax = |activation, node: &'a Node| {
        Some((
            activation,
            node.input(0)?,
            Some(Over::of_softmax(tail.graph, node)?),
        ))
    };
    match node.op.as_str() {
        "Softmax" => softmax(FinalActivation::Softmax, node),
        "LogSoftmax" => softmax(FinalActivation::LogSoftmax, node),
        "Sigmoid" => Some((FinalActivation::Sigmoid, input, None)),
        "Log" => match activation_of(tail, tail.maker(input)?)? {
            (FinalActivation::Softmax, scores, over) => {
                Some((FinalActivation::LogSoftmax, scores, over))
            }
            (FinalActivation::Sigmoid, scores, over) => {
                Some((FinalActivation::Sigmoid, scores, over))
            }
            _ => None,
        },
        // The logarithm of a sigmoid, -ln(1 + exp(-x)).
        "Neg" => {
            let negative = tail.made_by(made_of(tail, input, "Softplus")?, "Neg")?;
            Some((FinalActivation::Sigmoid, negative.input(0)?, None))
        }
        "Exp" => match activation_of(tail, tail.maker(input)?)? {
            (FinalActivation::LogSoftmax, scores, over) => {
                Some((FinalActivation::Softmax, scores, over))
            }
            _ => None,
        },
        "Sub" => {
            let (scores, over) = written_out::log_softmax(tail, node)?;
            Some((FinalActivation::LogSoftmax, scores, Some(over)))
        }
        "Div" | "Mul" | "Reciprocal" => match written_out::logistic(tail, node) {
            Some(scores) => Some((FinalActivation::Sigmoid, scores, None)),
            None => {
                let (scores, over) = written_out::softmax(tail, node)?;
                Some((FinalActivation::Softmax, scores, Some(over)))
            }
        },
        _ => None,
    }
}

/// What an operator read to make a value.
fn made_of<'a>(tail: &Tail<'a>, name: &str, op: &str) -> Option<&'a str> {
    tail.made_by(name, op)?.input(0)
}

#[cfg(test)]
mod tests;
