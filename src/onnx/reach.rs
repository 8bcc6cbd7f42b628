//! What depends on what: nodes an output needs, and whether a gradient can get from it to the image.

use std::collections::{HashMap, HashSet};

use super::{ElementType, Graph, Node, OnnxError, cast_target};
use crate::protocol::UnsupportedNode;

/// Operators whose output is constant wherever it does not jump, or no number at all.
const NO_GRADIENT: [&str; 35] = [
    "And",
    "ArgMax",
    "ArgMin",
    "BitShift",
    "BitwiseAnd",
    "BitwiseNot",
    "BitwiseOr",
    "BitwiseXor",
    "Bernoulli",
    "Ceil",
    "ConstantOfShape",
    "DynamicQuantizeLinear",
    "Equal",
    "EyeLike",
    "Floor",
    "Greater",
    "GreaterOrEqual",
    "IsInf",
    "IsNaN",
    "Less",
    "LessOrEqual",
    "Multinomial",
    "NonMaxSuppression",
    "NonZero",
    "Not",
    "Or",
    "QuantizeLinear",
    "Round",
    "Shape",
    "Sign",
    "Size",
    "Xor",
    "gradlens.Along",
    "gradlens.Detach",
    "gradlens.Places",
];

/// Operators that work on whole numbers only.
pub(crate) fn works_on_integers(op: &str) -> bool {
    let op = op.rsplit('.').next().unwrap_or(op);
    op.starts_with("QLinear")
        || matches!(
            op,
            "ConvInteger"
                | "MatMulInteger"
                | "QuantizeLinear"
                | "DynamicQuantizeLinear"
                | "DynamicQuantizeMatMul"
                | "MatMulIntegerToFloat"
                | "QAttention"
                | "QGemm"
        )
}

/// Whether a change of input `index` changes the output by a gradient.
pub(crate) fn passes_gradient(node: &Node, index: usize) -> bool {
    let op = node.op.as_str();
    // What is refused, or computes with whole numbers and was not taken apart, is named with its reason when the network
    // is built.
    if node.attributes.get(super::REFUSED).is_some() {
        return true;
    }
    if NO_GRADIENT.contains(&op) {
        return false;
    }
    match op {
        "Cast" => cast_target(node).is_ok_and(ElementType::is_float),
        "Where" | "gradlens.Choose" => index > 0,
        "Reshape" | "Expand" | "Tile" | "Squeeze" | "Unsqueeze" | "Gather" | "GatherElements"
        | "GatherND" | "Slice" | "TopK" | "Split" | "Dropout" | "CastLike" | "Resize"
        | "Upsample" | "CenterCropPad" | "Col2Im" | "gradlens.Gate" => index == 0,
        "Pad" | "ScatterND" | "ScatterElements" => index != 1,
        _ if op.starts_with("Reduce") => index == 0,
        _ => true,
    }
}

/// Index of the node that makes each value.
pub(crate) fn makers(graph: &Graph) -> HashMap<&str, usize> {
    graph
        .nodes
        .iter()
        .enumerate()
        .flat_map(|(index, node)| node.outputs.iter().map(move |name| (name.as_str(), index)))
        .filter(|(name, _)| !name.is_empty())
        .collect()
}

/// Drops nodes, weights and inputs that no output needs.
pub(crate) fn prune(graph: &mut Graph) {
    let mut needed: HashSet<String> = graph.outputs.iter().map(|o| o.name.clone()).collect();
    // Nodes are in order, so whoever reads a value comes after its maker.
    let mut keep = vec![false; graph.nodes.len()];
    for (node, keep) in graph.nodes.iter().zip(&mut keep).rev() {
        if node.outputs.iter().any(|name| needed.contains(name)) {
            *keep = true;
            needed.extend(node.inputs.iter().filter(|name| !name.is_empty()).cloned());
        }
    }
    let mut keep = keep.into_iter();
    graph.nodes.retain(|_| keep.next().unwrap_or(false));
    graph.initializers.retain(|name, _| needed.contains(name));
    graph.inputs.retain(|input| needed.contains(&input.name));
}

/// Checks that no refused node stands where the way to the image would go on: one that reads a value nobody makes,
/// such as a list of tensors that was followed, but not through it.
///
/// # Errors
/// [`OnnxError::Unsupported`] with those nodes.
pub(crate) fn check_links(graph: &Graph) -> Result<(), OnnxError> {
    let made = makers(graph);
    let is_known = |name: &String| {
        name.is_empty()
            || made.contains_key(name.as_str())
            || graph.initializers.contains_key(name)
            || graph.inputs.iter().any(|port| port.name == *name)
            || graph.unread.contains_key(name)
            || graph.texts.contains_key(name)
    };
    let mut cut_off = Vec::new();
    for node in &graph.nodes {
        let reason = node.attributes.text(super::REFUSED, "").unwrap_or_default();
        if !reason.is_empty() && !node.inputs.iter().all(is_known) {
            cut_off.push(UnsupportedNode {
                node: node.name.clone(),
                op: node.op.clone(),
                opset: graph.opset,
                reason: reason.to_owned(),
            });
        }
    }
    if cut_off.is_empty() {
        return Ok(());
    }
    Err(OnnxError::Unsupported(cut_off))
}

