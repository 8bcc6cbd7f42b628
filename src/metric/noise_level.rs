//! How noisy or concentrated a map is: descriptions of the map alone, not verdicts on it.

use super::{
    Findings, Measure, MetricError, Subject,
    measure::{UNIT_RANGE, score},
    sorted,
};
use crate::{
    classifier::{LocalFuture, Size},
    protocol::{Direction, MeasureDescription, Settings, citation},
};

const BINS: usize = 256;

/// Shannon entropy in bits, 0 to 8, of a histogram of 256 equal bins between the smallest and the
/// largest value; the last bin holds its upper edge.
///
/// As the authors compute it with `numpy.histogram`, bin edges included. 0 for a constant map.
pub fn entropy(map: &[f32]) -> f64 {
    let (low, high) = map
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &v| {
            (low.min(v.into()), high.max(v.into()))
        });
    if low >= high || map.is_empty() {
        return 0.0;
    }
    let width = (high - low) / BINS as f64;
    let edge = |bin: usize| {
        if bin == BINS {
            high
        } else {
            bin as f64 * width + low
        }
    };
    let mut counts = [0_usize; BINS];
    for &value in map {
        let value = f64::from(value);
        let mut bin = (((value - low) / (high - low) * BINS as f64) as usize).min(BINS - 1);
        // The product may round across an edge; the edges decide.
        if value < edge(bin) {
            bin = bin.saturating_sub(1);
        } else if bin < BINS - 1 && value >= edge(bin + 1) {
            bin += 1;
        }
        counts[bin] += 1;
    }
    let total = map.len() as f64;
    counts
        .iter()
        .filter(|&&count| count > 0)
        .map(|&count| count as f64 / total)
        .map(|share| -share * share.log2())
        .sum()
}

/// Mean absolute difference between neighbours, right and below, 0 to 1; 0 for a single pixel.
pub fn total_variation(map: &[f32], size: Size) -> f64 {
    let width = size.width.max(1);
    let difference = |a: &f32, b: &f32| f64::from((a - b).abs());
    let (mut sum, mut pairs) = (0.0, 0);
    for row in map.chunks_exact(width) {
        for pair in row.windows(2) {
            sum += difference(&pair[0], &pair[1]);
            pairs += 1;
        }
    }
    for (above, below) in map.iter().zip(map.iter().skip(width)) {
        sum += difference(above, below);
        pairs += 1;
    }
    sum / f64::from(pairs.max(1))
}

/// Share of the map's mass in its largest values: the top `share` of pixels, at least one.
///
/// A map without concentration gives about `share`; 0 for a map of zeros.
pub fn top_mass(map: &[f32], share: f64) -> f64 {
    let ascending = sorted(map);
    let mass = |values: &[f32]| values.iter().map(|&v| f64::from(v)).sum::<f64>();
    let count = ((share * map.len() as f64).ceil() as usize).clamp(1, map.len().max(1));
    let top = ascending
        .get(map.len() - count.min(map.len())..)
        .unwrap_or(&[]);
    let total = mass(&ascending);
    if total > 0.0 { mass(top) / total } else { 0.0 }
}

/// Entropy, total variation and concentration.
pub struct NoiseLevel;

impl Measure for NoiseLevel {
    fn description(&self) -> MeasureDescription {
        let top = |percent: usize| {
            score(
                &format!("mass-top-{percent}"),
                &format!("Mass in top {percent} %"),
                &format!("Share of the map's mass in its most salient {percent} % of pixels."),
                Direction::Descriptive,
                UNIT_RANGE,
            )
        };
        MeasureDescription {
            id: "noise-level".to_owned(),
            label: "Noise level".to_owned(),
            summary: "How noisy or concentrated the map is, whatever it explains.".to_owned(),
            citations: vec![citation::GUIDED_ABSOLUTE_GRAD.cite_for("Entropy")],
            cost: "no forward pass".to_owned(),
            needs_mask: false,
            parameters: Vec::new(),
            scores: vec![
                score(
                    "entropy",
                    "Entropy",
                    "Shannon entropy in bits of the map's 256-bin histogram.",
                    Direction::Descriptive,
                    (Some(0.0), Some(8.0)),
                ),
                score(
                    "total-variation",
                    "Total variation",
                    "Mean absolute difference between neighbouring pixels.",
                    Direction::Descriptive,
                    UNIT_RANGE,
                ),
                top(1),
                top(5),
                top(10),
            ],
        }
    }

    fn forward_passes(&self, _settings: &Settings) -> usize {
        0
    }

    fn evaluate<'a>(
        &'a self,
        subject: &'a Subject<'a>,
        _settings: &'a Settings,
    ) -> LocalFuture<'a, Result<Findings, MetricError>> {
        let map = subject.map;
        let findings = Findings {
            scores: vec![
                entropy(map),
                total_variation(map, subject.image.size),
                top_mass(map, 0.01),
                top_mass(map, 0.05),
                top_mass(map, 0.1),
            ],
            curves: Vec::new(),
        };
        Box::pin(std::future::ready(Ok(findings)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size::colour(2, 3);

    #[test]
    fn entropy_counts_filled_bins() {
        assert_eq!(entropy(&[0.3; 9]), 0.0);
        assert_eq!(entropy(&[0.0, 1.0]), 1.0);
        assert_eq!(entropy(&[0.0, 0.0, 1.0, 1.0]), 1.0);
        let ramp: Vec<f32> = (0..256).map(|i| i as f32 / 255.0).collect();
        assert!((entropy(&ramp) - 8.0).abs() < 1e-12);
    }

    #[test]
    fn variation_is_none_in_flat_maps_and_all_on_a_chessboard() {
        assert_eq!(total_variation(&[0.7; 6], SIZE), 0.0);
        assert_eq!(total_variation(&[0.0, 1.0, 0.0, 1.0, 0.0, 1.0], SIZE), 1.0);
        // Four pairs across, three down; only those down differ.
        assert_eq!(
            total_variation(&[0.0, 0.0, 0.0, 1.0, 1.0, 1.0], SIZE),
            3.0 / 7.0
        );
    }

    #[test]
    fn concentration_of_known_maps() {
        assert_eq!(top_mass(&[0.0; 6], 0.1), 0.0);
        assert_eq!(top_mass(&[0.0, 1.0, 0.0], 0.01), 1.0);
        let even = top_mass(&[0.5; 100], 0.05);
        assert!((even - 0.05).abs() < 1e-12);
    }
}
