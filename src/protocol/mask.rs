//! Where the object is: a mask for the measures of localisation.

use serde::{Deserialize, Serialize};

/// What marks the object in a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MaskChannel {
    /// Opaque pixels where the picture has transparent ones, else bright pixels.
    #[default]
    Auto,
    /// Bright pixels.
    Grey,
    /// Opaque pixels.
    Alpha,
}

/// How a picture becomes a mask.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MaskSettings {
    /// What marks the object.
    pub channel: MaskChannel,
    /// Share of full brightness or opacity from which a pixel is inside, 0 to 1 exclusive.
    pub threshold: f64,
    /// Dark or transparent pixels are the object instead.
    pub inverted: bool,
}

impl Default for MaskSettings {
    fn default() -> Self {
        Self {
            channel: MaskChannel::Auto,
            threshold: 0.5,
            inverted: false,
        }
    }
}

/// The mask in use, as the model would see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MaskReport {
    /// Name of the picture it was made from.
    pub name: String,
    /// Settings used, with the channel that was found.
    pub settings: MaskSettings,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// Share of the model's view inside, 0 to 1.
    pub share: f64,
    /// Row-major, 1 inside and 0 outside. Travels beside the message.
    #[serde(skip)]
    pub inside: Vec<u8>,
}
