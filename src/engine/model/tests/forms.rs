//! Forms of inputs, outputs and files that people have beside the usual one.

use super::*;
use crate::{
    classifier::{BackwardRule, NormImage, Objective, Size},
    protocol::{InputValue, OutputRegion},
};

fn answer(engine: &mut Engine, size: Size, value: impl Fn(usize) -> f32) -> Classification {
    let host = Listener::default();
    let values = (0..size.values()).map(value).collect();
    let image = NormImage { size, values };
    wait(engine.open_normalised(&host, 2, "x", image)).unwrap();
    engine.photo().unwrap().classification.clone()
}

fn opened_with(sample: &Sample, options: ModelOptions) -> Engine {
    let (engine, said) = events(sample, options);
    assert!(
        matches!(said.last(), Some(Event::Finished { .. })),
        "{said:?}"
    );
    engine
}

fn refusal(sample: &Sample, options: ModelOptions) -> String {
    match events(sample, options).1.pop() {
        Some(Event::Failed(failure)) => failure.to_string(),
        other => panic!("{other:?}"),
    }
}

/// A mean over places and a product by weights that differ.
fn small(shape: &str, channels: i64, classes: i64) -> Sample {
    let weights: Vec<f32> = (0..channels * classes)
        .map(|i| 0.3 * i as f32 - 0.5)
        .collect();
    Sample::new()
        .input("x", FLOAT, shape)
        .node("GlobalAveragePool", &["x"], "p")
        .node("Flatten", &["p"], "f")
        .weights("fc", &[channels, classes], &weights)
        .node("MatMul", &["f", "fc"], "scores")
}

#[test]
fn one_score_is_two_classes_whose_probabilities_are_p_and_its_rest() {
    let sample = small("n 3 8 8", 3, 1)
        .node("Sigmoid", &["scores"], "y")
        .output("y", "n 1");
    let mut engine = opened_with(&sample, ModelOptions::default());
    let card = engine.model().unwrap().card.clone();
    assert_eq!(
        (card.classes, card.probabilities),
        (2, Probabilities::Binary)
    );
    let found = answer(&mut engine, Size::colour(8, 8), |i| (i % 7) as f32 * 0.2);
    let [yes, no] = found.logits[..] else {
        panic!("{found:?}")
    };
    assert_eq!(yes, -no);
    let p = 1.0 / (1.0 + (-f64::from(yes)).exp());
    assert!((f64::from(found.probabilities[0]) - p).abs() < 1e-6);
    assert!((f64::from(found.probabilities[1]) - (1.0 - p)).abs() < 1e-6);
    let gradient = |class| wait(engine.input_gradient(Some(class))).unwrap().1.values;
    let (of_yes, of_no) = (gradient(0), gradient(1));
    assert!(
        of_yes
            .iter()
            .zip(&of_no)
            .all(|(yes, no)| *yes == -no && *yes != 0.0)
    );
}

#[test]
fn probabilities_that_do_not_fit_are_refused() {
    let chosen = |kind| ModelOptions {
        probabilities: Some(kind),
        ..ModelOptions::default()
    };
    let one = small("n 3 8 8", 3, 1).output("scores", "n 1");
    assert!(refusal(&one, chosen(Probabilities::Softmax)).contains("always 1"));
    let engine = opened_with(&one, chosen(Probabilities::Sigmoid));
    assert_eq!(engine.model().unwrap().card.classes, 1);
    let five = small("n 3 8 8", 3, 5).output("scores", "n 5");
    assert!(refusal(&five, chosen(Probabilities::Binary)).contains("5 scores"));
    let mut engine = opened_with(&five, chosen(Probabilities::Sigmoid));
    let found = answer(&mut engine, Size::colour(8, 8), |i| i as f32 / 50.0);
    for (logit, p) in found.logits.iter().zip(&found.probabilities) {
        assert!((p - 1.0 / (1.0 + (-logit).exp())).abs() < 1e-6);
    }
}

