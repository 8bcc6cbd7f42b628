//! RCAP, recover and predict: does the model still see the class in what the map calls important?
//!
//! arXiv 2404.15564, section "RCAP". From black, the pixels of the photo are recovered ring by
//! ring, most salient first. Each step scores the share of the map's mass that lies in the
//! recovered pixels times the probability of the class; the measure is the mean over steps.

use super::{
    MetricError, TargetScore, check_length, check_map, descending_quantiles, recovery_rates,
    target_scores,
};
use crate::{
    attribution::Pace,
    classifier::{Classifier, NormImage, Size},
    protocol::{RcapReport, RcapSettings, RcapStep, SettingsError},
};

/// Steps an image is recovered in at most.
pub const MAX_STEPS: usize = 99;

// Pixels that no step recovers.
const NEVER: u8 = u8::MAX;

/// What is recovered when: all of RCAP that depends on the map alone.
#[derive(Clone, Debug, PartialEq)]
pub struct RcapPlan {
    size: Size,
    steps: Vec<PlannedStep>,
    recovered_at: Vec<u8>,
}

/// One step of a plan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlannedStep {
    /// Quantile rate, 0 to 1.
    pub rate: f64,
    /// The map's quantile at that rate.
    pub quantile: f32,
    /// The quantile, or 0 where the quantile is 1: a saturated map gives everything at once.
    pub threshold: f32,
    /// Pixels new in this step.
    pub ring_pixels: usize,
    /// Pixels above the threshold.
    pub recovered_pixels: usize,
    /// Sum of the map over the pixels above the threshold.
    pub saliency_sum: f64,
    /// Mean of the map over the pixels above the threshold; 0 where there are none.
    pub mean_saliency: f64,
    /// `saliency_sum` over the sum of the whole map; 0 for a map of zeros.
    pub mass_share: f64,
}

impl RcapPlan {
    /// Plans the recovery of an image of `size` by `map`, `[height, width]` in 0 to 1.
    ///
    /// A pixel is recovered in the first step whose threshold it exceeds, and stays. Pixels at 0
    /// are never recovered. After a threshold that fell to 0, a later and higher threshold adds an
    /// empty ring, and its counts and sums are those of the fewer pixels above it.
    ///
    /// # Errors
    /// The map does not fit the size or is out of range, or the settings are.
    pub fn new(map: &[f32], size: Size, settings: RcapSettings) -> Result<Self, MetricError> {
        check_map(map, size)?;
        let rates = checked_rates(settings)?;
        let total: f64 = map.iter().map(|&v| f64::from(v)).sum();
        let mut recovered_at = vec![NEVER; map.len()];
        let mut steps = Vec::with_capacity(rates.len());
        let mut upper = 1.0;
        for (k, (rate, quantile)) in (0..).zip(descending_quantiles(map, &rates, true)) {
            let threshold = if quantile < 1.0 { quantile } else { 0.0 };
            let (mut ring_pixels, mut recovered_pixels, mut saliency_sum) = (0, 0, 0.0);
            for (&value, at) in map.iter().zip(&mut recovered_at) {
                if value <= threshold {
                    continue;
                }
                recovered_pixels += 1;
                saliency_sum += f64::from(value);
                if value <= upper {
                    ring_pixels += 1;
                    *at = (*at).min(k);
                }
            }
            upper = threshold;
            steps.push(PlannedStep {
                rate,
                quantile,
                threshold,
                ring_pixels,
                recovered_pixels,
                saliency_sum,
                mean_saliency: ratio(saliency_sum, recovered_pixels as f64),
                mass_share: ratio(saliency_sum, total),
            });
        }
        Ok(Self {
            size,
            steps,
            recovered_at,
        })
    }

    /// Steps from the sparsest recovery to the fullest.
    pub fn steps(&self) -> &[PlannedStep] {
        &self.steps
    }

    /// Writes the image that `step` recovers into `out`, `[channels, height, width]` in normalised space.
    ///
    /// `black_norm` is where black lies in that space, by channel; it is not the zero vector.
    pub fn recover(&self, image: &NormImage, black_norm: &[f32], step: usize, out: &mut [f32]) {
        let pixels = self.size.pixels();
        for ((out, image), black) in out
            .chunks_exact_mut(pixels)
            .zip(image.values.chunks_exact(pixels))
            .zip(black_norm)
        {
            for ((out, &value), &at) in out.iter_mut().zip(image).zip(&self.recovered_at) {
                *out = if usize::from(at) <= step && at != NEVER {
                    value
                } else {
                    *black
                };
            }
        }
    }

