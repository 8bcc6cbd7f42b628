//! Why a file cannot be used as a model.

use std::collections::HashMap;

use crate::protocol::UnsupportedNode;

/// Nodes of the same kind that a message names one by one.
const NAMED_OF_A_KIND: usize = 8;
/// Kinds that a message names.
const NAMED_KINDS: usize = 24;

/// A file could not be read as an ONNX model, or the model cannot be explained.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum OnnxError {
    /// No bytes.
    #[error("the model file is empty")]
    Empty,
    /// Not the protobuf of an ONNX model.
    #[error("this is not an ONNX file: {0}")]
    NotOnnx(String),
    /// The file ends early or is damaged.
    #[error("the model file is damaged: {0}")]
    Damaged(String),
    /// Another kind of file.
    #[error("this is not an ONNX model, but {what}")]
    Foreign {
        /// What it is, with its article.
        what: String,
        /// How to come to an ONNX model from there.
        cure: String,
    },
    /// An archive from which no model can be taken.
    #[error("no model can be taken out of this archive: {0}")]
    Packed(String),
    /// Files that hold the weights are not there.
    #[error("the model keeps weights in further files, which are not beside it: {}", files.join(", "))]
    MissingFiles {
        /// Their places, relative to the model.
        files: Vec<String>,
    },
    /// A weight's place is no place beside the model.
    #[error(
        "the weight {tensor} is said to be in the file {location:?}, which is no place beside the model"
    )]
    ExternalPlace {
        /// The weight.
        tensor: String,
        /// The place.
        location: String,
    },
    /// The other file is shorter than what it should hold.
    #[error(
        "the weight {tensor} should be in {location} from byte {offset:?} on, {length:?} bytes long, but \
         that file has {size} bytes: it belongs to another model or is cut short"
    )]
    ExternalRange {
        /// The weight.
        tensor: String,
        /// The other file.
        location: String,
        /// Where it should begin, as written.
        offset: String,
        /// How long it should be, as written.
        length: String,
        /// Bytes there are.
        size: u64,
    },
    /// A weight is kept in another file that is not there.
    #[error("the weight {tensor} is stored outside the model file, in {location}")]
    ExternalData {
        /// The weight.
        tensor: String,
        /// The other file.
        location: String,
    },
    /// A tensor does not hold what its shape says.
    #[error(
        "the weight {tensor} of shape {shape:?} should hold {}, but holds {actual} bytes", bytes(*.expected)
    )]
    WrongSize {
        /// The weight.
        tensor: String,
        /// Its declared shape.
        shape: Vec<i64>,
        /// Bytes its shape asks for; `None` where that is no number of bytes at all.
        expected: Option<u64>,
        /// Bytes there are.
        actual: u64,
    },
    /// The bytes could not be had, though they are there.
    #[error("the model file could not be read: {0}")]
    Unreadable(String),
    /// More of something than any image classifier needs.
    #[error("the {what} number {count}, and more than {limit} are not supported")]
    TooMany {
        /// Of what, in the plural.
        what: String,
        /// How many there are.
        count: u64,
        /// How many are allowed.
        limit: u64,
    },
    /// A weight has an element type that cannot be used.
    #[error("the weight {tensor} has element type {element_type}, which is not supported")]
    ElementType {
        /// The weight.
        tensor: String,
        /// ONNX element type.
        element_type: String,
    },
    /// The graph does not hang together.
    #[error("the graph is inconsistent: {0}")]
    Graph(String),
    /// The model does not take exactly one image.
    #[error("the model has {} inputs ({}), but exactly one image input is needed", names.len(), names.join(", "))]
    Inputs {
        /// Names of the inputs.
        names: Vec<String>,
    },
    /// The model's outputs leave open which one holds the classes.
    #[error("the model has {} outputs ({}), but exactly one is needed", names.len(), names.join(", "))]
    Outputs {
        /// Names of the outputs.
        names: Vec<String>,
    },
    /// A person chose what the file does not have.
    #[error("the model has no {kind} called {chosen}; it has {}", names.join(", "))]
    NoSuchPort {
        /// "input" or "output".
        kind: &'static str,
        /// The name asked for.
        chosen: String,
        /// Those there are.
        names: Vec<String>,
    },
    /// Nothing can take the image.
    #[error("the model has no input that can take an image ({})", reasons.join("; "))]
    NoInput {
        /// Each input with what is wrong about it.
        reasons: Vec<String>,
    },
    /// Several inputs are needed, so that it is open which one takes the image.
    #[error("the model needs {} inputs ({}), but only one can take the image", names.len(), names.join(", "))]
    ChooseInput {
        /// Names of the inputs.
        names: Vec<String>,
    },
    /// The weights are to be handed over with the image.
    #[error(
        "the file holds no weights for some layers, but takes them as inputs ({})", names.join(", ")
    )]
    WeightsMissing {
        /// Names of the inputs.
        names: Vec<String>,
    },
    /// Another input needs a value that only a person knows.
    #[error(
        "the input {input} ({kind}) of shape {shape} needs a value, such as the numbers of the words of a text, \
         and 0 would mean nothing there"
    )]
    NeedsValue {
        /// The input.
        input: String,
        /// Its element type.
        kind: String,
        /// Its declared shape.
        shape: String,
    },
    /// A value that was given for an input does not fit it.
    #[error("the value for the input {input} cannot be used: {reason}")]
    InputValue {
        /// The input.
        input: String,
        /// What is wrong.
        reason: String,
    },
    /// A choice about the probabilities that does not fit the output.
    #[error("probabilities by {kind} cannot be computed: {reason}")]
    Probabilities {
        /// What was chosen.
        kind: String,
        /// What is wrong.
        reason: String,
    },
    /// What is left out at the end of the graph ran over something else than the classes.
    #[error(
        "the Softmax at the end of the model runs over axis {axis} of its output of shape {shape:?}, whose classes \
         are in axis {classes}: what it puts out are no probabilities of classes"
    )]
    SoftmaxAxis {
        /// Its axis.
        axis: usize,
        /// The output.
        shape: Vec<usize>,
        /// The axis of the classes.
        classes: usize,
    },
    /// Nothing holds class scores.
    #[error("the model has no output that holds class scores ({})", reasons.join("; "))]
    NoOutput {
        /// Each output with what is wrong about it.
        reasons: Vec<String>,
    },
    /// The output is constant.
    #[error("the output {output} does not depend on the image input {input}")]
    NoDependence {
        /// The image input.
        input: String,
        /// The output.
        output: String,
    },
    /// Every way from the image to the output leads through something that has no gradient.
    #[error(
        "no gradient can get from the output {output} to the image: it ends at {}", nodes.join(", ")
    )]
    NoGradient {
        /// The output.
        output: String,
        /// The nodes where it ends, with their operators.
        nodes: Vec<String>,
    },
    /// Nodes that cannot be differentiated; all of them.
    #[error("{} of the model's nodes cannot be differentiated: {}", .0.len(), list(.0))]
    Unsupported(Vec<UnsupportedNode>),
}

