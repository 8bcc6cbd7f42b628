//! The gradient itself, without a method around it: for notebooks, and for comparison with other programs.

use super::{Engine, Stopped, failure};
use crate::{
    classifier::{BackwardRule, ClassifierError, Gradients, Objective},
    protocol::Stage,
};

impl Engine {
    /// Gradient of one logit of the open image by its normalised values, `[1, 3, height, width]`, with the
    /// logits and the class it is about: `target`, or else the most probable one.
    ///
    /// # Errors
    /// Nothing is open, there is no such class, or the model fails.
    pub async fn input_gradient(
        &self,
        target: Option<usize>,
    ) -> Result<(usize, Gradients), Stopped> {
        let model = self.model.as_ref().ok_or_else(failure::no_model)?;
        let photo = self.photo.as_ref().ok_or_else(failure::no_photo)?;
        let target = photo.target(target)?;
        let gradients = model
            .classifier
            .input_gradients(
                photo.norm.values.clone(),
                photo.norm.size,
                Objective::Logit(target),
                BackwardRule::Standard,
            )
            .await
            .map_err(|error| failure::of_classifier(Stage::Explain, &error))?;
        if gradients.values.iter().any(|value| !value.is_finite()) {
            let error = ClassifierError::GradientNotFinite { class: target };
            return Err(failure::of_classifier(Stage::Explain, &error).into());
        }
        Ok((target, gradients))
    }
}
