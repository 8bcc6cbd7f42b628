//! BatchNorms and clamps that their convolution can do on the way.

use std::collections::{HashMap, HashSet};

use crate::onnx::{Attribute, Graph, Initializer, Node};

/// Name of the attribute that holds the range a convolution's output is clamped to: lower bound,
/// upper bound, and 1 where it was a `Relu`. No exporter writes it.
pub const FUSED_RANGE: &str = "gradlens.range";

/// Input of a convolution that holds the per-channel factor of its output. No exporter writes it.
pub const SCALE_INPUT: usize = 3;
/// Input of a convolution that holds what is added to its scaled output, bias included.
pub const SHIFT_INPUT: usize = 4;

/// How many nodes and graph outputs read each value.
fn readers(graph: &Graph) -> HashMap<String, usize> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    let inputs = graph.nodes.iter().flat_map(|node| &node.inputs);
    for name in inputs.chain(graph.outputs.iter().map(|output| &output.name)) {
        *counts.entry(name.clone()).or_default() += 1;
    }
    counts
}

/// Index of the `Conv` that alone makes `input`, which nobody else reads.
fn sole_conv(
    graph: &Graph,
    input: Option<&str>,
    counts: &HashMap<String, usize>,
    made_by: &HashMap<String, usize>,
) -> Option<usize> {
    let input = input?;
    let index = *made_by.get(input)?;
    let conv = &graph.nodes[index];
    (conv.op == "Conv" && counts.get(input) == Some(&1)).then_some(index)
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
pub fn attach_batch_norm(graph: &mut Graph) {
    let (counts, made_by) = (readers(graph), producers(graph));
    let mut removed = HashSet::new();
    for index in 0..graph.nodes.len() {
        let node = &graph.nodes[index];
        if node.op != "BatchNormalization" || node.outputs.len() > 1 || !is_plain(node) {
            continue;
        }
        let Some(conv_index) = sole_conv(graph, node.input(0), &counts, &made_by) else {
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

/// Whether a `BatchNormalization` has no attribute but those that a factor and an offset a channel express: all
/// others are left to the operator itself, which takes them into account or refuses them.
fn is_plain(norm: &Node) -> bool {
    norm.attributes.iter().all(|(name, value)| match name {
        "epsilon" | "momentum" | "consumed_inputs" => true,
        "training_mode" => *value == Attribute::Int(0),
        "spatial" | "is_test" => *value == Attribute::Int(1),
        _ => false,
    })
}

fn scale_and_shift(graph: &Graph, conv: &Node, norm: &Node) -> Option<(Initializer, Initializer)> {
    if conv.input(SCALE_INPUT).is_some() || conv.attributes.get(FUSED_RANGE).is_some() {
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

/// Lets a convolution apply the `Relu`, constant `Clip`, or `Min` and `Max` with a constant that alone
/// reads it.
pub fn fuse_clamps(graph: &mut Graph) {
    let (counts, mut made_by) = (readers(graph), producers(graph));
    let mut removed = HashSet::new();
    for index in 0..graph.nodes.len() {
        let node = &graph.nodes[index];
        let Some((input, range)) = clamp_range(graph, node) else {
            continue;
        };
        let Some(conv_index) = sole_conv(graph, node.input(input), &counts, &made_by) else {
            continue;
        };
        let conv = &graph.nodes[conv_index];
        let Some(range) = after(conv.attributes.get(FUSED_RANGE), range) else {
            continue;
        };
        let output = node.outputs[0].clone();
        let conv = &mut graph.nodes[conv_index];
        conv.outputs = vec![output.clone()];
        conv.attributes
            .insert(FUSED_RANGE, Attribute::Floats(range.to_vec()));
        // A second clamp may follow, such as a `Min` behind a `Max`.
        made_by.insert(output, conv_index);
        removed.insert(index);
    }
    remove(graph, &removed);
}

/// One range for a clamp behind those a convolution already does; `None` where the second one is a
/// `Relu`, which guided backpropagation must still see as one.
fn after(first: Option<&Attribute>, second: [f32; 3]) -> Option<[f32; 3]> {
    let Some(first) = first else {
        return Some(second);
    };
    let (Attribute::Floats(first), [low, high, 0.0]) = (first, second) else {
        return None;
    };
    let &[first_low, first_high, relu] = first.as_slice() else {
        return None;
    };
    let [low, high] = clamped_again([first_low, first_high], [low, high])?;
    Some([low, high, relu])
}

/// The range of a clamp to `first` and then to the second range; `None` where that one is empty.
pub(super) fn clamped_again(first: [f32; 2], [low, high]: [f32; 2]) -> Option<[f32; 2]> {
    (low <= high).then(|| first.map(|bound| bound.clamp(low, high)))
}

/// The clamped input, and lower bound, upper bound and 1 for `Relu`, where `node` is a clamp with
/// constant bounds.
pub(super) fn clamp_range(graph: &Graph, node: &Node) -> Option<(usize, [f32; 3])> {
    let mut names = node.attributes.iter().map(|(name, _)| name);
    if !names.all(|name| matches!(name, "min" | "max" | "consumed_inputs")) {
        return None;
    }
    if node.op == "Relu" {
        return Some((0, [0.0, f32::INFINITY, 1.0]));
    }
    if matches!(node.op.as_str(), "Min" | "Max") && node.inputs.len() == 2 {
        let bound = |index: usize| {
            let constant = graph.constant(node.input(index))?;
            let single = constant.element_type.is_float() && constant.elements() == 1;
            single.then(|| constant.floats().first().copied())?
        };
        let (input, bound) = match (bound(0), bound(1)) {
            (None, Some(bound)) => (0, bound),
            (Some(bound), None) => (1, bound),
            _ => return None,
        };
        let infinity = f32::INFINITY;
        return Some(match node.op.as_str() {
            "Max" => (input, [bound, infinity, 0.0]),
            _ => (input, [-infinity, bound, 0.0]),
        });
    }
    let [low, high] = clip_bounds(graph, node)?;
    Some((0, [low, high, 0.0]))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clamps_behind_clamps_become_one() {
        let infinity = f32::INFINITY;
        let first = |range: [f32; 3]| Attribute::Floats(range.to_vec());
        let relu = first([0.0, infinity, 1.0]);
        let six = [-infinity, 6.0, 0.0];
        assert_eq!(after(Some(&relu), six), Some([0.0, 6.0, 1.0]));
        let max = first([-1.0, infinity, 0.0]);
        assert_eq!(
            after(Some(&max), [-infinity, 1.0, 0.0]),
            Some([-1.0, 1.0, 0.0])
        );
        assert_eq!(
            after(Some(&max), [0.0, infinity, 1.0]),
            None,
            "a Relu stays"
        );
        assert_eq!(after(None, six), Some(six));
    }
}
