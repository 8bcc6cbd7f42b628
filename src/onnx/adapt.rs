//! Outputs that are no row of scores for each class, made one by nodes at the end of the graph.

use std::collections::BTreeMap;

use super::{
    Attribute, Attributes, Graph, Initializer, Node, OnnxError, Port,
    output_activation::softmax_axis,
};
use crate::protocol::{Layout, OutputRegion};

/// What was done about a map of scores.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adapted {
    /// Rows and columns of the map.
    pub grid: [usize; 2],
    /// The axis its classes lie in.
    pub class_axis: usize,
}

/// Takes the mean over a region of a map of scores, whose shape is that of one image of `image_px` rows and columns;
/// `None` where `shape` is no map.
///
/// # Errors
/// The output is not there, or a softmax ran over something else than its classes.
pub fn adapt(
    graph: &mut Graph,
    shape: &[usize],
    image_px: [usize; 2],
    layout: Layout,
    region: OutputRegion,
) -> Result<Option<Adapted>, OnnxError> {
    let [_, first, second, third] = *shape else {
        return Ok(None);
    };
    if shape.contains(&0) || [first, second, third].iter().filter(|&&n| n != 1).count() < 2 {
        return Ok(None);
    }
    // The grid of places has about the proportions of the image.
    let fits = |[rows, columns]: [usize; 2]| {
        let difference = (rows * image_px[1]).abs_diff(columns * image_px[0]);
        difference <= image_px[0].max(image_px[1])
    };
    let softmaxed = softmax_axis(graph, shape.len());
    let classes_last = match (fits([second, third]), fits([first, second])) {
        (true, false) => false,
        (false, true) => true,
        _ => softmaxed.map_or(layout == Layout::Nhwc, |axis| axis == 3),
    };
    let (grid, class_axis) = if classes_last {
        ([first, second], 3)
    } else {
        ([second, third], 1)
    };
    if let Some(axis) = softmaxed.filter(|&axis| axis != class_axis) {
        return Err(OnnxError::SoftmaxAxis {
            axis,
            shape: shape.to_vec(),
            classes: class_axis,
        });
    }
    let axes: [usize; 2] = if classes_last { [1, 2] } else { [2, 3] };
    let mut append = Appended::to(graph)?;
    if region != OutputRegion::Mean {
        // Another size would mean another region: there the reshape does not fit.
        let [[top, bottom], [left, right]] = region.within(grid[0], grid[1]);
        let fixed: Vec<i64> = std::iter::once(0)
            .chain([first, second, third].map(|length| length as i64))
            .collect();
        let fixed = append.integers("shape", &fixed);
        append.node("Reshape", "grid", &[fixed], BTreeMap::new());
        let starts = append.integers("starts", &[top as i64, left as i64]);
        let ends = append.integers("ends", &[bottom as i64, right as i64]);
        let of_axes = append.integers("axes", &axes.map(|axis| axis as i64));
        append.node("Slice", "region", &[starts, ends, of_axes], BTreeMap::new());
    }
    if classes_last {
        let perm = Attribute::Ints(vec![0, 3, 1, 2]);
        append.node(
            "Transpose",
            "classes_first",
            &[],
            BTreeMap::from([("perm".to_owned(), perm)]),
        );
    }
    append.node("GlobalAveragePool", "mean", &[], BTreeMap::new());
    append.finish();
    Ok(Some(Adapted { grid, class_axis }))
}

/// Makes two classes of one score: the score, and its negative.
///
/// # Errors
/// The output is not there.
pub fn add_negative(graph: &mut Graph) -> Result<(), OnnxError> {
    add_class(graph, |append| {
        append.node("Neg", "no", &[], BTreeMap::new());
    })
}

/// Makes two classes of one probability: p, and 1 - p.
///
/// # Errors
/// The output is not there.
pub fn add_rest(graph: &mut Graph) -> Result<(), OnnxError> {
    add_class(graph, |append| {
        let name = format!("{}.one", append.output);
        let one = Initializer::from_floats(&name, vec![1], &[1.0]);
        append.graph.initializers.insert(name.clone(), one);
        append.node("Neg", "negative", &[], BTreeMap::new());
        append.node("Add", "no", &[name], BTreeMap::new());
    })
}

