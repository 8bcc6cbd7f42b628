//! Last layers of every form: found and left out, or left where they are.

use super::*;
use crate::onnx::{ROUND, sample::Sample};

/// What was found, and the scores that the output is now, behind the check of a softmax's axes.
fn cut(sample: &Sample) -> (Option<FinalActivation>, String) {
    let mut graph = sample.graph().unwrap();
    let found = cut_activation(&mut graph);
    let output = graph.outputs[0].name.clone();
    let checked = graph.nodes.iter().find(|node| node.op == OF_CLASSES);
    let scores = checked.map_or(output.clone(), |node| {
        assert_eq!(node.outputs, [output], "the check is the last node");
        node.inputs[0].clone()
    });
    (found, scores)
}

/// Operators from the scores on to the output.
fn behind_scores(sample: &Sample) -> Vec<String> {
    let mut graph = sample.graph().unwrap();
    cut_activation(&mut graph).unwrap();
    let mut seen = vec!["logits".to_owned()];
    let mut operators = Vec::new();
    for node in &graph.nodes {
        if node.inputs.iter().any(|name| seen.contains(name)) {
            seen.extend(node.outputs.clone());
            operators.push(node.op.clone());
        }
    }
    operators
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
    assert_eq!(reshape.inputs[0], "softmaxed.scores");
    let names: Vec<String> = behind_scores(&sample);
    assert_eq!(names, [OF_CLASSES, "Reshape", "Cast", "Identity"]);
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

#[test]
fn the_axes_of_a_softmax_are_kept_to_be_checked() {
    let axes = |op: &str, axis: Option<i64>, opset: i64| {
        let sample = Sample::classifier().opset(opset).node(op, &["logits"], "y");
        let sample = match axis {
            Some(axis) => sample.int("axis", axis),
            None => sample,
        };
        let mut graph = sample.output("y", "n 5").graph().unwrap();
        cut_activation(&mut graph).unwrap();
        let node = graph
            .nodes
            .iter()
            .find(|node| node.op == OF_CLASSES)
            .unwrap();
        let axes = node.attributes.ints("axes").unwrap().unwrap().to_vec();
        (axes, node.attributes.int("flattens", 0).unwrap())
    };
    assert_eq!(axes("Softmax", Some(0), 17), (vec![0], 0));
    assert_eq!(axes("LogSoftmax", None, 17), (vec![-1], 0));
    assert_eq!(axes("Softmax", None, 11), (vec![1], 1));
}

#[test]
fn sums_over_the_wrong_axis_are_kept_to_be_checked() {
    let sample = Sample::classifier()
        .node("Exp", &["logits"], "e")
        .node("ReduceSum", &["e"], "s")
        .ints("axes", &[0])
        .node("Div", &["e", "s"], "y")
        .output("y", "n 5");
    let mut graph = sample.graph().unwrap();
    cut_activation(&mut graph).unwrap();
    let node = graph
        .nodes
        .iter()
        .find(|node| node.op == OF_CLASSES)
        .unwrap();
    assert_eq!(node.attributes.ints("axes").unwrap(), Some(&[0][..]));
}

#[test]
fn more_forms_of_a_softmax_are_known() {
    let exponentials = || {
        Sample::classifier()
            .node("Exp", &["logits"], "e")
            .node("ReduceSum", &["e"], "s")
            .ints("axes", &[1])
    };
    let softmax = (Some(FinalActivation::Softmax), "logits".to_owned());
    let by_reciprocal = exponentials()
        .node("Reciprocal", &["s"], "inverse")
        .node("Mul", &["inverse", "e"], "y")
        .output("y", "n 5");
    assert_eq!(cut(&by_reciprocal), softmax);
    // The largest score is taken away in front of a whole softmax.
    let shifted = Sample::classifier()
        .node("ReduceMax", &["logits"], "m")
        .ints("axes", &[1])
        .node("Sub", &["logits", "m"], "d")
        .node("Softmax", &["d"], "y")
        .output("y", "n 5");
    assert_eq!(cut(&shifted), softmax);
    let log_softmax = (Some(FinalActivation::LogSoftmax), "logits".to_owned());
    let by_logarithm = exponentials()
        .node("Log", &["s"], "l")
        .node("Sub", &["logits", "l"], "y")
        .output("y", "n 5");
    assert_eq!(cut(&by_logarithm), log_softmax);
    let by_log_sum_exp = Sample::classifier()
        .node("ReduceLogSumExp", &["logits"], "l")
        .ints("axes", &[1])
        .node("Sub", &["logits", "l"], "y")
        .output("y", "n 5");
    assert_eq!(cut(&by_log_sum_exp), log_softmax);
    let log_sigmoid = Sample::classifier()
        .node("Neg", &["logits"], "n")
        .node("Softplus", &["n"], "soft")
        .node("Neg", &["soft"], "y")
        .output("y", "n 5");
    assert_eq!(
        cut(&log_sigmoid),
        (Some(FinalActivation::Sigmoid), "logits".to_owned())
    );
    let by_sum_of_others = exponentials()
        .node("Log", &["s"], "l")
        .node("Relu", &["logits"], "other")
        .node("Sub", &["other", "l"], "y")
        .output("y", "n 5");
    assert_eq!(cut(&by_sum_of_others).0, None);
}

#[test]
fn what_follows_probabilities_without_meaning_is_left_out() {
    let softmax = || Sample::classifier().node("Softmax", &["logits"], "probs");
    let percent = softmax()
        .weights("hundred", &[], &[100.0])
        .node("Mul", &["probs", "hundred"], "y")
        .output("y", "n 5");
    assert_eq!(behind_scores(&percent), [OF_CLASSES]);
    let clipped = softmax()
        .weights("low", &[], &[1e-7])
        .weights("high", &[], &[1.0])
        .node("Clip", &["probs", "low", "high"], "clipped")
        .node("Identity", &["clipped"], "y")
        .output("y", "n 5");
    assert_eq!(behind_scores(&clipped), [OF_CLASSES, "Identity"]);
    let quantised = softmax()
        .weights("scale", &[], &[1.0 / 256.0])
        .node("Div", &["probs", "scale"], "units")
        .node(ROUND, &["units"], "whole")
        .node("Mul", &["whole", "scale"], "y")
        .output("y", "n 5");
    assert_eq!(behind_scores(&quantised), [OF_CLASSES]);
    let doubled = softmax()
        .weights("two", &[], &[2.0])
        .node("Mul", &["probs", "two"], "y")
        .output("y", "n 5");
    assert_eq!(cut(&doubled).0, None);
}

#[test]
fn shapes_that_are_read_of_probabilities_do_not_keep_them() {
    let sample = Sample::classifier()
        .node("Softmax", &["logits"], "probs")
        .node("Shape", &["probs"], "shape")
        .node("Reshape", &["probs", "shape"], "y")
        .output("y", "n 5");
    assert_eq!(behind_scores(&sample), [OF_CLASSES, "Shape", "Reshape"]);
}

#[test]
fn two_classes_of_one_sigmoid_become_a_score_and_its_negative() {
    let sigmoid = || Sample::classifier().node("Sigmoid", &["logits"], "probs");
    let rest = || {
        sigmoid()
            .weights("one", &[], &[1.0])
            .node("Sub", &["one", "probs"], "q")
    };
    for order in [["q", "probs"], ["probs", "q"]] {
        let sample = rest()
            .node("Concat", &order, "both")
            .int("axis", 1)
            .node("Identity", &["both"], "y")
            .output("y", "n 2");
        let mut graph = sample.graph().unwrap();
        assert_eq!(
            cut_activation(&mut graph),
            Some(FinalActivation::Complement)
        );
        let concat = graph.nodes.iter().find(|node| node.op == "Concat").unwrap();
        let scores = |name: &str| if name == "probs" { "logits" } else { "q" };
        assert_eq!(concat.inputs, order.map(scores));
        let negative = graph.nodes.iter().find(|node| node.op == "Neg").unwrap();
        assert_eq!(
            (&*negative.inputs[0], &*negative.outputs[0]),
            ("logits", "q")
        );
        assert_eq!(negative.inputs.len(), 1);
        assert!(graph.nodes.iter().all(|node| node.op != "Sigmoid"));
    }
    let added = sigmoid()
        .weights("one", &[], &[1.0])
        .node("Neg", &["probs"], "n")
        .node("Add", &["n", "one"], "q")
        .node("Concat", &["q", "probs"], "y")
        .int("axis", 1)
        .output("y", "n 2");
    assert_eq!(behind_scores(&added), ["Neg", "Concat"]);
    let clipped = sigmoid()
        .weights("one", &[], &[1.0])
        .weights("low", &[], &[1e-7])
        .weights("high", &[], &[1.0])
        .node("Clip", &["probs", "low", "high"], "kept")
        .node("Sub", &["one", "kept"], "q")
        .node("Concat", &["q", "kept"], "y")
        .int("axis", 1)
        .output("y", "n 2");
    assert_eq!(behind_scores(&clipped), ["Neg", "Concat"]);
    let of_negative = sigmoid()
        .node("Neg", &["logits"], "n")
        .node("Sigmoid", &["n"], "q")
        .node("Concat", &["q", "probs"], "y")
        .int("axis", 1)
        .output("y", "n 2");
    assert_eq!(behind_scores(&of_negative), ["Neg", "Concat"]);
    let of_different_sigmoids = sigmoid()
        .node("Relu", &["logits"], "other")
        .node("Sigmoid", &["other"], "q")
        .node("Concat", &["q", "probs"], "y")
        .int("axis", 1)
        .output("y", "n 2");
    assert_eq!(cut(&of_different_sigmoids).0, None);
    let with_a_third = rest()
        .node("Concat", &["q", "probs", "probs"], "y")
        .int("axis", 1)
        .output("y", "n 3");
    assert_eq!(cut(&with_a_third).0, None);
}
