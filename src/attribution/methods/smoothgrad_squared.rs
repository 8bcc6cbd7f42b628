//! SmoothGrad-Squared: the squared gradient averaged over noisy copies of the image.

use crate::{
    attribution::{
        Guide, Method, Moments, Process, RawMap,
        parameters::{LOGIT_FIRST, choice, damping, objective, percentile, samples, seed, spread},
    },
    protocol::{MethodDescription, Settings, citation},
};

/// `sum_c mean_k g(x + e_k)^2`; guided, weighted by the variance of the squares.
pub(super) struct SmoothGradSquared;

impl Method for SmoothGradSquared {
    fn description(&self) -> MethodDescription {
        // Squares have one sign, so only two of the processes differ from each other.
        let mut process = choice(
            "process",
            "Gradient process",
            "Plain, or weighted by the variance of the squared gradients.",
            &["plain", "guided"],
        );
        process.free = true;
        MethodDescription {
            id: "smoothgrad-squared".to_owned(),
            label: "SmoothGrad-Squared".to_owned(),
            summary: "Average squared gradient over noisy copies of the image.".to_owned(),
            citations: vec![citation::SMOOTHGRAD_SQUARED.cite()],
            cost: "1 gradient a sample".to_owned(),
            parameters: vec![
                samples(1),
                spread(),
                seed(),
                process,
                percentile("Used by the guided process: values that vary more keep weight 1."),
                damping(),
                objective(LOGIT_FIRST),
            ],
        }
    }

    fn from_moments(&self, moments: &Moments, settings: &Settings) -> Option<RawMap> {
        let mut sum = moments.mean_square();
        if Process::from_settings(settings).is_guided() {
            let guide = Guide::from_settings(settings)?;
            guide.apply(moments.size(), &mut sum, &moments.variance_of_squares()?);
        }
        Some(RawMap::from_amounts(moments.size(), &sum))
    }
}
