//! The randomisation check on its way to the page: what is asked, and the map after each step.

use serde::{Deserialize, Serialize};

use super::{ExplainRequest, MapReport, MeasureReport, Settings};

/// Id of the check among the measures.
pub const RANDOMISATION: &str = "randomisation";
/// Id of the curve of signed rank correlations.
pub const RANDOMISATION_CURVE: &str = "randomisation-spearman";
/// Above this rank correlation with a network without a single trained layer, either sign, a map
/// counts as one that ignores the network.
pub const INSENSITIVE_RHO: f64 = 0.5;

/// Which check is wanted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RandomiseRequest {
    /// The explanation that gave the map under test.
    pub explain: ExplainRequest,
    /// Settings of the check; missing ones take their defaults.
    pub settings: Settings,
}

/// The map when one more group of layers has lost its trained weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RandomisedMap {
    /// Groups without trained weights, from 1.
    pub step: usize,
    /// Groups in all.
    pub steps: usize,
    /// Layers of the newest group.
    pub layers: Vec<String>,
    /// Rank correlation with the original map, -1 to 1.
    pub spearman: f64,
    /// Structural similarity with the original map, -1 to 1.
    pub similarity: f64,
    /// The map.
    pub map: MapReport,
}

impl MeasureReport {
    /// Whether it is a randomisation check whose map failed: without a single trained layer, pixels
    /// still ranked like those of the original map. `None` for another measure.
    pub fn is_insensitive(&self) -> Option<bool> {
        let mut curves = self.curves.iter();
        let curve = curves.find(|curve| curve.id == RANDOMISATION_CURVE)?;
        Some(curve.y.last()?.abs() > INSENSITIVE_RHO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Curve;

    fn report(id: &str, y: Vec<f64>) -> MeasureReport {
        MeasureReport {
            measure: RANDOMISATION.to_owned(),
            target: 0,
            settings: Settings::default(),
            scores: Vec::new(),
            curves: vec![Curve {
                id: id.to_owned(),
                x_label: String::new(),
                y_label: String::new(),
                x: (0..y.len()).map(|x| x as f64).collect(),
                y,
            }],
        }
    }

    #[test]
    fn the_last_step_decides_whatever_its_sign() {
        let verdict = |y: &[f64]| report(RANDOMISATION_CURVE, y.to_vec()).is_insensitive();
        assert_eq!(verdict(&[0.9, 0.2]), Some(false));
        assert_eq!(verdict(&[0.1, -0.9]), Some(true));
        assert_eq!(verdict(&[]), None);
        assert_eq!(report("rise-deletion", vec![1.0]).is_insensitive(), None);
    }
}
