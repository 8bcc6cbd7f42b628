//! What stands where a pixel was taken away.

use super::MetricError;
use crate::{
    attribution::{
        blur::blur,
        random::{Purpose, fill_uniform},
    },
    classifier::NormImage,
    protocol::{Settings, SettingsError},
};

/// A kind of replacement image. The score of deleting or inserting depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Baseline {
    /// Black pixels.
    Black,
    /// The colour the model's preprocessing subtracts: zero in normalised space.
    Mean,
    /// The image blurred, in normalised space, with `radius` and a standard deviation equal to it.
    Blur {
        /// Pixels from the kernel's centre to its edge.
        radius: usize,
    },
    /// Independent values, uniform between the image's smallest and largest.
    Noise {
        /// The same seed gives the same noise.
        seed: u64,
    },
}

impl Baseline {
    /// The baseline that `settings` names under `name`; a blur gets `radius`, noise the "seed".
    ///
    /// # Errors
    /// No baseline has that name.
    pub(super) fn from_settings(
        settings: &Settings,
        name: &str,
        radius: usize,
    ) -> Result<Self, MetricError> {
        match settings.choice(name) {
            Some("black") => Ok(Self::Black),
            Some("mean") => Ok(Self::Mean),
            Some("blur") => Ok(Self::Blur { radius }),
            Some("noise") => Ok(Self::Noise {
                seed: settings.integer("seed").unwrap_or(0),
            }),
            other => Err(MetricError::Settings(SettingsError::OutOfRange {
                name: name.to_owned(),
                value: other.unwrap_or("missing").to_owned(),
                expected: "one of black, mean, blur, noise".to_owned(),
            })),
        }
    }

    /// The replacement for `image`. `black_norm` is where black lies in its space, by channel.
    ///
    /// A blur whose radius does not fit into the image is narrowed until it does.
    pub fn image(self, image: &NormImage, black_norm: &[f32]) -> NormImage {
        let size = image.size;
        let values = match self {
            Self::Black => black_norm
                .iter()
                .flat_map(|&black| std::iter::repeat_n(black, size.pixels()))
                .collect(),
            Self::Mean => vec![0.0; size.values()],
            Self::Blur { radius } => {
                // Reflected borders must not reach past the opposite edge.
                let widest = size.height.min(size.width).saturating_sub(1);
                let values: Vec<f64> = image.values.iter().map(|&v| v.into()).collect();
                let blurred = blur(&values, size, radius.min(widest), radius as f64);
                blurred.iter().map(|&v| v as f32).collect()
            }
            Self::Noise { seed } => {
                let (low, high) = image.range();
                let mut values = vec![0.0; size.values()];
                fill_uniform(seed, Purpose::Baseline, 0, &mut values);
                values.iter().map(|u| low + u * (high - low)).collect()
            }
        };
        NormImage { size, values }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classifier::Size;

    fn image() -> NormImage {
        let size = Size::colour(4, 5);
        NormImage {
            size,
            values: (0..size.values()).map(|i| i as f32 / 10.0 - 1.0).collect(),
        }
    }

    #[test]
    fn black_is_black_in_every_channel_and_mean_is_zero() {
        let black = Baseline::Black.image(&image(), &[-1.0, -2.0, -3.0]);
        assert_eq!(black.values[0], -1.0);
        assert_eq!(black.values[20], -2.0);
        assert_eq!(black.values[59], -3.0);
        let mean = Baseline::Mean.image(&image(), &[-1.0; 3]);
        assert!(mean.values.iter().all(|&v| v == 0.0));
    }

    #[test]
    fn noise_spans_the_range_and_repeats_with_its_seed() {
        let noise = |seed| Baseline::Noise { seed }.image(&image(), &[0.0; 3]);
        assert_eq!(noise(1), noise(1));
        assert_ne!(noise(1), noise(2));
        let (low, high) = image().range();
        let (noise_low, noise_high) = noise(1).range();
        assert!(low <= noise_low && noise_high <= high);
        let spread = (high - low) * 0.1;
        assert!(noise_low < low + spread && noise_high > high - spread);
    }

    #[test]
    fn a_blur_that_does_not_fit_is_narrowed() {
        let blurred = Baseline::Blur { radius: 16 }.image(&image(), &[0.0; 3]);
        assert_eq!(blurred.values.len(), image().values.len());
        let (low, high) = blurred.range();
        assert!(low > image().range().0 && high < image().range().1);
    }
}