    /// The image that `step` recovers, as [`RcapPlan::recover`] writes it.
    pub fn recovered(&self, image: &NormImage, black_norm: &[f32], step: usize) -> NormImage {
        let mut values = vec![0.0; self.size.values()];
        self.recover(image, black_norm, step, &mut values);
        NormImage {
            size: self.size,
            values,
        }
    }
}

/// The variants that the authors computed beside the published score; means over steps.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RcapVariants {
    /// Mean saliency times mass share times logit ("Score: M1"); unbounded.
    pub saliency_mass_logit: f64,
    /// Mean saliency times logit ("Score: M2"); unbounded.
    pub saliency_logit: f64,
    /// Mean saliency times mass share times probability ("Prob: M1"), 0 to 1.
    pub saliency_mass_probability: f64,
    /// Mass share plus probability ("Prob: M4"), 0 to 2.
    pub mass_plus_probability: f64,
}

/// RCAP of one map, and what it was computed from.
#[derive(Clone, Debug, PartialEq)]
pub struct RcapOutcome {
    /// The published score ("Prob: M3") with its steps; `recovered` is empty.
    pub report: RcapReport,
    /// The unpublished scores.
    pub variants: RcapVariants,
    /// Makes the recovered images again, one at a time.
    pub plan: RcapPlan,
}

/// Measures `map`, `[height, width]` in 0 to 1, as an explanation of class `target` in `image`.
///
/// Runs the model on the image and on one recovered image a step, in the batches it prefers.
/// `black_norm` is where black lies in normalised space, by channel.
///
/// # Errors
/// Cancelled, the model failed, a setting or a map value is out of range, or the sizes disagree.
pub async fn rcap(
    classifier: &dyn Classifier,
    pace: &dyn Pace,
    image: &NormImage,
    black_norm: &[f32],
    map: &[f32],
    target: usize,
    settings: RcapSettings,
) -> Result<RcapOutcome, MetricError> {
    let size = image.size;
    check_length("image", image.values.len(), size.values(), size)?;
    let plan = RcapPlan::new(map, size, settings)?;
    let scores = target_scores(
        classifier,
        pace,
        size,
        target,
        1 + plan.steps.len(),
        |k, out| match k.checked_sub(1) {
            None => out.copy_from_slice(&image.values),
            Some(step) => plan.recover(image, black_norm, step, out),
        },
    )
    .await?;
    let (original, recovered) = match scores.split_first() {
        Some((original, recovered)) => (*original, recovered),
        None => (TargetScore::default(), [].as_slice()),
    };
    let steps: Vec<RcapStep> = plan
        .steps
        .iter()
        .zip(recovered)
        .map(|(step, score)| RcapStep {
            rate: step.rate,
            quantile: step.quantile,
            threshold: step.threshold,
            ring_pixels: step.ring_pixels,
            recovered_pixels: step.recovered_pixels,
            mean_saliency: step.mean_saliency,
            mass_share: step.mass_share,
            probability: score.probability,
            logit: score.logit,
        })
        .collect();
    let mean =
        |of: fn(&RcapStep) -> f64| steps.iter().map(of).sum::<f64>() / steps.len().max(1) as f64;
    let score = mean(|s| s.mass_share * s.probability);
    let variants = RcapVariants {
        saliency_mass_logit: mean(|s| s.mean_saliency * s.mass_share * s.logit),
        saliency_logit: mean(|s| s.mean_saliency * s.logit),
        saliency_mass_probability: mean(|s| s.mean_saliency * s.mass_share * s.probability),
        mass_plus_probability: mean(|s| s.mass_share + s.probability),
    };
    Ok(RcapOutcome {
        report: RcapReport {
            target,
            settings,
            score,
            original_probability: original.probability,
            original_logit: original.logit,
            steps,
            recovered: Vec::new(),
        },
        variants,
        plan,
    })
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

fn checked_rates(settings: RcapSettings) -> Result<Vec<f64>, MetricError> {
    let refuse = |name: &str, value: f64, expected: &str| {
        Err(MetricError::Settings(SettingsError::OutOfRange {
            name: name.to_owned(),
            value: value.to_string(),
            expected: expected.to_owned(),
        }))
    };
    let RcapSettings {
        lower_bound,
        interval,
    } = settings;
    if !(lower_bound > 0.0 && lower_bound < 1.0) {
        return refuse("lower bound", lower_bound, "above 0 and below 1");
    }
    if !(interval > 0.0 && interval.is_finite()) {
        return refuse("interval", interval, "above 0");
    }
    let rates = recovery_rates(lower_bound, interval, MAX_STEPS + 1);
    if rates.len() > MAX_STEPS {
        return refuse(
            "interval",
            interval,
            &format!("large enough for at most {MAX_STEPS} recovery steps"),
        );
    }
    Ok(rates)
}
