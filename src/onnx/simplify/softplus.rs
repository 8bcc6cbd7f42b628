//! `log(exp(x) + 1)`, as exporters write out a softplus, becomes the operator, which stays exact where
//! the 1 would swallow a small exponential.

use std::collections::BTreeSet;

use super::{
    unused,
    value_reader::{Terms, ValueReader},
};
use crate::onnx::{Graph, Node};

/// Turns `Log(Exp(x) + 1)` into `Softplus` (<https://onnx.ai/onnx/operators/onnx__Softplus.html>). What
/// is left without a reader is removed.
pub fn fuse(graph: &mut Graph) {
    let found = all(graph);
    if found.is_empty() {
        return;
    }
    for (index, input) in found {
        let node = &mut graph.nodes[index];
        "Softplus".clone_into(&mut node.op);
        node.inputs = vec![input];
    }
    unused::drop_unread(graph);
}

/// The nodes that end a softplus, with the value it is a function of.
fn all(graph: &Graph) -> Vec<(usize, String)> {
    let reader = ValueReader::new(graph);
    let nodes = graph.nodes.iter().enumerate();
    nodes
        .filter_map(|(index, node)| Some((index, input(&reader, node)?.to_owned())))
        .collect()
}

/// The value that `node` computes the softplus of.
fn input<'a>(reader: &ValueReader<'a>, node: &Node) -> Option<&'a str> {
    if node.op != "Log" {
        return None;
    }
    let sum = node.input(0)?;
    let (_, parts) = reader.maker(sum)?;
    parts.inputs.iter().find_map(|value| {
        let (_, exponential) = reader.maker(value)?;
        let terms = Terms { value, gate: None };
        let one_more = [1.0, 1.0, 0.0, 0.0];
        let fits = exponential.op == "Exp"
            && reader.expression(sum, terms, &mut BTreeSet::new())?.plain == one_more;
        fits.then(|| exponential.input(0))?
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onnx::sample::Sample;

    fn operators(number: f32) -> Vec<String> {
        let mut graph = Sample::classifier()
            .node("Exp", &["logits"], "e")
            .weight("number", &[1], number)
            .node("Add", &["number", "e"], "sum")
            .node("Log", &["sum"], "y")
            .output("y", "n 5")
            .graph()
            .unwrap();
        fuse(&mut graph);
        let operators = graph.nodes.iter().skip(5);
        operators.map(|node| node.op.clone()).collect()
    }

    #[test]
    fn only_one_more_is_a_softplus() {
        assert_eq!(operators(1.0), ["Softplus"]);
        assert_eq!(operators(2.0), ["Exp", "Add", "Log"]);
    }
}
