//! Outputs beyond the first, which only training or bookkeeping needs.

use crate::onnx::{Graph, Node};

/// Checks that nobody reads more than the first output of `node`.
///
/// # Errors
/// Names the output that is read.
pub fn only_first(node: &Node, graph: &Graph) -> Result<(), String> {
    for name in node.outputs.iter().skip(1).filter(|name| !name.is_empty()) {
        let read = graph.outputs.iter().any(|port| port.name == *name)
            || graph
                .nodes
                .iter()
                .any(|reader| reader.inputs.contains(name));
        if read {
            return Err(format!(
                "its output {name} is read, but only the first output is supported"
            ));
        }
    }
    Ok(())
}