fn bytes(count: Option<u64>) -> String {
    match count {
        Some(count) => format!("{count} bytes"),
        None => "more bytes than can be counted".to_owned(),
    }
}

/// Nodes by operator and reason, so that a hundred of a kind stay readable.
fn list(nodes: &[UnsupportedNode]) -> String {
    let mut kinds: Vec<(&UnsupportedNode, Vec<&str>)> = Vec::new();
    let mut index_of: HashMap<(&str, &str), usize> = HashMap::new();
    for node in nodes {
        let index = *index_of
            .entry((&node.op, &node.reason))
            .or_insert(kinds.len());
        match kinds.get_mut(index) {
            Some((_, names)) => names.push(&node.node),
            None => kinds.push((node, vec![&node.node])),
        }
    }
    let left_out = kinds.len().saturating_sub(NAMED_KINDS);
    kinds.truncate(NAMED_KINDS);
    let mut lines: Vec<String> = kinds
        .iter()
        .map(|(first, names)| {
            let shown = names.len().min(NAMED_OF_A_KIND);
            let more = match names.len() - shown {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let names = names[..shown].join(", ");
            format!(
                "{} (opset {}): {} [{names}{more}]",
                first.op, first.opset, first.reason
            )
        })
        .collect();
    if left_out > 0 {
        lines.push(format!("and {left_out} more operators and reasons"));
    }
    lines.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_nodes_of_a_kind_are_one_line() {
        let node = |node: &str, op: &str, reason: &str| UnsupportedNode {
            node: node.to_owned(),
            op: op.to_owned(),
            opset: 13,
            reason: reason.to_owned(),
        };
        let mut nodes: Vec<_> = (0..9).map(|i| node(&format!("n{i}"), "If", "no")).collect();
        nodes.push(node("m", "If", "other"));
        let text = OnnxError::Unsupported(nodes).to_string();
        assert!(text.starts_with("10 of the model's nodes"), "{text}");
        assert!(
            text.contains("If (opset 13): no [n0, n1, n2, n3, n4, n5, n6, n7 and 1 more]"),
            "{text}"
        );
        assert!(text.contains("If (opset 13): other [m]"), "{text}");
    }
}
