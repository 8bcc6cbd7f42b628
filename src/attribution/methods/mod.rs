//! The methods, one file each, and the one list of them.

mod absolutegrad;
mod blur_ig;
mod controls;
mod grad_cam;
mod gradient;
mod gradient_x_input;
mod guided_absolute_grad;
mod guided_backprop;
mod guided_ig;
mod idgi;
mod integrated_gradients;
mod smoothgrad;
mod smoothgrad_squared;
mod vargrad;

use super::{AttributionError, Method, ProcessMaps, RawMap};

/// Every method, in the order they are shown.
pub fn methods() -> &'static [&'static dyn Method] {
    &[
        &guided_absolute_grad::GuidedAbsoluteGrad,
        &absolutegrad::AbsoluteGrad,
        &vargrad::VarGrad,
        &smoothgrad::SmoothGrad,
        &smoothgrad_squared::SmoothGradSquared,
        &gradient::Gradient,
        &gradient_x_input::GradientXInput,
        &guided_backprop::GuidedBackprop,
        &integrated_gradients::IntegratedGradients,
        &guided_ig::GuidedIg,
        &blur_ig::BlurIg,
        &idgi::Idgi,
        &grad_cam::GradCam,
        &controls::Control::Random,
        &controls::Control::Edge,
        &controls::Control::Blob,
        &controls::Control::Inverted,
        &controls::Control::Misplaced,
    ]
}

/// The map of the one process that was asked for.
fn only(maps: ProcessMaps) -> Result<RawMap, AttributionError> {
    let missing = AttributionError::MissingSetting("process");
    maps.into_iter().next().unwrap_or(Err(missing))
}

/// The method with this id.
pub fn find(id: &str) -> Option<&'static dyn Method> {
    methods()
        .iter()
        .copied()
        .find(|method| method.description().id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::default_settings;

    #[test]
    fn ids_are_unique_and_defaults_are_allowed() {
        for (i, method) in methods().iter().enumerate() {
            let description = method.description();
            assert!(!description.citations.is_empty() && !description.cost.is_empty());
            let again = methods()
                .iter()
                .position(|m| m.description().id == description.id);
            assert_eq!(again, Some(i), "{}", description.id);
            let defaults = default_settings(&description);
            assert_eq!(description.complete(&defaults), Ok(defaults));
        }
        assert!(find("guided-absolute-grad").is_some());
        assert!(find("no-such-method").is_none());
    }
}
