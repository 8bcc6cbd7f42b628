//! Putting nodes after what they read.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, HashSet},
};

use crate::onnx::{Initializer, Node, OnnxError, Port};

/// Sorts nodes so that each comes after what it reads; a file already in order stays as it is. What is
/// called as in `elsewhere` is a constant of another kind than numbers.
///
/// # Errors
/// A value that is defined twice or nowhere, or a cycle.
pub fn in_order(
    nodes: Vec<Node>,
    inputs: &[Port],
    initializers: &HashMap<String, Initializer>,
    elsewhere: &HashSet<String>,
) -> Result<Vec<Node>, OnnxError> {
    let mut producer: HashMap<&str, usize> = HashMap::new();
    let inputs = inputs.iter().map(|input| &input.name);
    let given: HashSet<&str> = inputs.chain(elsewhere).map(String::as_str).collect();
    for (index, node) in nodes.iter().enumerate() {
        for output in node.outputs.iter().filter(|name| !name.is_empty()) {
            let twice = producer.insert(output, index).is_some()
                || given.contains(output.as_str())
                || initializers.contains_key(output);
            if twice {
                return Err(OnnxError::Graph(format!(
                    "the value {output} is defined twice"
                )));
            }
        }
    }
    let mut waiting_for = vec![0_usize; nodes.len()];
    let mut readers: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    for (index, node) in nodes.iter().enumerate() {
        for input in node.inputs.iter().filter(|name| !name.is_empty()) {
            if let Some(&from) = producer.get(input.as_str()) {
                waiting_for[index] += 1;
                readers[from].push(index);
            } else if !given.contains(input.as_str()) && !initializers.contains_key(input) {
                return Err(OnnxError::Graph(format!(
                    "node {} reads {input}, which nothing defines",
                    node.name
                )));
            }
        }
    }
    // Lowest index first, so that a file already in order stays as its exporter wrote it.
    let mut ready: BinaryHeap<Reverse<usize>> = (0..nodes.len())
        .filter(|&index| waiting_for[index] == 0)
        .map(Reverse)
        .collect();
    let mut order = Vec::with_capacity(nodes.len());
    while let Some(Reverse(index)) = ready.pop() {
        order.push(index);
        for &reader in &readers[index] {
            waiting_for[reader] -= 1;
            if waiting_for[reader] == 0 {
                ready.push(Reverse(reader));
            }
        }
    }
    if let Some(stuck) = waiting_for.iter().position(|&count| count > 0) {
        return Err(OnnxError::Graph(format!(
            "node {} is part of a cycle",
            nodes[stuck].name
        )));
    }
    let mut slots: Vec<Option<Node>> = nodes.into_iter().map(Some).collect();
    Ok(order
        .into_iter()
        .filter_map(|index| slots[index].take())
        .collect())
}
