//! Weights stored as whole numbers turned into the real ones they stand for.

use crate::onnx::{Graph, Initializer, Node};

/// Replaces every `DequantizeLinear` of a constant
/// (<https://onnx.ai/onnx/operators/onnx__DequantizeLinear.html>) by what it computes.
pub fn fold(graph: &mut Graph) {
    let mut kept = Vec::with_capacity(graph.nodes.len());
    for node in std::mem::take(&mut graph.nodes) {
        match dequantised(graph, &node) {
            Some(tensor) => {
                graph.initializers.insert(tensor.name.clone(), tensor);
            }
            None => kept.push(node),
        }
    }
    graph.nodes = kept;
}

fn dequantised(graph: &Graph, node: &Node) -> Option<Initializer> {
    if !matches!(
        node.op.as_str(),
        "DequantizeLinear" | "com.microsoft.DequantizeLinear"
    ) {
        return None;
    }
    let stored = graph.constant(node.input(0))?;
    let scale = graph.constant(node.input(1))?;
    let zero_point = match node.input(2) {
        Some(name) => graph.constant(Some(name))?.integers(),
        None => Vec::new(),
    };
    let scales = scale.floats();
    let factor_of = factors(node, &stored.shape, scale)?;
    let values: Option<Vec<f32>> = stored
        .integers()
        .into_iter()
        .enumerate()
        .map(|(index, value)| {
            let factor = factor_of(index);
            // Without zero points all of them are 0; one alone serves every scale.
            let zero = match zero_point.as_slice() {
                [] => 0,
                [zero] => *zero,
                zeros => *zeros.get(factor)?,
            };
            Some((value - zero) as f32 * scales.get(factor)?)
        })
        .collect();
    let output = node.outputs.first()?;
    Some(Initializer::from_floats(
        output,
        stored.shape.clone(),
        &values?,
    ))
}

/// Which factor serves a value: one for all, one for each place along an axis, or one for each block
/// along an axis. `None` where the shapes do not fit.
pub(super) fn factors(
    node: &Node,
    shape: &[usize],
    scale: &Initializer,
) -> Option<Box<dyn Fn(usize) -> usize>> {
    if scale.elements() == 1 {
        return Some(Box::new(|_| 0));
    }
    let axis = node.attributes.int("axis", 1).ok()?;
    let axis = if axis < 0 {
        axis + shape.len() as i64
    } else {
        axis
    };
    let axis = usize::try_from(axis).ok()?;
    let length = *shape.get(axis)?;
    let inner: usize = shape.get(axis + 1..)?.iter().product();
    if inner == 0 || length == 0 {
        return None;
    }
    let block = usize::try_from(node.attributes.int("block_size", 0).ok()?).ok()?;
    if block == 0 {
        let fits = scale.shape == [length];
        return fits.then(|| -> Box<dyn Fn(usize) -> usize> {
            Box::new(move |index| index / inner % length)
        });
    }
    let blocks = length.div_ceil(block);
    let mut expected = shape.to_vec();
    expected[axis] = blocks;
    (scale.shape == expected).then(|| -> Box<dyn Fn(usize) -> usize> {
        Box::new(move |index| {
            let (outer, at) = (index / inner / length, index / inner % length);
            (outer * blocks + at / block) * inner + index % inner
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onnx::{Attribute, ElementType};

    fn bytes(name: &str, shape: &[usize], values: &[u8]) -> Initializer {
        Initializer {
            name: name.to_owned(),
            shape: shape.to_vec(),
            element_type: ElementType::U8,
            bytes: values.to_vec().into(),
        }
    }

    fn folded(scale: Initializer, zero: Initializer, attributes: &[(&str, i64)]) -> Vec<f32> {
        let stored = bytes("stored", &[2, 2], &[1, 2, 3, 4]);
        let names = ["stored", "scale", "zero"].map(str::to_owned);
        let mut graph = Graph {
            producer: String::new(),
            opset: 21,
            nodes: vec![Node {
                name: "node".to_owned(),
                op: "DequantizeLinear".to_owned(),
                inputs: names.to_vec(),
                outputs: vec!["weight".to_owned()],
                attributes: attributes
                    .iter()
                    .map(|&(name, value)| (name.to_owned(), Attribute::Int(value)))
                    .collect(),
            }],
            initializers: names.into_iter().zip([stored, scale, zero]).collect(),
            inputs: vec![],
            outputs: vec![],
            probabilities: crate::protocol::Probabilities::default(),
            texts: std::collections::HashMap::default(),
            unread: std::collections::HashMap::default(),
            metadata: Default::default(),
        };
        fold(&mut graph);
        assert!(graph.nodes.is_empty());
        graph.initializers["weight"].floats()
    }

    #[test]
    fn one_scale_a_tensor_an_axis_or_a_block() {
        let floats = |shape: &[usize], values: &[f32]| {
            Initializer::from_floats("scale", shape.to_vec(), values)
        };
        let zero = bytes("zero", &[], &[2]);
        let all = folded(floats(&[], &[0.5]), zero.clone(), &[]);
        assert_eq!(all, [-0.5, 0.0, 0.5, 1.0]);
        let scales = floats(&[2], &[1.0, 10.0]);
        let zeros = bytes("zero", &[2], &[1, 2]);
        let columns = folded(scales.clone(), zeros.clone(), &[]);
        assert_eq!(columns, [0.0, 0.0, 2.0, 20.0]);
        let rows = folded(scales, zeros, &[("axis", 0)]);
        assert_eq!(rows, [0.0, 1.0, 10.0, 20.0]);
        let blocks = floats(&[2, 1], &[1.0, 10.0]);
        let zeros = bytes("zero", &[2, 1], &[0, 1]);
        let blocked = folded(blocks, zeros, &[("axis", 1), ("block_size", 2)]);
        assert_eq!(blocked, [1.0, 2.0, 20.0, 30.0]);
    }
}
