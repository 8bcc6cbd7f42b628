//! Why a map is constant: a gradient that is zero, an output that does not change, or a score that has reached its
//! bound. Each has a sentence of its own, and none of them is evidence about the image.

use super::{Stopped, failure, prepared::Prepared};
use crate::{
    classifier::{BackwardRule, Objective},
    protocol::Stage,
};

/// How near to 0 or 1 a score has reached its bound, as single precision rounds.
const BOUND: f64 = 1e-6;

/// Why a map says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConstantMap {
    /// The score is the same for very different images.
    Output,
    /// The score lies at its bound.
    Saturated,
    /// No pixel changes the score by a gradient.
    ZeroGradient,
    /// Pixels do change the score, but the method finds no difference between them.
    NoDifference,
}

impl ConstantMap {
    /// The cause, and what to do, in whole sentences.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Output => {
                "The score of this class is the same for this image, for its negative and for black: the model's output \
                 does not depend on the image here, so there is nothing to explain."
            }
            Self::Saturated => {
                "The score of this class has reached its bound, where its gradient vanishes: the map is empty. Export the \
                 model up to the scores before its last activation, or choose another class."
            }
            Self::ZeroGradient => {
                "The gradient of this class is zero at every pixel, so that the map is empty: no small change of this image \
                 changes the score, as where every rectifier on the way is off. Choose another class or another image."
            }
            Self::NoDifference => {
                "This map has the same value everywhere although the gradient is not zero: the method finds no difference \
                 between pixels here. Choose another method or other settings."
            }
        }
    }

    /// From what is known of the class: whether its gradient is zero everywhere, its score for this image and for
    /// two others, and its probability.
    fn of(gradient_is_zero: bool, scores: [f32; 3], probability: f64) -> Self {
        let [own, others @ ..] = scores;
        let at_bound = |value: f64| value.abs() < BOUND || (value - 1.0).abs() < BOUND;
        if others.iter().all(|other| *other == own) {
            Self::Output
        } else if gradient_is_zero && at_bound(f64::from(own)) {
            Self::Saturated
        } else if gradient_is_zero {
            Self::ZeroGradient
        } else if at_bound(probability) {
            // What path methods explain is the probability.
            Self::Saturated
        } else {
            Self::NoDifference
        }
    }
}

impl Prepared<'_> {
    /// Why the map of its class is constant, by one more gradient and two more images.
    ///
    /// # Errors
    /// The model fails.
    pub async fn why_constant(&self) -> Result<ConstantMap, Stopped> {
        let fail = |error| Stopped::Failed(failure::of_classifier(Stage::Explain, &error));
        let image = &self.photo.norm;
        let classifier = self.model.classifier.as_ref();
        let own = classifier
            .input_gradients(
                image.values.clone(),
                image.size,
                Objective::Logit(self.target),
                BackwardRule::Standard,
            )
            .await
            .map_err(fail)?;
        let black = self.model.card.preprocessing.black_norm();
        let mut others: Vec<f32> = image.values.iter().map(|value| -value).collect();
        for value in black {
            others.extend(std::iter::repeat_n(value, image.size.pixels()));
        }
        let logits = classifier.logits(others, image.size).await.map_err(fail)?;
        let classes = own.logits.len().max(1);
        let score = |logits: &[f32], image: usize| {
            let at = image * classes + self.target;
            logits.get(at).copied().unwrap_or(f32::NAN)
        };
        Ok(ConstantMap::of(
            own.values.iter().all(|&value| value == 0.0),
            [score(&own.logits, 0), score(&logits, 0), score(&logits, 1)],
            self.photo
                .classification
                .score(self.target)
                .probability
                .into(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cause_is_told_from_the_others() {
        use ConstantMap as C;
        assert_eq!(C::of(true, [2.0, 2.0, 2.0], 0.5), C::Output);
        assert_eq!(C::of(true, [1.0, 0.3, 0.2], 0.5), C::Saturated);
        assert_eq!(C::of(true, [0.7, 0.3, 0.2], 0.5), C::ZeroGradient);
        assert_eq!(C::of(false, [9.0, 0.3, 0.2], 1.0), C::Saturated);
        assert_eq!(C::of(false, [0.7, 0.3, 0.2], 0.5), C::NoDifference);
    }
}
