//! Methods that turn gradients into a saliency map; one file each.

mod gradient_source;
mod pace;

pub use gradient_source::GradientSource;
pub use pace::{Cancelled, Pace, Unhurried};

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
    /// A method was asked for that does not exist.
    #[error("there is no method called {0}")]
    UnknownMethod(String),
}

impl From<Cancelled> for AttributionError {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}