#[test]
fn scores_are_found_in_whatever_axis_they_lie() {
    let sample = |op: &str, shape: &[i64], declared: &str| {
        small("n 3 8 8", 3, 4)
            .integers("shape", shape)
            .node(op, &["scores", "shape"], "y")
            .output("y", declared)
    };
    let row = answer(
        &mut opened_with(
            &small("n 3 8 8", 3, 4).output("scores", "n 4"),
            ModelOptions::default(),
        ),
        Size::colour(8, 8),
        |i| i as f32 / 90.0,
    );
    for (shape, declared) in [
        (&[-1, 1, 1, 4][..], "n 1 1 4"),
        (&[-1, 4, 1, 1], "n 4 1 1"),
        (&[-1, 1, 4], "n 1 4"),
        (&[4], "4"),
    ] {
        let mut engine = opened_with(&sample("Reshape", shape, declared), ModelOptions::default());
        let found = answer(&mut engine, Size::colour(8, 8), |i| i as f32 / 90.0);
        assert_eq!(found.logits, row.logits, "{shape:?}");
        let (_, gradients) = wait(engine.input_gradient(Some(2))).unwrap();
        assert_eq!(gradients.values.len(), 3 * 64);
        assert!(gradients.values.iter().any(|&g| g != 0.0));
    }
}

#[test]
fn a_map_of_scores_is_asked_by_its_mean_its_centre_or_a_part() {
    let map = Sample::new()
        .input("x", FLOAT, "n 3 h w")
        .weights("w", &[2, 3, 1, 1], &[1.0, 0.0, 0.0, 0.0, 2.0, 0.0])
        .node("Conv", &["x", "w"], "y")
        .output("y", "n 2 h w");
    let size = Size::colour(4, 8);
    let of = |region: Option<OutputRegion>| {
        let options = ModelOptions {
            region,
            size: Some([4, 8]),
            ..ModelOptions::default()
        };
        let mut engine = opened_with(&map, options);
        let found = answer(&mut engine, size, |i| i as f32);
        let card = &engine.model().unwrap().card;
        assert!(
            card.warnings
                .iter()
                .any(|note| note.contains("segmentation"))
        );
        let (_, gradients) = wait(engine.input_gradient(Some(0))).unwrap();
        (
            found.logits,
            gradients.values.iter().filter(|&&g| g != 0.0).count(),
        )
    };
    assert_eq!(of(None), (vec![15.5, 2.0 * (32.0 + 15.5)], 32));
    assert_eq!(of(Some(OutputRegion::Centre)), (vec![20.0, 2.0 * 52.0], 1));
    let part = OutputRegion::Part([0.0, 0.0, 0.25, 0.5]);
    assert_eq!(of(Some(part)), (vec![1.5, 2.0 * 33.5], 4));
}

#[test]
fn images_of_any_number_of_channels_are_taken() {
    for (shape, channels) in [
        ("n 1 8 8", 1),
        ("n 2 8 8", 2),
        ("n 4 8 8", 4),
        ("n 6 8 8", 6),
    ] {
        let sample = small(shape, channels, 5).output("scores", "n 5");
        let mut engine = opened_with(&sample, ModelOptions::default());
        let card = engine.model().unwrap().card.clone();
        assert_eq!(card.channels, channels as usize);
        assert_eq!(card.preprocessing.channel_count(), channels as usize);
        assert!(
            card.warnings
                .iter()
                .any(|note| note.contains("of a photo it gets"))
        );
        let size = Size {
            channels: channels as usize,
            ..Size::colour(8, 8)
        };
        let found = answer(&mut engine, size, |i| i as f32 / 64.0);
        assert_eq!(found.logits.len(), 5);
        // A photo goes the same way.
        let host = Listener::default();
        let bytes = include_bytes!("../../../../static/samples/chelsea.jpg");
        wait(engine.open_image(&host, 3, "a.jpg", bytes)).unwrap();
        assert_eq!(engine.photo().unwrap().norm.values.len(), size.values());
        let colour = Preprocessing::imagenet();
        let said = ask(
            &mut engine,
            RequestBody::SetPreprocessing(Some(colour)),
            None,
        );
        let Some(Event::Failed(failure)) = said.last() else {
            panic!("{said:?}");
        };
        assert!(failure.message.contains("3 channels"), "{failure}");
    }
}

