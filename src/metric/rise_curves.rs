//! Deletion and insertion as in RISE: equal shares of pixels, from none to all.

use super::{
    Alteration, AlterationPlan, Findings, Measure, MetricError, Schedule, Subject,
    altered_probabilities,
    insertion_deletion::curve_with_area,
    measure::{UNIT_RANGE, choice, parameter, score},
};
use crate::{
    classifier::LocalFuture,
    protocol::{Direction, MeasureDescription, ParameterKind, Settings, citation},
};

/// The protocol of Petsiuk et al. 2018, RISE, arXiv 1806.07421.
///
/// Point k alters the share `k * step` of all pixels, most salient first, up to all of them. Pixels
/// of equal saliency go in reading order. Only the ranking of the map matters.
pub struct RiseCurves;

const STEP: &str = "step";
const DEFAULT_STEP: f64 = 5.0;
// The blur of RISE has an 11 pixel kernel and a deviation of 5 pixels.
const BLUR_RADIUS: usize = 5;

// Shares of pixels from 0 to 1, both included.
fn shares(settings: &Settings) -> Vec<f64> {
    let step = settings.real(STEP).unwrap_or(DEFAULT_STEP) / 100.0;
    let intervals = (1.0 / step - 1e-9).ceil().max(1.0) as usize;
    (0..=intervals)
        .map(|k| (k as f64 * step).min(1.0))
        .collect()
}

impl RiseCurves {
    /// Which pixels of `map` count as salient at each of the ascending `shares` of all pixels.
    pub fn schedule(map: &[f32], shares: &[f64]) -> Schedule {
        let mut order: Vec<usize> = (0..map.len()).collect();
        order.sort_by(|&a, &b| map[b].total_cmp(&map[a]));
        let counts: Vec<usize> = shares
            .iter()
            .map(|share| (share * map.len() as f64).round() as usize)
            .collect();
        let mut salient_from = vec![shares.len(); map.len()];
        for (rank, &pixel) in order.iter().enumerate() {
            salient_from[pixel] = counts.partition_point(|&count| count <= rank);
        }
        Schedule {
            points: shares.len(),
            salient_from,
        }
    }
}

impl Measure for RiseCurves {
    fn description(&self) -> MeasureDescription {
        MeasureDescription {
            id: "rise-curves".to_owned(),
            label: "Deletion and insertion (RISE)".to_owned(),
            summary: "How the probability falls as salient pixels are deleted and rises as they \
                      are inserted, from none to all."
                .to_owned(),
            citations: vec![citation::RISE.cite()],
            cost: "two forward passes for each step from 0 to 100 %".to_owned(),
            needs_mask: false,
            parameters: vec![
                parameter(
                    STEP,
                    "Step",
                    "Share of pixels altered at a time; RISE takes one row, 0.45 % of 224 rows.",
                    "%",
                    ParameterKind::Real {
                        min: 0.1,
                        max: 50.0,
                        default: DEFAULT_STEP,
                        step: 0.5,
                    },
                ),
                parameter(
                    "deletion-baseline",
                    "Deleted pixels become",
                    "RISE uses the mean colour.",
                    "",
                    choice(&["mean", "black", "blur", "noise"]),
                ),
                parameter(
                    "insertion-baseline",
                    "Pixels appear on",
                    "RISE blurs the photo with an 11 pixel kernel and a deviation of 5 pixels.",
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
                    "rise-deletion",
                    "RISE deletion",
                    "Area under the curve of deleting salient pixels, x from 0 to 1.",
                    Direction::LowerIsBetter,
                    UNIT_RANGE,
                ),
                score(
                    "rise-insertion",
                    "RISE insertion",
                    "Area under the curve of inserting salient pixels, x from 0 to 1.",
                    Direction::HigherIsBetter,
                    UNIT_RANGE,
                ),
            ],
        }
    }

    fn forward_passes(&self, settings: &Settings) -> usize {
        2 * shares(settings).len()
    }

    fn alterations(
        &self,
        map: &[f32],
        settings: &Settings,
    ) -> Result<Option<AlterationPlan>, MetricError> {
        let schedule = Self::schedule(map, &shares(settings));
        AlterationPlan::from_settings(schedule, settings, BLUR_RADIUS).map(Some)
    }

    fn evaluate<'a>(
        &'a self,
        subject: &'a Subject<'a>,
        settings: &'a Settings,
    ) -> LocalFuture<'a, Result<Findings, MetricError>> {
        Box::pin(async move {
            let x = shares(settings);
            let schedule = Self::schedule(subject.map, &x);
            let plan = AlterationPlan::from_settings(schedule, settings, BLUR_RADIUS)?;
            let y = altered_probabilities(subject, &plan, Alteration::Deletion).await?;
            let (deletion, deletion_area) =
                curve_with_area("rise-deletion", &x, y, "Share of pixels deleted");
            let y = altered_probabilities(subject, &plan, Alteration::Insertion).await?;
            let (insertion, insertion_area) =
                curve_with_area("rise-insertion", &x, y, "Share of pixels inserted");
            Ok(Findings {
                scores: vec![deletion_area, insertion_area],
                curves: vec![deletion, insertion],
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Setting;

    #[test]
    fn shares_run_from_none_to_all() {
        let with = |step| {
            let mut settings = Settings::default();
            settings.set(STEP, Setting::Real(step));
            shares(&settings)
        };
        assert_eq!(with(50.0), [0.0, 0.5, 1.0]);
        assert_eq!(with(5.0).len(), 21);
        assert_eq!(with(10.0).len(), 11);
        assert_eq!(with(30.0).len(), 5, "the last step is shorter");
        assert_eq!(with(30.0).last(), Some(&1.0));
    }

    #[test]
    fn pixels_go_by_rank_and_ties_in_reading_order() {
        let schedule = RiseCurves::schedule(&[0.1, 0.9, 0.5, 0.5], &[0.0, 0.25, 0.5, 0.75, 1.0]);
        assert_eq!(schedule.salient_from, [4, 1, 2, 3]);
    }
}
