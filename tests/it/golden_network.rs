//! EfficientNet-Lite0 on the CPU against stored logits and gradients (float64 PyTorch).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use crate::golden_checks;
use crate::support::{array, block_on, default_model, network};
use gradlens::classifier::{BackwardRule, Classifier, Objective, Size};

#[test]
fn logits_agree() {
    block_on(golden_checks::check_logits(&network(&default_model())));
}

#[test]
fn input_gradients_agree() {
    let network = network(&default_model());
    block_on(golden_checks::check_input_gradients(&network));
}

#[test]
fn batched_equals_unbatched() {
    let network = network(&default_model());
    let image = array("gradcheck/chelsea_96x96_input.npy");
    let other = array("gradcheck/coffee_96x96_input.npy");
    let size = Size::colour(image.shape[2], image.shape[3]);
    let gradient = |images: Vec<f32>| {
        let objective = Objective::Logit(285);
        block_on(network.input_gradients(images, size, objective, BackwardRule::Standard))
            .unwrap()
            .values
    };
    let both = gradient([image.values.clone(), other.values.clone()].concat());
    let one_by_one = [gradient(image.values), gradient(other.values)].concat();
    let largest = one_by_one.iter().fold(0.0_f32, |m, v| m.max(v.abs()));
    let pairs = both.iter().zip(&one_by_one);
    let apart = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(apart <= 1e-6 * largest);
}
