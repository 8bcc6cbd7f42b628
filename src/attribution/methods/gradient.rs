//! Vanilla Gradient: how strongly the class reacts to each pixel, to first order.

use crate::{
    attribution::{
        AttributionError, Context, Method, RawMap,
        parameters::{LOGIT_FIRST, objective},
    },
    classifier::{BackwardRule, LocalFuture},
    protocol::{MethodDescription, citation},
};

/// `sum_c |df/dx|`.
pub(super) struct Gradient;

impl Method for Gradient {
    fn description(&self) -> MethodDescription {
        MethodDescription {
            id: "gradient".to_owned(),
            label: "Vanilla Gradient".to_owned(),
            summary: "Magnitude of the class's gradient at the image itself.".to_owned(),
            citations: vec![citation::SALIENCY_MAPS.cite()],
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
            let gradient: Vec<f64> = source
                .at(cx.image)
                .await?
                .into_iter()
                .map(f64::from)
                .collect();
            Ok(RawMap::from_attribution(cx.image.size, &gradient))
        })
    }
}
