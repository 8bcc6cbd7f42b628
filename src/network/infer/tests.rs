//! Walks of small networks, and what they say of larger ones.

use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

use burn_flex::{Flex, FlexDevice};

use crate::{
    classifier::{BackwardRule, Classifier, ClassifierError, Gradients, Objective, Size},
    network::Network,
    onnx::{
        sample::{FLOAT, Sample},
        select, simplify, take_channels_first,
    },
    protocol::{Layout, ModelOptions},
};

fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            return value;
        }
    }
}

fn network(sample: &Sample) -> Network<Flex> {
    let mut graph = sample.graph().unwrap();
    let selection = select(&mut graph, &ModelOptions::default()).unwrap();
    simplify(&mut graph);
    if selection.layout == Layout::Nhwc {
        take_channels_first(&mut graph);
    }
    Network::new(&graph, FlexDevice, 4).unwrap()
}

fn square(side: usize) -> Size {
    Size::colour(side, side)
}

#[test]
fn a_walk_finds_the_output_and_the_cost() {
    let network = network(&Sample::classifier().output("logits", "n 5"));
    let cost = network.cost(square(8)).unwrap().unwrap();
    assert_eq!(cost.output_shape, [1, 5]);
    assert_eq!(cost.classes, 5);
    // 6 x 6 positions of 4 channels from 27 values each, and 4 values for each of 5 classes.
    let least = 6 * 6 * 4 * 27 + 4 * 5;
    assert!(
        (least..least + least / 10).contains(&cost.multiply_adds),
        "{cost:?}"
    );
    assert_eq!(cost.weight_bytes, 4 * (4 * 27 + 20));
    let (image, features) = (4 * 3 * 64, 4 * 4 * 36);
    assert!(cost.forward_bytes >= image + features, "{cost:?}");
    assert!(cost.forward_bytes < 2 * (image + features), "{cost:?}");
    assert!(cost.gradient_bytes >= 2 * features + image, "{cost:?}");
    let larger = network.cost(square(16)).unwrap().unwrap();
    assert!(larger.multiply_adds > 4 * cost.multiply_adds);
    assert!(larger.gradient_bytes > 3 * cost.gradient_bytes);
}

#[test]
fn a_batch_is_as_large_as_the_memory_for_it() {
    let sample = Sample::classifier().output("logits", "n 5");
    let all = network(&sample);
    assert_eq!(all.preferred_batch(square(8)), 4);
    let each = all.cost(square(8)).unwrap().unwrap().gradient_bytes;
    for (bytes, expected) in [(1, 1), (3 * each - 1, 2), (3 * each, 3), (9 * each, 4)] {
        let limited = network(&sample).within(bytes);
        assert_eq!(limited.preferred_batch(square(8)), expected, "{bytes}");
    }
}

#[test]
fn what_does_not_fit_is_named_before_anything_runs() {
    let sample = Sample::new()
        .opset(13)
        .input("x", FLOAT, "n 3 h w")
        .node("Flatten", &["x"], "f")
        .weight("fc", &[3 * 8 * 8, 5], 0.1)
        .node("Gemm", &["f", "fc"], "y")
        .output("y", "n 5");
    let network = network(&sample);
    assert!(network.cost(square(8)).is_ok());
    let error = network.cost(square(9)).unwrap_err();
    let ClassifierError::Node {
        node,
        op,
        opset,
        reason,
    } = &error
    else {
        panic!("{error}");
    };
    assert_eq!((node.as_str(), op.as_str(), *opset), ("y", "Gemm", 13));
    assert!(reason.contains("243"), "{reason}");
}

#[test]
fn outputs_that_are_no_row_of_scores_are_refused_with_their_shape() {
    let sample = Sample::new()
        .input("x", FLOAT, "n 3 h w")
        .node("Relu", &["x"], "y")
        .output("y", "n classes");
    let error = network(&sample).cost(square(8)).unwrap_err();
    assert_eq!(
        error,
        ClassifierError::Output {
            shape: vec![1, 3, 8, 8]
        }
    );
}

#[test]
fn values_no_device_has_room_for_are_refused() {
    let sample = Sample::classifier().output("logits", "n 5");
    let error = network(&sample)
        .cost(square(40_000))
        .unwrap_err()
        .to_string();
    assert!(error.contains("elements are not supported"), "{error}");
}

fn image(side: usize, phase: f32) -> Vec<f32> {
    (0..3 * side * side)
        .map(|index| (index as f32 * 0.37 + phase).sin())
        .collect()
}

