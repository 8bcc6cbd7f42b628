//! Parameter randomisation: a map that stays the same while the model's weights are destroyed does
//! not explain the model.
//!
//! Adebayo et al. 2018, "Sanity checks for saliency maps", arXiv 1810.03292; the cascade in groups
//! of layers as in the code of arXiv 2404.15564.

use std::ops::Range;

use super::{
    MetricError, check_length,
    measure::{UNIT_RANGE, choice, parameter, score},
    spearman, structural_similarity,
};
use crate::{
    attribution::{AttributionError, Pace},
    classifier::{Classifier, ClassifierError, LocalFuture, Size},
    protocol::{
        Curve, Direction, INSENSITIVE_RHO, MeasureDescription, MeasureReport, ParameterKind,
        RANDOMISATION, RANDOMISATION_CURVE, Score, Settings, citation,
    },
};

/// Groups that layers are randomised in at most.
pub const MAX_GROUPS: usize = 20;

/// A model whose weights are destroyed group by group, from the output down.
pub trait Cascade {
    /// Names of the layers of each group, the group nearest the output first.
    fn groups(&self) -> Vec<Vec<String>>;

    /// The model with the weights of groups 0 to `group` newly drawn and all others as they were.
    /// Asked for in ascending order.
    ///
    /// # Errors
    /// The randomised model cannot be built or put on its device.
    fn randomised<'a>(
        &'a self,
        group: usize,
    ) -> LocalFuture<'a, Result<Box<dyn Classifier + 'a>, ClassifierError>>;
}

/// The method under test, with image, class and settings already chosen.
pub trait Explainer {
    /// The map of `classifier`, `[height, width]` in 0 to 1.
    ///
    /// `step` is 0 for the first randomised model and counts up: an explainer that draws fresh
    /// noise for every model seeds it with this, one that repeats its noise ignores it.
    ///
    /// # Errors
    /// Cancelled, or the method failed.
    fn explain<'a>(
        &'a self,
        classifier: &'a dyn Classifier,
        step: usize,
    ) -> LocalFuture<'a, Result<Vec<f32>, AttributionError>>;
}

/// What became of the map when one more group of layers lost its weights.
#[derive(Clone, Debug, PartialEq)]
pub struct RandomisationStep {
    /// Layers of the group.
    pub layers: Vec<String>,
    /// Rank correlation with the original map, -1 to 1; 0 where either map is constant.
    pub spearman: f64,
    /// Structural similarity with the original map, -1 to 1.
    pub similarity: f64,
    /// The map of the randomised model, `[height, width]`.
    pub map: Vec<f32>,
}

/// The whole cascade.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RandomisationOutcome {
    /// From the output down; each includes all before it.
    pub steps: Vec<RandomisationStep>,
}

impl RandomisationOutcome {
    /// Mean over steps of the absolute rank correlation, 0 to 1; lower is better.
    pub fn mean_absolute_spearman(&self) -> f64 {
        self.mean(|step| step.spearman.abs())
    }

    /// Mean over steps of the rank correlation, -1 to 1.
    pub fn mean_spearman(&self) -> f64 {
        self.mean(|step| step.spearman)
    }

    /// Mean over steps of the structural similarity, -1 to 1; lower is better.
    pub fn mean_similarity(&self) -> f64 {
        self.mean(|step| step.similarity)
    }

    /// Whether the map of a model without a single trained layer still ranks pixels like the
    /// original: the map has failed the check.
    pub fn is_insensitive(&self) -> bool {
        self.steps
            .last()
            .is_some_and(|step| step.spearman.abs() > INSENSITIVE_RHO)
    }

    /// The outcome as a row of a table, for class `target` and the check's complete settings.
    pub fn report(&self, target: usize, settings: Settings) -> MeasureReport {
        let values = [
            self.mean_absolute_spearman(),
            self.mean_spearman(),
            self.mean_similarity(),
        ];
        let description = randomisation_description();
        let curve = |id: &str, y_label: &str, of: &dyn Fn(&RandomisationStep) -> f64| Curve {
            id: id.to_owned(),
            x_label: "Groups of layers without trained weights".to_owned(),
            y_label: y_label.to_owned(),
            x: (1..=self.steps.len()).map(|k| k as f64).collect(),
            y: self.steps.iter().map(of).collect(),
        };
        MeasureReport {
            measure: description.id,
            target,
            settings,
            scores: description
                .scores
                .into_iter()
                .zip(values)
                .map(|(score, value)| Score {
                    id: score.id,
                    value,
                })
                .collect(),
            curves: vec![
                curve(RANDOMISATION_CURVE, "Spearman's rho", &|s| s.spearman),
                curve("randomisation-ssim", "SSIM", &|s| s.similarity),
            ],
        }
    }

