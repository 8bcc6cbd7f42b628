//! Choosing inputs and outputs.

use super::*;
use crate::{
    onnx::sample::{BOOL, FLOAT, INT64, Sample, UINT8},
    protocol::InputValue,
};

fn selected(sample: &Sample, options: &ModelOptions) -> Result<(Graph, Selection), OnnxError> {
    let mut graph = sample.graph().unwrap();
    let selection = select(&mut graph, options)?;
    Ok((graph, selection))
}

fn chosen(input: Option<&str>, output: Option<&str>) -> ModelOptions {
    ModelOptions {
        input: input.map(str::to_owned),
        output: output.map(str::to_owned),
        ..ModelOptions::default()
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
    assert!(ports.outputs.iter().all(|port| port.refusal.is_empty()));
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
    let sample = Sample::classifier().output("r", "n 4 7");
    let error = selected(&sample, &ModelOptions::default())
        .unwrap_err()
        .to_string();
    assert!(error.contains("r: it has shape [n, 4, 7]"), "{error}");
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
    for (sample, word) in [
        (headed(UINT8, "n h w 3", "Identity"), "y (output)"),
        (headed(UINT8, "n h w 3", "Relu"), "c (Relu)"),
        (headed(INT64, "n h w 3", "Cast"), "whole numbers"),
    ] {
        let error = selected(&sample, &ModelOptions::default())
            .unwrap_err()
            .to_string();
        assert!(error.contains(word), "{error}");
    }
}

#[test]
fn pixels_in_whole_numbers_may_be_moved_before() {
    let moved = |mode: &str| {
        Sample::new()
            .input("x", UINT8, "3 h w")
            .weights("scales", &[3], &[1.0, 0.5, 0.5])
            .node("Resize", &["x", "", "scales"], "r")
            .text("mode", mode)
            .node("Transpose", &["r"], "t")
            .ints("perm", &[1, 2, 0])
            .node("Cast", &["t"], "c")
            .int("to", 1)
            .node("ReduceMean", &["c"], "y")
            .output("y", "1 5")
    };
    let (graph, selection) = selected(&moved("nearest"), &ModelOptions::default()).unwrap();
    assert_eq!(Dimension::describe(&graph.inputs[0].shape), "[1, 3, h, w]");
    assert_eq!(selection.channels, 3);
    let error = selected(&moved("linear"), &ModelOptions::default())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("r (Resize)") && error.contains("Cast to float"),
        "{error}"
    );
}

#[test]
fn any_number_of_channels_is_found() {
    let of = |shape: &str| {
        let selection = selected(&headed(FLOAT, shape, "Identity"), &ModelOptions::default());
        selection.map(|(_, selection)| (selection.layout, selection.channels))
    };
    for (shape, layout, channels) in [
        ("n 1 28 28", Layout::Nchw, 1),
        ("n 28 28 1", Layout::Nhwc, 1),
        ("n 2 h w", Layout::Nchw, 2),
        ("1 16 16 4", Layout::Nhwc, 4),
        ("n 6 64 64", Layout::Nchw, 6),
        ("n h w 6", Layout::Nhwc, 6),
        ("n 28 28", Layout::Nchw, 1),
        ("h w 4", Layout::Nhwc, 4),
    ] {
        assert_eq!(of(shape), Ok((layout, channels)), "{shape}");
    }
    for (shape, word) in [
        ("n 512 512 512", "no axis"),
        (
            "n 3 8 16 16",
            "[batch, channels, frames, height, width]: it is a video model",
        ),
        (
            "n 4 3 16 16",
            "[batch, frames, channels, height, width]: it is a video model",
        ),
        (
            "n 8 16 16 3",
            "[batch, frames, height, width, channels]: it is a video model",
        ),
        ("n 2 8 16 16", "videos or volumes"),
        ("n 784", "rows of 784 numbers"),
        ("784", "a list of numbers"),
    ] {
        let error = of(shape).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    }
}

#[test]
fn other_inputs_are_held_at_what_is_given() {
    let sample = with_metadata("1 2");
    let mut options = ModelOptions::default();
    let array = |shape: &[usize], values: &[f64]| InputValue::Array {
        shape: shape.to_vec(),
        values: values.to_vec(),
    };
    options
        .values
        .insert("age".to_owned(), array(&[1, 2], &[0.5, 2.0]));
    let (graph, selection) = selected(&sample, &options).unwrap();
    assert_eq!(graph.initializers["age"].floats(), [0.5, 2.0]);
    assert!(selection.warnings[0].contains("given"));
    options
        .values
        .insert("age".to_owned(), array(&[1, 3], &[0.0; 3]));
    let error = selected(&sample, &options).unwrap_err().to_string();
    assert!(
        error.contains("[1, 3]") && error.contains("[1, 2]"),
        "{error}"
    );
    options
        .values
        .insert("age".to_owned(), InputValue::Number(3.0));
    let (graph, _) = selected(&with_metadata("n 2"), &options).unwrap();
    assert!(graph.nodes.iter().any(|node| node.op == "ConstantOfShape"));
    options
        .values
        .insert("weight".to_owned(), InputValue::Number(3.0));
    let error = selected(&sample, &options).unwrap_err().to_string();
    assert!(error.contains("no input called weight"), "{error}");
}

