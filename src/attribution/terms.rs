//! A map from the terms of a path method: trials, steps or passes, summed or guided.

use super::{AttributionError, Guide, Moments, Process, RawMap};
use crate::protocol::{Settings, SettingsError};

/// Aggregates `terms` as `process` says; the mean is multiplied by `scale`, so that a plain sum is
/// had with the number of terms.
///
/// # Errors
/// A guided process with fewer than two terms; `counted` is the setting that gives more.
pub(crate) fn map_of_terms(
    terms: &Moments,
    process: Process,
    settings: &Settings,
    scale: f64,
    counted: &'static str,
) -> Result<RawMap, AttributionError> {
    let mut sum = if process.is_absolute() {
        terms.mean_magnitude()
    } else {
        terms.mean()
    };
    for value in &mut sum {
        *value *= scale;
    }
    if process.is_guided() {
        let variance = terms.variance().ok_or_else(|| SettingsError::OutOfRange {
            name: counted.to_owned(),
            value: terms.count().to_string(),
            expected: "at least 2 that differ, since a guided process needs a variance".to_owned(),
        })?;
        let guide =
            Guide::from_settings(settings).ok_or(AttributionError::MissingSetting("percentile"))?;
        guide.apply(terms.size(), &mut sum, &variance);
    }
    Ok(RawMap::from_attribution(terms.size(), &sum))
}
