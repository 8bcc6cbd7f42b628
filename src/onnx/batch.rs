//! Image inputs without an axis for the batch or for one channel, given one.

use super::{Attributes, Dimension, Graph, Initializer, Node, layout::rename};
use crate::protocol::Layout;
use std::collections::HashSet;

/// Makes an input of three axes one of four: `[channels, height, width]` and `[height, width, channels]` get a
/// batch of one in front, `[batch, height, width]` one channel. A `Squeeze` right behind the input takes it
/// away again. The layout, where the shape tells it.
pub fn give_batch(graph: &mut Graph) -> Option<Layout> {
    let input = graph.inputs.first_mut()?;
    let [first, _, third] = input.shape.as_slice() else {
        return None;
    };
    let few = |dimension: &Dimension| matches!(dimension, Dimension::Fixed(1 | 3 | 4));
    // [1, height, width] is the same either way: one image of one channel.
    let (axis, layout) = if few(first) {
        (0, Layout::Nchw)
    } else if few(third) {
        (0, Layout::Nhwc)
    } else {
        (1, Layout::Nchw)
    };
    input.shape.insert(axis, Dimension::Fixed(1));
    let name = input.name.clone();
    let inner = format!("{name}.without_axis");
    rename(graph, &HashSet::from([name.clone()]), &inner);
    let mut node = Node {
        name: inner.clone(),
        op: "Squeeze".to_owned(),
        inputs: vec![name.clone()],
        outputs: vec![inner],
        attributes: Attributes::default(),
    };
    // The axis was an attribute before it became an input.
    if graph.opset < 13 {
        let axes = super::Attribute::Ints(vec![axis as i64]);
        node.attributes.insert("axes", axes);
    } else {
        let axes = format!("{name}.axis");
        let constant = Initializer::from_integers(&axes, &[axis as i64]);
        node.inputs.push(axes.clone());
        graph.initializers.insert(axes, constant);
    }
    graph.nodes.insert(0, node);
    Some(layout)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onnx::sample::{FLOAT, Sample};

    fn given(shape: &str, opset: i64) -> (Graph, Option<Layout>) {
        let mut graph = Sample::new()
            .opset(opset)
            .input("x", FLOAT, shape)
            .node("Relu", &["x"], "y")
            .output("y", shape)
            .graph()
            .unwrap();
        let layout = give_batch(&mut graph);
        (graph, layout)
    }

    #[test]
    fn three_axes_become_four() {
        for (shape, expected, layout) in [
            ("3 h w", "[1, 3, h, w]", Layout::Nchw),
            ("1 28 28", "[1, 1, 28, 28]", Layout::Nchw),
            ("h w 3", "[1, h, w, 3]", Layout::Nhwc),
            ("n 28 28", "[n, 1, 28, 28]", Layout::Nchw),
        ] {
            for opset in [11, 17] {
                let (graph, found) = given(shape, opset);
                assert_eq!(Dimension::describe(&graph.inputs[0].shape), expected);
                assert_eq!(found, Some(layout));
                assert_eq!(graph.nodes[0].op, "Squeeze");
                assert_eq!(graph.nodes[1].inputs[0], graph.nodes[0].outputs[0]);
            }
        }
        assert_eq!(given("n 3 h w", 17).1, None);
    }
}
