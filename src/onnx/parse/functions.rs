//! Functions that a file defines for itself, put in place of their calls
//! (<https://onnx.ai/onnx/repo-docs/IR.html#functions>).

use std::collections::HashMap;

use super::messages::{AttributeProto, FunctionProto, NodeProto};
use crate::onnx::OnnxError;

/// Nodes that all calls together may grow to: a few functions calling each other twice make a graph
/// of any size.
const MOST_NODES: usize = 1 << 18;

/// Calls within calls.
const DEEPEST: usize = 32;

/// Domain, name and overload.
type Key = (String, String, String);

/// Replaces every call of one of `functions` by what the function does.
///
/// # Errors
/// A function defined twice, calls too deep, or a graph that grows too large.
pub fn inline(
    nodes: Vec<NodeProto>,
    functions: Vec<FunctionProto>,
) -> Result<Vec<NodeProto>, OnnxError> {
    if functions.is_empty() {
        return Ok(nodes);
    }
    let mut by_key = HashMap::new();
    for function in functions {
        let key = (
            function.domain.clone(),
            function.name.clone(),
            function.overload.clone(),
        );
        if let Some(twice) = by_key.insert(key, function) {
            return Err(OnnxError::Graph(format!(
                "the function {} is defined twice",
                twice.name
            )));
        }
    }
    let mut inlining = Inlining {
        functions: by_key,
        calls: 0,
        nodes: Vec::with_capacity(nodes.len()),
    };
    for node in nodes {
        inlining.add(node, 0)?;
    }
    Ok(inlining.nodes)
}

struct Inlining {
    functions: HashMap<Key, FunctionProto>,
    /// Calls so far; makes the names of each call its own.
    calls: usize,
    nodes: Vec<NodeProto>,
}

impl Inlining {
    fn add(&mut self, node: NodeProto, depth: usize) -> Result<(), OnnxError> {
        let key = (
            node.domain.clone(),
            node.op_type.clone(),
            node.overload.clone(),
        );
        let Some(function) = self.functions.get(&key).cloned() else {
            if self.nodes.len() == MOST_NODES {
                return Err(OnnxError::Graph(format!(
                    "its functions make more than {MOST_NODES} nodes"
                )));
            }
            self.nodes.push(node);
            return Ok(());
        };
        if depth == DEEPEST {
            return Err(OnnxError::Graph(format!(
                "the function {} is called through more than {DEEPEST} others",
                function.name
            )));
        }
        self.calls += 1;
        if self.calls > MOST_NODES {
            return Err(OnnxError::Graph(format!(
                "its functions make more than {MOST_NODES} calls"
            )));
        }
        let prefix = format!("{}.{}", function.name, self.calls);
        let mut names: HashMap<String, String> = HashMap::new();
        for (index, formal) in function.input.iter().enumerate() {
            let actual = node.input.get(index).cloned().unwrap_or_default();
            names.insert(formal.clone(), actual);
        }
        let mut handed_on = Vec::new();
        for (formal, actual) in function.output.iter().zip(&node.output) {
            if actual.is_empty() {
                continue;
            }
            match names.get(formal) {
                // An input or an earlier output put out as it is.
                Some(source) => handed_on.push((source.clone(), actual.clone())),
                None => {
                    names.insert(formal.clone(), actual.clone());
                }
            }
        }
        let given = attributes(&function, &node);
        for inner in &function.node {
            let mut inner = inner.clone();
            for name in inner.input.iter_mut().chain(&mut inner.output) {
                if !name.is_empty() {
                    let own = format!("{prefix}/{name}");
                    *name = names.entry(name.clone()).or_insert(own).clone();
                }
            }
            inner.name = format!("{prefix}/{}", inner.name);
            inner.attribute = inner
                .attribute
                .into_iter()
                .filter_map(|attribute| resolved(attribute, &given))
                .collect();
            self.add(inner, depth + 1)?;
        }
        for (source, output) in handed_on {
            let identity = NodeProto {
                input: vec![source],
                output: vec![output],
                name: format!("{prefix}/output"),
                op_type: "Identity".to_owned(),
                ..NodeProto::default()
            };
            self.add(identity, depth + 1)?;
        }
        Ok(())
    }
}

/// What the call gives, and the function's own defaults for the rest.
fn attributes(function: &FunctionProto, call: &NodeProto) -> HashMap<String, AttributeProto> {
    let defaults = function.attribute_proto.iter();
    defaults
        .chain(&call.attribute)
        .map(|attribute| (attribute.name.clone(), attribute.clone()))
        .collect()
}

