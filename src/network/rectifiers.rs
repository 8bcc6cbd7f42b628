//! The rectifiers of a graph, for methods that change how gradients pass them.

use crate::{
    classifier::Rectifiers,
    onnx::{Attribute, FUSED_RANGE, Graph, Node, clip_bounds},
};

/// Rectifiers of a graph, those fused behind convolutions included.
pub fn count(graph: &Graph) -> Rectifiers {
    let mut found = Rectifiers::default();
    for node in &graph.nodes {
        if is_relu(node) {
            found.relu += 1;
        } else if range(graph, node) == Some([0.0, 6.0]) {
            found.relu6 += 1;
        } else if is_smooth(node) {
            found.silu += 1;
        }
    }
    found
}

/// Whether a node is a smooth relative of `Relu` that guided backpropagation may count as one.
pub fn is_smooth(node: &Node) -> bool {
    matches!(node.op.as_str(), "Swish" | "HardSwish" | "Gelu" | "Mish")
}

fn is_relu(node: &Node) -> bool {
    node.op == "Relu" || matches!(fused(node), Some([_, _, 1.0]))
}

fn range(graph: &Graph, node: &Node) -> Option<[f32; 2]> {
    fused(node)
        .map(|[low, high, _]| [low, high])
        .or_else(|| clip_bounds(graph, node))
}

fn fused(node: &Node) -> Option<[f32; 3]> {
    match node.attributes.get(FUSED_RANGE)? {
        Attribute::Floats(numbers) => numbers.as_slice().try_into().ok(),
        _ => None,
    }
}
