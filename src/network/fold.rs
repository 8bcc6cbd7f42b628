//! Nodes that compute the same whatever the image is, computed once: through the operators' own
//! shape rules, which compute values of the host in full.

use super::{
    kernels::Kernels,
    operator::BuildContext,
    ops,
    value::{HostKind, HostTensor, Inferred},
};
use crate::onnx::{Attribute, CHOOSE, ElementType, Graph, Initializer, Node, REFUSED, simplify};

/// Real numbers up to this many are folded in double precision; larger tensors are weights, of which
/// only the layout may change.
const SMALL: usize = 1 << 16;

/// Most values that a folded constant may have; larger ones are computed while the network runs.
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
        let attributes = &mut graph.nodes[1].attributes.0;
        attributes.insert("body".to_owned(), attribute);
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

    #[test]
    fn what_depends_on_the_image_stays() {
        let sample = Sample::classifier().output("logits", "n 5");
        let mut graph = sample.graph().unwrap();
        simplify(&mut graph);
        assert_eq!(fold::<Flex>(&graph, &FlexDevice), None);
    }
}
