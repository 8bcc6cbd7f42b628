//! The noise that is added to an image: drawn from a seed, or read from a file.

use super::{
    AttributionError,
    random::{self, Purpose},
};
use crate::classifier::{NormImage, Size};

/// Where unit normal noise comes from. The first n of N samples are the same for every N.
#[derive(Clone, Debug, PartialEq)]
pub enum NoiseSource {
    /// Drawn from a seed; the same on every device.
    Seeded(u64),
    /// Given, `[samples, 3, height, width]`.
    Stored {
        /// Unit normal values.
        unit_normal: Vec<f32>,
        /// Samples it holds.
        samples: usize,
    },
}

impl NoiseSource {
    /// Writes unit normal noise for `sample` into `out`, `[3, height, width]`.
    ///
    /// [`NoiseSource::check`] says beforehand whether the sample is there.
    pub fn fill(&self, sample: usize, out: &mut [f32]) {
        match self {
            Self::Seeded(seed) => {
                random::fill_normal(*seed, Purpose::Noise, sample as u64, out);
            }
            Self::Stored { unit_normal, .. } => {
                if let Some(stored) = unit_normal.chunks_exact(out.len().max(1)).nth(sample) {
                    out.copy_from_slice(stored);
                }
            }
        }
    }

    /// Writes the noisy copy of `image` for `sample` into `out`, `[3, height, width]` in normalised
    /// space; `std` is the standard deviation of the noise there.
    pub fn copy(&self, image: &NormImage, std: f64, sample: usize, out: &mut [f32]) {
        self.fill(sample, out);
        for (value, &x) in out.iter_mut().zip(&image.values) {
            *value = (f64::from(x) + std * f64::from(*value)) as f32;
        }
    }

    /// # Errors
    /// Stored noise that is not of this size or has fewer than `samples` samples.
    pub fn check(&self, size: Size, samples: usize) -> Result<(), AttributionError> {
        match self {
            Self::Seeded(_) => Ok(()),
            Self::Stored {
                unit_normal,
                samples: stored,
            } => check_stored("noise", unit_normal.len(), *stored, size, samples),
        }
    }
}

/// Whether `values` numbers are `stored` images of `size`, of which `needed` are wanted.
pub(super) fn check_stored(
    what: &'static str,
    values: usize,
    stored: usize,
    size: Size,
    needed: usize,
) -> Result<(), AttributionError> {
    if stored < needed || stored.checked_mul(size.values()) != Some(values) {
        return Err(AttributionError::StoredDraws {
            what,
            stored,
            values,
            needed,
            channels: size.channels,
            height: size.height,
            width: size.width,
        });
    }
    Ok(())
}

/// Standard deviation of the noise for one image: `spread` times the image's whole range over all
/// channels (the authors take the range of a batch; for a batch of one it is the same).
pub fn noise_std(image: &NormImage, spread: f64) -> f64 {
    let (low, high) = image.range();
    spread * (f64::from(high) - f64::from(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size::colour(1, 2);

    #[test]
    fn stored_noise_is_read_sample_by_sample() {
        let noise = NoiseSource::Stored {
            unit_normal: (0..12).map(|v| v as f32).collect(),
            samples: 2,
        };
        let mut out = [0.0; 6];
        noise.fill(1, &mut out);
        assert_eq!(out, [6.0, 7.0, 8.0, 9.0, 10.0, 11.0]);
        assert_eq!(noise.check(SIZE, 2), Ok(()));
        let error = noise.check(SIZE, 3).unwrap_err().to_string();
        assert!(error.contains("holds 2"), "{error}");
        let wider = Size::colour(2, 2);
        assert!(noise.check(wider, 1).is_err());
    }

    #[test]
    fn the_spread_is_a_share_of_the_range_over_all_channels() {
        let image = NormImage {
            size: SIZE,
            values: vec![-1.0, 0.0, 0.5, 0.2, 3.0, 0.0],
        };
        assert!((noise_std(&image, 0.15) - 0.6).abs() < 1e-15);
    }
}
