//! What a graph does to its input before anything else: the normalisation some models carry inside.

use super::{Dimension, Graph, Node};
use crate::protocol::Layout;

/// Nodes looked at from the input on; no normalisation is longer.
const MOST_NODES: usize = 16;

/// Arithmetic at the head of a graph: `y = scale * x + shift` a channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    /// Factor of each channel.
    pub scale: Vec<f64>,
    /// What is added to each channel.
    pub shift: Vec<f64>,
    /// The nodes that do it, such as `Sub (mean)`.
    pub nodes: Vec<String>,
}

/// Follows the image input as long as constants alone are added to it or multiplied with it; `None`
/// where nothing is.
pub fn head(graph: &Graph, layout: Layout) -> Option<Head> {
    let input = graph.inputs.first()?;
    let mut value = input.name.as_str();
    let mut channel_axis = match layout {
        Layout::Nchw => 1,
        Layout::Nhwc => 3,
    };
    let mut rank = 4;
    let channels = match input.shape.get(channel_axis) {
        Some(Dimension::Fixed(channels)) => *channels,
        _ => 3,
    };
    let mut head = Head {
        scale: vec![1.0; channels],
        shift: vec![0.0; channels],
        nodes: Vec::new(),
    };
    for _ in 0..MOST_NODES {
        let Some(node) = sole_reader(graph, value) else {
            break;
        };
        match node.op.as_str() {
            "Identity" | "Cast" | "Dropout" | "Resize" => {}
            "Squeeze" | "Unsqueeze" => match reshaped(graph, node, channel_axis, rank) {
                Some(moved) => [channel_axis, rank] = moved,
                None => break,
            },
            "Transpose" => match moved(node, channel_axis) {
                Some(axis) => channel_axis = axis,
                None => break,
            },
            _ if !head.apply(graph, node, value, [channel_axis, rank]) => break,
            _ => head.nodes.push(format!("{} ({})", node.op, node.name)),
        }
        match node.outputs.first() {
            Some(output) => value = output,
            None => break,
        }
    }
    (!head.nodes.is_empty()).then_some(head)
}

/// The one node that reads the numbers of a value; looking at its shape does not count.
fn sole_reader<'a>(graph: &'a Graph, value: &str) -> Option<&'a Node> {
    let mut readers = graph
        .nodes
        .iter()
        .filter(|node| node.op != "Shape" && node.inputs.iter().any(|input| input == value));
    let first = readers.next()?;
    readers.next().is_none().then_some(first)
}

/// Where `axis` is after a `Transpose`.
fn moved(node: &Node, axis: usize) -> Option<usize> {
    let order = node.attributes.ints("perm").ok()??;
    order.iter().position(|&from| from == axis as i64)
}

/// Where the channels are, and how many axes there are, after a `Squeeze` or `Unsqueeze` of one axis.
fn reshaped(graph: &Graph, node: &Node, channel_axis: usize, rank: usize) -> Option<[usize; 2]> {
    let constant = graph.constant(node.input(1)).map(|axes| axes.integers());
    let attribute = || {
        node.attributes
            .ints("axes")
            .ok()
            .flatten()
            .map(<[i64]>::to_vec)
    };
    let [axis] = constant.or_else(attribute)?[..] else {
        return None;
    };
    let adds = node.op == "Unsqueeze";
    let new_rank = if adds { rank + 1 } else { rank.checked_sub(1)? };
    let counted = if axis < 0 {
        axis + rank.max(new_rank) as i64
    } else {
        axis
    };
    let axis = usize::try_from(counted).ok()?;
    let moved = match (adds, axis.cmp(&channel_axis)) {
        (true, std::cmp::Ordering::Greater) | (false, std::cmp::Ordering::Greater) => channel_axis,
        (true, _) => channel_axis + 1,
        (false, std::cmp::Ordering::Less) => channel_axis - 1,
        // One channel, without an axis of its own: its constants are single numbers.
        (false, std::cmp::Ordering::Equal) => rank,
    };
    Some([moved, new_rank])
}

impl Head {
    /// Takes in one operation; false where it is none with a constant for each channel.
    fn apply(
        &mut self,
        graph: &Graph,
        node: &Node,
        value: &str,
        [channel_axis, value_rank]: [usize; 2],
    ) -> bool {
        let channels = self.scale.len();
        let constant_first = node.input(1) == Some(value);
        let operand = graph.constant(node.input(usize::from(!constant_first)));
        let Some(operand) = operand.filter(|operand| operand.element_type.is_float()) else {
            return false;
        };
        let rank = operand.shape.len();
        let by_channel = operand.shape.iter().enumerate().all(|(axis, &length)| {
            // Shapes are lined up at their ends.
            length == 1 || (length == channels && axis + value_rank == channel_axis + rank)
        });
        let numbers = operand.doubles();
        if !by_channel || rank > value_rank || ![1, channels].contains(&numbers.len()) {
            return false;
        }
        let of = |channel: usize| {
            numbers
                .get(channel)
                .or(numbers.first())
                .copied()
                .unwrap_or(0.0)
        };
        for channel in 0..channels {
            let constant = of(channel);
            let (scale, shift) = (&mut self.scale[channel], &mut self.shift[channel]);
            match (node.op.as_str(), constant_first) {
                ("Add", _) => *shift += constant,
                ("Sub", false) => *shift -= constant,
                ("Sub", true) => {
                    *scale = -*scale;
                    *shift = constant - *shift;
                }
                ("Mul", _) => {
                    *scale *= constant;
                    *shift *= constant;
                }
                ("Div", false) => {
                    *scale /= constant;
                    *shift /= constant;
                }
                _ => return false,
            }
        }
        true
    }

