//! Constants as initialisers, and nodes that pass a value on.

use std::collections::{HashMap, HashSet};

use crate::onnx::{Attribute, ElementType, Graph, Initializer, Node};

/// Turns `Constant` nodes into initialisers.
pub fn gather(graph: &mut Graph) {
    let mut kept = Vec::with_capacity(graph.nodes.len());
    for node in std::mem::take(&mut graph.nodes) {
        let constant = match (node.op.as_str(), node.outputs.first()) {
            ("Constant", Some(name)) => constant_value(&node, name),
            _ => None,
        };
        match constant {
            Some(tensor) => {
                graph.initializers.insert(tensor.name.clone(), tensor);
            }
            None => kept.push(node),
        }
    }
    graph.nodes = kept;
}

fn constant_value(node: &Node, name: &str) -> Option<Initializer> {
    let integers = |shape: Vec<usize>, values: &[i64]| Initializer {
        name: name.to_owned(),
        shape,
        element_type: ElementType::I64,
        bytes: values.iter().flat_map(|v| v.to_le_bytes()).collect(),
    };
    let (_, attribute) = node.attributes.iter().next()?;
    Some(match attribute {
        Attribute::Tensor(tensor) => Initializer {
            name: name.to_owned(),
            ..(**tensor).clone()
        },
        Attribute::Float(value) => Initializer::from_floats(name, vec![], &[*value]),
        Attribute::Floats(values) => Initializer::from_floats(name, vec![values.len()], values),
        Attribute::Int(value) => integers(vec![], &[*value]),
        Attribute::Ints(values) => integers(vec![values.len()], values),
        _ => return None,
    })
}

/// Removes `Identity` and inference-time `Dropout`, and lets readers read their input.
pub fn remove_no_ops(graph: &mut Graph) {
    let outputs: HashSet<String> = graph.outputs.iter().map(|o| o.name.clone()).collect();
    let mut renamed: HashMap<String, String> = HashMap::new();
    let mut kept = Vec::with_capacity(graph.nodes.len());
    for mut node in std::mem::take(&mut graph.nodes) {
        for input in &mut node.inputs {
            if let Some(name) = renamed.get(input) {
                input.clone_from(name);
            }
        }
        // A dropout that is told to train is no no-op, and refused when the network is built.
        let no_op = node.outputs.len() == 1
            && match node.op.as_str() {
                "Identity" => node.attributes.iter().next().is_none(),
                "Dropout" => {
                    let names = node.attributes.iter().map(|(name, _)| name);
                    let known = names
                        .into_iter()
                        .all(|name| matches!(name, "ratio" | "seed"));
                    known && node.input(2).is_none()
                }
                _ => false,
            };
        match (no_op, node.inputs.first(), node.outputs.first()) {
            (true, Some(input), Some(output)) if !outputs.contains(output) => {
                renamed.insert(output.clone(), input.clone());
            }
            _ => kept.push(node),
        }
    }
    graph.nodes = kept;
}
