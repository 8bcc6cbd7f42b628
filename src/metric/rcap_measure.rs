//! RCAP with its unpublished variants, as a measure in a table.

use super::{
    Findings, Measure, MetricError, Subject,
    measure::{UNIT_RANGE, parameter, score},
    rcap, recovery_rates,
};
use crate::{
    classifier::LocalFuture,
    protocol::{
        Curve, Direction, MeasureDescription, ParameterKind, RcapSettings, RcapStep, Settings,
        citation,
    },
};

/// RCAP (arXiv 2404.15564).
pub struct Rcap;

const LOWER_BOUND: &str = "lower-bound";
const INTERVAL: &str = "interval";

fn rcap_settings(settings: &Settings) -> RcapSettings {
    let default = RcapSettings::default();
    RcapSettings {
        lower_bound: settings.real(LOWER_BOUND).unwrap_or(default.lower_bound),
        interval: settings.real(INTERVAL).unwrap_or(default.interval),
    }
}

impl Measure for Rcap {
    fn description(&self) -> MeasureDescription {
        let default = RcapSettings::default();
        let real = |min, max, default, step| ParameterKind::Real {
            min,
            max,
            default,
            step,
        };
        MeasureDescription {
            id: "rcap".to_owned(),
            label: "RCAP".to_owned(),
            summary: "Whether the model still sees the class in what the map calls important, and \
                      whether the map concentrates there."
                .to_owned(),
            citations: vec![citation::GUIDED_ABSOLUTE_GRAD.cite()],
            cost: "one forward pass a step, and one for the photo".to_owned(),
            needs_mask: false,
            parameters: vec![
                parameter(
                    LOWER_BOUND,
                    "Lower bound",
                    "Lowest rate at which pixels are recovered.",
                    "",
                    real(0.01, 0.99, default.lower_bound, 0.05),
                ),
                parameter(
                    INTERVAL,
                    "Interval",
                    "Distance between rates; smaller ones cost more forward passes.",
                    "",
                    real(0.005, 1.0, default.interval, 0.05),
                ),
            ],
            scores: vec![
                score(
                    "rcap",
                    "RCAP",
                    "Mean over steps of mass share times probability; the paper's score.",
                    Direction::HigherIsBetter,
                    UNIT_RANGE,
                ),
                score(
                    "rcap-saliency-mass-logit",
                    "RCAP, saliency x mass x logit",
                    "Unpublished variant (\"Score: M1\" in the authors' results).",
                    Direction::HigherIsBetter,
                    (None, None),
                ),
                score(
                    "rcap-saliency-logit",
                    "RCAP, saliency x logit",
                    "Unpublished variant (\"Score: M2\" in the authors' results).",
                    Direction::HigherIsBetter,
                    (None, None),
                ),
                score(
                    "rcap-saliency-mass-probability",
                    "RCAP, saliency x mass x probability",
                    "Unpublished variant (\"Prob: M1\" in the authors' results).",
                    Direction::HigherIsBetter,
                    UNIT_RANGE,
                ),
                score(
                    "rcap-mass-plus-probability",
                    "RCAP, mass + probability",
                    "Unpublished variant (\"Prob: M4\" in the authors' results).",
                    Direction::HigherIsBetter,
                    (Some(0.0), Some(2.0)),
                ),
            ],
        }
    }

    fn forward_passes(&self, settings: &Settings) -> usize {
        let RcapSettings {
            lower_bound,
            interval,
        } = rcap_settings(settings);
        1 + recovery_rates(lower_bound, interval, super::MAX_STEPS).len()
    }

    fn evaluate<'a>(
        &'a self,
        subject: &'a Subject<'a>,
        settings: &'a Settings,
    ) -> LocalFuture<'a, Result<Findings, MetricError>> {
        Box::pin(async move {
            let outcome = rcap(
                subject.classifier,
                subject.pace,
                subject.image,
                subject.black_norm,
                subject.map,
                subject.target,
                rcap_settings(settings),
            )
            .await?;
            let steps = &outcome.report.steps;
            let curve = |id: &str, y_label: &str, y: fn(&RcapStep) -> f64| Curve {
                id: id.to_owned(),
                x_label: "Recovery step".to_owned(),
                y_label: y_label.to_owned(),
                x: (1..=steps.len()).map(|k| k as f64).collect(),
                y: steps.iter().map(y).collect(),
            };
            let variants = outcome.variants;
            Ok(Findings {
                scores: vec![
                    outcome.report.score,
                    variants.saliency_mass_logit,
                    variants.saliency_logit,
                    variants.saliency_mass_probability,
                    variants.mass_plus_probability,
                ],
                curves: vec![
                    curve("rcap-probability", "Probability", |s| s.probability),
                    curve("rcap-mass-share", "Share of saliency mass", |s| {
                        s.mass_share
                    }),
                    curve("rcap", "Product", |s| s.mass_share * s.probability),
                ],
            })
        })
    }
}
