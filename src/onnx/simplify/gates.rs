//! A value gated by its own sigmoid, as exporters write `SiLU` and `Hardswish`, becomes one node: one
//! pass each way instead of five, and one tensor kept instead of two.

use std::collections::{HashMap, HashSet};

use crate::onnx::{Graph, Node};

/// Turns `x * Sigmoid(x)` into `Swish` (<https://onnx.ai/onnx/operators/onnx__Swish.html>) and
/// `x * HardSigmoid(x)` into `HardSwish` (<https://onnx.ai/onnx/operators/onnx__HardSwish.html>), where
/// nobody else reads the sigmoid.
pub fn fuse(graph: &mut Graph) {
    let mut readers: HashMap<String, usize> = HashMap::new();
    let inputs = graph.nodes.iter().flat_map(|node| &node.inputs);
    for name in inputs.chain(graph.outputs.iter().map(|output| &output.name)) {
        *readers.entry(name.clone()).or_default() += 1;
    }
    // Sigmoids read once, by their output: where they are, what they read, what the product becomes.
    let mut sigmoids: HashMap<String, (usize, String, &'static str)> = HashMap::new();
    for (index, node) in graph.nodes.iter().enumerate() {
        if let (Some(op), [input, ..], [output]) =
            (gated(node), &node.inputs[..], &node.outputs[..])
            && readers.get(output) == Some(&1)
        {
            sigmoids.insert(output.clone(), (index, input.clone(), op));
        }
    }
    let mut removed = HashSet::new();
    for node in &mut graph.nodes {
        let (true, [left, right]) = (node.op == "Mul", &node.inputs[..]) else {
            continue;
        };
        let by = |gate: &String, value: &String| {
            let found = sigmoids.get(gate)?;
            (found.1 == *value).then(|| found.clone())
        };
        if let Some((index, input, op)) = by(left, right).or_else(|| by(right, left)) {
            removed.insert(index);
            op.clone_into(&mut node.op);
            node.inputs = vec![input];
        }
    }
    let mut index = 0;
    graph.nodes.retain(|_| {
        index += 1;
        !removed.contains(&(index - 1))
    });
}

/// What the product of a value and this function of it is called.
fn gated(node: &Node) -> Option<&'static str> {
    let number = |name: &str, default: f32| node.attributes.float(name, default).ok();
    match node.op.as_str() {
        "Sigmoid" => Some("Swish"),
        "HardSigmoid"
            if number("alpha", 0.2) == Some(1.0 / 6.0) && number("beta", 0.5) == Some(0.5) =>
        {
            Some("HardSwish")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onnx::{Attribute, Attributes};

    fn node(op: &str, inputs: &[&str], output: &str) -> Node {
        Node {
            name: output.to_owned(),
            op: op.to_owned(),
            inputs: inputs.iter().map(|&name| name.to_owned()).collect(),
            outputs: vec![output.to_owned()],
            attributes: Attributes::default(),
        }
    }

    fn fused(nodes: Vec<Node>) -> Vec<(String, Vec<String>)> {
        let mut graph = Graph {
            producer: String::new(),
            opset: 17,
            nodes,
            initializers: HashMap::new(),
            inputs: vec![],
            outputs: vec![],
            metadata: HashMap::new(),
        };
        fuse(&mut graph);
        let nodes = graph.nodes.into_iter();
        nodes.map(|node| (node.op, node.inputs)).collect()
    }

    #[test]
    fn a_value_times_its_sigmoid_is_one_node() {
        let swish = vec![("Swish".to_owned(), vec!["x".to_owned()])];
        for inputs in [["x", "s"], ["s", "x"]] {
            let nodes = vec![node("Sigmoid", &["x"], "s"), node("Mul", &inputs, "y")];
            assert_eq!(fused(nodes), swish);
        }
        let mut sigmoid = node("HardSigmoid", &["x"], "s");
        let hard = |sigmoid: &Node| fused(vec![sigmoid.clone(), node("Mul", &["x", "s"], "y")]);
        assert_eq!(
            hard(&sigmoid).len(),
            2,
            "its slope is not that of HardSwish"
        );
        let alpha = ("alpha".to_owned(), Attribute::Float(1.0 / 6.0));
        sigmoid.attributes.0.extend([alpha]);
        assert_eq!(hard(&sigmoid)[0].0, "HardSwish");
    }

    #[test]
    fn a_gate_of_something_else_or_read_twice_stays() {
        let gate = vec![
            node("Sigmoid", &["x"], "s"),
            node("Mul", &["s", "other"], "y"),
        ];
        assert_eq!(fused(gate).len(), 2);
        let twice = vec![
            node("Sigmoid", &["x"], "s"),
            node("Mul", &["s", "x"], "m"),
            node("Add", &["s", "m"], "y"),
        ];
        assert_eq!(fused(twice).len(), 3);
        let square = vec![node("Sigmoid", &["x"], "s"), node("Mul", &["s", "s"], "y")];
        assert_eq!(fused(square).len(), 2);
    }
}
