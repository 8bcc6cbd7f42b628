//! Graphs inside nodes: the branches of an `If` and the body of a `Loop` or `Scan`.

use std::{collections::HashMap, ops::Range};

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
        })
        .collect();
    graph.nodes = in_order(nodes, &given, &graph.initializers)?;
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
