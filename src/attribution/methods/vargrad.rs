//! VarGrad: how much the gradient varies over noisy copies of the image.

use crate::{
    attribution::{
        Method, Moments, RawMap,
        parameters::{LOGIT_FIRST, objective, samples, seed, spread},
    },
    protocol::{MethodDescription, Settings, citation},
};

/// `sum_c Var_k g(x + e_k)`, with divisor N - 1.
pub(super) struct VarGrad;

impl Method for VarGrad {
    fn description(&self) -> MethodDescription {
        MethodDescription {
            id: "vargrad".to_owned(),
            label: "VarGrad".to_owned(),
            summary: "Variance of the gradient over noisy copies of the image.".to_owned(),
            citations: vec![citation::VARGRAD.cite()],
            cost: "1 gradient a sample".to_owned(),
            parameters: vec![samples(2), spread(), seed(), objective(LOGIT_FIRST)],
        }
    }

    fn from_moments(&self, moments: &Moments, _settings: &Settings) -> Option<RawMap> {
        Some(RawMap::from_amounts(moments.size(), &moments.variance()?))
    }
}
