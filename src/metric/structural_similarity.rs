//! SSIM, the structural similarity of two maps.
//!
//! Wang et al. 2004, "Image quality assessment: from error visibility to structural similarity":
//! an 11 pixel Gaussian window of deviation 1.5, constants 0.01 and 0.03, averaged over the
//! positions where the window lies wholly inside.

use crate::classifier::Size;

const SIDE: usize = 11;
const DEVIATION: f64 = 1.5;

/// SSIM of `a` and `b`, `[height, width]` in 0 to 1: -1 to 1, and 1 only for equal maps.
///
/// In an image smaller than the window, the window shrinks to the largest odd side that fits.
pub fn structural_similarity(a: &[f32], b: &[f32], size: Size) -> f64 {
    let longest = SIDE.min(size.height).min(size.width);
    // An even length has no middle.
    let window = window(longest.saturating_sub(1) / 2 * 2 + 1);
    let blurred = |of: &dyn Fn(f64, f64) -> f64| {
        let values: Vec<f64> = a
            .iter()
            .zip(b)
            .map(|(&x, &y)| of(x.into(), y.into()))
            .collect();
        weighted_means(&values, size.width, &window)
    };
    let mean_a = blurred(&|x, _| x);
    let mean_b = blurred(&|_, y| y);
    let mean_aa = blurred(&|x, _| x * x);
    let mean_bb = blurred(&|_, y| y * y);
    let mean_ab = blurred(&|x, y| x * y);
    let (c1, c2) = (0.01_f64.powi(2), 0.03_f64.powi(2));
    let mut sum = 0.0;
    for i in 0..mean_a.len() {
        let (ma, mb) = (mean_a[i], mean_b[i]);
        let (variance_a, variance_b) = (mean_aa[i] - ma * ma, mean_bb[i] - mb * mb);
        let covariance = mean_ab[i] - ma * mb;
        sum += (2.0 * ma * mb + c1) * (2.0 * covariance + c2)
            / ((ma * ma + mb * mb + c1) * (variance_a + variance_b + c2));
    }
    sum / mean_a.len().max(1) as f64
}

fn window(side: usize) -> Vec<f64> {
    let centre = (side as f64 - 1.0) / 2.0;
    let weights: Vec<f64> = (0..side)
        .map(|i| (-(i as f64 - centre).powi(2) / (2.0 * DEVIATION * DEVIATION)).exp())
        .collect();
    let total: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / total).collect()
}

// The window slides along rows, then along columns, wherever it lies wholly inside.
fn weighted_means(values: &[f64], width: usize, window: &[f64]) -> Vec<f64> {
    let side = window.len().max(1);
    let dot = |values: &mut dyn Iterator<Item = f64>| -> f64 {
        values
            .zip(window)
            .map(|(value, weight)| value * weight)
            .sum()
    };
    let rows: Vec<Vec<f64>> = values
        .chunks_exact(width.max(1))
        .map(|row| {
            row.windows(side)
                .map(|part| dot(&mut part.iter().copied()))
                .collect()
        })
        .collect();
    rows.windows(side)
        .flat_map(|part| {
            let columns = part.first().map_or(0, Vec::len);
            (0..columns).map(|x| dot(&mut part.iter().map(|row| row[x])))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size::colour(13, 16);

    fn waves() -> Vec<f32> {
        (0..SIZE.pixels())
            .map(|i| (i as f32 * 0.7).sin().abs())
            .collect()
    }

    #[test]
    fn equal_maps_are_wholly_similar() {
        assert!((structural_similarity(&waves(), &waves(), SIZE) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn inverted_maps_are_unlike_and_it_does_not_matter_which_comes_first() {
        let inverted: Vec<f32> = waves().iter().map(|v| 1.0 - v).collect();
        let similarity = structural_similarity(&waves(), &inverted, SIZE);
        assert!(similarity < 0.0, "{similarity}");
        let swapped = structural_similarity(&inverted, &waves(), SIZE);
        assert!((similarity - swapped).abs() < 1e-12);
    }

    #[test]
    fn constant_maps_differ_by_their_brightness_alone() {
        let (dark, light) = (vec![0.2; SIZE.pixels()], vec![0.8; SIZE.pixels()]);
        let (a, b, c1) = (0.2_f32 as f64, 0.8_f32 as f64, 1e-4);
        let expected = (2.0 * a * b + c1) / (a * a + b * b + c1);
        assert!((structural_similarity(&dark, &light, SIZE) - expected).abs() < 1e-9);
    }

    #[test]
    fn a_single_pixel_is_a_window() {
        let size = Size::colour(1, 1);
        assert!((structural_similarity(&[0.4], &[0.4], size) - 1.0).abs() < 1e-12);
    }
}
