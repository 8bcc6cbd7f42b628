//! A map from the terms of a path method: trials, steps or passes, summed or guided.

use super::{AttributionError, Completeness, Guide, Moments, Process, ProcessMaps, RawMap};
use crate::{
    classifier::Size,
    protocol::{Settings, SettingsError},
};

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

/// The terms of several processes, gathered along one path.
pub(crate) struct ProcessTerms(Vec<(Process, Moments)>);

impl ProcessTerms {
    /// No terms yet.
    pub fn new(processes: &[Process], size: Size) -> Self {
        let empty = |&process: &Process| (process, Moments::new(size));
        Self(processes.iter().map(empty).collect())
    }

    /// Adds one term to each process, `[3, height, width]`.
    pub fn add(&mut self, term_of: impl Fn(Process) -> Vec<f64>) {
        for (process, terms) in &mut self.0 {
            terms.add(&term_of(*process));
        }
    }

    /// Sum over all terms and values of the plain process; `None` where it was not asked for.
    pub fn plain_sum(&self) -> Option<f64> {
        let (_, terms) = self
            .0
            .iter()
            .find(|(process, _)| *process == Process::Plain)?;
        Some(terms.count() as f64 * terms.mean().iter().sum::<f64>())
    }

    /// The map of each process, with how complete the plain one is. A map is the sum of the terms;
    /// `sign` turns it around.
    pub fn maps(
        &self,
        settings: &Settings,
        sign: f64,
        completeness: Option<Completeness>,
    ) -> ProcessMaps {
        let map = |(process, terms): &(Process, Moments)| {
            let scale = sign * terms.count() as f64;
            let mut map = map_of_terms(terms, *process, settings, scale, "steps")?;
            if *process == Process::Plain {
                map.completeness = completeness;
            }
            Ok(map)
        };
        self.0.iter().map(map).collect()
    }
}
