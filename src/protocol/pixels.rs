//! Images on their way to the page.

use serde::{Deserialize, Serialize};

/// An RGBA picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pixels {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Row-major RGBA, 4 bytes a pixel, opaque. Travels beside the message.
    #[serde(skip)]
    pub rgba: Vec<u8>,
}

/// What became of the dropped photo.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImageCard {
    /// The file's name, or a sample's.
    pub name: String,
    /// Format it was recognised as, such as "JPEG".
    pub format: String,
    /// Width after the EXIF orientation was applied.
    pub source_width_px: usize,
    /// Height after the EXIF orientation was applied.
    pub source_height_px: usize,
    /// The part of the source the model sees: left, top, width, height in source pixels.
    pub crop_px: [f32; 4],
    /// Things done to the image that the person should know, one sentence each, such as
    /// "Transparent parts were laid on white."
    pub notes: Vec<String>,
    /// The image exactly as the model sees it.
    pub model_view: Pixels,
    /// The whole source, scaled to at most 512 pixels a side, to show the crop on.
    pub overview: Pixels,
}
