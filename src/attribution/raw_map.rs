//! What a method computes before its map is scaled to 0 to 1.

use crate::classifier::Size;

/// How far a path method's attributions are from adding up to what they explain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Completeness {
    /// Sum of the attributions over all channels and pixels.
    pub attributed: f64,
    /// Objective at the image minus objective at the baseline, averaged over trials.
    pub explained: f64,
}

impl Completeness {
    /// `attributed - explained`; 0 for a complete attribution.
    pub fn gap(self) -> f64 {
        self.attributed - self.explained
    }
}

/// A map in the method's own units.
#[derive(Clone, Debug, PartialEq)]
pub struct RawMap {
    /// Height and width.
    pub size: Size,
    /// Row-major, `height * width`, in units of the gradient or of its variance.
    pub values: Vec<f64>,
    /// The signed attribution it was summed from, `[3, height, width]`, where the method has one.
    pub attribution: Option<Vec<f32>>,
    /// How complete the attribution is, for path methods in their plain form.
    pub completeness: Option<Completeness>,
    /// What a person must know to read it, in whole sentences.
    pub note: Option<String>,
}

impl RawMap {
    /// Magnitudes of `attribution`, `[3, height, width]`, summed over channels.
    pub fn from_attribution(size: Size, attribution: &[f64]) -> Self {
        let mut values = vec![0.0; size.pixels()];
        for channel in attribution.chunks_exact(size.pixels().max(1)) {
            for (value, a) in values.iter_mut().zip(channel) {
                *value += a.abs();
            }
        }
        Self {
            size,
            values,
            attribution: Some(attribution.iter().map(|&a| a as f32).collect()),
            completeness: None,
            note: None,
        }
    }

    /// As [`RawMap::from_attribution`] for amounts without a sign, such as variances.
    pub fn from_amounts(size: Size, amounts: &[f64]) -> Self {
        Self {
            attribution: None,
            ..Self::from_attribution(size, amounts)
        }
    }

    /// A map that was never summed from channels.
    pub fn from_values(size: Size, values: Vec<f64>) -> Self {
        Self {
            size,
            values,
            attribution: None,
            completeness: None,
            note: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_summed_by_magnitude() {
        let size = Size::colour(1, 2);
        let map = RawMap::from_attribution(size, &[1.0, -2.0, -3.0, 4.0, 0.0, -1.0]);
        assert_eq!(map.values, [4.0, 7.0]);
        assert_eq!(
            map.attribution.unwrap(),
            [1.0_f32, -2.0, -3.0, 4.0, 0.0, -1.0]
        );
    }
}
