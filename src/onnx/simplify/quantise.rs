//! Constants that are put on a grid of whole numbers, as training for quantisation leaves them: computed once.

use super::dequantise::factors;
use crate::onnx::{ElementType, Graph, Initializer, Node};

/// Replaces every `QuantizeLinear` of a constant
/// (<https://onnx.ai/onnx/operators/onnx__QuantizeLinear.html>) by what it computes.
pub fn fold(graph: &mut Graph) {
    let mut kept = Vec::with_capacity(graph.nodes.len());
    for node in std::mem::take(&mut graph.nodes) {
        match quantised(graph, &node) {
            Some(tensor) => {
                graph.initializers.insert(tensor.name.clone(), tensor);
            }
            None => kept.push(node),
        }
    }
    graph.nodes = kept;
}

fn quantised(graph: &Graph, node: &Node) -> Option<Initializer> {
    if !matches!(
        node.op.as_str(),
        "QuantizeLinear" | "com.microsoft.QuantizeLinear"
    ) {
        return None;
    }
    let given = graph.constant(node.input(0))?;
    let scale = graph.constant(node.input(1))?;
    let zero = match node.input(2) {
        Some(name) => Some(graph.constant(Some(name))?),
        None => None,
    };
    let element_type = match zero {
        Some(zero) => zero.element_type,
        None => match node.attributes.int("output_dtype", 0).ok()? {
            0 => ElementType::U8,
            number => ElementType::from_onnx(i32::try_from(number).ok()?)?,
        },
    };
    let [low, high] = crate::onnx::expand::quantised_range(element_type).ok()?;
    let zeros = zero.map_or_else(Vec::new, Initializer::floats);
    let scales = scale.floats();
    let factor_of = factors(node, &given.shape, scale)?;
    let mut bytes = Vec::with_capacity(given.elements() * element_type.size());
    for (index, value) in given.floats().into_iter().enumerate() {
        let factor = factor_of(index);
        let zero = match zeros.as_slice() {
            [] => 0.0,
            [zero] => *zero,
            zeros => *zeros.get(factor)?,
        };
        let rounded = (value / scales.get(factor)?).round_ties_even() + zero;
        let whole = rounded.clamp(low, high) as i64;
        bytes.extend(whole.to_le_bytes().into_iter().take(element_type.size()));
    }
    Some(Initializer {
        name: node.outputs.first()?.clone(),
        shape: given.shape.clone(),
        element_type,
        bytes: bytes.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::fold_stored;
    use crate::onnx::sample::{FLOAT, Sample};

    /// Halves go to the even neighbour, and what lies outside saturates.
    #[test]
    fn weights_land_on_their_grid() {
        let sample = Sample::new()
            .input("x", FLOAT, "n 3 h w")
            .weights("w", &[2, 3], &[0.25, 0.75, -1.0, 1.0, 200.0, 3.0])
            .weights("scale", &[2], &[0.5, 1.0])
            .node("QuantizeLinear", &["w", "scale"], "q")
            .int("axis", 0)
            .node("DequantizeLinear", &["q", "scale"], "d")
            .int("axis", 0)
            .node("Gemm", &["x", "d"], "y")
            .output("y", "n 5");
        let mut graph = sample.graph().unwrap();
        fold_stored(&mut graph);
        let found = graph.initializers["d"].floats();
        assert_eq!(found, [0.0, 1.0, 0.0, 1.0, 200.0, 3.0]);
        assert_eq!(graph.nodes.len(), 1);
    }
}
