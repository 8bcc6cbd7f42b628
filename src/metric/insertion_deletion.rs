//! Deletion and insertion: how the class fades as salient pixels go, and comes as they appear.
//!
//! Petsiuk et al. 2018, RISE, arXiv 1806.07421. A protocol says which pixels are salient at each
//! point of the curve; this file makes the images and scores them.

use super::{Baseline, MetricError, Subject, target_scores, trapezoid};
use crate::protocol::{Curve, Settings};

/// Which way an image is altered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alteration {
    /// Salient pixels of the photo give way to the baseline.
    Deletion,
    /// Salient pixels of the photo appear on the baseline.
    Insertion,
}

/// At which point of a curve each pixel becomes one of the salient ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Number of points of the curve.
    pub points: usize,
    /// By pixel: the first point at which it counts as salient; `points` or more for never.
    pub salient_from: Vec<usize>,
}

impl Schedule {
    /// Writes what `alteration` makes of `image` and `baseline` at `point` of the curve into
    /// `out`; all three are `[3, height, width]`.
    pub fn alter(
        &self,
        alteration: Alteration,
        image: &[f32],
        baseline: &[f32],
        point: usize,
        out: &mut [f32],
    ) {
        let (salient, rest) = match alteration {
            Alteration::Deletion => (baseline, image),
            Alteration::Insertion => (image, baseline),
        };
        let pixels = self.salient_from.len().max(1);
        for ((out, salient), rest) in out
            .chunks_exact_mut(pixels)
            .zip(salient.chunks_exact(pixels))
            .zip(rest.chunks_exact(pixels))
        {
            for (i, (out, &from)) in out.iter_mut().zip(&self.salient_from).enumerate() {
                *out = if from <= point { salient[i] } else { rest[i] };
            }
        }
    }
}

/// Everything that decides the images of a deletion and insertion measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlterationPlan {
    /// When each pixel counts as salient.
    pub schedule: Schedule,
    /// What deleted pixels become.
    pub deletion: Baseline,
    /// What inserted pixels appear on.
    pub insertion: Baseline,
}

impl AlterationPlan {
    /// The plan with the baselines that `settings` name; one that blurs does so by `blur_radius`
    /// pixels.
    ///
    /// # Errors
    /// A baseline is unknown.
    pub fn from_settings(
        schedule: Schedule,
        settings: &Settings,
        blur_radius: usize,
    ) -> Result<Self, MetricError> {
        let base = |name| Baseline::from_settings(settings, name, blur_radius);
        Ok(Self {
            schedule,
            deletion: base("deletion-baseline")?,
            insertion: base("insertion-baseline")?,
        })
    }

    fn baseline(&self, alteration: Alteration) -> Baseline {
        match alteration {
            Alteration::Deletion => self.deletion,
            Alteration::Insertion => self.insertion,
        }
    }
}

/// Probability of the target at every point of the curve.
///
/// # Errors
/// Cancelled, or the model failed.
pub async fn altered_probabilities(
    subject: &Subject<'_>,
    plan: &AlterationPlan,
    alteration: Alteration,
) -> Result<Vec<f64>, MetricError> {
    let image = &subject.image.values;
    let schedule = &plan.schedule;
    let baseline = plan.baseline(alteration);
    let baseline = baseline.image(subject.image, subject.black_norm).values;
    let scores = target_scores(
        subject.classifier,
        subject.pace,
        subject.image.size,
        subject.target,
        schedule.points,
        |point, out| schedule.alter(alteration, image, &baseline, point, out),
    )
    .await?;
    Ok(scores.iter().map(|score| score.probability).collect())
}

/// A curve over shares of pixels, with the area below it.
pub(super) fn curve_with_area(id: &str, x: &[f64], y: Vec<f64>, x_label: &str) -> (Curve, f64) {
    let area = trapezoid(x, &y);
    let curve = Curve {
        id: id.to_owned(),
        x_label: x_label.to_owned(),
        y_label: "Probability".to_owned(),
        x: x.to_vec(),
        y,
    };
    (curve, area)
}
