//! Gaussian blur with a fixed kernel size and reflecting borders.
//!
//! The same as `torchvision.transforms.v2.GaussianBlur(2 * radius + 1, sigma)`, which the authors
//! use: the kernel does not grow with sigma, so a large sigma is nearly a box filter.

use super::AttributionError;
use crate::{classifier::Size, protocol::SettingsError};

/// Blurs every channel of `image`, `[channels, height, width]`, with weights
/// `exp(-d^2 / (2 sigma^2))` for `d` from `-radius` to `radius`, scaled to sum to 1.
///
/// `sigma` is above 0 and is rounded to `f32`, as there; [`check_radius`] says whether `radius`
/// fits. The border is mirrored without repeating the edge.
pub fn blur(image: &[f64], size: Size, radius: usize, sigma: f64) -> Vec<f64> {
    let kernel = kernel(radius, f64::from(sigma as f32));
    let (height, width) = (size.height, size.width);
    let mut output = vec![0.0; image.len()];
    let mut across = vec![0.0; size.pixels()];
    let mut padded = vec![0.0; width + 2 * radius];
    let channels = image
        .chunks_exact(size.pixels().max(1))
        .zip(output.chunks_exact_mut(size.pixels().max(1)));
    for (channel, output) in channels {
        for y in 0..height {
            let row = &channel[y * width..(y + 1) * width];
            for (i, value) in padded.iter_mut().enumerate() {
                *value = row[reflect(i, radius, width)];
            }
            for (x, value) in across[y * width..(y + 1) * width].iter_mut().enumerate() {
                let window = padded[x..x + kernel.len()].iter();
                *value = window.zip(&kernel).map(|(v, k)| v * k).sum();
            }
        }
        for y in 0..height {
            let target = &mut output[y * width..(y + 1) * width];
            for (i, k) in kernel.iter().enumerate() {
                let source = reflect(y + i, radius, height);
                let row = &across[source * width..(source + 1) * width];
                for (value, v) in target.iter_mut().zip(row) {
                    *value += k * v;
                }
            }
        }
    }
    output
}

/// # Errors
/// A radius that is not smaller than both sides of the image: mirrored borders end there.
pub fn check_radius(size: Size, radius: usize) -> Result<(), AttributionError> {
    if radius < size.height && radius < size.width {
        return Ok(());
    }
    Err(SettingsError::OutOfRange {
        name: "radius".to_owned(),
        value: radius.to_string(),
        expected: format!(
            "smaller than both sides of the image, {} x {}",
            size.height, size.width
        ),
    }
    .into())
}

fn kernel(radius: usize, sigma: f64) -> Vec<f64> {
    let weights: Vec<f64> = (0..=2 * radius)
        .map(|i| {
            let d = (i as f64 - radius as f64) / sigma;
            (-0.5 * d * d).exp()
        })
        .collect();
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|w| w / sum).collect()
}

/// Index into `length` values of position `i` of the padded row, which starts `radius` before it.
fn reflect(i: usize, radius: usize, length: usize) -> usize {
    let mirrored = i.abs_diff(radius);
    if mirrored < length {
        mirrored
    } else {
        (2 * (length - 1)).saturating_sub(mirrored)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size::colour(3, 4);

    #[test]
    fn borders_are_mirrored_without_the_edge() {
        let indices: Vec<usize> = (0..8).map(|i| reflect(i, 2, 4)).collect();
        assert_eq!(indices, [2, 1, 0, 1, 2, 3, 2, 1]);
    }

    #[test]
    fn a_flat_image_stays_flat_and_a_tiny_sigma_changes_nothing() {
        let flat = [2.0; 36];
        assert!(
            blur(&flat, SIZE, 2, 1.0)
                .iter()
                .all(|v| (v - 2.0).abs() < 1e-14)
        );
        let image: Vec<f64> = (0..36).map(f64::from).collect();
        assert_eq!(blur(&image, SIZE, 2, 0.01), image);
    }

    #[test]
    fn the_radius_must_fit() {
        assert!(check_radius(SIZE, 2).is_ok());
        assert!(check_radius(SIZE, 3).is_err());
    }
}
