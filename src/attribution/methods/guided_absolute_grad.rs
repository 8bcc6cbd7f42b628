//! Guided AbsoluteGrad: gradient magnitudes, kept where the gradient varies most and damped elsewhere.

use crate::{
    attribution::{
        Guide, Method, Moments, RawMap,
        parameters::{LOGIT_FIRST, damping, objective, percentile, samples, seed, spread},
    },
    protocol::{MethodDescription, Settings, citation},
};

/// `sum_c w * mean_k |g(x + e_k)|`, where `w` is 1 above the p-th percentile of the channel's
/// gradient variances and the variance itself below.
pub(super) struct GuidedAbsoluteGrad;

impl Method for GuidedAbsoluteGrad {
    fn description(&self) -> MethodDescription {
        MethodDescription {
            id: "guided-absolute-grad".to_owned(),
            label: "Guided AbsoluteGrad".to_owned(),
            summary: "Average magnitude of the gradient over noisy copies of the image, damped \
                      where the gradient varies little."
                .to_owned(),
            citations: vec![citation::GUIDED_ABSOLUTE_GRAD.cite()],
            cost: "1 gradient a sample; the percentile costs nothing".to_owned(),
            parameters: vec![
                samples(2),
                spread(),
                percentile(
                    "Pixels whose gradient varies more than this share of all pixels keep their \
                     weight; the rest are damped. At 0 nothing is damped (AbsoluteGrad).",
                ),
                seed(),
                damping(),
                objective(LOGIT_FIRST),
            ],
        }
    }

    fn from_moments(&self, moments: &Moments, settings: &Settings) -> Option<RawMap> {
        let mut sum = moments.mean_magnitude();
        Guide::from_settings(settings)?.apply(moments.size(), &mut sum, &moments.variance()?);
        Some(RawMap::from_amounts(moments.size(), &sum))
    }
}
