//! Graphs inside nodes: the branches of an `If` and the body of a `Loop` or `Scan`.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

use super::{
    node::node,
    order::in_order,
    tensor::tensor,
    wire::{Reader, Value},
};
use crate::onnx::{Node, OnnxError, Port, Subgraph};

/// Graphs within graphs.
const DEEPEST: usize = 16;

/// Nodes of one inner graph.
const MOST_NODES: usize = 1 << 16;

/// Reads the graph in `message`, an attribute of a node.
///
/// # Errors
/// It is damaged or too deep, does not hang together, or uses what is not supported inside a node.
pub fn subgraph(reader: &mut Reader<'_>, mut message: Range<u64>) -> Result<Subgraph, OnnxError> {
    if reader.depth() == DEEPEST {
        return Err(OnnxError::Graph(format!(
            "graphs lie within each other more than {DEEPEST} deep"
        )));
    }
    reader.set_depth(reader.depth() + 1);
    let mut graph = Subgraph::default();
    let mut nodes = Vec::new();
    while let Some((number, value)) = reader.field(&mut message)? {
        let Value::Part(part) = value else { continue };
        match number {
            1 => {
                let raw = node(reader, part)?;
                if !raw.references.is_empty() {
                    return Err(OnnxError::Graph(
                        "a function's attribute is read inside an inner graph".to_owned(),
                    ));
                }
                if nodes.len() == MOST_NODES {
                    return Err(OnnxError::Graph(format!(
                        "an inner graph has more than {MOST_NODES} nodes"
                    )));
                }
                nodes.push(raw.finish());
            }
            5 => {
                let tensor = tensor(reader, part)?;
                graph.initializers.insert(tensor.name.clone(), tensor);
            }
            11 => graph.inputs.push(name(reader, part)?),
            12 => graph.outputs.push(name(reader, part)?),
            15 => {
                return Err(OnnxError::Graph(
                    "an inner graph holds sparse weights".to_owned(),
                ));
            }
            _ => {}
        }
    }
    reader.set_depth(reader.depth() - 1);
    graph.captured = captured(&graph, &nodes);
    let given: Vec<Port> = graph
        .inputs
        .iter()
        .chain(&graph.captured)
        .map(|name| Port {
            name: name.clone(),
            shape: Vec::new(),
            element_type: None,
            is_tensor: true,
            has_other_type: false,
        })
        .collect();
    graph.nodes = in_order(nodes, &given, &graph.initializers, &HashSet::new())?;
    Ok(graph)
}

/// The name in a `ValueInfoProto`.
fn name(reader: &mut Reader<'_>, mut message: Range<u64>) -> Result<String, OnnxError> {
    let mut name = String::new();
    while let Some((number, value)) = reader.field(&mut message)? {
        if let (1, Value::Part(part)) = (number, value) {
            name = reader.name(&part)?;
        }
    }
    Ok(name)
}

/// Names that are read inside and defined outside, each once.
fn captured(graph: &Subgraph, nodes: &[Node]) -> Vec<String> {
    let mut defined: HashMap<&str, ()> = HashMap::new();
    let made = nodes.iter().flat_map(|node| &node.outputs);
    for name in made.chain(&graph.inputs).chain(graph.initializers.keys()) {
        defined.insert(name, ());
    }
    let mut free: Vec<String> = Vec::new();
    let read = nodes.iter().flat_map(|node| &node.inputs);
    for name in read.chain(&graph.outputs) {
        if !name.is_empty() && defined.insert(name, ()).is_none() {
            free.push(name.clone());
        }
    }
    free
}

#[cfg(test)]
mod tests {
    use crate::onnx::{
        Attribute,
        sample::{FLOAT, Sample},
        simplify,
    };

    fn branches(condition: &str) -> Sample {
        let taken = Sample::new()
            .weight("two", &[1], 2.0)
            .node("Mul", &["x", "two"], "t")
            .node("Add", &["t", "r"], "u")
            .output("u", "n 5");
        let other = Sample::new().node("Neg", &["x"], "v").output("v", "n 5");
        Sample::new()
            .input("x", FLOAT, "n 5")
            .node("Relu", &["x"], "r")
            .integers("yes", &[1])
            .integers("no", &[0])
            .node("If", &[condition], "y")
            .inner("then_branch", &taken)
            .inner("else_branch", &other)
            .output("y", "n 5")
    }

    #[test]
    fn what_is_captured_becomes_an_input() {
        let graph = branches("yes").graph().unwrap();
        let node = graph.nodes.last().unwrap();
        assert_eq!(node.inputs[0], "yes");
        let mut captured = node.inputs[1..].to_vec();
        captured.sort();
        assert_eq!(captured, ["r", "x"]);
        let Some(Attribute::Graph(other)) = node.attributes.get("else_branch") else {
            panic!("{:?}", node.attributes);
        };
        assert_eq!(node.inputs[other.places[0]], "x");
    }

    #[test]
    fn the_branch_that_is_taken_takes_the_place_of_the_node() {
        for (condition, expected) in [
            ("yes", vec!["Relu", "Mul", "Add", "Identity"]),
            ("no", vec!["Neg", "Identity"]),
        ] {
            let mut graph = branches(condition).graph().unwrap();
            simplify(&mut graph);
            let ops: Vec<&str> = graph.nodes.iter().map(|node| node.op.as_str()).collect();
            assert_eq!(ops, expected);
        }
    }

    #[test]
    fn endless_nesting_is_left_alone() {
        let mut inner = Sample::new().node("Neg", &["x"], "v").output("v", "n 5");
        for _ in 0..40 {
            inner = Sample::new()
                .integers("yes", &[1])
                .node("If", &["yes"], "v")
                .inner("then_branch", &inner)
                .output("v", "n 5");
        }
        let sample = Sample::new()
            .input("x", FLOAT, "n 5")
            .integers("yes", &[1])
            .node("If", &["yes"], "y")
            .inner("then_branch", &inner)
            .output("y", "n 5");
        let graph = sample.graph().unwrap();
        assert_eq!(graph.nodes.len(), 1);
    }
}
