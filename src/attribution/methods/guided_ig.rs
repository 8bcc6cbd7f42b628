//! Guided Integrated Gradients: a path that moves the least sensitive values first.

use crate::{
    attribution::{
        AttributionError, Completeness, Context, GuidedPath, Method, Process, ProcessMaps,
        ProcessTerms, RawMap,
        parameters::{LOGIT_FIRST, damping, integer, objective, percentile, process, real},
    },
    classifier::{BackwardRule, LocalFuture},
    protocol::{MethodDescription, ParameterDescription, citation},
};

/// `sum_c |sum (x_new - x_old) * g(x)|` over the moves of a path from zero to the image; see
/// [`GuidedPath`]. Guided processes take the variance over the moves.
pub(super) struct GuidedIg;

/// The parameters of the guided path.
pub(super) fn guided_path_parameters() -> Vec<ParameterDescription> {
    vec![
        real(
            "fraction",
            "Fraction",
            "Share of the values that move at once: those with the smallest gradients.",
            [0.01, 1.0],
            0.25,
            0.05,
        ),
        real(
            "max-dist",
            "Largest distance",
            "How far a value may be from where it would be on the straight path.",
            [0.0, 1.0],
            0.1,
            0.01,
        ),
    ]
}

impl Method for GuidedIg {
    fn description(&self) -> MethodDescription {
        let mut parameters = vec![integer(
            "steps",
            "Steps",
            "Gradients along the path, one after the other.",
            1,
            1000,
            20,
        )];
        parameters.extend(guided_path_parameters());
        parameters.extend([
            process(false),
            percentile("Used by the guided processes: values that vary more keep weight 1."),
            damping(),
            objective(LOGIT_FIRST),
        ]);
        MethodDescription {
            id: "guided-ig".to_owned(),
            label: "Guided IG".to_owned(),
            summary: "Integrated Gradients along a path that avoids regions of large gradients."
                .to_owned(),
            citations: vec![citation::GUIDED_IG.cite()],
            cost: "1 gradient a step, one at a time".to_owned(),
            parameters,
        }
    }

    fn explain<'a>(
        &'a self,
        cx: &'a Context<'a>,
    ) -> LocalFuture<'a, Result<RawMap, AttributionError>> {
        Box::pin(async move {
            let process = Process::from_settings(cx.settings);
            super::only(integrate(cx, &[process]).await?)
        })
    }

    fn explain_processes<'a>(
        &'a self,
        cx: &'a Context<'a>,
        processes: &'a [Process],
    ) -> LocalFuture<'a, Result<ProcessMaps, AttributionError>> {
        Box::pin(integrate(cx, processes))
    }
}

async fn integrate(
    cx: &Context<'_>,
    processes: &[Process],
) -> Result<ProcessMaps, AttributionError> {
    let mut path = GuidedPath::new(cx)?;
    let source = cx.gradients.with(cx.objective(), BackwardRule::Standard);

    let mut terms = ProcessTerms::new(processes, cx.image.size);
    let mut at_start = 0.0;
    for step in 0..path.steps() {
        let found = source.step(step, path.steps(), path.point()).await?;
        if step == 0 {
            at_start = source.value_of(&found.logits);
        }
        path.advance(step, &found.values, |moved| {
            terms.add(|process| {
                let values = moved.iter().zip(&found.values);
                values
                    .map(|(&moved, &g)| process.part(moved * f64::from(g)))
                    .collect()
            });
        });
    }

    let completeness = match terms.plain_sum() {
        Some(attributed) => {
            let logits = source.logits(cx.image.values.clone()).await?;
            Some(Completeness {
                attributed,
                explained: source.value_of(&logits) - at_start,
            })
        }
        None => None,
    };
    Ok(terms.maps(cx.settings, 1.0, completeness))
}
