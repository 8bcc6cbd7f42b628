//! Functions that a file defines for itself, put in place of their calls
//! (<https://onnx.ai/onnx/repo-docs/IR.html#functions>).

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
};

use super::{
    node::{Given, RawNode, attribute, node},
    operator_set,
    wire::{Reader, Value},
};
use crate::onnx::{Attribute, OnnxError};

/// Nodes that all calls together may grow to: a few functions calling each other twice make a graph
/// of any size.
const MOST_NODES: usize = 1 << 18;

/// Calls within calls.
const DEEPEST: usize = 32;

/// `FunctionProto`, as far as it matters here.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Function {
    pub name: String,
    pub domain: String,
    pub overload: String,
    pub inputs: Vec<String>,
    pub outputs: Vec<String>,
    pub nodes: Vec<RawNode>,
    /// Values of attributes that a call leaves out.
    pub defaults: BTreeMap<String, Attribute>,
    /// Version of ONNX's own operator set that its nodes are written in, where it says so.
    pub opset: Option<i64>,
}

/// Versions of the operator set since which some operator means something else by the same words: broadcasting
/// (7, 8), `Resize` (11), `Softmax` (13), `BatchNormalization` (14) and `GroupNormalization` (21).
const MEANINGS_CHANGED: [i64; 6] = [7, 8, 11, 13, 14, 21];

/// Whether nodes of one operator set can be read as those of another.
fn reads_the_same(one: i64, other: i64) -> bool {
    let changes = |version: i64| {
        MEANINGS_CHANGED
            .iter()
            .filter(|&&change| change <= version)
            .count()
    };
    changes(one) == changes(other)
}

/// Reads the function in `message`.
///
/// # Errors
/// It is damaged.
pub fn function(reader: &mut Reader<'_>, mut message: Range<u64>) -> Result<Function, OnnxError> {
    let mut function = Function::default();
    while let Some((number, value)) = reader.field(&mut message)? {
        let Value::Part(part) = value else { continue };
        match number {
            1 => function.name = reader.name(&part)?,
            4 => function.inputs.push(reader.name(&part)?),
            5 => function.outputs.push(reader.name(&part)?),
            7 => function.nodes.push(node(reader, part)?),
            9 => {
                let (domain, version) = operator_set(reader, part)?;
                if domain.is_empty() || domain == "ai.onnx" {
                    function.opset.get_or_insert(version);
                }
            }
            10 => function.domain = reader.name(&part)?,
            11 => {
                if let (name, Given::Value(value)) = attribute(reader, part)? {
                    function.defaults.insert(name, value);
                }
            }
            13 => function.overload = reader.name(&part)?,
            _ => {}
        }
    }
    Ok(function)
}

/// Domain, name and overload.
type Key = (String, String, String);

/// Replaces every call of one of `functions` by what the function does, in a graph of operator set `opset`.
///
/// # Errors
/// A function defined twice or in another operator set, calls too deep, or a graph that grows too large.
pub fn inline(
    nodes: Vec<RawNode>,
    functions: Vec<Function>,
    opset: i64,
) -> Result<Vec<RawNode>, OnnxError> {
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
        opset,
        calls: 0,
        nodes: Vec::with_capacity(nodes.len()),
    };
    for node in nodes {
        inlining.add(node, 0)?;
    }
    Ok(inlining.nodes)
}

struct Inlining {
    functions: HashMap<Key, Function>,
    /// Version of the operator set that the graph is in.
    opset: i64,
    /// Calls so far; makes the names of each call its own.
    calls: usize,
    nodes: Vec<RawNode>,
}

