//! Rewrites that leave the function a graph computes unchanged and its gradients too: constants
//! gathered, no-ops removed, BatchNorm and clamps fused behind convolutions.

use std::collections::{HashMap, HashSet};

use super::{Attribute, Graph, Initializer, Node};

/// Name of the attribute that holds the range a convolution's output is clamped to: lower bound,
/// upper bound, and 1 where it was a `Relu`. No exporter writes it.
pub const FUSED_RANGE: &str = "gradlens.range";

/// Input of a convolution that holds the per-channel factor of its output. No exporter writes it.
pub const SCALE_INPUT: usize = 3;
/// Input of a convolution that holds what is added to its scaled output, bias included.
pub const SHIFT_INPUT: usize = 4;

/// Simplifies in place.
pub fn simplify(graph: &mut Graph) {
    gather_constants(graph);
    remove_no_ops(graph);
    attach_batch_norm(graph);
    fuse_clamps(graph);
}

/// Turns `Constant` nodes into initialisers.
fn gather_constants(graph: &mut Graph) {
    let mut kept = Vec::with_capacity(graph.nodes.len());
    for node in std::mem::take(&mut graph.nodes) {
        let constant = match (node.op.as_str(), node.outputs.first()) {
            ("Constant", Some(name)) => constant_value(&node, name),
            _ => None,
        };
        match constant {
            Some(tensor) => {
                graph.initializers.insert(tensor.name.clone(), tensor);
            }
            None => kept.push(node),
        }
    }
    graph.nodes = kept;
}

fn constant_value(node: &Node, name: &str) -> Option<Initializer> {
    let integers = |shape: Vec<usize>, values: &[i64]| Initializer {
        name: name.to_owned(),
        shape,
        element_type: super::ElementType::I64,
        bytes: values.iter().flat_map(|v| v.to_le_bytes()).collect(),
    };
    let (_, attribute) = node.attributes.0.iter().next()?;
    Some(match attribute {
        Attribute::Tensor(tensor) => Initializer {
            name: name.to_owned(),
            ..(**tensor).clone()
        },
        Attribute::Float(value) => Initializer::from_floats(name, vec![], &[*value]),
        Attribute::Floats(values) => Initializer::from_floats(name, vec![values.len()], values),
        Attribute::Int(value) => integers(vec![], &[*value]),
        Attribute::Ints(values) => integers(vec![values.len()], values),
        _ => return None,
    })
}

/// Removes `Identity` and inference-time `Dropout`, and lets readers read their input.
fn remove_no_ops(graph: &mut Graph) {
    let outputs: HashSet<String> = graph.outputs.iter().map(|o| o.name.clone()).collect();
    let mut renamed: HashMap<String, String> = HashMap::new();
    let mut kept = Vec::with_capacity(graph.nodes.len());
    for mut node in std::mem::take(&mut graph.nodes) {
        for input in &mut node.inputs {
            if let Some(name) = renamed.get(input) {
                input.clone_from(name);
            }
        }
        let no_op = matches!(node.op.as_str(), "Identity" | "Dropout");
        match (no_op, node.inputs.first(), node.outputs.first()) {
            (true, Some(input), Some(output)) if !outputs.contains(output) => {
                renamed.insert(output.clone(), input.clone());
            }
            _ => kept.push(node),
        }
    }
    graph.nodes = kept;
}

/// How many nodes and graph outputs read each value.
fn readers(graph: &Graph) -> HashMap<String, usize> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    let inputs = graph.nodes.iter().flat_map(|node| &node.inputs);
    for name in inputs.chain(graph.outputs.iter().map(|output| &output.name)) {
        *counts.entry(name.clone()).or_default() += 1;
    }
    counts
}

/// Index of the `Conv` that alone feeds input 0 of `node`, which alone reads it.
fn sole_conv(
    graph: &Graph,
    node: &Node,
    counts: &HashMap<String, usize>,
    made_by: &HashMap<String, usize>,
) -> Option<usize> {
    let input = node.input(0)?;
    let index = *made_by.get(input)?;
    let conv = &graph.nodes[index];
    (conv.op == "Conv"
        && counts.get(input) == Some(&1)
        && conv.attributes.get(FUSED_RANGE).is_none())
    .then_some(index)
}

fn producers(graph: &Graph) -> HashMap<String, usize> {
    graph
        .nodes
        .iter()
        .enumerate()
        .flat_map(|(index, node)| node.outputs.iter().map(move |name| (name.clone(), index)))
        .collect()
}

