//! Grad-CAM: where the features that speak for the class lie, on the coarse grid of a deep layer.

use crate::{
    attribution::{
        AttributionError, Context, Method, RawMap,
        parameters::{LOGIT_FIRST, objective, text},
        upsample,
    },
    classifier::{BackwardRule, InnerGradient, LocalFuture},
    protocol::{MethodDescription, citation},
};

/// `max(sum_k a_k A_k, 0)`, where `A_k` is channel k of a spatial activation and `a_k` the mean of
/// the gradient by it; enlarged to the image.
pub(super) struct GradCam;

impl Method for GradCam {
    fn description(&self) -> MethodDescription {
        MethodDescription {
            id: "grad-cam".to_owned(),
            label: "Grad-CAM".to_owned(),
            summary: "A control: which cells of the model's last feature grid speak for the \
                      class. Coarse, and not a gradient by pixels."
                .to_owned(),
            citations: vec![citation::GRAD_CAM.cite()],
            cost: "1 gradient".to_owned(),
            parameters: vec![
                text(
                    "layer",
                    "Layer",
                    "Name of the node or value that is looked at; left empty, the last that is a \
                     grid of rows and columns.",
                ),
                objective(LOGIT_FIRST),
            ],
        }
    }

    fn explain<'a>(
        &'a self,
        cx: &'a Context<'a>,
    ) -> LocalFuture<'a, Result<RawMap, AttributionError>> {
        Box::pin(async move {
            let source = cx.gradients.with(cx.objective(), BackwardRule::Standard);
            let found = source.inner(cx.image, cx.name("layer")).await?;
            // Evidence for the class is what lowers the loss.
            let towards = match cx.settings.choice("objective") {
                Some("loss") => -1.0,
                _ => 1.0,
            };
            let cells = cells(&found, towards);
            let values = upsample(&cells, found.size, cx.image.size);
            let mut map = RawMap::from_values(cx.image.size, values);
            map.note = Some(format!(
                "Seen at {}, a grid of {} x {} cells.",
                found.layer, found.size.height, found.size.width
            ));
            Ok(map)
        })
    }
}

/// The rectified sum of the channels, each times `towards` and its mean gradient.
fn cells(found: &InnerGradient, towards: f64) -> Vec<f64> {
    let pixels = found.size.pixels().max(1);
    let mut cells = vec![0.0; pixels];
    let channels = found.activation.chunks_exact(pixels);
    for (activation, gradient) in channels.zip(found.gradient.chunks_exact(pixels)) {
        let sum: f64 = gradient.iter().map(|&g| f64::from(g)).sum();
        let weight = towards * sum / pixels as f64;
        for (cell, &a) in cells.iter_mut().zip(activation) {
            *cell += weight * f64::from(a);
        }
    }
    for cell in &mut cells {
        *cell = cell.max(0.0);
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classifier::Size;

    #[test]
    fn channels_are_weighted_by_their_mean_gradient_and_rectified() {
        let found = InnerGradient {
            layer: "conv".to_owned(),
            channels: 2,
            size: Size::colour(1, 2),
            activation: vec![1.0, 2.0, 3.0, 0.0],
            gradient: vec![2.0, 0.0, -1.0, -1.0],
        };
        assert_eq!(cells(&found, 1.0), [0.0, 2.0]);
        assert_eq!(cells(&found, -1.0), [2.0, 0.0]);
    }
}
