//! A mean over images with its 95 % bootstrap interval.

use super::next_random;

/// How often images are drawn anew.
const RESAMPLES: usize = 2000;

/// The mean of a score over images.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mean {
    /// The mean itself.
    pub value: f64,
    /// The middle 95 % of means of as many images drawn with replacement (Efron 1979, percentile
    /// method); `None` of fewer than two images, or where it was not asked for.
    pub interval: Option<(f64, f64)>,
    /// How many images.
    pub images: usize,
}

/// The mean of `values`, one an image; `None` of no images. The interval is drawn from a fixed seed:
/// the same values always give the same one.
pub fn mean(values: &[f64], with_interval: bool) -> Option<Mean> {
    if values.is_empty() {
        return None;
    }
    let count = values.len();
    let of = |sum: f64| sum / count as f64;
    let interval = (with_interval && count > 1).then(|| {
        let mut state = 0;
        let mut means: Vec<f64> = (0..RESAMPLES)
            .map(|_| {
                let drawn = (0..count).filter_map(|_| {
                    // The upper half of the number, scaled: no image is likelier than another by
                    // more than one in four milliards.
                    let index = ((next_random(&mut state) >> 32) * count as u64) >> 32;
                    values.get(index as usize)
                });
                of(drawn.sum())
            })
            .collect();
        means.sort_by(f64::total_cmp);
        let at = |rank: usize| means.get(rank).copied().unwrap_or_default();
        let cut = RESAMPLES / 40;
        (at(cut), at(RESAMPLES - cut - 1))
    });
    Some(Mean {
        value: of(values.iter().sum()),
        interval,
        images: count,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_that_of_the_normal_law_for_many_images() {
        // Evenly spread over 0 to 1: deviation 1 / sqrt(12).
        let values: Vec<f64> = (0..400).map(|k| (f64::from(k) + 0.5) / 400.0).collect();
        let found = mean(&values, true).unwrap();
        let (low, high) = found.interval.unwrap();
        let half = 1.96 / (12.0_f64 * 400.0).sqrt();
        assert!((found.value - 0.5).abs() < 1e-12);
        assert!((low - (0.5 - half)).abs() < 0.004, "{low}");
        assert!((high - (0.5 + half)).abs() < 0.004, "{high}");
        assert_eq!(mean(&values, true), Some(found), "the same once more");
    }

    #[test]
    fn one_image_has_no_spread_and_none_no_mean() {
        assert_eq!(mean(&[], true), None);
        let one = mean(&[0.25], true).unwrap();
        assert_eq!((one.value, one.interval, one.images), (0.25, None, 1));
        assert_eq!(mean(&[1.0, 2.0], false).unwrap().interval, None);
        assert_eq!(mean(&[2.0; 5], true).unwrap().interval, Some((2.0, 2.0)));
    }
}
