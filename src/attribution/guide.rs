//! The guide of Guided AbsoluteGrad: pixels that vary most keep their weight, the rest are damped.

use super::quantile::quantile_linear;
use crate::{classifier::Size, protocol::Settings};

/// What a value below the threshold is weighted with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Damping {
    /// Its variance, as published. Depends on the scale of the gradients.
    #[default]
    Variance,
    /// Its variance as a share of the threshold: free of scale, and 1 at the threshold.
    Relative,
}

/// The guide's parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Guide {
    /// Percentile of the variance above which a value keeps weight 1, 0 to 100. At 0 nothing is
    /// damped; at 100 everything is.
    pub percentile: f64,
    /// Weight below it.
    pub damping: Damping,
}

impl Guide {
    /// From the settings `percentile` and, where the method has it, `damping`.
    pub fn from_settings(settings: &Settings) -> Option<Self> {
        Some(Self {
            percentile: settings.real("percentile")?,
            damping: match settings.choice("damping") {
                Some("relative") => Damping::Relative,
                _ => Damping::Variance,
            },
        })
    }

    /// The percentile of each channel of `variance`, `[3, height, width]`, with linear interpolation;
    /// `None` where nothing is damped.
    pub fn thresholds(&self, size: Size, variance: &[f64]) -> Option<Vec<f64>> {
        let channels = variance.chunks(size.pixels().max(1));
        let threshold = |channel: &[f64]| quantile_linear(channel, self.percentile / 100.0);
        (self.percentile > 0.0).then(|| channels.map(threshold).collect())
    }

    /// Multiplies `values` by their weights; both are `[3, height, width]`.
    ///
    /// Each channel has its own of the [`Guide::thresholds`]; strictly above it the weight is 1.
    pub fn apply(&self, size: Size, values: &mut [f64], variance: &[f64]) {
        let Some(thresholds) = self.thresholds(size, variance) else {
            return;
        };
        let pixels = size.pixels().max(1);
        let channels = values.chunks_mut(pixels).zip(variance.chunks(pixels));
        for ((values, variance), threshold) in channels.zip(thresholds) {
            let unit = match self.damping {
                Damping::Variance => 1.0,
                // With a zero threshold every variance up to it is zero, and so is its share.
                Damping::Relative if threshold > 0.0 => threshold,
                Damping::Relative => 1.0,
            };
            for (value, &v) in values.iter_mut().zip(variance) {
                if v <= threshold {
                    *value *= v / unit;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size::colour(1, 5);
    const VARIANCE: [f64; 5] = [0.1, 0.2, 0.3, 0.4, 4.0];

    fn weights(percentile: f64, damping: Damping) -> [f64; 5] {
        let mut values = [1.0; 5];
        Guide {
            percentile,
            damping,
        }
        .apply(SIZE, &mut values, &VARIANCE);
        values
    }

    #[test]
    fn above_the_percentile_the_weight_is_one() {
        assert_eq!(weights(50.0, Damping::Variance), [0.1, 0.2, 0.3, 1.0, 1.0]);
        assert_eq!(weights(0.0, Damping::Variance), [1.0; 5]);
        assert_eq!(weights(100.0, Damping::Variance), VARIANCE);
    }

    #[test]
    fn relative_damping_ends_at_one() {
        let weights = weights(50.0, Damping::Relative);
        for (found, expected) in weights.iter().zip([1.0 / 3.0, 2.0 / 3.0, 1.0, 1.0, 1.0]) {
            assert!((found - expected).abs() < 1e-15);
        }
    }

    #[test]
    fn each_channel_has_its_own_threshold() {
        let size = Size::colour(1, 2);
        let mut values = [1.0; 6];
        Guide {
            percentile: 50.0,
            damping: Damping::Variance,
        }
        .apply(size, &mut values, &[1.0, 3.0, 10.0, 30.0, 0.0, 0.0]);
        assert_eq!(values, [1.0, 1.0, 10.0, 1.0, 0.0, 0.0]);
    }
}