    /// The largest value pixels have where this arithmetic is meant for them: 255, 1, or `None` where
    /// it fits neither. Normalised values lie around 0 and are a few units wide.
    pub fn white(&self) -> Option<f64> {
        let scaled = self.shift.iter().zip(&self.scale);
        let centres: Vec<f64> = scaled.map(|(shift, scale)| -shift / scale).collect();
        let all = |fits: fn(f64) -> bool| centres.iter().all(|&centre| fits(centre));
        if all(|centre| (20.0..=235.0).contains(&centre)) {
            return Some(255.0);
        }
        if all(|centre| (0.05..=0.95).contains(&centre)) {
            return Some(1.0);
        }
        let widths: Vec<f64> = self.scale.iter().map(|scale| scale.abs()).collect();
        if !all(|centre| centre.abs() < 0.05) {
            return None;
        }
        if widths.iter().all(|&width| (0.001..=0.05).contains(&width)) {
            return Some(255.0);
        }
        widths
            .iter()
            .all(|&width| (1.5..=10.0).contains(&width))
            .then_some(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onnx::sample::{FLOAT, Sample};

    fn headed(steps: &[(&str, &[f32])], layout: Layout) -> Option<Head> {
        let nhwc = layout == Layout::Nhwc;
        let shape = if nhwc { "n h w 3" } else { "n 3 h w" };
        let mut sample = Sample::new().input("x", FLOAT, shape);
        let mut value = "x".to_owned();
        for (index, (op, numbers)) in steps.iter().enumerate() {
            let (constant, output) = (format!("k{index}"), format!("v{index}"));
            let length = numbers.len() as i64;
            let dims = if nhwc || length == 1 {
                vec![length]
            } else {
                vec![length, 1, 1]
            };
            sample =
                sample
                    .weights(&constant, &dims, numbers)
                    .node(op, &[&value, &constant], &output);
            value = output;
        }
        let graph = sample
            .node("Relu", &[&value], "y")
            .output("y", "n 3 h w")
            .graph()
            .unwrap();
        head(&graph, layout)
    }

    #[test]
    fn normalisations_of_raw_pixels_are_known() {
        for steps in [
            vec![("Div", [255.0].as_slice())],
            vec![("Mul", &[1.0 / 127.5]), ("Sub", &[1.0])],
            vec![
                ("Sub", &[123.675, 116.28, 103.53]),
                ("Div", &[58.395, 57.12, 57.375]),
            ],
            vec![
                ("Div", &[255.0]),
                ("Sub", &[0.485, 0.456, 0.406]),
                ("Div", &[0.229, 0.224, 0.225]),
            ],
            vec![("Add", &[-103.939, -116.779, -123.68])],
        ] {
            for layout in [Layout::Nchw, Layout::Nhwc] {
                let head = headed(&steps, layout).unwrap();
                assert_eq!(head.nodes.len(), steps.len());
                assert_eq!(head.white(), Some(255.0), "{steps:?} {layout}");
            }
        }
    }

    #[test]
    fn normalisations_of_the_unit_range_are_known() {
        for steps in [
            vec![
                ("Sub", [0.485, 0.456, 0.406].as_slice()),
                ("Div", &[0.229, 0.224, 0.225]),
            ],
            vec![("Mul", &[2.0]), ("Sub", &[1.0])],
        ] {
            assert_eq!(headed(&steps, Layout::Nchw).unwrap().white(), Some(1.0));
        }
    }

    #[test]
    fn other_arithmetic_says_nothing() {
        assert_eq!(headed(&[], Layout::Nchw), None);
        assert_eq!(headed(&[("Pow", &[2.0])], Layout::Nchw), None);
        assert_eq!(
            headed(&[("Mul", &[1.0])], Layout::Nchw).unwrap().white(),
            None
        );
        assert_eq!(
            headed(&[("Mul", &[0.0])], Layout::Nchw).unwrap().white(),
            None
        );
    }

    #[test]
    fn constants_of_another_axis_are_no_normalisation() {
        let graph = Sample::new()
            .input("x", FLOAT, "n 3 h w")
            .weights("k", &[3], &[1.0, 2.0, 3.0])
            .node("Sub", &["x", "k"], "y")
            .output("y", "n 3 h w")
            .graph()
            .unwrap();
        assert_eq!(head(&graph, Layout::Nchw), None);
    }
}
