//! AbsoluteGrad: the magnitude of the gradient averaged over noisy copies of the image.

use crate::{
    attribution::{
        Method, Moments, RawMap,
        parameters::{LOGIT_FIRST, objective, samples, seed, spread},
    },
    protocol::{MethodDescription, Settings, citation},
};

/// `sum_c mean_k |g(x + e_k)|`: Guided AbsoluteGrad without its guide.
pub(super) struct AbsoluteGrad;

impl Method for AbsoluteGrad {
    fn description(&self) -> MethodDescription {
        MethodDescription {
            id: "absolutegrad".to_owned(),
            label: "AbsoluteGrad".to_owned(),
            summary:
                "Average magnitude of the gradient over noisy copies of the image: both signs \
                      count as evidence."
                    .to_owned(),
            citations: vec![citation::GUIDED_ABSOLUTE_GRAD.cite()],
            cost: "1 gradient a sample".to_owned(),
            parameters: vec![samples(1), spread(), seed(), objective(LOGIT_FIRST)],
        }
    }

    fn from_moments(&self, moments: &Moments, _settings: &Settings) -> Option<RawMap> {
        Some(RawMap::from_amounts(
            moments.size(),
            &moments.mean_magnitude(),
        ))
    }
}
