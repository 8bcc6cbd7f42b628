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
mod tests {
    use burn_flex::{Flex, FlexDevice};

    use super::*;
    use crate::onnx::{
        Attributes, Subgraph,
        sample::{FLOAT, Sample},
    };

    fn folded(sample: &Sample) -> Graph {
        let mut graph = sample.graph().unwrap();
        simplify(&mut graph);
        fold::<Flex>(&graph, &FlexDevice).unwrap()
    }

    fn operators(graph: &Graph) -> Vec<&str> {
        graph.nodes.iter().map(|node| node.op.as_str()).collect()
    }

    /// What TorchScript writes for a padding of two axes.
    #[test]
    fn the_clutter_around_a_padding_goes() {
        let sample = Sample::new()
            .input("x", FLOAT, "n 3 h w")
            .integers("four", &[4])
            .integers("given", &[1, 2, 3, 4])
            .node("ConstantOfShape", &["four"], "zeros")
            .integers("kept", &[0, 0, 0, 0])
            .node("Concat", &["given", "kept"], "all")
            .int("axis", 0)
            .integers("pairs", &[-1, 2])
            .node("Reshape", &["all", "pairs"], "rows")
            .integers("last", &[-1])
            .integers("first", &[-9223372036854775807])
            .integers("axis0", &[0])
            .node("Slice", &["rows", "last", "first", "axis0", "last"], "back")
            .node("Transpose", &["back"], "columns")
            .ints("perm", &[1, 0])
            .node("Reshape", &["columns", "last"], "pads")
            .node("Pad", &["x", "pads"], "y")
            .output("y", "n 3 h w");
        let graph = folded(&sample);
        assert_eq!(operators(&graph), ["Pad"]);
        let pads = graph.constant(graph.nodes[0].input(1)).unwrap();
        assert_eq!(pads.integers(), [0, 0, 3, 1, 0, 0, 4, 2]);
    }

    /// How often a loop runs may be known only once constants are computed.
    #[test]
    fn a_loop_is_written_out_when_its_count_is_known() {
        let body = Subgraph {
            nodes: vec![Node {
                name: "inside".to_owned(),
                op: "Neg".to_owned(),
                inputs: vec!["state".to_owned()],
                outputs: vec!["next".to_owned()],
                attributes: Attributes::default(),
            }],
            inputs: ["round", "go", "state"].map(str::to_owned).to_vec(),
            outputs: ["go", "next"].map(str::to_owned).to_vec(),
            first_capture: 3,
            ..Subgraph::default()
        };
        let sample = Sample::new()
            .input("x", FLOAT, "n 3 h w")
            .integers("one", &[1])
            .node("Add", &["one", "one"], "two")
            .node("Loop", &["two", "", "x"], "y")
            .output("y", "n 3 h w");
        let mut graph = sample.graph().unwrap();
        let attribute = Attribute::Graph(Box::new(body));
        graph.nodes[1].attributes.insert("body", attribute);
        simplify(&mut graph);
        assert_eq!(operators(&graph), ["Add", "Loop"]);
        let graph = fold::<Flex>(&graph, &FlexDevice).unwrap();
        assert_eq!(operators(&graph), ["Neg", "Neg", "Identity"]);
    }

    #[test]
    fn weights_are_laid_out_in_their_own_type() {
        let (rows, columns) = (260, 300);
        let values: Vec<f32> = (0..rows * columns).map(|value| value as f32).collect();
        assert!(values.len() > SMALL);
        let sample = Sample::new()
            .input("x", FLOAT, "n 300")
            .weights("w", &[rows as i64, columns as i64], &values)
            .node("Transpose", &["w"], "t")
            .integers("target", &[300, -1, 1])
            .node("Reshape", &["t", "target"], "r")
            .integers("two", &[2])
            .node("Squeeze", &["r", "two"], "s")
            .node("Gemm", &["x", "s"], "y")
            .output("y", "n 260");
        let graph = folded(&sample);
        assert_eq!(operators(&graph), ["Gemm"]);
        let weight = graph.constant(graph.nodes[0].input(1)).unwrap();
        assert_eq!(weight.shape, [columns, rows]);
        assert_eq!(weight.element_type, ElementType::F32);
        let found = weight.floats();
        for (row, column) in [(0, 0), (1, 0), (7, 123), (259, 299)] {
            let value = values[row * columns + column];
            assert_eq!(found[column * rows + row], value, "{row}, {column}");
        }
    }

    /// What a weight norm writes where nobody folded it, and more weights than are arguments.
    #[test]
    fn large_weights_are_computed_beforehand() {
        let (rows, columns) = (300, 250);
        let values: Vec<f32> = (0..rows * columns).map(|at| (at as f32).sin()).collect();
        assert!(values.len() > SMALL);
        let sample = Sample::new()
            .input("x", FLOAT, "n 250")
            .weights("v", &[rows as i64, columns as i64], &values)
            .weight("g", &[rows as i64, 1], 2.0)
            .node("ReduceL2", &["v"], "norm")
            .ints("axes", &[1])
            .node("Div", &["v", "norm"], "unit")
            .node("Mul", &["unit", "g"], "w")
            .node("Gemm", &["x", "w"], "y")
            .int("transB", 1)
            .output("y", "n 300");
        let graph = folded(&sample);
        assert_eq!(operators(&graph), ["Gemm"]);
        let weight = graph.constant(graph.nodes[0].input(1)).unwrap();
        assert_eq!(weight.element_type, ElementType::F32);
        let row = &weight.floats()[7 * columns..8 * columns];
        let length: f32 = row.iter().map(|value| value * value).sum();
        assert!((length.sqrt() - 2.0).abs() < 1e-5, "{length}");
        assert_eq!(graph.initializers.len(), 1, "what it was made of is gone");
    }

    /// Weights standardised by a norm in training mode, as one implementation writes them.
    #[test]
    fn standardised_weights_are_computed_beforehand() {
        let values: Vec<f32> = (0..24).map(|at| (at as f32 * 1.3).cos()).collect();
        let sample = Sample::new()
            .opset(15)
            .input("x", FLOAT, "n 3 4 4")
            .weights("v", &[4, 3, 2, 1], &values)
            .integers("rows", &[1, 4, -1])
            .integers("back", &[4, 3, 2, 1])
            .weight("g", &[4], 0.5)
            .weight("zeros", &[4], 0.0)
            .node("Reshape", &["v", "rows"], "r")
            .node(
                "BatchNormalization",
                &["r", "g", "zeros", "zeros", "g"],
                "b",
            )
            .outputs(&["b", "mean", "variance"])
            .int("training_mode", 1)
            .node("Reshape", &["b", "back"], "w")
            .node("Conv", &["x", "w"], "y")
            .output("y", "n 4 3 4");
        let graph = folded(&sample);
        assert_eq!(operators(&graph), ["Conv"]);
        let weight = graph.constant(graph.nodes[0].input(1)).unwrap().doubles();
        for row in weight.chunks(6) {
            let mean = row.iter().sum::<f64>() / 6.0;
            let square = row.iter().map(|v| v * v).sum::<f64>() / 6.0;
            assert!(
                mean.abs() < 1e-6 && (square.sqrt() - 0.5).abs() < 1e-4,
                "{row:?}"
            );
        }
    }

    #[test]
    fn what_depends_on_the_image_stays() {
        let sample = Sample::classifier().output("logits", "n 5");
        let mut graph = sample.graph().unwrap();
        simplify(&mut graph);
        assert_eq!(fold::<Flex>(&graph, &FlexDevice), None);
    }
}
