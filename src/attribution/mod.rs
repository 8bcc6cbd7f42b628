//! Methods that turn gradients into a saliency map; one file each.

mod baseline;
pub mod blur;
mod context;
pub mod controls;
mod gradient_source;
mod guide;
mod guided_path;
mod method;
mod methods;
mod moments;
mod noise;
mod noise_cache;
mod noisy_copy;
mod normalise;
mod objective_value;
mod pace;
mod parameters;
mod path_rule;
mod presets;
mod process;
mod quantile;
pub mod random;
mod raw_map;
mod terms;
mod upsample;

pub(crate) use baseline::{Baseline, baseline_parameters};
pub use context::Context;
pub use gradient_source::GradientSource;
pub use guide::{Damping, Guide};
pub(crate) use guided_path::GuidedPath;
pub use method::{Method, ProcessMaps};
pub use methods::{find, methods};
pub use moments::Moments;
pub use noise::{NoiseSource, noise_std};
pub use noise_cache::NoiseCache;
pub use noisy_copy::NoisyCopy;
pub use normalise::SaliencyMap;
pub use objective_value::objective_value;
pub use pace::{Cancelled, Pace, Unhurried};
pub use path_rule::PathRule;
pub use presets::Preset;
pub use process::Process;
pub use quantile::{quantile_linear, quantile_lower};
pub use raw_map::{Completeness, RawMap};
pub(crate) use terms::{ProcessTerms, map_of_terms};
pub(crate) use upsample::upsample;

use crate::classifier::ClassifierError;

/// A map could not be computed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AttributionError {
    /// The person stopped it.
    #[error("stopped")]
    Cancelled,
    /// The model failed.
    #[error(transparent)]
    Classifier(#[from] ClassifierError),
    /// A gradient is infinite or not a number.
    #[error("the gradient of class {class} is not finite at {count} of {total} input values")]
    NonFinite {
        /// The class that was differentiated.
        class: usize,
        /// Values that are not finite.
        count: usize,
        /// Values in all.
        total: usize,
    },
    /// A setting is out of range.
    #[error(transparent)]
    Settings(#[from] crate::protocol::SettingsError),
    /// Stored random numbers that do not fit the image or are too few.
    #[error(
        "the stored {what} holds {stored} samples in {values} numbers, but {needed} samples of \
         {channels} x {height} x {width} are needed"
    )]
    StoredDraws {
        /// What they are for.
        what: &'static str,
        /// Samples it claims to hold.
        stored: usize,
        /// Numbers it holds.
        values: usize,
        /// Samples needed.
        needed: usize,
        /// Channels of the image.
        channels: usize,
        /// Rows of the image.
        height: usize,
        /// Columns of the image.
        width: usize,
    },
    /// The settings were not completed against the method's description.
    #[error("the setting {0} is missing")]
    MissingSetting(&'static str),
    /// A method was asked for that does not exist.
    #[error("there is no method called {0}")]
    UnknownMethod(String),
}

impl From<Cancelled> for AttributionError {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}