/// Puts the class that `other` makes of one score behind it.
fn add_class(graph: &mut Graph, other: impl Fn(&mut Appended<'_>)) -> Result<(), OnnxError> {
    let mut append = Appended::to(graph)?;
    let column = append.integers("column", &[-1, 1]);
    append.node("Reshape", "yes", &[column], BTreeMap::new());
    let yes = append.last.clone();
    other(&mut append);
    let no = std::mem::replace(&mut append.last, yes);
    let axis = BTreeMap::from([("axis".to_owned(), Attribute::Int(1))]);
    append.node("Concat", "both", &[no], axis);
    append.finish();
    Ok(())
}

/// Nodes that are put behind the output, one after the other.
struct Appended<'a> {
    graph: &'a mut Graph,
    output: String,
    last: String,
}

impl<'a> Appended<'a> {
    fn to(graph: &'a mut Graph) -> Result<Self, OnnxError> {
        let output = graph.outputs.first().map(|port| port.name.clone());
        let output = output.ok_or_else(|| OnnxError::Graph("it has no output".to_owned()))?;
        Ok(Self {
            last: output.clone(),
            graph,
            output,
        })
    }

    fn integers(&mut self, part: &str, values: &[i64]) -> String {
        let name = format!("{}.{part}", self.output);
        let constant = Initializer::from_integers(&name, values);
        self.graph.initializers.insert(name.clone(), constant);
        name
    }

    fn node(
        &mut self,
        op: &str,
        part: &str,
        more: &[String],
        attributes: BTreeMap<String, Attribute>,
    ) {
        let output = format!("{}.{part}", self.output);
        let mut inputs = vec![std::mem::replace(&mut self.last, output.clone())];
        inputs.extend_from_slice(more);
        self.graph.nodes.push(Node {
            name: output.clone(),
            op: op.to_owned(),
            inputs,
            outputs: vec![output],
            attributes: Attributes::from(attributes),
        });
    }

    fn finish(self) {
        self.graph.outputs = vec![Port {
            name: self.last,
            shape: Vec::new(),
            element_type: None,
            is_tensor: true,
            has_other_type: false,
        }];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onnx::sample::{FLOAT, Sample};

    fn map_graph() -> Graph {
        Sample::new()
            .input("x", FLOAT, "n 3 h w")
            .node("Relu", &["x"], "y")
            .output("y", "n 3 h w")
            .graph()
            .unwrap()
    }

    fn operators(graph: &Graph) -> Vec<&str> {
        graph.nodes.iter().map(|node| node.op.as_str()).collect()
    }

    #[test]
    fn maps_become_means_over_a_region() {
        let adapted = |shape: &[usize], layout, region| {
            let mut graph = map_graph();
            let found = adapt(&mut graph, shape, [80, 60], layout, region).unwrap();
            (graph, found)
        };
        let (graph, found) = adapted(&[1, 21, 8, 6], Layout::Nchw, OutputRegion::Mean);
        assert_eq!(operators(&graph), ["Relu", "GlobalAveragePool"]);
        assert_eq!(
            found,
            Some(Adapted {
                grid: [8, 6],
                class_axis: 1
            })
        );
        assert_eq!(graph.outputs[0].name, "y.mean");
        let (graph, found) = adapted(&[1, 8, 6, 21], Layout::Nhwc, OutputRegion::Centre);
        assert_eq!(found.unwrap().class_axis, 3);
        assert_eq!(
            operators(&graph),
            ["Relu", "Reshape", "Slice", "Transpose", "GlobalAveragePool"]
        );
        assert_eq!(graph.initializers["y.starts"].integers(), [4, 3]);
        for row in [&[1, 21, 1, 1][..], &[1, 21], &[1, 1, 1, 21], &[1, 9, 4]] {
            assert_eq!(adapted(row, Layout::Nchw, OutputRegion::Mean).1, None);
        }
    }

    #[test]
    fn one_score_becomes_two_classes() {
        let mut graph = map_graph();
        add_negative(&mut graph).unwrap();
        assert_eq!(operators(&graph), ["Relu", "Reshape", "Neg", "Concat"]);
        assert_eq!(graph.nodes[3].inputs, ["y.yes", "y.no"]);
        assert_eq!(graph.outputs[0].name, "y.both");
    }
}
