//! SmoothGrad: the gradient averaged over noisy copies of the image.

use crate::{
    attribution::{
        Guide, Method, Moments, Process, RawMap,
        parameters::{LOGIT_FIRST, damping, objective, percentile, process, samples, seed, spread},
    },
    protocol::{MethodDescription, Settings, citation},
};

/// `sum_c |mean_k g(x + e_k)|`, `e_k` normal with standard deviation spread * (max x - min x);
/// the process replaces `g` by one of its parts or weights the mean by the guide.
pub(super) struct SmoothGrad;

impl Method for SmoothGrad {
    fn description(&self) -> MethodDescription {
        MethodDescription {
            id: "smoothgrad".to_owned(),
            label: "SmoothGrad".to_owned(),
            summary: "Average gradient over noisy copies of the image; opposite signs cancel."
                .to_owned(),
            citations: vec![citation::SMOOTHGRAD.cite()],
            cost: "1 gradient a sample".to_owned(),
            parameters: vec![
                samples(1),
                spread(),
                seed(),
                process(true),
                percentile("Used by the guided processes: values that vary more keep weight 1."),
                damping(),
                objective(LOGIT_FIRST),
            ],
        }
    }

    fn from_moments(&self, moments: &Moments, settings: &Settings) -> Option<RawMap> {
        let process = Process::from_settings(settings);
        let mut sum = match process {
            Process::Plain | Process::Guided => moments.mean(),
            Process::Positive => moments.mean_positive(),
            Process::Negative => moments.mean_negative(),
            Process::Absolute | Process::GuidedAbsolute => moments.mean_magnitude(),
        };
        if process.is_guided() {
            let guide = Guide::from_settings(settings)?;
            guide.apply(moments.size(), &mut sum, &moments.variance()?);
        }
        Some(RawMap::from_attribution(moments.size(), &sum))
    }
}
