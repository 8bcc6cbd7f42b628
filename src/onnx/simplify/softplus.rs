//! `log(exp(x) + 1)`, as exporters write out a softplus, becomes the operator, which stays exact where
//! the 1 would swallow a small exponential.

use std::collections::HashMap;

use crate::onnx::Graph;

/// Turns `Log(Exp(x) + 1)` into `Softplus` (<https://onnx.ai/onnx/operators/onnx__Softplus.html>). What
/// is left without a reader is removed.
pub fn fuse(graph: &mut Graph) {
    let made_by: HashMap<&str, usize> = graph
        .nodes
        .iter()
        .enumerate()
        .filter_map(|(index, node)| Some((node.outputs.first()?.as_str(), index)))
        .collect();
    let maker = |name: Option<&str>, op: &str| {
        let node = &graph.nodes[*made_by.get(name?)?];
        (node.op == op).then_some(node)
    };
    let mut found = Vec::new();
    for (index, node) in graph.nodes.iter().enumerate() {
        if node.op != "Log" {
            continue;
        }
        let Some(sum) = maker(node.input(0), "Add") else {
            continue;
        };
        let exponential = |exp: usize, one: usize| {
            let input = maker(sum.input(exp), "Exp")?.input(0)?;
            let cast = maker(sum.input(one), "CastLike").and_then(|cast| cast.input(0));
            is_one(graph, cast.or(sum.input(one))).then(|| input.to_owned())
        };
        if let Some(input) = exponential(0, 1).or_else(|| exponential(1, 0)) {
            found.push((index, input));
        }
    }
    let any = !found.is_empty();
    for (index, input) in found {
        let node = &mut graph.nodes[index];
        "Softplus".clone_into(&mut node.op);
        node.inputs = vec![input];
    }
    if any {
        super::unused::drop_unread(graph);
    }
}

/// Whether a constant is a single 1, which gives the sum no other shape.
fn is_one(graph: &Graph, name: Option<&str>) -> bool {
    graph.constant(name).is_some_and(|tensor| {
        tensor.element_type.is_float()
            && tensor.shape.len() <= 1
            && tensor.elements() == 1
            && tensor.doubles() == [1.0]
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