#[test]
fn one_image_written_into_the_graph_is_computed_one_by_one() {
    let sample = Sample::new()
        .input("x", FLOAT, "n 3 h w")
        .weight("w", &[4, 3, 3, 3], 0.1)
        .node("Conv", &["x", "w"], "c")
        .node("GlobalAveragePool", &["c"], "p")
        .integers("one", &[1, 4])
        .node("Reshape", &["p", "one"], "y")
        .output("y", "n 4");
    let network = network(&sample);
    let size = square(8);
    assert_eq!(network.preferred_batch(size), 1);
    let (first, second) = (image(8, 0.0), image(8, 1.0));
    let both = wait(network.logits([first.clone(), second.clone()].concat(), size)).unwrap();
    let alone = [first, second].map(|one| wait(network.logits(one, size)).unwrap());
    assert_eq!(both, alone.concat());
    let free = Sample::classifier().output("logits", "n 5");
    assert_eq!(self::network(&free).preferred_batch(size), 4);
}

/// Gradient of the second class of a network of uneven weights, whose input is taken as `shape` says
/// and changed by `head` first.
fn gradient(shape: &str, head: impl Fn(Sample) -> (Sample, &'static str)) -> Gradients {
    let (sample, value) = head(Sample::new().input("x", FLOAT, shape));
    let uneven =
        |count: usize| -> Vec<f32> { (0..count).map(|i| (i as f32 * 1.7).cos()).collect() };
    let sample = sample
        .weights("w", &[4, 3, 3, 3], &uneven(108))
        .node("Conv", &[value, "w"], "c")
        .node("Relu", &["c"], "r")
        .node("GlobalAveragePool", &["r"], "p")
        .node("Flatten", &["p"], "f")
        .weights("fc", &[4, 5], &uneven(20))
        .node("Gemm", &["f", "fc"], "y")
        .output("y", "n 5");
    let (network, size) = (network(&sample), square(6));
    wait(network.input_gradients(
        image(6, 0.5),
        size,
        Objective::Logit(1),
        BackwardRule::Standard,
    ))
    .unwrap()
}

#[test]
fn channels_last_give_the_same_gradient_as_channels_first() {
    let first = gradient("n 3 h w", |sample| (sample, "x"));
    let transposed = |sample: Sample, from: &str| {
        let moved = sample
            .node("Transpose", &[from], "t")
            .ints("perm", &[0, 3, 1, 2]);
        (moved, "t")
    };
    let last = gradient("n h w 3", |sample| transposed(sample, "x"));
    assert_eq!(last, first);
    // Something in between keeps the two transposes apart.
    let apart = gradient("n h w 3", |sample| {
        let sample = sample
            .weight("k", &[1, 1, 1, 3], 1.0)
            .node("Mul", &["x", "k"], "m");
        transposed(sample, "m")
    });
    assert_eq!(apart, first);
}

/// A network whose norm takes the statistics of the batch itself.
fn with_batch_statistics(batch: &str) -> Sample {
    Sample::new()
        .opset(15)
        .input("x", FLOAT, &format!("{batch} 3 4 4"))
        .weight("ones", &[3], 1.0)
        .weight("zeros", &[3], 0.0)
        .node(
            "BatchNormalization",
            &["x", "ones", "zeros", "zeros", "ones"],
            "b",
        )
        .int("training_mode", 1)
        .node("Relu", &["b"], "r")
        .node("GlobalAveragePool", &["r"], "p")
        .node("Flatten", &["p"], "y")
        .output("y", &format!("{batch} 3"))
}

#[test]
fn images_are_computed_one_by_one_where_a_step_takes_the_batch_together() {
    let network = network(&with_batch_statistics("n"));
    assert_eq!(network.preferred_batch(square(4)), 1);
    let images: Vec<f32> = (0..2 * 48)
        .map(|i| (i as f32 * 0.7).sin() * (1 + i / 48) as f32)
        .collect();
    let together = wait(network.logits(images.clone(), square(4))).unwrap();
    let mut alone = wait(network.logits(images[..48].to_vec(), square(4))).unwrap();
    alone.extend(wait(network.logits(images[48..].to_vec(), square(4))).unwrap());
    assert_eq!(together, alone);
    // Reductions, softmax and products along the batch are found the same way.
    let reduced = Sample::new()
        .input("x", FLOAT, "n 3 4 4")
        .node("ReduceMean", &["x"], "m")
        .ints("axes", &[0])
        .int("keepdims", 1)
        .node("Sub", &["x", "m"], "d")
        .node("GlobalMaxPool", &["d"], "p")
        .node("Flatten", &["p"], "y")
        .output("y", "n 3");
    assert_eq!(self::network(&reduced).preferred_batch(square(4)), 1);
}

#[test]
fn a_fixed_batch_whose_images_are_taken_together_is_refused() {
    let network = network(&with_batch_statistics("8"));
    let error = network.cost(square(4)).unwrap_err().to_string();
    assert!(
        error.contains("8 images") && error.contains("batch of 1"),
        "{error}"
    );
    assert!(
        self::network(&with_batch_statistics("1"))
            .cost(square(4))
            .is_ok()
    );
}
