//! One node for each part of a `Split`, since operators have one output.

use crate::onnx::{Attribute, Graph, Node};

/// Attribute that says which part of a `Split` a node gives, from 0. No exporter writes it.
pub const SPLIT_PART: &str = "gradlens.part";
/// Attribute that says how many parts the `Split` has.
pub const SPLIT_PARTS: &str = "gradlens.parts";

/// Replaces every `Split` (<https://onnx.ai/onnx/operators/onnx__Split.html>) by a node a part.
pub fn take_apart(graph: &mut Graph) {
    let is_whole = |node: &Node| node.op == "Split" && node.attributes.get(SPLIT_PART).is_none();
    if !graph.nodes.iter().any(is_whole) {
        return;
    }
    let mut nodes = Vec::with_capacity(graph.nodes.len());
    for node in std::mem::take(&mut graph.nodes) {
        if !is_whole(&node) {
            nodes.push(node);
            continue;
        }
        let parts = node.outputs.len() as i64;
        for (part, output) in node.outputs.iter().enumerate() {
            if output.is_empty() {
                continue;
            }
            let mut single = node.clone();
            single.name = format!("{}.{part}", node.name);
            single.outputs = vec![output.clone()];
            let numbers = [(SPLIT_PART, part as i64), (SPLIT_PARTS, parts)];
            for (name, number) in numbers {
                single.attributes.insert(name, Attribute::Int(number));
            }
            nodes.push(single);
        }
    }
    graph.nodes = nodes;
}
