//! What an independent program is compared with: the scores and the gradient of the open image as they are.

use super::{Engine, Stopped, failure, internal, model::OpenModel};
use crate::protocol::{CheckInput, CheckMaterial, CheckOutput, HeldInput, ScoreMap, Stage};

/// Axes of an input that has one for the batch.
const WITH_BATCH: usize = 4;

impl Engine {
    /// The scores of the open image and the gradient of one of them, with all that another program needs to compute the
    /// same of the model's file: the score of `target`, or else the most probable one's.
    ///
    /// # Errors
    /// Nothing is open, there is no such class, or the model fails.
    pub async fn check_material(&self, target: Option<usize>) -> Result<CheckMaterial, Stopped> {
        let (target, gradients) = self.input_gradient(target).await?;
        let model = self.model.as_ref().ok_or_else(failure::no_model)?;
        if model.scores.is_empty() {
            return Err(failure::scores_inside().into());
        }
        let photo = self.photo.as_ref().ok_or_else(failure::no_photo)?;
        let device = self
            .device()
            .ok_or_else(|| internal(Stage::Explain, "No device computed the gradient."))?;
        Ok(CheckMaterial {
            device: device.clone(),
            model: model.card.name.clone(),
            input: model.check_input(photo.norm.size),
            output: model.check_output(),
            quantised: model.quantised,
            target,
            image: photo.norm.values.clone(),
            logits: photo.classification.logits.clone(),
            gradient: gradients.values,
        })
    }
}

impl OpenModel {
    fn check_input(&self, size: crate::classifier::Size) -> CheckInput {
        let beside = self.card.ports.inputs.iter();
        let held = beside
            .filter(|port| port.name != self.card.input_name)
            .filter_map(|port| {
                let constant = self.source.initializers.get(&port.name)?;
                Some(HeldInput {
                    name: port.name.clone(),
                    shape: constant.shape.clone(),
                    values: constant.doubles(),
                })
            });
        CheckInput {
            name: self.card.input_name.clone(),
            channels: size.channels,
            height: size.height,
            width: size.width,
            layout: self.card.layout,
            axes: match self.card.input_shape.len() {
                3 => 3,
                _ => WITH_BATCH,
            },
            held: held.collect(),
        }
    }

    fn check_output(&self) -> CheckOutput {
        let map = self.adapted.zip(self.card.region);
        CheckOutput {
            value: self.scores.clone(),
            map: map.map(|(adapted, region)| ScoreMap {
                grid: adapted.grid,
                class_axis: adapted.class_axis,
                region,
            }),
            is_binary: self.card.probabilities == crate::protocol::Probabilities::Binary,
        }
    }
}
