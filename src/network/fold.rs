//! Nodes that compute the same whatever the image is, computed once: through the operators' own
//! shape rules, which compute values of the host in full.

use super::{
    kernels::Kernels,
    operator::BuildContext,
    ops,
    unhandled::build_in_full,
    value::{HostKind, HostTensor, Inferred},
};
use std::collections::HashSet;

use crate::onnx::{
    Attribute, CHOOSE, ElementType, Graph, Initializer, Node, REFUSED, cast_target, simplify,
};

/// Real numbers up to this many are arguments, and folded in double precision. Larger tensors are weights: what is
/// computed of them keeps single precision.
const SMALL: usize = 1 << 16;

/// Weights up to this many are computed beforehand (64 MiB in double precision); what is larger is computed while
/// the network runs, with every pass anew.
const LARGEST_WEIGHT: usize = 1 << 23;

/// Most values that a folded constant may have which is larger than what it is made of.
const MOST_VALUES: usize = 1 << 20;

/// Rounds of folding: what is known may decide a branch or a loop, in which more is known.
const MOST_ROUNDS: usize = 8;

/// The graph with every node folded that reads constants only, simplified again; `None` where there
/// is no such node.
pub(super) fn fold<B: Kernels>(graph: &Graph, device: &B::Device) -> Option<Graph> {
    let mut folded = fold_once::<B>(graph, device)?;
    for _ in 1..MOST_ROUNDS {
        if !folded.nodes.iter().any(is_undecided) {
            break;
        }
        match fold_once::<B>(&folded, device) {
            Some(next) if next.nodes != folded.nodes => folded = next,
            _ => break,
        }
    }
    Some(folded)
}

/// Whether more constants may change what becomes of a node.
fn is_undecided(node: &Node) -> bool {
    node.attributes.get(REFUSED).is_some() || node.op == CHOOSE
}

fn fold_once<B: Kernels>(graph: &Graph, device: &B::Device) -> Option<Graph> {
    let constant = |graph: &Graph, node: &Node| {
        let mut inputs = node.inputs.iter().filter(|name| !name.is_empty());
        inputs.all(|name| graph.initializers.contains_key(name))
    };
    if !graph.nodes.iter().any(|node| constant(graph, node)) {
        return None;
    }
    let mut folded = graph.clone();
    let mut kept = Vec::with_capacity(folded.nodes.len());
    for node in std::mem::take(&mut folded.nodes) {
        let result = constant(&folded, &node)
            .then(|| evaluate::<B>(&node, &folded, device))
            .flatten();
        match result {
            Some(tensor) => {
                folded.initializers.insert(tensor.name.clone(), tensor);
            }
            None => kept.push(node),
        }
    }
    folded.nodes = kept;
    simplify(&mut folded);
    drop_unread(&mut folded);
    Some(folded)
}

/// Drops constants that nobody reads any more, which would count as weights.
fn drop_unread(graph: &mut Graph) {
    let nodes = graph.nodes.iter().flat_map(|node| &node.inputs);
    let read: HashSet<&str> = nodes
        .chain(graph.outputs.iter().map(|port| &port.name))
        .map(String::as_str)
        .collect();
    graph
        .initializers
        .retain(|name, _| read.contains(name.as_str()));
}

/// What `node` puts out; `None` where that cannot be known here, which building will explain.
fn evaluate<B: Kernels>(node: &Node, graph: &Graph, device: &B::Device) -> Option<Initializer> {
    let [output] = node.outputs.as_slice() else {
        return None;
    };
    if node.op == "Cast" && cast_target(node).ok()?.is_float() {
        return Some(as_floats(graph.constant(node.input(0))?, output));
    }
    let context = BuildContext { graph, device };
    let operator = build_in_full(ops::find::<B>(&node.op)?, node, &context).ok()?;
    let given: Vec<Option<&Initializer>> = (0..node.inputs.len())
        .map(|index| graph.constant(node.input(index)))
        .collect();
    let known = |most: usize| -> Vec<Option<Inferred>> {
        let inputs = given.iter();
        inputs
            .map(|tensor| tensor.map(|tensor| known(tensor, most)))
            .collect()
    };
    // Weights that only get another shape or order keep the bytes they are stored in.
    if let Inferred::Device(shape) = operator.infer(&known(SMALL)).ok()?
        && let Some(tensor) = laid_out(node, given.first().copied().flatten()?, output, shape)
    {
        return Some(tensor);
    }
    let largest = given.iter().flatten().map(|tensor| tensor.elements()).max();
    match operator.infer(&known(LARGEST_WEIGHT)).ok()? {
        Inferred::Host(tensor) => {
            let fits = tensor.values.len() <= largest.unwrap_or(0).max(MOST_VALUES);
            fits.then(|| initializer(output, tensor))
        }
        Inferred::Device(_) => None,
    }
}