impl Inlining {
    fn add(&mut self, node: RawNode, depth: usize) -> Result<(), OnnxError> {
        let key = (node.domain.clone(), node.op.clone(), node.overload.clone());
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
        if let Some(own) = function
            .opset
            .filter(|&own| !reads_the_same(own, self.opset))
        {
            return Err(OnnxError::Graph(format!(
                "the function {} is written in operator set {own} and the graph in {}, which are not read alike; \
                 convert both to one operator set",
                function.name, self.opset
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
        for (index, formal) in function.inputs.iter().enumerate() {
            let actual = node.inputs.get(index).cloned().unwrap_or_default();
            names.insert(formal.clone(), actual);
        }
        let mut handed_on = Vec::new();
        for (formal, actual) in function.outputs.iter().zip(&node.outputs) {
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
        // What the call gives, and the function's own defaults for the rest.
        let mut given = function.defaults.clone();
        given.extend(node.attributes);
        for inner in &function.nodes {
            let mut inner = inner.clone();
            for name in inner.inputs.iter_mut().chain(&mut inner.outputs) {
                if !name.is_empty() {
                    let own = format!("{prefix}/{name}");
                    *name = names.entry(name.clone()).or_insert(own).clone();
                }
            }
            inner.name = format!("{prefix}/{}", inner.name);
            // One that stands for what the call does not give is left out.
            for (name, of_call) in std::mem::take(&mut inner.references) {
                if let Some(value) = given.get(&of_call) {
                    inner.attributes.insert(name, value.clone());
                }
            }
            self.add(inner, depth + 1)?;
        }
        for (source, output) in handed_on {
            let identity = RawNode {
                inputs: vec![source],
                outputs: vec![output],
                name: format!("{prefix}/output"),
                op: "Identity".to_owned(),
                ..RawNode::default()
            };
            self.add(identity, depth + 1)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(op: &str, domain: &str, inputs: &[&str], outputs: &[&str]) -> RawNode {
        RawNode {
            op: op.to_owned(),
            domain: domain.to_owned(),
            inputs: inputs.iter().map(|&name| name.to_owned()).collect(),
            outputs: outputs.iter().map(|&name| name.to_owned()).collect(),
            ..RawNode::default()
        }
    }

    fn function(name: &str, nodes: Vec<RawNode>) -> Function {
        Function {
            name: name.to_owned(),
            domain: "local".to_owned(),
            inputs: vec!["x".to_owned()],
            outputs: vec!["y".to_owned()],
            nodes,
            ..Function::default()
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
        let nodes = inline(vec![call], vec![twice, outer], 17).unwrap();
        let ops: Vec<_> = nodes.iter().map(|node| node.op.as_str()).collect();
        assert_eq!(ops, ["Relu", "Neg", "Relu", "Neg"]);
        assert_eq!(nodes[0].inputs, ["image"]);
        assert_eq!(nodes[3].outputs, ["logits"]);
        for pair in nodes.windows(2) {
            assert_eq!(pair[0].outputs, pair[1].inputs);
        }
        let mut values: Vec<_> = nodes.iter().map(|node| &node.outputs[0]).collect();
        values.sort();
        values.dedup();
        assert_eq!(values.len(), 4);
    }

    #[test]
    fn attributes_come_from_the_call_or_the_default() {
        let number = |name: &str, value: i64| (name.to_owned(), Attribute::Int(value));
        let mut inner = node("Flatten", "", &["x"], &["y"]);
        for (name, from) in [("axis", "dim"), ("other", "left"), ("third", "absent")] {
            inner.references.push((name.to_owned(), from.to_owned()));
        }
        let mut flat = function("Flat", vec![inner]);
        flat.defaults = BTreeMap::from([number("dim", 1), number("left", 5)]);
        let mut call = node("Flat", "local", &["a"], &["b"]);
        call.attributes = BTreeMap::from([number("dim", 2)]);
        let nodes = inline(vec![call], vec![flat], 17).unwrap();
        assert_eq!(
            nodes[0].attributes,
            BTreeMap::from([number("axis", 2), number("other", 5)])
        );
    }

    #[test]
    fn an_input_handed_on_stays_connected() {
        let mut same = function("Same", vec![]);
        same.outputs = vec!["x".to_owned()];
        let nodes = inline(vec![node("Same", "local", &["a"], &["b"])], vec![same], 17).unwrap();
        assert_eq!(nodes.len(), 1);
        assert_eq!(
            (&nodes[0].inputs[0][..], &nodes[0].outputs[0][..]),
            ("a", "b")
        );
    }

    #[test]
    fn a_function_in_another_operator_set_is_refused_where_that_matters() {
        let called = |own: i64, graph: i64| {
            let mut function = function("F", vec![node("Softmax", "", &["x"], &["y"])]);
            function.opset = Some(own);
            inline(
                vec![node("F", "local", &["a"], &["b"])],
                vec![function],
                graph,
            )
        };
        assert!(called(18, 18).is_ok() && called(18, 20).is_ok());
        let error = called(18, 11).unwrap_err().to_string();
        assert!(
            error.contains("operator set 18") && error.contains("in 11"),
            "{error}"
        );
    }

    #[test]
    fn endless_and_exploding_calls_are_refused() {
        let call = |name: &str| node(name, "local", &["x"], &["y"]);
        let endless = function("Endless", vec![call("Endless")]);
        let error = inline(vec![call("Endless")], vec![endless], 17).unwrap_err();
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
        let error = inline(vec![call("F29")], doubling, 17).unwrap_err();
        assert!(error.to_string().contains("more than"), "{error}");
    }
}
