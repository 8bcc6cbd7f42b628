//! Integrated Gradients: gradients along the straight path from a baseline to the image.

use crate::{
    attribution::{
        AttributionError, Baseline, Completeness, Context, Method, Moments, PathRule, Process,
        ProcessMaps, RawMap, baseline_parameters, map_of_terms,
        parameters::{choice, damping, integer, objective, percentile, process, seed},
    },
    classifier::{BackwardRule, LocalFuture},
    protocol::{MethodDescription, citation},
};

/// For each trial `(x - x') * sum_j w_j g(x' + a_j (x - x'))`; then the mean over trials, `|.|`
/// and the sum over channels. The process keeps one part of every `g`; guided, the variance is
/// over the trials.
pub(super) struct IntegratedGradients;

impl Method for IntegratedGradients {
    fn description(&self) -> MethodDescription {
        let mut parameters = vec![
            integer(
                "steps",
                "Steps",
                "Points on the path. Each costs one gradient for each trial.",
                2,
                1000,
                5,
            ),
            integer(
                "trials",
                "Trials",
                "Random baselines that are averaged; other baselines are used once.",
                1,
                100,
                2,
            ),
            choice(
                "rule",
                "Integration rule",
                "How the points are spaced and weighted: the authors average evenly spaced points \
                 with both ends.",
                &PathRule::NAMES,
            ),
        ];
        parameters.extend(baseline_parameters());
        parameters.extend([
            seed(),
            process(false),
            percentile("Used by the guided processes: values that vary more keep weight 1."),
            damping(),
            objective(&["loss", "logit", "probability"]),
        ]);
        MethodDescription {
            id: "integrated-gradients".to_owned(),
            label: "Integrated Gradients".to_owned(),
            summary: "The change from a baseline to the image, shared out among the pixels along \
                      the straight path between them."
                .to_owned(),
            citations: vec![citation::INTEGRATED_GRADIENTS.cite()],
            cost: "steps x trials gradients".to_owned(),
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

/// What one process has gathered.
struct Gathered {
    process: Process,
    /// Of the trials.
    terms: Moments,
    /// Of the trial under way.
    integral: Vec<f64>,
}

async fn integrate(
    cx: &Context<'_>,
    processes: &[Process],
) -> Result<ProcessMaps, AttributionError> {
    let size = cx.image.size;
    let baseline = Baseline::new(cx)?;
    let trials = baseline.trials();
    let nodes = PathRule::from_name(cx.settings.choice("rule")).nodes(cx.integer("steps")?);
    let source = cx.gradients.with(cx.objective(), BackwardRule::Standard);

    let mut gathered: Vec<Gathered> = processes
        .iter()
        .map(|&process| Gathered {
            process,
            terms: Moments::new(size),
            integral: vec![0.0; size.values()],
        })
        .collect();
    // Objective at the image and summed over baselines, where the path passes through them.
    let mut at_image = None;
    let mut at_baselines = (0, 0.0);
    source
        .stream(
            trials * nodes.len(),
            |k, out| {
                let start = baseline.of_trial(k / nodes.len(), size);
                let (a, _) = nodes[k % nodes.len()];
                for ((value, &x), start) in out.iter_mut().zip(&cx.image.values).zip(start) {
                    *value = (start + a * (f64::from(x) - start)) as f32;
                }
            },
            |k, gradient, logits| {
                let (a, weight) = nodes[k % nodes.len()];
                for one in &mut gathered {
                    for (sum, &g) in one.integral.iter_mut().zip(gradient) {
                        *sum += weight * one.process.part(f64::from(g));
                    }
                }
                if a == 0.0 {
                    at_baselines.0 += 1;
                    at_baselines.1 += source.value_of(logits);
                } else if a == 1.0 {
                    at_image = Some(source.value_of(logits));
                }
                if (k + 1) % nodes.len() == 0 {
                    let start = baseline.of_trial(k / nodes.len(), size);
                    for Gathered {
                        terms, integral, ..
                    } in &mut gathered
                    {
                        let pixels = cx.image.values.iter().zip(&start);
                        for (sum, (&x, start)) in integral.iter_mut().zip(pixels) {
                            *sum *= f64::from(x) - start;
                        }
                        terms.add(integral);
                        integral.fill(0.0);
                    }
                }
            },
            |_| {},
        )
        .await?;

    let mut maps = Vec::with_capacity(gathered.len());
    for Gathered { process, terms, .. } in gathered {
        maps.push(map_of_terms(&terms, process, cx.settings, 1.0, "trials"));
        let (Process::Plain, Some(Ok(map))) = (process, maps.last_mut()) else {
            continue;
        };
        let value = async |point: Vec<f32>| {
            let logits = source.logits(point).await?;
            Ok::<f64, AttributionError>(source.value_of(&logits))
        };
        let at_image = match at_image {
            Some(known) => known,
            None => value(cx.image.values.clone()).await?,
        };
        let (passed, mut baselines) = at_baselines;
        for trial in passed..trials {
            let start = baseline.of_trial(trial, size);
            baselines += value(start.iter().map(|&v| v as f32).collect()).await?;
        }
        map.completeness = Some(Completeness {
            attributed: terms.mean().iter().sum(),
            explained: at_image - baselines / trials as f64,
        });
    }
    Ok(maps)
}
