//! The layer that turns class scores into probabilities at the end of a graph: found, and left out,
//! so that what is differentiated is the score itself.

use super::{ElementType, Graph, Node, cast_target, reach::makers};
use crate::protocol::FinalActivation;

/// Cuts a `Softmax` (<https://onnx.ai/onnx/operators/onnx__Softmax.html>), `LogSoftmax`, or `Sigmoid`
/// off the end of the graph, also where only its shape or type is changed afterwards, and where it
/// is written out as `Exp`, `ReduceSum` and `Div`. The shape of the output stays as it is.
pub fn cut_activation(graph: &mut Graph) -> Option<FinalActivation> {
    cut_behind_scores(graph).map(|(activation, _)| activation)
}

/// As [`cut_activation`], with the name of the value that holds the scores.
pub fn cut_behind_scores(graph: &mut Graph) -> Option<(FinalActivation, String)> {
    let found = find(graph)?;
    let readers = graph
        .nodes
        .iter()
        .filter(|node| node.inputs.contains(&found.output))
        .count();
    let is_output = graph
        .outputs
        .first()
        .is_some_and(|o| o.name == found.output);
    // Probabilities that are also used inside the network are not only its answer.
    if readers + usize::from(is_output) != 1 {
        return None;
    }
    for node in &mut graph.nodes {
        for input in &mut node.inputs {
            if *input == found.output {
                input.clone_from(&found.scores);
            }
        }
    }
    if is_output && let Some(output) = graph.outputs.first_mut() {
        output.name.clone_from(&found.scores);
    }
    super::reach::prune(graph);
    Some((found.activation, found.scores))
}

/// The activation, the value that holds the scores, and the one that holds what became of them.
struct Found {
    activation: FinalActivation,
    scores: String,
    output: String,
}

fn find(graph: &Graph) -> Option<Found> {
    let makers = makers(graph);
    let maker = |name: &str| makers.get(name).map(|&index| &graph.nodes[index]);
    let mut node = maker(&graph.outputs.first()?.name)?;
    // Each step goes up the graph, which has no cycles.
    while changes_form_only(node) {
        node = maker(node.input(0)?)?;
    }
    let output = node.outputs.first()?.clone();
    let found = |activation, scores: &str| {
        Some(Found {
            activation,
            scores: scores.to_owned(),
            output: output.clone(),
        })
    };
    let input = node.input(0)?;
    match node.op.as_str() {
        "Softmax" if over_classes(node) => found(FinalActivation::Softmax, input),
        "LogSoftmax" if over_classes(node) => found(FinalActivation::LogSoftmax, input),
        "Sigmoid" => found(FinalActivation::Sigmoid, input),
        // 1 / (1 + exp(-x)), written out.
        "Reciprocal" => found(FinalActivation::Sigmoid, logistic(graph, input)?),
        "Div" if is_one(graph, input) => {
            found(FinalActivation::Sigmoid, logistic(graph, node.input(1)?)?)
        }
        "Log" => {
            let softmax = maker(input).filter(|inner| inner.op == "Softmax")?;
            let scores = softmax.input(0)?;
            over_classes(softmax).then_some(())?;
            found(FinalActivation::LogSoftmax, scores)
        }
        "Exp" => {
            let logarithm = maker(input).filter(|inner| inner.op == "LogSoftmax")?;
            let scores = logarithm.input(0)?;
            over_classes(logarithm).then_some(())?;
            found(FinalActivation::Softmax, scores)
        }
        "Div" => {
            let exponential = maker(input).filter(|inner| inner.op == "Exp")?;
            let sum = maker(node.input(1)?).filter(|inner| inner.op == "ReduceSum")?;
            (sum.input(0) == Some(input)).then_some(())?;
            // The largest score is often subtracted first, against overflow.
            let shifted = exponential.input(0)?;
            let scores = maker(shifted)
                .filter(|inner| inner.op == "Sub")
                .and_then(|difference| {
                    let scores = difference.input(0)?;
                    let largest = maker(difference.input(1)?)?;
                    (largest.op == "ReduceMax" && largest.input(0) == Some(scores))
                        .then_some(scores)
                });
            found(FinalActivation::Softmax, scores.unwrap_or(shifted))
        }
        _ => None,
    }
}

/// Whether a node leaves the numbers alone.
fn changes_form_only(node: &Node) -> bool {
    match node.op.as_str() {
        "Identity" | "Dropout" | "Reshape" | "Flatten" | "Squeeze" | "Unsqueeze" => true,
        // To a float type: a whole number would be 0 or 1.
        "Cast" => cast_target(node).is_ok_and(ElementType::is_float),
        _ => false,
    }
}

