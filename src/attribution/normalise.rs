//! Min-max scaling of a raw map to 0 to 1.

use super::RawMap;
use crate::classifier::Size;

/// A map in 0 to 1 and the raw values its ends stand for.
#[derive(Clone, Debug, PartialEq)]
pub struct SaliencyMap {
    /// Height and width.
    pub size: Size,
    /// Row-major, `height * width`, 0 to 1.
    pub values: Vec<f32>,
    /// Raw value that became 0.
    pub raw_min: f64,
    /// Raw value that became 1.
    pub raw_max: f64,
    /// Every raw value was the same; the map is then all ones, as in the authors' code for a batch
    /// of one image.
    pub constant: bool,
}

impl RawMap {
    /// `(u - min) / max(u - min)` over the whole map.
    pub fn normalise(&self) -> SaliencyMap {
        let (raw_min, raw_max) = self
            .values
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &v| {
                (low.min(v), high.max(v))
            });
        let range = raw_max - raw_min;
        // Not a number fails this comparison too and is treated as carrying no information.
        let constant = !(range > 0.0 && range.is_finite());
        let values = if constant {
            vec![1.0; self.values.len()]
        } else {
            self.values
                .iter()
                .map(|v| ((v - raw_min) / range) as f32)
                .collect()
        };
        let finite = |v: f64| if v.is_finite() { v } else { 0.0 };
        SaliencyMap {
            size: self.size,
            values,
            raw_min: finite(raw_min),
            raw_max: finite(raw_max),
            constant,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalised(values: &[f64]) -> SaliencyMap {
        let size = Size::colour(1, values.len());
        RawMap::from_values(size, values.to_vec()).normalise()
    }

    #[test]
    fn ends_become_zero_and_one() {
        let map = normalised(&[3.0, 1.0, 2.0, 5.0]);
        assert_eq!(map.values, [0.5, 0.0, 0.25, 1.0]);
        assert_eq!((map.raw_min, map.raw_max), (1.0, 5.0));
        assert!(!map.constant);
    }

    #[test]
    fn a_constant_map_is_all_ones_and_says_so() {
        for values in [&[2.0, 2.0][..], &[0.0], &[f64::NAN, f64::NAN]] {
            let map = normalised(values);
            assert!(map.constant);
            assert!(map.values.iter().all(|&v| v == 1.0));
        }
        assert_eq!(normalised(&[2.0, 2.0]).raw_max, 2.0);
    }
}