/// Attaches a BatchNorm (<https://onnx.ai/onnx/operators/onnx__BatchNormalization.html>) to the
/// convolution before it, as [`SCALE_INPUT`] and [`SHIFT_INPUT`] in double precision. The weights
/// stay as trained: folding them would round each once more, enough to flip a rectifier now and then.
fn attach_batch_norm(graph: &mut Graph) {
    let (counts, made_by) = (readers(graph), producers(graph));
    let mut removed = HashSet::new();
    for index in 0..graph.nodes.len() {
        let node = &graph.nodes[index];
        if node.op != "BatchNormalization" || node.outputs.len() > 1 {
            continue;
        }
        let Some(conv_index) = sole_conv(graph, node, &counts, &made_by) else {
            continue;
        };
        let Some((scale, shift)) = scale_and_shift(graph, &graph.nodes[conv_index], node) else {
            continue;
        };
        let output = node.outputs[0].clone();
        let conv = &mut graph.nodes[conv_index];
        conv.inputs.truncate(2);
        conv.inputs
            .extend([String::new(), scale.name.clone(), shift.name.clone()]);
        conv.outputs = vec![output];
        for tensor in [scale, shift] {
            graph.initializers.insert(tensor.name.clone(), tensor);
        }
        removed.insert(index);
    }
    remove(graph, &removed);
}

fn scale_and_shift(graph: &Graph, conv: &Node, norm: &Node) -> Option<(Initializer, Initializer)> {
    if conv.input(SCALE_INPUT).is_some() {
        return None;
    }
    let channels = *graph.constant(conv.input(1))?.shape.first()?;
    let parameter = |index| Some(graph.constant(norm.input(index))?.floats());
    let (gamma, beta, mean, variance) =
        (parameter(1)?, parameter(2)?, parameter(3)?, parameter(4)?);
    if [&gamma, &beta, &mean, &variance]
        .iter()
        .any(|p| p.len() != channels)
    {
        return None;
    }
    let bias = match conv.input(2) {
        Some(name) => graph.constant(Some(name))?.floats(),
        None => vec![0.0; channels],
    };
    let epsilon = f64::from(norm.attributes.float("epsilon", 1e-5).ok()?);
    let scale: Vec<f64> = (0..channels)
        .map(|c| f64::from(gamma[c]) / (f64::from(variance[c]) + epsilon).sqrt())
        .collect();
    let shift: Vec<f64> = (0..channels)
        .map(|c| {
            (f64::from(*bias.get(c).unwrap_or(&0.0)) - f64::from(mean[c])) * scale[c]
                + f64::from(beta[c])
        })
        .collect();
    let name = |part: &str| format!("{}.{part}", norm.name);
    Some((
        Initializer::from_doubles(&name("scale"), &scale),
        Initializer::from_doubles(&name("shift"), &shift),
    ))
}

/// Lets a convolution apply the `Relu` or constant `Clip` that alone reads it.
fn fuse_clamps(graph: &mut Graph) {
    let (counts, made_by) = (readers(graph), producers(graph));
    let mut removed = HashSet::new();
    for index in 0..graph.nodes.len() {
        let node = &graph.nodes[index];
        let Some(range) = clamp_range(graph, node) else {
            continue;
        };
        let Some(conv_index) = sole_conv(graph, node, &counts, &made_by) else {
            continue;
        };
        let output = node.outputs[0].clone();
        let conv = &mut graph.nodes[conv_index];
        conv.outputs = vec![output];
        conv.attributes
            .0
            .insert(FUSED_RANGE.to_owned(), Attribute::Floats(range.to_vec()));
        removed.insert(index);
    }
    remove(graph, &removed);
}

/// Lower bound, upper bound and 1 for `Relu`, where `node` is a clamp with constant bounds.
fn clamp_range(graph: &Graph, node: &Node) -> Option<[f32; 3]> {
    if node.op == "Relu" {
        return Some([0.0, f32::INFINITY, 1.0]);
    }
    let [low, high] = clip_bounds(graph, node)?;
    Some([low, high, 0.0])
}

/// Bounds of a `Clip` (<https://onnx.ai/onnx/operators/onnx__Clip.html>), inputs since opset 11 and
/// attributes before; `None` where they are not constant.
pub(crate) fn clip_bounds(graph: &Graph, node: &Node) -> Option<[f32; 2]> {
    if node.op != "Clip" {
        return None;
    }
    let bound = |index: usize, attribute: &str, default: f32| match node.input(index) {
        Some(name) => graph.constant(Some(name))?.floats().first().copied(),
        None => node.attributes.float(attribute, default).ok(),
    };
    Some([
        bound(1, "min", f32::NEG_INFINITY)?,
        bound(2, "max", f32::INFINITY)?,
    ])
}

fn remove(graph: &mut Graph, indices: &HashSet<usize>) {
    let mut index = 0;
    graph.nodes.retain(|_| {
        index += 1;
        !indices.contains(&(index - 1))
    });
}
