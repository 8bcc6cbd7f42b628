//! A model as a list of nodes in the order they run.

use std::{collections::HashMap, fmt};

use super::{Attribute, Attributes, ElementType, Initializer, OnnxError};
use crate::protocol::Probabilities;

/// Operator sets whose every version of every supported operator is read as its page says; what others mean may
/// differ.
pub const KNOWN_OPSETS: std::ops::RangeInclusive<i64> = 1..=28;

/// One dimension of a declared shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// Always this long.
    Fixed(usize),
    /// Free, with the name the file gives it (which may be empty).
    Symbolic(String),
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(length) => write!(f, "{length}"),
            Self::Symbolic(name) if name.is_empty() => f.write_str("?"),
            Self::Symbolic(name) => f.write_str(name),
        }
    }
}

impl Dimension {
    /// A shape in words, symbolic dimensions by name.
    pub fn describe(shape: &[Self]) -> String {
        let parts: Vec<String> = shape.iter().map(ToString::to_string).collect();
        format!("[{}]", parts.join(", "))
    }
}

/// A declared input or output.
#[derive(Clone, Debug, PartialEq)]
pub struct Port {
    /// Name of the value.
    pub name: String,
    /// Its shape, where declared.
    pub shape: Vec<Dimension>,
    /// Type of its elements, where declared and known here.
    pub element_type: Option<ElementType>,
    /// Whether it is a tensor rather than a sequence or a map.
    pub is_tensor: bool,
    /// Whether its elements are of a declared type that is not known here, such as text.
    pub has_other_type: bool,
}

/// One operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Name, made up from the first output where the file gives none.
    pub name: String,
    /// Operator, such as `Conv`; with its domain and a dot where that is not ONNX's own.
    pub op: String,
    /// Values read, in order; an empty name is an input left out.
    pub inputs: Vec<String>,
    /// Values written.
    pub outputs: Vec<String>,
    /// Attributes.
    pub attributes: Attributes,
}

impl Node {
    /// The name of the first output that is not left out, else the node's own.
    pub fn name_of_first_output(&self) -> &str {
        let named = self.outputs.iter().find(|output| !output.is_empty());
        named.unwrap_or(&self.name)
    }

    /// The name of input `index`, or `None` where it is left out.
    pub fn input(&self, index: usize) -> Option<&str> {
        self.inputs
            .get(index)
            .map(String::as_str)
            .filter(|name| !name.is_empty())
    }
}

/// A graph inside a node: a branch of an `If`, or the body of a `Loop`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subgraph {
    /// Nodes, each after the nodes it reads from.
    pub nodes: Vec<Node>,
    /// Constants by name.
    pub initializers: HashMap<String, Initializer>,
    /// Names of the inputs.
    pub inputs: Vec<String>,
    /// Names of the outputs.
    pub outputs: Vec<String>,
    /// Names, as they were in the file, of the values it reads from around the node.
    pub captured: Vec<String>,
    /// For each of them the input of the node that is that value now.
    pub places: Vec<usize>,
    /// Number of inputs that the node has of its own.
    pub first_capture: usize,
}

impl Subgraph {
    /// Number of its nodes and of those of graphs inside them.
    pub fn all_nodes(&self) -> usize {
        let inside = self.nodes.iter().flat_map(|node| node.attributes.iter());
        let inside = inside.map(|(_, attribute)| match attribute {
            Attribute::Graph(graph) => graph.all_nodes(),
            _ => 0,
        });
        inside.fold(self.nodes.len(), usize::saturating_add)
    }
}

/// A model.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    /// Program that wrote the file, with its version.
    pub producer: String,
    /// Version of ONNX's own operator set.
    pub opset: i64,
    /// Nodes, each after the nodes it reads from.
    pub nodes: Vec<Node>,
    /// Constants by name.
    pub initializers: HashMap<String, Initializer>,
    /// Inputs that are not constants.
    pub inputs: Vec<Port>,
    /// Outputs.
    pub outputs: Vec<Port>,
    /// The file's metadata.
    pub metadata: HashMap<String, String>,
    /// How the scores of the output that was chosen become probabilities.
    pub probabilities: Probabilities,
    /// Constants that are text, by name: no operator takes them, but labels are made of them.
    pub texts: HashMap<String, Vec<String>>,
    /// Constants that could not be read, by name, with the reason. Told where one is needed.
    pub unread: HashMap<String, OnnxError>,
}

impl Graph {
    /// Number of weights.
    pub fn parameters(&self) -> usize {
        self.initializers
            .values()
            .filter(|tensor| tensor.element_type.is_float())
            .map(Initializer::elements)
            .sum()
    }

    /// Operator kinds with their counts, most frequent first, then by name.
    pub fn operators(&self) -> Vec<(String, usize)> {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for node in &self.nodes {
            *counts.entry(&node.op).or_default() += 1;
        }
        let mut list: Vec<_> = counts
            .into_iter()
            .map(|(op, count)| (op.to_owned(), count))
            .collect();
        list.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        list
    }

    /// The constant called `name`.
    pub fn constant(&self, name: Option<&str>) -> Option<&Initializer> {
        self.initializers.get(name?)
    }
}
