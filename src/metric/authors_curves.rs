//! Deletion and insertion as in the authors' code: ten points at fixed quantiles.

use super::{
    Alteration, AlterationPlan, Findings, Measure, MetricError, Schedule, Subject,
    altered_probabilities,
    insertion_deletion::curve_with_area,
    lower_quantile,
    measure::{choice, parameter, score},
    sorted,
};
use crate::{
    classifier::LocalFuture,
    protocol::{Direction, MeasureDescription, ParameterKind, Settings, citation},
};

/// The protocol of arXiv 2404.15564.
///
/// At point j, 0 to 9, the salient pixels are those above the quantile at rate `1 - j / 10`. The
/// horizontal axis runs from 0.1 to 1, although the points mean 0 to 0.9, and the point of all
/// pixels is missing: the area is at most 0.9.
pub struct AuthorsCurves;

const POINTS: usize = 10;
const BLUR_RADIUS: usize = 16;

impl AuthorsCurves {
    /// Which pixels of `map` count as salient at each of the ten points.
    pub fn schedule(map: &[f32]) -> Schedule {
        let ascending = sorted(map);
        let thresholds: Vec<f32> = (1..=POINTS)
            .rev()
            .map(|tenths| lower_quantile(&ascending, tenths as f64 / 10.0))
            .collect();
        let salient_from = map
            .iter()
            .map(|value| {
                thresholds
                    .iter()
                    .position(|threshold| value > threshold)
                    .unwrap_or(POINTS)
            })
            .collect();
        Schedule {
            points: POINTS,
            salient_from,
        }
    }
}

impl Measure for AuthorsCurves {
    fn description(&self) -> MeasureDescription {
        let range = (Some(0.0), Some(0.9));
        MeasureDescription {
            id: "authors-curves".to_owned(),
            label: "Deletion and insertion (authors)".to_owned(),
            summary: "How the probability falls as salient pixels are deleted and rises as they \
                      are inserted, at ten points."
                .to_owned(),
            citations: vec![
                citation::GUIDED_ABSOLUTE_GRAD.cite_for("Protocol"),
                citation::RISE.cite_for("Deletion and insertion"),
            ],
            cost: "20 forward passes".to_owned(),
            needs_mask: false,
            parameters: vec![
                parameter(
                    "deletion-baseline",
                    "Deleted pixels become",
                    "The authors use the mean colour.",
                    "",
                    choice(&["mean", "black", "blur", "noise"]),
                ),
                parameter(
                    "insertion-baseline",
                    "Pixels appear on",
                    "The authors blur the photo with a radius and a deviation of 16 pixels.",
                    "",
                    choice(&["blur", "black", "mean", "noise"]),
                ),
                parameter(
                    "seed",
                    "Seed",
                    "Chooses the noise, where the baseline is noise.",
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
                    "deletion-auc",
                    "Deletion AUC",
                    "Area under the curve of deleting salient pixels, x from 0.1 to 1.",
                    Direction::LowerIsBetter,
                    range,
                ),
                score(
                    "insertion-auc",
                    "Insertion AUC",
                    "Area under the curve of inserting salient pixels, x from 0.1 to 1.",
                    Direction::HigherIsBetter,
                    range,
                ),
                score(
                    "insertion-minus-deletion",
                    "Insertion - deletion",
                    "Insertion AUC less deletion AUC (\"Overall_AUC\" in the authors' results).",
                    Direction::HigherIsBetter,
                    (Some(-0.9), Some(0.9)),
                ),
            ],
        }
    }

    fn forward_passes(&self, _settings: &Settings) -> usize {
        2 * POINTS
    }

    fn alterations(
        &self,
        map: &[f32],
        settings: &Settings,
    ) -> Result<Option<AlterationPlan>, MetricError> {
        AlterationPlan::from_settings(Self::schedule(map), settings, BLUR_RADIUS).map(Some)
    }

    fn evaluate<'a>(
        &'a self,
        subject: &'a Subject<'a>,
        settings: &'a Settings,
    ) -> LocalFuture<'a, Result<Findings, MetricError>> {
        Box::pin(async move {
            let schedule = Self::schedule(subject.map);
            let plan = AlterationPlan::from_settings(schedule, settings, BLUR_RADIUS)?;
            let x: Vec<f64> = (1..=POINTS).map(|tenths| tenths as f64 / 10.0).collect();
            let x_label = "Share of pixels, offset by 0.1";
            let y = altered_probabilities(subject, &plan, Alteration::Deletion).await?;
            let (deletion, deletion_area) = curve_with_area("deletion-auc", &x, y, x_label);
            let y = altered_probabilities(subject, &plan, Alteration::Insertion).await?;
            let (insertion, insertion_area) = curve_with_area("insertion-auc", &x, y, x_label);
            Ok(Findings {
                scores: vec![
                    deletion_area,
                    insertion_area,
                    insertion_area - deletion_area,
                ],
                curves: vec![deletion, insertion],
            })
        })
    }
}
