//! Why a photo cannot be used.

use super::{MAX_PIXELS, MIN_SIDE_PX};

/// A photo cannot be used; says what happened and why. [`ImageError::hint`] says what to do.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ImageError {
    /// There are no bytes.
    #[error("the image file is empty (0 bytes)")]
    Empty,
    /// The bytes are of something known that is not read.
    #[error("this is {what}, which is not read here")]
    UnreadFormat {
        /// Name with its article, such as "an SVG drawing".
        what: &'static str,
    },
    /// The bytes are readable text.
    #[error("this is not an image: its {bytes} bytes look like text, beginning {start:?}")]
    Text {
        /// Size of the file.
        bytes: usize,
        /// Its first characters.
        start: String,
    },
    /// The bytes are of nothing known.
    #[error(
        "this is not an image that is known here: its {bytes} bytes begin with {}",
        hex(start)
    )]
    Unrecognised {
        /// Size of the file.
        bytes: usize,
        /// Its first bytes.
        start: Vec<u8>,
    },
    /// More pixels than there is memory for.
    #[error(
        "the image is {width} x {height} pixels ({:.0} megapixels), but at most {} megapixels can be read", megapixels(*width, *height), MAX_PIXELS / 1_000_000
    )]
    TooLarge {
        /// Columns.
        width: usize,
        /// Rows.
        height: usize,
    },
    /// Too few pixels to explain anything in.
    #[error(
        "the image is {width} x {height} pixels, but at least {MIN_SIDE_PX} x {MIN_SIDE_PX} are needed: in fewer there is nothing to explain"
    )]
    TooSmall {
        /// Columns.
        width: usize,
        /// Rows.
        height: usize,
    },
    /// The file ends early.
    #[error("the {format} file is truncated: it has {bytes} bytes and ends before the image does")]
    Truncated {
        /// Recognised format.
        format: &'static str,
        /// Bytes there are.
        bytes: usize,
    },
    /// The decoder does not understand the bytes.
    #[error("the {format} file is damaged and cannot be decoded ({reason})")]
    Damaged {
        /// Recognised format.
        format: &'static str,
        /// The decoder's words.
        reason: String,
    },
    /// The format is read, but not this variant of it.
    #[error("the {format} file uses a variant of the format that is not read here ({reason})")]
    UnreadFeature {
        /// Recognised format.
        format: &'static str,
        /// The decoder's words.
        reason: String,
    },
    /// The model asks for something that cannot be done to an image.
    #[error("the model's preprocessing cannot be carried out: {0}")]
    Preprocessing(String),
    /// The pixels do not fill the width and height they claim.
    #[error("a picture of {width} x {height} pixels needs {expected} bytes, but has {actual}")]
    Pixels {
        /// Columns.
        width: usize,
        /// Rows.
        height: usize,
        /// Bytes a pixel times pixels; 0 pixels are too few.
        expected: usize,
        /// Bytes there are.
        actual: usize,
    },
    /// The picture could not be written as a file.
    #[error("the picture could not be written as PNG ({0})")]
    Encode(String),
}

impl ImageError {
    /// What the person can do about it, in one sentence.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Empty | Self::Truncated { .. } => {
                "Copy or download the file again, and check that it opens in an image viewer."
            }
            Self::UnreadFormat { .. } | Self::UnreadFeature { .. } => {
                "Open it in another program and save it as PNG or JPEG."
            }
            Self::Text { .. } | Self::Unrecognised { .. } => {
                "Choose a PNG, JPEG, WebP or GIF image; the file's name does not matter."
            }
            Self::TooLarge { .. } => "Scale it down first; a model sees a few hundred pixels.",
            Self::TooSmall { .. } => "Choose a larger image.",
            Self::Damaged { .. } => {
                "Check that it opens in an image viewer, and save it again from there as PNG."
            }
            Self::Preprocessing(_) => "Choose another preprocessing for this model.",
            Self::Pixels { .. } | Self::Encode(_) => "",
        }
    }
}

fn megapixels(width: usize, height: usize) -> f64 {
    width as f64 * height as f64 / 1e6
}

fn hex(bytes: &[u8]) -> String {
    let bytes: Vec<String> = bytes.iter().map(|b| format!("{b:02X}")).collect();
    bytes.join(" ")
}