/// Every float type is computed in 32 bits, so floats stay as stored.
fn as_floats(tensor: &Initializer, name: &str) -> Initializer {
    if tensor.element_type.is_float() {
        Initializer {
            name: name.to_owned(),
            ..tensor.clone()
        }
    } else {
        Initializer::from_floats(name, tensor.shape.clone(), &tensor.floats())
    }
}

fn known(tensor: &Initializer, most: usize) -> Inferred {
    if tensor.element_type.is_float() && tensor.elements() > most {
        Inferred::Device(tensor.shape.clone())
    } else {
        Inferred::Host(HostTensor::from_initializer(tensor))
    }
}

fn initializer(name: &str, tensor: HostTensor) -> Initializer {
    let values = tensor.values.iter();
    let (element_type, bytes) = match tensor.kind {
        HostKind::Float if tensor.values.len() > SMALL => (
            ElementType::F32,
            values
                .flat_map(|&value| (value as f32).to_le_bytes())
                .collect(),
        ),
        HostKind::Float => (
            ElementType::F64,
            values.flat_map(|value| value.to_le_bytes()).collect(),
        ),
        HostKind::Integer => (
            ElementType::I64,
            values
                .flat_map(|&value| (value as i64).to_le_bytes())
                .collect(),
        ),
        HostKind::Bool => (
            ElementType::Bool,
            values.map(|&value| u8::from(value != 0.0)).collect(),
        ),
    };
    Initializer {
        name: name.to_owned(),
        shape: tensor.shape,
        element_type,
        bytes,
    }
}

/// A weight in another shape or with its axes in another order, of the type it is stored in.
fn laid_out(
    node: &Node,
    weight: &Initializer,
    name: &str,
    shape: Vec<usize>,
) -> Option<Initializer> {
    let bytes = match node.op.as_str() {
        "Flatten" | "Identity" | "Reshape" | "Squeeze" | "Unsqueeze" => weight.bytes.clone(),
        "Transpose" => {
            let rank = weight.shape.len();
            let order: Vec<usize> = match node.attributes.get("perm") {
                Some(Attribute::Ints(order)) => order
                    .iter()
                    .map(|&axis| axis.rem_euclid(rank as i64) as usize)
                    .collect(),
                _ => (0..rank).rev().collect(),
            };
            transposed(weight, &order)?.into()
        }
        _ => return None,
    };
    Some(Initializer {
        name: name.to_owned(),
        shape,
        element_type: weight.element_type,
        bytes,
    })
}

fn transposed(weight: &Initializer, order: &[usize]) -> Option<Vec<u8>> {
    let size = weight.element_type.size();
    let mut stride = size;
    let mut axes = Vec::with_capacity(order.len());
    for &length in weight.shape.iter().rev() {
        axes.push((length, stride));
        stride *= length;
    }
    axes.reverse();
    let axes: Vec<(usize, usize)> = order
        .iter()
        .map(|&axis| axes.get(axis).copied())
        .collect::<Option<_>>()?;
    let stored = weight.bytes.to_bytes();
    let mut bytes = Vec::with_capacity(stored.len());
    let mut at = vec![0; axes.len()];
    let mut from = 0;
    for _ in 0..weight.elements() {
        bytes.extend_from_slice(stored.get(from..from + size)?);
        for (coordinate, &(length, stride)) in at.iter_mut().zip(&axes).rev() {
            *coordinate += 1;
            from += stride;
            if *coordinate < length {
                break;
            }
            from -= stride * length;
            *coordinate = 0;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests;
