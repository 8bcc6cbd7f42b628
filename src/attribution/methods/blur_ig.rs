//! Blur Integrated Gradients: gradients along the path from the sharp image to a blurred one.

use std::collections::VecDeque;

use crate::{
    attribution::{
        AttributionError, Completeness, Context, Method, Process, ProcessMaps, ProcessTerms,
        RawMap, blur,
        parameters::{LOGIT_FIRST, damping, integer, objective, percentile, process, real},
    },
    classifier::{BackwardRule, LocalFuture},
    protocol::{MethodDescription, ParameterDescription, citation},
};

/// With `b(s)` the image blurred by sigma `s` and `s_i = i * max_sigma / S`:
/// `sum_i (s_{i+1} - s_i) * (b(s_i + h) - b(s_i)) / h * g(b(s_i))` for `i` from 0 to S - 1, then
/// `|.|` and the sum over channels.
pub(super) struct BlurIg;

/// The parameters of the blur path.
pub(super) fn blur_parameters() -> Vec<ParameterDescription> {
    vec![
        integer(
            "radius",
            "Blur radius",
            "Reach of the kernel, smaller than the image's sides.",
            1,
            500,
            20,
        ),
        real(
            "max-sigma",
            "Largest sigma",
            "Standard deviation of the blur at the far end of the path.",
            [0.1, 500.0],
            50.0,
            1.0,
        ),
    ]
}

impl Method for BlurIg {
    fn description(&self) -> MethodDescription {
        let mut parameters = vec![integer(
            "steps",
            "Steps",
            "Points on the path. Each costs one gradient.",
            1,
            1000,
            20,
        )];
        parameters.extend(blur_parameters());
        parameters.extend([
            real(
                "grad-step",
                "Blur step",
                "Difference of sigma over which the change of the blurred image is measured.",
                [1e-4, 10.0],
                0.01,
                0.01,
            ),
            process(false),
            percentile("Used by the guided processes: values that vary more keep weight 1."),
            damping(),
            objective(LOGIT_FIRST),
        ]);
        MethodDescription {
            id: "blur-ig".to_owned(),
            label: "Blur IG".to_owned(),
            summary: "The change from the blurred to the sharp image, shared out among the pixels \
                      along the blurs between them."
                .to_owned(),
            citations: vec![citation::BLUR_IG.cite()],
            cost: "1 gradient a step".to_owned(),
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
    let path = BlurPath::new(cx)?;
    let small = cx.real("grad-step")?;
    let source = cx.gradients.with(cx.objective(), BackwardRule::Standard);

    let mut terms = ProcessTerms::new(processes, cx.image.size);
    let mut at_image = 0.0;
    // How the image changes with sigma at the points whose gradients are under way.
    let changes = std::cell::RefCell::new(VecDeque::new());
    source
        .stream(
            path.steps,
            |i, out| {
                let here = path.at(path.sigma(i));
                let next = path.at(path.sigma(i) + small);
                for (value, &v) in out.iter_mut().zip(&here) {
                    *value = v as f32;
                }
                let change: Vec<f64> = next
                    .iter()
                    .zip(&here)
                    .map(|(next, here)| (next - here) / small)
                    .collect();
                changes.borrow_mut().push_back(change);
            },
            |i, gradient, logits| {
                if i == 0 {
                    at_image = source.value_of(logits);
                }
                let step = path.sigma(i + 1) - path.sigma(i);
                if let Some(change) = changes.borrow_mut().pop_front() {
                    terms.add(|process| {
                        let values = change.iter().zip(gradient);
                        values
                            .map(|(change, &g)| change * step * sided(process, f64::from(g)))
                            .collect()
                    });
                }
            },
            |_| {},
        )
        .await?;

    // The path runs away from the image, so the plain sum explains the blurred end minus the image.
    let completeness = match terms.plain_sum() {
        Some(sum) => {
            let end = path.at(path.sigma(path.steps));
            let logits = source
                .logits(end.iter().map(|&v| v as f32).collect())
                .await?;
            Some(Completeness {
                attributed: -sum,
                explained: at_image - source.value_of(&logits),
            })
        }
        None => None,
    };
    Ok(terms.maps(cx.settings, -1.0, completeness))
}

/// As [`Process::part`], but the authors turn the negative part around for this method.
fn sided(process: Process, g: f64) -> f64 {
    match process {
        Process::Negative => process.part(g).abs(),
        _ => process.part(g),
    }
}

/// The image at every blur.
pub(super) struct BlurPath {
    image: Vec<f64>,
    size: crate::classifier::Size,
    radius: usize,
    max_sigma: f64,
    pub(super) steps: usize,
}

impl BlurPath {
    /// From the settings `steps`, `radius` and `max-sigma`.
    pub(super) fn new(cx: &Context<'_>) -> Result<Self, AttributionError> {
        let radius = cx.integer("radius")?;
        blur::check_radius(cx.image.size, radius)?;
        Ok(Self {
            image: cx.image.values.iter().map(|&v| f64::from(v)).collect(),
            size: cx.image.size,
            radius,
            max_sigma: cx.real("max-sigma")?,
            steps: cx.integer("steps")?,
        })
    }

    /// Sigma of point `i`, 0 to `steps`.
    pub(super) fn sigma(&self, i: usize) -> f64 {
        i as f64 * self.max_sigma / self.steps as f64
    }

    /// The image blurred by `sigma`; the image itself at 0.
    pub(super) fn at(&self, sigma: f64) -> Vec<f64> {
        if sigma == 0.0 {
            self.image.clone()
        } else {
            blur::blur(&self.image, self.size, self.radius, sigma)
        }
    }
}