#[test]
fn images_without_a_batch_or_a_channel_axis_are_taken() {
    for shape in ["3 8 8", "8 8 3"] {
        let pool: &[i64] = if shape.starts_with('3') {
            &[1, 2]
        } else {
            &[0, 1]
        };
        let sample = Sample::new()
            .input("x", FLOAT, shape)
            .node("ReduceMean", &["x"], "p")
            .ints("axes", pool)
            .int("keepdims", 0)
            .weights("fc", &[3, 2], &[1.0, 0.0, 0.0, 1.0, 0.5, 0.5])
            .node("MatMul", &["p", "fc"], "y")
            .output("y", "2");
        let mut engine = opened_with(&sample, ModelOptions::default());
        let found = answer(&mut engine, Size::colour(8, 8), |i| (i / 64) as f32);
        assert_eq!(found.logits, [1.0, 2.0], "{shape}");
        let gradients = wait(engine.model().unwrap().classifier.input_gradients(
            vec![0.0; 2 * 3 * 64],
            Size::colour(8, 8),
            Objective::Logit(0),
            BackwardRule::Standard,
        ))
        .unwrap();
        assert_eq!(gradients.values.len(), 2 * 3 * 64);
        assert_eq!(gradients.values[0], 1.0 / 64.0);
        assert_eq!(gradients.values[64], 0.0);
    }
}

#[test]
fn a_free_size_of_which_one_fits_is_found_or_set() {
    let only = |height: i64, width: i64| {
        Sample::new()
            .input("x", FLOAT, "n 3 h w")
            .node("Flatten", &["x"], "f")
            .weight("fc", &[3 * height * width, 5], 0.1)
            .node("MatMul", &["f", "fc"], "y")
            .output("y", "n 5")
    };
    for (height, width) in [(40, 40), (37, 37), (64, 128)] {
        let (engine, _) = events(&only(height as i64, width as i64), ModelOptions::default());
        let fed = &engine.model().unwrap().card.preprocessing;
        assert_eq!(fed.height_px * fed.width_px, height * width);
    }
    let options = ModelOptions {
        size: Some([30, 70]),
        ..ModelOptions::default()
    };
    let engine = opened_with(&only(30, 70), options);
    let fed = &engine.model().unwrap().card.preprocessing;
    assert_eq!((fed.height_px, fed.width_px), (30, 70));
}

#[test]
fn values_of_other_inputs_reach_the_scores() {
    let sample = small("n 3 8 8", 3, 2)
        .input("age", FLOAT, "n 2")
        .node("Add", &["scores", "age"], "y")
        .output("y", "n 2");
    let held = |value: f64| {
        let mut options = ModelOptions::default();
        options
            .values
            .insert("age".to_owned(), InputValue::Number(value));
        let mut engine = opened_with(&sample, options);
        answer(&mut engine, Size::colour(8, 8), |_| 0.0).logits
    };
    assert_eq!(held(0.0), [0.0, 0.0]);
    assert_eq!(held(2.5), [2.5, 2.5]);
}

#[test]
fn a_table_of_names_in_the_graph_names_the_classes() {
    let sample = small("n 3 8 8", 3, 2)
        .table("names", &["cat", "dog"])
        .node("ArgMax", &["scores"], "best")
        .node("Gather", &["names", "best"], "label")
        .output("scores", "n 2");
    let engine = opened_with(&sample, ModelOptions::default());
    let card = &engine.model().unwrap().card;
    assert_eq!(card.class_names, ["cat", "dog"]);
    assert_eq!(card.labels_source, "a table of names in the graph");
}