fn with_tokens(element: i32, shape: &str) -> Sample {
    Sample::classifier()
        .input("tokens", element, shape)
        .node("Cast", &["tokens"], "t")
        .int("to", 1)
        .node("Add", &["logits", "t"], "y")
        .output("y", "n 5")
}

#[test]
fn switches_mean_inference_and_numbers_of_words_are_asked_for() {
    let (graph, selection) = selected(&with_tokens(BOOL, ""), &ModelOptions::default()).unwrap();
    assert_eq!(graph.initializers["tokens"].integers(), [0]);
    assert!(selection.warnings[0].contains("inference"));
    let error = selected(&with_tokens(INT64, "1 5"), &chosen(Some("x"), None)).unwrap_err();
    assert!(matches!(&error, OnnxError::NeedsValue { .. }), "{error}");
    let mut options = ModelOptions::default();
    options
        .values
        .insert("tokens".to_owned(), InputValue::Number(7.0));
    let (graph, _) = selected(&with_tokens(INT64, "1 5"), &options).unwrap();
    assert_eq!(graph.initializers["tokens"].integers(), [7; 5]);
    options
        .values
        .insert("tokens".to_owned(), InputValue::Number(0.5));
    let error = selected(&with_tokens(INT64, "1 5"), &options)
        .unwrap_err()
        .to_string();
    assert!(error.contains("does not fit into int64"), "{error}");
}

#[test]
fn what_was_made_of_the_scores_is_refused_and_the_scores_are_named() {
    for (op, word) in [
        ("ArgMax", "best class"),
        ("TopK", "ranks"),
        ("ReduceMax", "largest score"),
    ] {
        let sample = Sample::classifier()
            .node(op, &["logits"], "picked")
            .node("Squeeze", &["picked"], "y")
            .output("y", "n 1");
        let error = selected(&sample, &ModelOptions::default())
            .unwrap_err()
            .to_string();
        assert!(
            error.contains(word) && error.contains("--output logits"),
            "{error}"
        );
        assert_eq!(ports(&sample.graph().unwrap()).inner[0].name, "logits");
        let (_, selection) = selected(&sample, &chosen(None, Some("logits"))).unwrap();
        assert_eq!(selection.output.name, "logits");
    }
}

#[test]
fn a_map_of_names_is_taken_back_to_its_row_and_names_the_classes() {
    let sample = Sample::classifier()
        .node("ZipMap", &["logits"], "maps")
        .domain("ai.onnx.ml")
        .texts("classlabels_strings", &["a", "b", "c", "d", "e"])
        .sequence_output("maps");
    let (_, selection) = selected(&sample, &ModelOptions::default()).unwrap();
    assert_eq!(selection.output.name, "logits");
    assert_eq!(selection.tables, [["a", "b", "c", "d", "e"]]);
    assert!(selection.warnings[0].contains("maps from names"));
}

#[test]
fn class_scores_are_preferred_to_the_features_they_are_computed_from() {
    let sample = Sample::classifier()
        .node("Softmax", &["logits"], "probabilities")
        .output("logits", "n 5")
        .output("probabilities", "n 5")
        .output("r", "n 4");
    let mut graph = sample.graph().unwrap();
    let selection = select(&mut graph, &ModelOptions::default()).unwrap();
    assert_eq!(selection.output.name, "probabilities");
    // One number that is computed from the scores says less than they do.
    let sample = Sample::classifier()
        .node("ReduceMean", &["logits"], "mean")
        .output("logits", "n 5")
        .output("mean", "n 1");
    let mut graph = sample.graph().unwrap();
    let selection = select(&mut graph, &ModelOptions::default()).unwrap();
    assert_eq!(selection.output.name, "logits");
}

#[test]
fn weights_that_are_inputs_are_named() {
    let sample = Sample::new()
        .input("x", FLOAT, "n 3 8 8")
        .input("w", FLOAT, "4 3 3 3")
        .node("Conv", &["x", "w"], "c")
        .node("GlobalAveragePool", &["c"], "g")
        .node("Flatten", &["g"], "y")
        .output("y", "n 4");
    let mut graph = sample.graph().unwrap();
    let error = select(&mut graph, &ModelOptions::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the file holds no weights for some layers, but takes them as inputs (w)"
    );
}
