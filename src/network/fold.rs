//! Nodes that compute the same whatever the image is, computed once: through the operators' own
//! shape rules, which compute values of the host in full.

use super::{
    kernels::Kernels,
    operator::BuildContext,
    ops,
    value::{HostKind, HostTensor, Inferred},
};
use crate::onnx::{Attribute, ElementType, Graph, Initializer, Node, simplify};

/// Real numbers up to this many are folded in double precision; larger tensors are weights, of which
/// only the layout may change.
const SMALL: usize = 1 << 16;

/// Most values that a folded constant may have; larger ones are computed while the network runs.
const MOST_VALUES: usize = 1 << 20;

/// The graph with every node folded that reads constants only, simplified again; `None` where there
/// is no such node.
pub(super) fn fold<B: Kernels>(graph: &Graph, device: &B::Device) -> Option<Graph> {
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
    Some(folded)
}

/// What `node` puts out; `None` where that cannot be known here, which building will explain.
fn evaluate<B: Kernels>(node: &Node, graph: &Graph, device: &B::Device) -> Option<Initializer> {
    let [output] = node.outputs.as_slice() else {
        return None;
    };
    if node.op == "Cast" && is_float(node.attributes.int("to", 0).ok()?) {
        return Some(as_floats(graph.constant(node.input(0))?, output));
    }
    let inputs: Vec<Option<Inferred>> = (0..node.inputs.len())
        .map(|index| graph.constant(node.input(index)).map(known))
        .collect();
    let context = BuildContext { graph, device };
    let operator = ops::find::<B>(&node.op)?(node, &context).ok()?;
    match operator.infer(&inputs).ok()? {
        Inferred::Host(tensor) => {
            (tensor.values.len() <= MOST_VALUES).then(|| initializer(output, tensor))
        }
        Inferred::Device(shape) => laid_out(node, graph.constant(node.input(0))?, output, shape),
    }
}

fn is_float(element_type: i64) -> bool {
    i32::try_from(element_type)
        .ok()
        .and_then(ElementType::from_onnx)
        .is_some_and(ElementType::is_float)
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

fn known(tensor: &Initializer) -> Inferred {
    if tensor.element_type.is_float() && tensor.elements() > SMALL {
        Inferred::Device(tensor.shape.clone())
    } else {
        Inferred::Host(HostTensor::from_initializer(tensor))
    }
}

fn initializer(name: &str, tensor: HostTensor) -> Initializer {
    let values = tensor.values.iter();
    let (element_type, bytes) = match tensor.kind {
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
    let source = weight.bytes.to_bytes();
    let mut bytes = Vec::with_capacity(source.len());
    let mut at = vec![0; axes.len()];
    let mut from = 0;
    for _ in 0..weight.elements() {
        bytes.extend_from_slice(source.get(from..from + size)?);
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
