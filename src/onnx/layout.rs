//! Channels-last image inputs, given what they expect by a graph that takes channels first.

use std::collections::{BTreeMap, HashSet};

use super::{Attribute, Attributes, Dimension, Graph, Node, Port};

/// From channels first to channels last.
const TO_LAST: [i64; 4] = [0, 2, 3, 1];
/// From channels last to channels first.
const TO_FIRST: [i64; 4] = [0, 3, 1, 2];

/// Makes a graph with a channels-last image input take channels first: a `Transpose` right after the
/// input is left out, where all readers have one, else its reverse is put in front. Gradients by the
/// input come out channels first as well.
pub fn take_channels_first(graph: &mut Graph) {
    let Some(input) = graph.inputs.first_mut() else {
        return;
    };
    let name = input.name.clone();
    if let [batch, height, width, channels] = input.shape.as_slice() {
        input.shape = [batch, channels, height, width]
            .map(Dimension::clone)
            .to_vec();
    }
    let reads = |node: &Node| node.inputs.contains(&name);
    let moves_forward = |node: &Node| {
        node.op == "Transpose" && node.attributes.ints("perm") == Ok(Some(TO_FIRST.as_slice()))
    };
    let is_output = graph.outputs.iter().any(|output| output.name == name);
    if !is_output
        && graph
            .nodes
            .iter()
            .filter(|node| reads(node))
            .all(moves_forward)
    {
        let moved: HashSet<String> = graph
            .nodes
            .iter()
            .filter(|node| reads(node))
            .flat_map(|node| node.outputs.clone())
            .collect();
        graph.nodes.retain(|node| !reads(node));
        rename(graph, &moved, &name);
        return;
    }
    let last = format!("{name}.channels_last");
    rename(graph, &HashSet::from([name.clone()]), &last);
    graph.nodes.insert(
        0,
        Node {
            name: last.clone(),
            op: "Transpose".to_owned(),
            inputs: vec![name],
            outputs: vec![last],
            attributes: Attributes::from(BTreeMap::from([(
                "perm".to_owned(),
                Attribute::Ints(TO_LAST.to_vec()),
            )])),
        },
    );
}

/// Lets readers of `from` read `to`.
pub(super) fn rename(graph: &mut Graph, from: &HashSet<String>, to: &str) {
    let inputs = graph.nodes.iter_mut().flat_map(|node| &mut node.inputs);
    let outputs = graph.outputs.iter_mut().map(|Port { name, .. }| name);
    for name in inputs
        .chain(outputs)
        .filter(|name| from.contains(name.as_str()))
    {
        to.clone_into(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onnx::sample::{FLOAT, Sample};

    #[test]
    fn a_transpose_in_front_is_left_out() {
        let mut graph = Sample::new()
            .input("x", FLOAT, "n 8 9 3")
            .node("Transpose", &["x"], "t")
            .ints("perm", &[0, 3, 1, 2])
            .node("Relu", &["t"], "y")
            .output("y", "n 3 8 9")
            .graph()
            .unwrap();
        take_channels_first(&mut graph);
        assert_eq!(graph.nodes.len(), 1);
        assert_eq!(graph.nodes[0].inputs, ["x"]);
        assert_eq!(Dimension::describe(&graph.inputs[0].shape), "[n, 3, 8, 9]");
    }

    #[test]
    fn otherwise_the_reverse_is_put_in_front() {
        let mut graph = Sample::new()
            .input("x", FLOAT, "n 8 9 3")
            .weight("mean", &[3], 0.5)
            .node("Sub", &["x", "mean"], "y")
            .output("y", "n 8 9 3")
            .graph()
            .unwrap();
        take_channels_first(&mut graph);
        assert_eq!(graph.nodes.len(), 2);
        assert_eq!(graph.nodes[0].op, "Transpose");
        assert_eq!(graph.nodes[1].inputs[0], graph.nodes[0].outputs[0]);
    }
}
