//! What the engine told of the steps, made ready to be shown.

use super::super::{ResultKey, Shared};
use crate::{
    app::painting::rescaled,
    protocol::{BrokenMap, LessonReport, MapReport, Pixels, RcapSettings},
};

/// Colours end where this share of the values lies below: a few extreme pixels would leave the rest
/// of a gradient without any.
const SHOWN_SHARE: f64 = 0.99;

/// The pictures of a lesson.
#[derive(Clone, Debug, PartialEq)]
pub struct LessonMaterial {
    /// The map it leads to.
    pub key: ResultKey,
    /// How broken maps were measured.
    pub rcap_settings: RcapSettings,
    /// Noisy copies of the photo.
    pub copies: Vec<Shared<Pixels>>,
    /// The gradient at each copy: signed, 0 in the middle.
    pub gradients: Vec<Shared<MapReport>>,
    /// The magnitude of each gradient.
    pub magnitudes: Vec<Shared<MapReport>>,
    /// Mean magnitude over all copies.
    pub mean_magnitude: Shared<MapReport>,
    /// Variance over all copies.
    pub variance: Shared<MapReport>,
    /// Variance at the percentile, by channel; empty where nothing is damped.
    pub thresholds: Vec<f64>,
    /// Channels that vary above it.
    pub above: Shared<MapReport>,
    /// What the guide leaves of a pixel.
    pub weight: Shared<MapReport>,
    /// The map reversed, with its RCAP.
    pub reversed: (Shared<MapReport>, f64),
    /// A random map, with its RCAP.
    pub random: (Shared<MapReport>, f64),
}

impl LessonMaterial {
    /// Made of what the engine told about the map of `key`.
    pub(super) fn new(key: ResultKey, rcap_settings: RcapSettings, report: LessonReport) -> Self {
        let (mut copies, mut gradients, mut magnitudes) = (Vec::new(), Vec::new(), Vec::new());
        for copy in report.copies {
            copies.push(Shared::new(copy.picture));
            gradients.push(copy.gradient);
            magnitudes.push(copy.magnitude);
        }
        let whole = |broken: BrokenMap| (Shared::new(broken.map), broken.rcap);
        Self {
            key,
            rcap_settings,
            copies,
            gradients: brightened(&gradients, 0.5),
            magnitudes: brightened(&magnitudes, 0.0),
            mean_magnitude: alone(report.mean_magnitude),
            variance: alone(report.variance),
            thresholds: report.thresholds,
            above: Shared::new(report.above),
            weight: Shared::new(report.weight),
            reversed: whole(report.reversed),
            random: whole(report.random),
        }
    }
}

/// Maps that share one scale, with colours up to where most values lie; `middle` is the value in 0 to 1
/// that stands for 0.
fn brightened(maps: &[MapReport], middle: f32) -> Vec<Shared<MapReport>> {
    let values = maps.iter().flat_map(|map| &map.values);
    let mut sizes: Vec<f32> = values.map(|value| (value - middle).abs()).collect();
    let place = (sizes.len() as f64 * SHOWN_SHARE) as usize;
    let reach = if place < sizes.len() {
        *sizes.select_nth_unstable_by(place, f32::total_cmp).1
    } else {
        0.0
    };
    // Hardly any value differs from 0: they are shown as they are.
    let reach = if reach > 0.0 { reach } else { 1.0 - middle };
    let shown = maps.iter().map(|map| {
        let range = map.raw_max - map.raw_min;
        let zero = map.raw_min + middle * range;
        let low = if middle > 0.0 {
            zero - reach * range
        } else {
            zero
        };
        Shared::new(rescaled(map, (low, zero + reach * range)))
    });
    shown.collect()
}

fn alone(map: MapReport) -> Shared<MapReport> {
    let mut maps = brightened(&[map], 0.0);
    maps.swap_remove(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(values: Vec<f32>, raw: [f32; 2]) -> MapReport {
        MapReport {
            raw_min: raw[0],
            raw_max: raw[1],
            ..MapReport::finished("", 0, [1, values.len()], values)
        }
    }

    #[test]
    fn one_bright_pixel_does_not_darken_the_rest() {
        let mut values: Vec<f32> = (0..200).map(|i| i as f32 / 400.0).collect();
        values.push(1.0);
        let shown = alone(map(values, [0.0, 8.0]));
        assert_eq!(shown.values.last(), Some(&1.0));
        assert!((shown.values[100] - 0.25 / 0.495).abs() < 0.01);
        assert!((shown.raw_max - 8.0 * 0.495).abs() < 0.05);
        assert_eq!(shown.raw_min, 0.0);
    }

    #[test]
    fn zero_stays_in_the_middle_and_one_scale_serves_all() {
        let first = map([vec![0.5; 2], vec![0.6; 98]].concat(), [-2.0, 2.0]);
        let second = map(vec![0.55; 100], [-2.0, 2.0]);
        let shown = brightened(&[first, second], 0.5);
        assert_eq!(shown[0].values[0], 0.5);
        assert!((shown[0].values[50] - 1.0).abs() < 1e-5);
        assert!((shown[1].values[0] - 0.75).abs() < 1e-5);
        assert!((shown[1].raw_max - 0.4).abs() < 1e-5 && (shown[1].raw_min + 0.4).abs() < 1e-5);
    }

    #[test]
    fn an_empty_gradient_stays_empty() {
        let shown = brightened(&[map(vec![0.5; 4], [-1.0, 1.0])], 0.5);
        assert_eq!(shown[0].values, [0.5; 4]);
        let flat = brightened(&[map(vec![1.0; 4], [0.0, 0.0])], 0.0);
        assert_eq!(flat[0].values, [1.0; 4]);
    }
}
