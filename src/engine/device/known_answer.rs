//! The trial every device must pass before it is used: a small network whose gradient is known.
//!
//! It runs twice, because a device was seen to be right the first time and to return zeros, without
//! an error, from the second time on.

use crate::{
    array_file::Array,
    classifier::{BackwardRule, Classifier, Objective, Size},
};

/// The network: plain, grouped and depthwise convolutions, a residual, both pools and two matrix
/// products.
pub const NETWORK: &[u8] = include_bytes!("known_answer/network.onnx");
const INPUT: &[u8] = include_bytes!("known_answer/input.npy");
const GRADIENT: &[u8] = include_bytes!("known_answer/gradient.npy");

/// The class whose gradient is stored.
const CLASS: usize = 0;
/// Largest difference allowed, as a share of the largest stored value. Devices differ by about 1e-6.
const TOLERANCE: f32 = 1e-4;
/// Times the network is run.
const RUNS: usize = 2;

/// Runs the trial on a device's `classifier` for [`NETWORK`].
///
/// # Errors
/// One sentence on what was wrong.
pub async fn try_out(classifier: &dyn Classifier) -> Result<(), String> {
    let read = |bytes| Array::read(bytes).map_err(|error| error.to_string());
    let (image, stored) = (read(INPUT)?, read(GRADIENT)?.values);
    let &[_, _, height, width] = image.shape.as_slice() else {
        return Err("the stored image is damaged".to_owned());
    };
    let size = Size::colour(height, width);
    let largest = stored.iter().fold(0.0_f32, |m, v| m.max(v.abs()));
    // Two images at once, so that a device that mixes up a batch is found out too.
    let images = [image.values.clone(), image.values].concat();
    for run in 1..=RUNS {
        let found = classifier
            .input_gradients(
                images.clone(),
                size,
                Objective::Logit(CLASS),
                BackwardRule::Standard,
            )
            .await
            .map_err(|error| error.to_string())?;
        if found.values.len() != 2 * stored.len() {
            return Err(format!(
                "its trial gradient has {} values instead of {}",
                found.values.len(),
                2 * stored.len()
            ));
        }
        let expected = stored.iter().chain(&stored);
        let worst = found
            .values
            .iter()
            .zip(expected)
            .map(|(f, s)| (f - s).abs() / largest)
            .fold(
                0.0,
                |worst: f32, d| if d > worst || d.is_nan() { d } else { worst },
            );
        if worst.is_nan() || worst > TOLERANCE {
            return Err(format!(
                "its trial gradient is wrong by {:.1e} of the largest value in run {run}",
                worst
            ));
        }
    }
    Ok(())
}