/// An attribute that stands for one of the call's gets its value; `None` where the call has none.
fn resolved(
    attribute: AttributeProto,
    given: &HashMap<String, AttributeProto>,
) -> Option<AttributeProto> {
    if attribute.ref_attr_name.is_empty() {
        return Some(attribute);
    }
    let value = given.get(&attribute.ref_attr_name)?.clone();
    Some(AttributeProto {
        name: attribute.name,
        ..value
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(op: &str, domain: &str, inputs: &[&str], outputs: &[&str]) -> NodeProto {
        NodeProto {
            op_type: op.to_owned(),
            domain: domain.to_owned(),
            input: inputs.iter().map(|&name| name.to_owned()).collect(),
            output: outputs.iter().map(|&name| name.to_owned()).collect(),
            ..NodeProto::default()
        }
    }

    fn function(name: &str, nodes: Vec<NodeProto>) -> FunctionProto {
        FunctionProto {
            name: name.to_owned(),
            domain: "local".to_owned(),
            input: vec!["x".to_owned()],
            output: vec!["y".to_owned()],
            node: nodes,
            ..FunctionProto::default()
        }
    }

    #[test]
    fn calls_are_replaced_with_names_of_their_own() {
        let twice = function(
            "Twice",
            vec![
                node("Relu", "", &["x"], &["half"]),
                node("Neg", "", &["half"], &["y"]),
            ],
        );
        let outer = function(
            "Outer",
            vec![
                node("Twice", "local", &["x"], &["a"]),
                node("Twice", "local", &["a"], &["y"]),
            ],
        );
        let call = node("Outer", "local", &["image"], &["logits"]);
        let nodes = inline(vec![call], vec![twice, outer]).unwrap();
        let ops: Vec<_> = nodes.iter().map(|node| node.op_type.as_str()).collect();
        assert_eq!(ops, ["Relu", "Neg", "Relu", "Neg"]);
        assert_eq!(nodes[0].input, ["image"]);
        assert_eq!(nodes[3].output, ["logits"]);
        for pair in nodes.windows(2) {
            assert_eq!(pair[0].output, pair[1].input);
        }
        let mut values: Vec<_> = nodes.iter().map(|node| &node.output[0]).collect();
        values.sort();
        values.dedup();
        assert_eq!(values.len(), 4);
    }

    #[test]
    fn attributes_come_from_the_call_or_the_default() {
        let number = |name: &str, i: i64| AttributeProto {
            name: name.to_owned(),
            i,
            kind: 2,
            ..AttributeProto::default()
        };
        let mut inner = node("Flatten", "", &["x"], &["y"]);
        for (name, from) in [("axis", "dim"), ("other", "left"), ("third", "absent")] {
            inner.attribute.push(AttributeProto {
                name: name.to_owned(),
                ref_attr_name: from.to_owned(),
                ..AttributeProto::default()
            });
        }
        let mut flat = function("Flat", vec![inner]);
        flat.attribute_proto = vec![number("dim", 1), number("left", 5)];
        let mut call = node("Flat", "local", &["a"], &["b"]);
        call.attribute.push(number("dim", 2));
        let nodes = inline(vec![call], vec![flat]).unwrap();
        assert_eq!(nodes[0].attribute, [number("axis", 2), number("other", 5)]);
    }

    #[test]
    fn an_input_handed_on_stays_connected() {
        let mut same = function("Same", vec![]);
        same.output = vec!["x".to_owned()];
        let nodes = inline(vec![node("Same", "local", &["a"], &["b"])], vec![same]).unwrap();
        assert_eq!(nodes.len(), 1);
        assert_eq!(
            (&nodes[0].input[0][..], &nodes[0].output[0][..]),
            ("a", "b")
        );
    }

    #[test]
    fn endless_and_exploding_calls_are_refused() {
        let call = |name: &str| node(name, "local", &["x"], &["y"]);
        let endless = function("Endless", vec![call("Endless")]);
        let error = inline(vec![call("Endless")], vec![endless]).unwrap_err();
        assert!(error.to_string().contains("Endless"), "{error}");

        let mut doubling = vec![function("F0", vec![node("Relu", "", &["x"], &["y"])])];
        for level in 1..30 {
            let below = format!("F{}", level - 1);
            let twice = vec![
                node(&below, "local", &["x"], &["a"]),
                node(&below, "local", &["a"], &["y"]),
            ];
            doubling.push(function(&format!("F{level}"), twice));
        }
        let error = inline(vec![call("F29")], doubling).unwrap_err();
        assert!(error.to_string().contains("more than"), "{error}");
    }
}
