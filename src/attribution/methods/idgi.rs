//! IDGI: a path method's gradients, each step sharing out exactly what it changed.

use crate::{
    attribution::{
        AttributionError, Baseline, Completeness, Context, GradientSource, GuidedPath, Method,
        PathRule, RawMap, baseline_parameters, objective_value,
        parameters::{choice, integer, objective, seed},
    },
    classifier::{BackwardRule, LocalFuture, Objective, Size},
    protocol::{MethodDescription, Probabilities, citation},
};

use super::{
    blur_ig::{BlurPath, blur_parameters},
    guided_ig::guided_path_parameters,
};

/// `sum_j g_j^2 * (p_{j+1} - p_j) / sum(g_j^2)` over the points of a path, `p` the probability of
/// the class; the sums in the denominator are over all channels and pixels.
pub(super) struct Idgi;

impl Method for Idgi {
    fn description(&self) -> MethodDescription {
        let mut parameters = vec![
            choice(
                "path",
                "Path",
                "Whose points are used.",
                &["integrated-gradients", "guided-ig", "blur-ig"],
            ),
            integer(
                "steps",
                "Steps",
                "Points on the path. Each costs one gradient.",
                2,
                1000,
                5,
            ),
        ];
        // One radius serves the blur path and the blur baseline.
        let baseline = baseline_parameters().into_iter();
        parameters.extend(baseline.filter(|parameter| parameter.name != "radius"));
        parameters.extend(blur_parameters());
        parameters.extend(guided_path_parameters());
        parameters.extend([seed(), objective(&["loss", "logit", "probability"])]);
        MethodDescription {
            id: "idgi".to_owned(),
            label: "IDGI".to_owned(),
            summary: "A path method in which every step shares out exactly the change of the \
                      probability it made, by squared gradients."
                .to_owned(),
            citations: vec![citation::IDGI.cite()],
            cost: "1 gradient a step, and one more on the guided and the blur path".to_owned(),
            parameters,
        }
    }

    fn explain<'a>(
        &'a self,
        cx: &'a Context<'a>,
    ) -> LocalFuture<'a, Result<RawMap, AttributionError>> {
        Box::pin(async move {
            let source = cx.gradients.with(cx.objective(), BackwardRule::Standard);
            let mut shares = Shares::new(cx.image.size, cx.target, source.probabilities());
            match cx.settings.choice("path") {
                Some("guided-ig") => along_guided_path(cx, &source, &mut shares).await?,
                Some("blur-ig") => along_blurs(cx, &source, &mut shares).await?,
                _ => along_straight_path(cx, &source, &mut shares).await?,
            }
            Ok(shares.into_map())
        })
    }
}

async fn along_straight_path(
    cx: &Context<'_>,
    source: &GradientSource<'_>,
    shares: &mut Shares,
) -> Result<(), AttributionError> {
    let start = Baseline::new(cx)?.of_trial(0, cx.image.size);
    let nodes = PathRule::Authors.nodes(cx.integer("steps")?);
    source
        .stream(
            nodes.len(),
            |j, out| {
                let (a, _) = nodes[j];
                for ((value, &x), start) in out.iter_mut().zip(&cx.image.values).zip(&start) {
                    *value = (start + a * (f64::from(x) - start)) as f32;
                }
            },
            |_, gradient, logits| shares.visit(gradient, logits),
            |_| {},
        )
        .await
}

async fn along_blurs(
    cx: &Context<'_>,
    source: &GradientSource<'_>,
    shares: &mut Shares,
) -> Result<(), AttributionError> {
    let path = BlurPath::new(cx)?;
    source
        .stream(
            path.steps + 1,
            |j, out| {
                let point = path.at(path.sigma(path.steps - j));
                for (value, v) in out.iter_mut().zip(point) {
                    *value = v as f32;
                }
            },
            |_, gradient, logits| shares.visit(gradient, logits),
            |_| {},
        )
        .await
}

async fn along_guided_path(
    cx: &Context<'_>,
    source: &GradientSource<'_>,
    shares: &mut Shares,
) -> Result<(), AttributionError> {
    let mut path = GuidedPath::new(cx)?;
    let points = path.steps() + 1;
    for step in 0..points {
        let found = source.step(step, points, path.point()).await?;
        shares.visit(&found.values, &found.logits);
        if step < path.steps() {
            path.advance(step, &found.values, |_| {});
        }
    }
    Ok(())
}

/// The running sum; one gradient is held back until the next probability is known.
struct Shares {
    size: Size,
    objective: Objective,
    kind: Probabilities,
    sum: Vec<f64>,
    held: Vec<f32>,
    first: f64,
    last: f64,
}

impl Shares {
    fn new(size: Size, target: usize, kind: Probabilities) -> Self {
        Self {
            size,
            objective: Objective::Probability(target),
            kind,
            sum: vec![0.0; size.values()],
            held: Vec::new(),
            first: 0.0,
            last: 0.0,
        }
    }

    fn visit(&mut self, gradient: &[f32], logits: &[f32]) {
        let probability = objective_value(self.objective, self.kind, logits);
        if self.held.is_empty() {
            self.first = probability;
        }
        let total: f64 = self.held.iter().map(|&g| f64::from(g).powi(2)).sum();
        // A step without any gradient has nothing to share its change by.
        if total > 0.0 {
            let unit = (probability - self.last) / total;
            for (sum, &g) in self.sum.iter_mut().zip(&self.held) {
                *sum += f64::from(g).powi(2) * unit;
            }
        }
        self.last = probability;
        self.held.clear();
        self.held.extend_from_slice(gradient);
    }

    fn into_map(self) -> RawMap {
        let mut map = RawMap::from_attribution(self.size, &self.sum);
        map.completeness = Some(Completeness {
            attributed: self.sum.iter().sum(),
            explained: self.last - self.first,
        });
        map
    }
}