/// Checks that the output depends on the image by ways a gradient can go.
///
/// # Errors
/// [`OnnxError::NoDependence`] where it does not depend on it at all, [`OnnxError::NoGradient`] with
/// the nodes where every way ends.
pub(crate) fn check_gradient_path(graph: &Graph) -> Result<(), OnnxError> {
    let (Some(input), Some(output)) = (graph.inputs.first(), graph.outputs.first()) else {
        return Ok(());
    };
    let mut depends: HashSet<&str> = HashSet::from([input.name.as_str()]);
    let mut differentiable = depends.clone();
    let mut ends = Vec::new();
    for node in &graph.nodes {
        let reads =
            |from: &HashSet<&str>| node.inputs.iter().any(|name| from.contains(name.as_str()));
        if !reads(&depends) {
            continue;
        }
        depends.extend(node.outputs.iter().map(String::as_str));
        if !reads(&differentiable) {
            continue;
        }
        let passes = node.inputs.iter().enumerate().any(|(index, name)| {
            differentiable.contains(name.as_str()) && passes_gradient(node, index)
        });
        if passes {
            differentiable.extend(node.outputs.iter().map(String::as_str));
        } else {
            ends.push(node);
        }
    }
    let output = output.name.as_str();
    if differentiable.contains(output) {
        return Ok(());
    }
    if !depends.contains(output) {
        return Err(OnnxError::NoDependence {
            input: input.name.clone(),
            output: output.to_owned(),
        });
    }
    // Shapes are read everywhere, and no way to the output leads through them in a real classifier.
    let blocks = |node: &&&Node| !matches!(node.op.as_str(), "Shape" | "Size");
    let named = if ends.iter().any(|node| blocks(&node)) {
        ends.iter().filter(blocks).collect::<Vec<_>>()
    } else {
        ends.iter().collect()
    };
    Err(OnnxError::NoGradient {
        output: output.to_owned(),
        nodes: named
            .iter()
            .map(|node| format!("{} ({})", node.name, node.op))
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onnx::sample::{FLOAT, INT64, Sample};

    fn checked(sample: &Sample) -> Result<(), OnnxError> {
        check_gradient_path(&sample.graph().unwrap())
    }

    #[test]
    fn a_classifier_has_a_path() {
        assert_eq!(
            checked(&Sample::classifier().output("logits", "n 5")),
            Ok(())
        );
    }

    #[test]
    fn an_output_without_the_image_is_named() {
        let sample = Sample::new()
            .input("x", FLOAT, "n 3 h w")
            .weight("w", &[1, 5], 1.0)
            .node("Relu", &["w"], "y")
            .output("y", "1 5");
        let error = checked(&sample).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the output y does not depend on the image input x"
        );
    }

    #[test]
    fn the_node_where_the_gradient_ends_is_named() {
        let sample = Sample::new()
            .input("x", FLOAT, "n 3 h w")
            .node("Shape", &["x"], "s")
            .node("ArgMax", &["x"], "best")
            .node("Cast", &["best"], "y")
            .int("to", 1)
            .output("y", "n 5");
        let error = checked(&sample).unwrap_err().to_string();
        assert!(
            error.contains("best (ArgMax)") && !error.contains("Shape"),
            "{error}"
        );
    }

    #[test]
    fn whole_numbers_carry_none() {
        let sample = Sample::new()
            .input("x", FLOAT, "n 3 h w")
            .node("Cast", &["x"], "i")
            .int("to", i64::from(INT64))
            .node("Cast", &["i"], "y")
            .int("to", 1)
            .output("y", "n 5");
        assert!(matches!(
            checked(&sample),
            Err(OnnxError::NoGradient { .. })
        ));
        assert!(works_on_integers("QLinearConv"));
        assert!(works_on_integers("com.microsoft.QLinearAdd"));
        assert!(!works_on_integers("Conv"));
    }

    #[test]
    fn what_no_output_needs_is_dropped() {
        let mut graph = Sample::classifier()
            .input("unused", FLOAT, "n 4")
            .weight("more", &[4], 1.0)
            .node("Add", &["r", "more"], "aside")
            .output("logits", "n 5")
            .graph()
            .unwrap();
        prune(&mut graph);
        assert_eq!(graph.nodes.len(), 5);
        assert_eq!(graph.inputs.len(), 1);
        assert!(!graph.initializers.contains_key("more"));
    }
}
