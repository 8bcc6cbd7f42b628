//! How far a map is from a stored one, and whether its tolerance allows that.

use gradlens::metric::spearman;
use serde_json::Value;

/// How far a map is from the stored one.
#[derive(Debug)]
pub struct Difference {
    /// Share of pixels farther off than the tolerance's `abs`.
    outliers: f64,
    mean: f64,
    spearman: f64,
}

impl Difference {
    /// Between two maps of the same size.
    pub fn new(found: &[f32], stored: &[f32], tolerance: &Value) -> Self {
        assert_eq!(found.len(), stored.len());
        let count = found.len() as f64;
        let limit = tolerance["abs"].as_f64().unwrap();
        let off = found
            .iter()
            .zip(stored)
            .map(|(a, b)| (f64::from(*a) - f64::from(*b)).abs());
        Self {
            outliers: off.clone().filter(|&d| d > limit).count() as f64 / count,
            mean: off.sum::<f64>() / count,
            spearman: spearman(found, stored),
        }
    }

    /// Whether it is within every tolerance that is given.
    pub fn is_within(&self, tolerance: &Value) -> bool {
        let most_outliers = tolerance["max_outlier_fraction"].as_f64().unwrap();
        let most_mean = tolerance["max_mean_abs"].as_f64();
        let least_spearman = tolerance["min_spearman"].as_f64();
        self.outliers <= most_outliers
            && most_mean.is_none_or(|most| self.mean <= most)
            && least_spearman.is_none_or(|least| self.spearman >= least)
    }
}
