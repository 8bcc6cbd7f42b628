//! Scores of one class over any number of altered images: batching and pausing live here.

use super::MetricError;
use crate::{
    attribution::Pace,
    classifier::{Classifier, ClassifierError, Size},
    protocol::Probabilities,
};

/// What the model thinks of the target in one image.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TargetScore {
    /// The raw output of the class.
    pub logit: f64,
    /// Its probability by the model's own kind, 0 to 1.
    pub probability: f64,
}

impl TargetScore {
    /// The score of class `target` in one row of `logits`, which become probabilities as `kind` says.
    ///
    /// # Errors
    /// [`ClassifierError::NoSuchClass`] if the row is too short.
    pub fn of(logits: &[f32], kind: Probabilities, target: usize) -> Result<Self, ClassifierError> {
        let logit = *logits.get(target).ok_or(ClassifierError::NoSuchClass {
            class: target,
            classes: logits.len(),
        })?;
        Ok(Self {
            logit: f64::from(logit),
            probability: kind.of(logits).get(target).copied().unwrap_or(f64::NAN),
        })
    }
}

/// Scores `count` images in batches of the size the classifier prefers.
///
/// `image(k, out)` writes image k into `out`, `[channels, height, width]` in normalised space, all zeros
/// before. Memory does not depend on `count`.
///
/// # Errors
/// Cancelled, the model failed, the class does not exist, or an output is not finite.
pub async fn target_scores(
    classifier: &dyn Classifier,
    pace: &dyn Pace,
    size: Size,
    target: usize,
    count: usize,
    mut image: impl FnMut(usize, &mut [f32]),
) -> Result<Vec<TargetScore>, MetricError> {
    let batch = classifier.preferred_batch(size).max(1);
    let values = size.values();
    let kind = classifier.probabilities();
    let mut scores = Vec::with_capacity(count);
    pace.pause(0, count).await?;
    while scores.len() < count {
        let done = scores.len();
        let images = batch.min(count - done);
        let mut pixels = vec![0.0; images * values];
        for (k, out) in pixels.chunks_exact_mut(values).enumerate() {
            image(done + k, out);
        }
        let logits = classifier.logits(pixels, size).await?;
        let classes = logits.len() / images;
        if classes == 0 {
            return Err(ClassifierError::NoSuchClass {
                class: target,
                classes,
            }
            .into());
        }
        for (k, row) in logits.chunks_exact(classes).take(images).enumerate() {
            if row.iter().any(|logit| !logit.is_finite()) {
                return Err(MetricError::NonFinite { image: done + k });
            }
            scores.push(TargetScore::of(row, kind, target)?);
        }
        pace.pause(done + images, count).await?;
    }
    Ok(scores)
}
