//! What a method is to the rest of the program.

use super::{AttributionError, Context, Moments, Process, RawMap};
use crate::{
    classifier::LocalFuture,
    protocol::{MethodDescription, Setting, Settings, SettingsError},
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

    /// The finished maps of several gradient processes, in their order, from the same gradients:
    /// together they cost what one costs. The setting `process` is not looked at.
    ///
    /// # Errors
    /// As [`Method::explain`] for all of them; and for each on its own, where it takes more terms
    /// than there are.
    fn explain_processes<'a>(
        &'a self,
        cx: &'a Context<'a>,
        processes: &'a [Process],
    ) -> LocalFuture<'a, Result<ProcessMaps, AttributionError>> {
        // Right for methods whose gradients are kept from one call to the next.
        Box::pin(async move {
            let mut maps = Vec::with_capacity(processes.len());
            for process in processes {
                let mut settings = cx.settings.clone();
                settings.set("process", Setting::Choice(process.name().to_owned()));
                let cx = Context {
                    settings: &settings,
                    ..*cx
                };
                maps.push(self.explain(&cx).await);
                if let Some(Err(AttributionError::Cancelled)) = maps.last() {
                    return Err(AttributionError::Cancelled);
                }
            }
            Ok(maps)
        })
    }
}

/// A map for each process, or why there is none.
pub type ProcessMaps = Vec<Result<RawMap, AttributionError>>;