/// The value `x` of which `name` is `1 + exp(-x)`.
fn logistic<'a>(graph: &'a Graph, name: &str) -> Option<&'a str> {
    let makers = makers(graph);
    let maker = |name: &str, op: &str| {
        let node = &graph.nodes[*makers.get(name)?];
        (node.op == op).then_some(node)
    };
    let sum = maker(name, "Add")?;
    let (one, exponential) = match [sum.input(0)?, sum.input(1)?] {
        [one, other] if is_one(graph, one) => (one, other),
        [other, one] => (one, other),
    };
    let negative = maker(maker(exponential, "Exp")?.input(0)?, "Neg")?;
    is_one(graph, one).then_some(())?;
    negative.input(0)
}

fn is_one(graph: &Graph, name: &str) -> bool {
    let constant = graph.constant(Some(name));
    constant.is_some_and(|constant| constant.elements() == 1 && constant.doubles() == [1.0])
}

/// Whether a softmax runs over the classes of `[n, c]`, `[n, c, 1, 1]`, `[n, 1, c]` or `[n, 1, 1, c]`: axis 1
/// or a later one, and the last is the default since opset 13. Where a later axis is not the classes' it is of
/// length 1, and the output would be 1 everywhere.
fn over_classes(node: &Node) -> bool {
    matches!(node.attributes.int("axis", 1), Ok(1..=3 | -1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onnx::sample::Sample;

    fn cut(sample: &Sample) -> (Option<FinalActivation>, String) {
        let mut graph = sample.graph().unwrap();
        let found = cut_activation(&mut graph);
        (found, graph.outputs[0].name.clone())
    }

    #[test]
    fn logits_stay() {
        let sample = Sample::classifier().output("logits", "n 5");
        assert_eq!(cut(&sample), (None, "logits".to_owned()));
    }

    #[test]
    fn the_last_layer_is_cut() {
        for (op, activation) in [
            ("Softmax", FinalActivation::Softmax),
            ("LogSoftmax", FinalActivation::LogSoftmax),
            ("Sigmoid", FinalActivation::Sigmoid),
        ] {
            let sample = Sample::classifier()
                .node(op, &["logits"], "y")
                .output("y", "n 5");
            assert_eq!(cut(&sample), (Some(activation), "logits".to_owned()));
        }
    }

    #[test]
    fn changes_of_form_may_follow() {
        let sample = Sample::classifier()
            .node("Softmax", &["logits"], "softmaxed")
            .int("axis", 1)
            .integers("shape", &[-1, 5])
            .node("Reshape", &["softmaxed", "shape"], "q")
            .node("Cast", &["q"], "wide")
            .int("to", 11)
            .node("Identity", &["wide"], "y")
            .output("y", "n 5");
        let mut graph = sample.graph().unwrap();
        assert_eq!(cut_activation(&mut graph), Some(FinalActivation::Softmax));
        assert_eq!(graph.outputs[0].name, "y");
        assert!(graph.nodes.iter().all(|node| node.op != "Softmax"));
        let reshape = graph
            .nodes
            .iter()
            .find(|node| node.op == "Reshape")
            .unwrap();
        assert_eq!(reshape.inputs[0], "logits");
    }

    #[test]
    fn written_out_softmaxes_are_known() {
        let shifted = Sample::classifier()
            .node("ReduceMax", &["logits"], "m")
            .ints("axes", &[1])
            .node("Sub", &["logits", "m"], "d")
            .node("Exp", &["d"], "e")
            .node("ReduceSum", &["e"], "s")
            .node("Div", &["e", "s"], "y")
            .output("y", "n 5");
        assert_eq!(
            cut(&shifted),
            (Some(FinalActivation::Softmax), "logits".to_owned())
        );
        let logarithm = Sample::classifier()
            .node("Softmax", &["logits"], "softmaxed")
            .node("Log", &["softmaxed"], "y")
            .output("y", "n 5");
        assert_eq!(
            cut(&logarithm),
            (Some(FinalActivation::LogSoftmax), "logits".to_owned())
        );
    }

    #[test]
    fn what_is_no_last_layer_stays() {
        let other_axis = Sample::classifier()
            .node("Softmax", &["logits"], "y")
            .int("axis", 0)
            .output("y", "n 5");
        assert_eq!(cut(&other_axis).0, None);
        let gated = Sample::classifier()
            .node("Sigmoid", &["logits"], "g")
            .node("Mul", &["g", "logits"], "y")
            .output("y", "n 5");
        assert_eq!(cut(&gated).0, None);
        let used_twice = Sample::classifier()
            .node("Softmax", &["logits"], "softmaxed")
            .node("ReduceMax", &["softmaxed"], "m")
            .node("Identity", &["softmaxed"], "y")
            .output("y", "n 5")
            .output("m", "n 1");
        assert_eq!(cut(&used_twice).0, None);
        let to_integers = Sample::classifier()
            .node("Softmax", &["logits"], "softmaxed")
            .node("Cast", &["softmaxed"], "y")
            .int("to", 7)
            .output("y", "n 5");
        assert_eq!(cut(&to_integers).0, None);
    }
}
