//! A convolution's constants on their way to a device, which lays them out once for all passes to come.

use std::borrow::Cow;

use super::Normalisation;

/// Weights, and what follows them.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// `[c_out, c_in / groups, kh, kw]`.
    pub shape: [usize; 4],
    /// As many weights as the product of `shape`.
    pub weight: Vec<f32>,
    /// Channel groups.
    pub groups: usize,
    /// Step between windows.
    pub stride: [usize; 2],
    /// Step between taps of a window.
    pub dilation: [usize; 2],
    /// What happens to an output channel after its sum.
    pub finish: Finish,
    /// Whether there is room for the weights in more than one layout.
    pub roomy: bool,
}

/// What happens to an output channel of a convolution after its sum, before it is clamped.
#[derive(Clone, Debug, PartialEq)]
pub enum Finish {
    /// A bias, `[c_out]`, is added, where there is one.
    Bias(Option<Vec<f32>>),
    /// A factor and an offset, as a BatchNorm has. More exact than factors folded into the weights
    /// beforehand.
    Normalise(Normalisation),
}

impl Filter {
    /// Weights that give scaled outputs. On the way back rounding them is harmless, since nothing is
    /// compared with a bound.
    pub fn scaled(&self) -> Cow<'_, [f32]> {
        match &self.finish {
            Finish::Bias(_) => Cow::Borrowed(&self.weight),
            Finish::Normalise(Normalisation { scale, .. }) => {
                Cow::Owned(scaled(&self.weight, scale))
            }
        }
    }

    /// What is added to each output channel, where something is.
    pub fn bias(&self) -> Option<Vec<f32>> {
        match &self.finish {
            Finish::Bias(bias) => bias.clone(),
            Finish::Normalise(Normalisation { shift, .. }) => {
                Some(shift.iter().map(|&shift| shift as f32).collect())
            }
        }
    }
}

/// `weight`, `[c_out, ...]`, with every output channel's kernel multiplied by its `scale`.
pub fn scaled(weight: &[f32], scale: &[f64]) -> Vec<f32> {
    let length = (weight.len() / scale.len().max(1)).max(1);
    let mut scaled = weight.to_vec();
    for (kernel, &scale) in scaled.chunks_exact_mut(length).zip(scale) {
        kernel.iter_mut().for_each(|value| *value *= scale as f32);
    }
    scaled
}
