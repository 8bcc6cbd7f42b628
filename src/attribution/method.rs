//! What a method is to the rest of the program.

use super::{AttributionError, Context, Moments, RawMap};
use crate::{
    classifier::LocalFuture,
    protocol::{MethodDescription, Settings, SettingsError},
};

/// Turns gradients into a map.
///
/// A method whose map is a function of the moments of noisy gradients implements
/// [`Method::from_moments`] and shares its gradients with all others of the kind. Any other method
/// implements [`Method::explain`].
pub trait Method: Sync {
    /// What the method is, with its parameters: pickers, flags and tables are built from it.
    fn description(&self) -> MethodDescription;

    /// The map after however many noisy gradients are in. `None` where the method does not work
    /// on moments, or needs more samples for a first map.
    #[expect(
        clippy::wrong_self_convention,
        reason = "the map is made from the moments, by the method"
    )]
    fn from_moments(&self, moments: &Moments, settings: &Settings) -> Option<RawMap> {
        let _ = (moments, settings);
        None
    }

    /// The finished map.
    ///
    /// # Errors
    /// Cancelled, the model failed, or settings that do not go together.
    fn explain<'a>(
        &'a self,
        cx: &'a Context<'a>,
    ) -> LocalFuture<'a, Result<RawMap, AttributionError>> {
        Box::pin(async move {
            let moments = cx.noise_moments().await?;
            self.from_moments(&moments, cx.settings).ok_or_else(|| {
                AttributionError::Settings(SettingsError::OutOfRange {
                    name: "samples".to_owned(),
                    value: moments.count().to_string(),
                    expected: "at least 2, since this map needs a variance".to_owned(),
                })
            })
        })
    }
}
