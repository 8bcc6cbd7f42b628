//! Settings and results of the RCAP measure (arXiv 2404.15564, section "RCAP").

use serde::{Deserialize, Serialize};

use super::Pixels;

/// How finely RCAP recovers the image.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RcapSettings {
    /// Lowest rate at which pixels are recovered, 0 to 1 exclusive; the paper's is 0.5.
    pub lower_bound: f64,
    /// Distance between rates, above 0; the paper's is 0.1.
    pub interval: f64,
}

impl Default for RcapSettings {
    fn default() -> Self {
        Self {
            lower_bound: 0.5,
            interval: 0.1,
        }
    }
}

/// One recovery step: everything above a threshold shown, the rest black.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RcapStep {
    /// Quantile rate this step recovers down to, 0 to 1.
    pub rate: f64,
    /// The quantile itself: the map value at `rate`.
    pub quantile: f32,
    /// Map value above which pixels are recovered: the quantile, or 0 where the quantile is 1.
    pub threshold: f32,
    /// Pixels new in this step.
    pub ring_pixels: usize,
    /// Pixels above the threshold: those recovered so far, save after a threshold that fell to 0.
    pub recovered_pixels: usize,
    /// Mean map value over the pixels above the threshold; 0 where there are none.
    pub mean_saliency: f64,
    /// Share of the map's whole mass that lies above the threshold, 0 to 1; 0 for a map of zeros.
    pub mass_share: f64,
    /// Softmax probability of the target for the recovered image.
    pub probability: f64,
    /// Logit of the target for the recovered image.
    pub logit: f64,
}

/// RCAP of one map.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RcapReport {
    /// The class measured.
    pub target: usize,
    /// The settings used.
    pub settings: RcapSettings,
    /// Mean over steps of mass share times probability, 0 to 1; higher is better.
    pub score: f64,
    /// Probability of the target for the whole image.
    pub original_probability: f64,
    /// Logit of the target for the whole image.
    pub original_logit: f64,
    /// From the sparsest recovery to the fullest.
    pub steps: Vec<RcapStep>,
    /// The recovered image of each step, as the model sees it. Travel beside the message.
    pub recovered: Vec<Pixels>,
}
