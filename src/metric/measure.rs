//! What every measure is: a description of itself, and scores of one map.

use super::{AlterationPlan, MetricError, check_length, check_map};
use crate::{
    attribution::Pace,
    classifier::{Classifier, LocalFuture, NormImage},
    protocol::{
        Curve, Direction, MeasureDescription, MeasureReport, ParameterDescription, ParameterKind,
        Score, ScoreDescription, Settings,
    },
};

/// One map to be measured, with everything a measure may look at.
pub struct Subject<'a> {
    /// The model the map explains.
    pub classifier: &'a dyn Classifier,
    /// Called between batches.
    pub pace: &'a dyn Pace,
    /// The image explained.
    pub image: &'a NormImage,
    /// Where black lies in normalised space, by channel.
    pub black_norm: &'a [f32],
    /// The class explained.
    pub target: usize,
    /// `[height, width]` in 0 to 1.
    pub map: &'a [f32],
    /// Where the object is, `[height, width]`, if that is known.
    pub mask: Option<&'a [bool]>,
}

impl Subject<'_> {
    /// # Errors
    /// The image, the map or the mask does not fit the size, or the map is out of range.
    pub fn check(&self) -> Result<(), MetricError> {
        let size = self.image.size;
        check_length("image", self.image.values.len(), size.values(), size)?;
        check_map(self.map, size)?;
        self.mask.map_or(Ok(()), |mask| {
            check_length("mask", mask.len(), size.pixels(), size)
        })
    }
}

/// What a measure hands back, before it is put into a report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// One for each score of the description, in that order.
    pub scores: Vec<f64>,
    /// Curves behind the scores.
    pub curves: Vec<Curve>,
}

/// A measure of maps.
pub trait Measure {
    /// Its name, scores, parameters, source and cost.
    fn description(&self) -> MeasureDescription;

    /// Images it runs through the model with these complete settings.
    fn forward_passes(&self, settings: &Settings) -> usize;

    /// Which images a measure that deletes and inserts pixels shows the model, with these complete
    /// settings; `None` for the others. No forward pass is needed to know.
    ///
    /// # Errors
    /// A setting is out of range.
    fn alterations(
        &self,
        _map: &[f32],
        _settings: &Settings,
    ) -> Result<Option<AlterationPlan>, MetricError> {
        Ok(None)
    }

    /// Measures a subject that has been checked, with complete settings.
    ///
    /// # Errors
    /// Cancelled, the model failed, a setting is out of range, or a mask is needed and missing.
    fn evaluate<'a>(
        &'a self,
        subject: &'a Subject<'a>,
        settings: &'a Settings,
    ) -> LocalFuture<'a, Result<Findings, MetricError>>;
}

/// Measures `subject` with `given` settings, the missing ones at their defaults.
///
/// # Errors
/// As [`Measure::evaluate`]; also where the subject's parts do not fit each other, or a score
/// came out infinite or not a number.
pub async fn measure(
    measure: &dyn Measure,
    subject: &Subject<'_>,
    given: &Settings,
) -> Result<MeasureReport, MetricError> {
    let description = measure.description();
    let settings = description.complete(given)?;
    subject.check()?;
    let findings = measure.evaluate(subject, &settings).await?;
    let mut scores = Vec::with_capacity(findings.scores.len());
    for (score, value) in description.scores.into_iter().zip(findings.scores) {
        if !value.is_finite() {
            return Err(MetricError::Score { id: score.id });
        }
        scores.push(Score {
            id: score.id,
            value,
        });
    }
    Ok(MeasureReport {
        measure: description.id,
        target: subject.target,
        settings,
        scores,
        curves: findings.curves,
    })
}

/// A score's description from its parts; `range` is its smallest and largest value.
pub(super) fn score(
    id: &str,
    label: &str,
    summary: &str,
    direction: Direction,
    range: (Option<f64>, Option<f64>),
) -> ScoreDescription {
    ScoreDescription {
        id: id.to_owned(),
        label: label.to_owned(),
        summary: summary.to_owned(),
        direction,
        lowest: range.0,
        highest: range.1,
    }
}

/// A parameter's description from its parts. No parameter of a measure costs a gradient.
pub(super) fn parameter(
    name: &str,
    label: &str,
    meaning: &str,
    unit: &str,
    kind: ParameterKind,
) -> ParameterDescription {
    ParameterDescription {
        name: name.to_owned(),
        label: label.to_owned(),
        meaning: meaning.to_owned(),
        unit: unit.to_owned(),
        kind,
        free: true,
    }
}

/// A choice among names, the first the default.
pub(super) fn choice(options: &[&str]) -> ParameterKind {
    ParameterKind::Choice {
        options: options.iter().map(|&name| name.to_owned()).collect(),
    }
}

/// From 0 to 1.
pub(super) const UNIT_RANGE: (Option<f64>, Option<f64>) = (Some(0.0), Some(1.0));
