//! Puts the nodes of a graph inside a node into the graph around it, under names of their own.

use std::collections::HashMap;

use super::writer::Writer;
use crate::onnx::{Attribute, Initializer, Node, Subgraph};

/// The graph that attribute `name` holds.
///
/// # Errors
/// There is none, or one that is not supported inside a node.
pub fn inner<'a>(node: &'a Node, name: &str) -> Result<&'a Subgraph, String> {
    match node.attributes.get(name) {
        Some(Attribute::Graph(graph)) => Ok(graph),
        Some(_) => Err(format!(
            "its {name} uses what is not supported inside a node"
        )),
        None => Err(format!("its {name} is missing")),
    }
}

/// Adds the nodes and constants of `graph`. `inputs` are the values that its own inputs stand for, and `capture`
/// gives that of a value from around the node. Gives the names of its outputs.
pub fn inline(
    writer: &mut Writer<'_>,
    graph: &Subgraph,
    prefix: &str,
    inputs: &[String],
    mut capture: impl FnMut(&mut Writer<'_>, usize) -> String,
) -> Vec<String> {
    let mut names: HashMap<String, String> = HashMap::new();
    for (formal, actual) in graph.inputs.iter().zip(inputs) {
        names.insert(formal.clone(), actual.clone());
    }
    for (formal, &place) in graph.captured.iter().zip(&graph.places) {
        let actual = capture(writer, place);
        names.insert(formal.clone(), actual);
    }
    let own = |name: &str| format!("{prefix}/{name}");
    let mut named: Vec<_> = graph.initializers.iter().collect();
    named.sort_by_key(|(name, _)| name.as_str());
    for (name, tensor) in named {
        names.insert(name.clone(), own(name));
        writer.constants.push(Initializer {
            name: own(name),
            ..tensor.clone()
        });
    }
    for node in &graph.nodes {
        let mut node = node.clone();
        for name in node.inputs.iter_mut().chain(&mut node.outputs) {
            if !name.is_empty() {
                *name = names
                    .entry(name.clone())
                    .or_insert_with(|| own(name))
                    .clone();
            }
        }
        node.name = own(&node.name);
        writer.nodes.push(node);
    }
    let outputs = graph.outputs.iter();
    outputs
        .map(|name| names.get(name).cloned().unwrap_or_else(|| own(name)))
        .collect()
}