    fn mean(&self, of: impl Fn(&RandomisationStep) -> f64) -> f64 {
        self.steps.iter().map(of).sum::<f64>() / self.steps.len().max(1) as f64
    }
}

/// Compares `original`, the map of the intact model, with the maps along the cascade. `on_step` sees
/// each step as it is done, with the number of steps in all.
///
/// # Errors
/// Cancelled, a randomised model or the method failed, or a map has the wrong size.
pub async fn randomisation_check(
    original: &[f32],
    size: Size,
    cascade: &dyn Cascade,
    explainer: &dyn Explainer,
    pace: &dyn Pace,
    on_step: &dyn Fn(&RandomisationStep, usize),
) -> Result<RandomisationOutcome, MetricError> {
    check_length("map", original.len(), size.pixels(), size)?;
    let groups = cascade.groups();
    let total = groups.len();
    let mut outcome = RandomisationOutcome::default();
    pace.pause(0, total).await?;
    for (group, layers) in groups.into_iter().enumerate() {
        let classifier = cascade.randomised(group).await?;
        let map = explainer.explain(classifier.as_ref(), group).await?;
        check_length("map", map.len(), size.pixels(), size)?;
        let step = RandomisationStep {
            layers,
            spearman: spearman(original, &map),
            similarity: structural_similarity(original, &map, size),
            map,
        };
        on_step(&step, total);
        outcome.steps.push(step);
        pace.pause(group + 1, total).await?;
    }
    Ok(outcome)
}

/// Splits `layers` layers, in the order they are to be randomised, into at most `most` groups of
/// equal size; the first ones are larger by one where that does not work out.
pub fn layer_groups(layers: usize, most: usize) -> Vec<Range<usize>> {
    let groups = most.min(layers);
    let mut start = 0;
    (0..groups)
        .map(|group| {
            let length = layers / groups + usize::from(group < layers % groups);
            let range = start..start + length;
            start = range.end;
            range
        })
        .collect()
}

/// The check's description of itself.
pub fn randomisation_description() -> MeasureDescription {
    let signed = (Some(-1.0), Some(1.0));
    MeasureDescription {
        id: RANDOMISATION.to_owned(),
        label: "Parameter randomisation".to_owned(),
        summary: "Whether the map changes when the model's weights are destroyed, from the output \
                  down."
            .to_owned(),
        citations: vec![citation::SANITY_CHECKS.cite()],
        cost: "the method's whole cost for each of at most 20 groups of layers".to_owned(),
        needs_mask: false,
        parameters: vec![
            parameter(
                "groups",
                "Groups",
                "How many groups of layers lose their weights one after the other.",
                "",
                ParameterKind::Integer {
                    min: 1,
                    max: MAX_GROUPS as u64,
                    default: MAX_GROUPS as u64,
                },
            ),
            parameter(
                "noise",
                "Noise",
                "Whether every model sees the same noise, or its own as in the authors' code.",
                "",
                choice(&["same", "fresh"]),
            ),
            parameter(
                "seed",
                "Seed",
                "Chooses the new weights.",
                "",
                ParameterKind::Integer {
                    min: 0,
                    max: u64::from(u32::MAX),
                    default: 0,
                },
            ),
        ],
        scores: vec![
            score(
                "randomisation-abs-spearman",
                "Randomisation |Spearman|",
                "Mean over steps of the absolute rank correlation with the original map.",
                Direction::LowerIsBetter,
                UNIT_RANGE,
            ),
            score(
                "randomisation-spearman",
                "Randomisation Spearman",
                "Mean over steps of the rank correlation; shows the sign flips that |Spearman| \
                 hides.",
                Direction::Descriptive,
                signed,
            ),
            score(
                "randomisation-ssim",
                "Randomisation SSIM",
                "Mean over steps of the structural similarity with the original map.",
                Direction::LowerIsBetter,
                signed,
            ),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_split_as_evenly_as_they_can() {
        assert_eq!(layer_groups(7, 3), [0..3, 3..5, 5..7]);
        assert_eq!(layer_groups(40, 20).len(), 20);
        assert_eq!(layer_groups(3, 20), [0..1, 1..2, 2..3]);
        assert!(layer_groups(0, 20).is_empty());
    }
}
