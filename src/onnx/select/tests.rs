//! Choosing inputs and outputs.

use super::*;
use crate::onnx::sample::{FLOAT, INT64, Sample, UINT8};

fn selected(sample: &Sample, options: &ModelOptions) -> Result<(Graph, Selection), OnnxError> {
    let mut graph = sample.graph().unwrap();
    let selection = select(&mut graph, options)?;
    Ok((graph, selection))
}

fn chosen(input: Option<&str>, output: Option<&str>) -> ModelOptions {
    ModelOptions {
        input: input.map(str::to_owned),
        output: output.map(str::to_owned),
        layout: None,
    }
}

#[test]
fn one_of_each_needs_no_choice() {
    let sample = Sample::classifier().output("logits", "n 5");
    let (_, selection) = selected(&sample, &ModelOptions::default()).unwrap();
    assert_eq!(selection.input.name, "x");
    assert_eq!(selection.output.name, "logits");
    assert_eq!(selection.layout, Layout::Nchw);
    assert!(selection.warnings.is_empty());
}

#[test]
fn of_several_outputs_the_first_with_scores_is_taken_and_said() {
    let sample = Sample::classifier()
        .node("ArgMax", &["logits"], "best")
        .output("r", "n 4 7 7")
        .output("logits", "n 5")
        .output("p", "n 4 1 1");
    let (graph, selection) = selected(&sample, &ModelOptions::default()).unwrap();
    assert_eq!(selection.output.name, "logits");
    assert_eq!(selection.warnings.len(), 1);
    assert!(graph.nodes.iter().all(|node| node.op != "ArgMax"));
    let (graph, selection) = selected(&sample, &chosen(None, Some("p"))).unwrap();
    assert_eq!(selection.output.name, "p");
    assert_eq!(graph.nodes.len(), 3);
    let ports = ports(&sample.graph().unwrap());
    assert!(ports.outputs[0].refusal.contains("[n, 4, 7, 7]"));
    assert!(ports.outputs[1].refusal.is_empty());
}

#[test]
fn choices_that_do_not_exist_are_named() {
    let sample = Sample::classifier().output("logits", "n 5");
    let error = |options| selected(&sample, &options).unwrap_err().to_string();
    let message = error(chosen(None, Some("scores")));
    assert!(
        message.contains("scores") && message.contains("logits"),
        "{message}"
    );
    let message = error(chosen(Some("y"), None));
    assert!(
        message.contains("input") && message.contains('x'),
        "{message}"
    );
}

#[test]
fn outputs_that_hold_no_scores_are_refused_with_their_shape() {
    let sample = Sample::classifier().output("r", "n 4 7 7");
    let error = selected(&sample, &ModelOptions::default())
        .unwrap_err()
        .to_string();
    assert!(error.contains("r: it has shape [n, 4, 7, 7]"), "{error}");
}

fn with_metadata(shape: &str) -> Sample {
    Sample::classifier()
        .input("age", FLOAT, shape)
        .weight("wa", &[2, 5], 1.0)
        .node("MatMul", &["age", "wa"], "a")
        .node("Add", &["logits", "a"], "y")
        .output("y", "n 5")
}

#[test]
fn a_second_input_asks_for_a_choice_and_is_then_held_at_zero() {
    let sample = with_metadata("1 2");
    let error = selected(&sample, &ModelOptions::default()).unwrap_err();
    assert!(matches!(&error, OnnxError::ChooseInput { names } if names == &["x", "age"]));
    let (graph, selection) = selected(&sample, &chosen(Some("x"), None)).unwrap();
    assert_eq!(graph.inputs.len(), 1);
    assert_eq!(graph.initializers["age"].floats(), [0.0, 0.0]);
    assert!(selection.warnings[0].contains("age"));
    let error = selected(&sample, &chosen(Some("age"), None))
        .unwrap_err()
        .to_string();
    assert!(error.contains("[1, 2]"), "{error}");
}

#[test]
fn rows_of_zeros_are_as_many_as_images() {
    let (graph, _) = selected(&with_metadata("n 2"), &chosen(Some("x"), None)).unwrap();
    let made = graph
        .nodes
        .iter()
        .find(|node| node.outputs[0] == "age")
        .unwrap();
    assert_eq!(made.op, "ConstantOfShape");
    assert_eq!(graph.initializers["age.row"].integers(), [2]);
    let error = selected(&with_metadata("n length"), &chosen(Some("x"), None)).unwrap_err();
    assert!(error.to_string().contains("length"), "{error}");
}

#[test]
fn inputs_the_output_does_not_need_are_dropped() {
    let sample = Sample::classifier()
        .input("unused", INT64, "n")
        .output("logits", "n 5");
    let (graph, selection) = selected(&sample, &ModelOptions::default()).unwrap();
    assert_eq!(graph.inputs.len(), 1);
    assert!(selection.warnings.is_empty());
    let error = selected(&sample, &chosen(Some("unused"), None))
        .unwrap_err()
        .to_string();
    assert!(error.contains("does not depend"), "{error}");
}

fn headed(element: i32, shape: &str, op: &str) -> Sample {
    Sample::new()
        .input("x", element, shape)
        .node(op, &["x"], "c")
        .int("to", 1)
        .node("Transpose", &["c"], "t")
        .ints("perm", &[0, 3, 1, 2])
        .node("Flatten", &["t"], "y")
        .output("y", "n classes")
}

#[test]
fn channels_last_is_seen_by_shape_or_by_what_the_graph_does() {
    let layout = |sample: &Sample| selected(sample, &ModelOptions::default()).unwrap().1.layout;
    assert_eq!(layout(&headed(FLOAT, "n h w 3", "Identity")), Layout::Nhwc);
    assert_eq!(layout(&headed(FLOAT, "n 3 h w", "Identity")), Layout::Nchw);
    assert_eq!(layout(&headed(FLOAT, "a b c d", "Identity")), Layout::Nhwc);
    assert_eq!(
        layout(&Sample::classifier().output("logits", "n 5")),
        Layout::Nchw
    );
    let options = ModelOptions {
        layout: Some(Layout::Nchw),
        ..ModelOptions::default()
    };
    let (_, selection) = selected(&headed(FLOAT, "a b c d", "Identity"), &options).unwrap();
    assert_eq!(selection.layout, Layout::Nchw);
}

#[test]
fn pixels_in_whole_numbers_must_become_real_ones_first() {
    assert!(selected(&headed(UINT8, "n h w 3", "Cast"), &ModelOptions::default()).is_ok());
    for sample in [
        headed(UINT8, "n h w 3", "Identity"),
        headed(INT64, "n h w 3", "Cast"),
    ] {
        let error = selected(&sample, &ModelOptions::default())
            .unwrap_err()
            .to_string();
        assert!(error.contains("whole numbers"), "{error}");
    }
}

#[test]
fn greyscale_is_refused_with_the_shape() {
    let sample = headed(FLOAT, "n 1 28 28", "Identity");
    let error = selected(&sample, &ModelOptions::default())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("[n, 1, 28, 28]") && error.contains("three colours"),
        "{error}"
    );
}
