//! Gradient x Input: the part of the class's output that each value accounts for, to first order.

use crate::{
    attribution::{
        AttributionError, Context, Method, RawMap,
        parameters::{LOGIT_FIRST, objective},
    },
    classifier::{BackwardRule, LocalFuture},
    protocol::{MethodDescription, citation},
};

/// `sum_c |x * df/dx|`, with `x` in the model's normalised space.
pub(super) struct GradientXInput;

impl Method for GradientXInput {
    fn description(&self) -> MethodDescription {
        MethodDescription {
            id: "gradient-x-input".to_owned(),
            label: "Gradient x Input".to_owned(),
            summary: "The gradient times the image: a first-order share of the class's output."
                .to_owned(),
            citations: vec![citation::GRADIENT_X_INPUT.cite()],
            cost: "1 gradient".to_owned(),
            parameters: vec![objective(LOGIT_FIRST)],
        }
    }

    fn explain<'a>(
        &'a self,
        cx: &'a Context<'a>,
    ) -> LocalFuture<'a, Result<RawMap, AttributionError>> {
        Box::pin(async move {
            let source = cx.gradients.with(cx.objective(), BackwardRule::Standard);
            let gradient = source.at(cx.image).await?;
            let product: Vec<f64> = gradient
                .iter()
                .zip(&cx.image.values)
                .map(|(&g, &x)| f64::from(g) * f64::from(x))
                .collect();
            Ok(RawMap::from_attribution(cx.image.size, &product))
        })
    }
}
