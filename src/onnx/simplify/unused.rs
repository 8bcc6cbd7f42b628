//! What nobody reads: whole nodes, and further outputs of nodes.

use std::collections::HashSet;

use crate::onnx::Graph;

/// Drops nodes that no output depends on, and blanks the names of outputs that nobody reads.
pub fn drop_unread(graph: &mut Graph) {
    let mut read: HashSet<String> = graph.outputs.iter().map(|port| port.name.clone()).collect();
    let mut kept = Vec::with_capacity(graph.nodes.len());
    for mut node in std::mem::take(&mut graph.nodes).into_iter().rev() {
        if !node.outputs.iter().any(|output| read.contains(output)) {
            continue;
        }
        for output in &mut node.outputs {
            if !read.contains(output) {
                output.clear();
            }
        }
        while node.outputs.last().is_some_and(String::is_empty) {
            node.outputs.pop();
        }
        let inputs = node.inputs.iter().filter(|input| !input.is_empty());
        read.extend(inputs.cloned());
        kept.push(node);
    }
    kept.reverse();
    graph.nodes = kept;
}
