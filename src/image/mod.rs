//! Image bytes to the numbers a model takes, and to the pixels a person sees.
//!
//! [`decode()`] is done once for a file; [`prepare`] again for each model, because a model brings its
//! own size, mean and standard deviation. What is shown is what is fed: both come from the same
//! 8-bit pixels.

mod colour_profile;
mod container;
mod decode;
mod error;
mod mask;
mod png;
mod preprocess;
mod resize;
mod signature;

pub use decode::{Decoded, MAX_PIXELS, MIN_SIDE_PX, decode};
pub use error::ImageError;
pub use mask::{MaskFrame, mask};
pub use png::encode_png;
pub use preprocess::{Prepared, check_preprocessing, prepare, recovered_pixels};

use crate::{
    classifier::NormImage,
    protocol::{ImageCard, Preprocessing},
};

/// A photo, ready for a model.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenedImage {
    /// What the page shows.
    pub card: ImageCard,
    /// What the model is fed.
    pub norm: NormImage,
    /// The whole photo, to be prepared again for another model.
    pub decoded: Decoded,
}

impl OpenedImage {
    /// Prepares a decoded photo called `name` for a model.
    ///
    /// # Errors
    /// Where the preprocessing itself cannot be carried out.
    pub fn prepare(
        name: &str,
        decoded: Decoded,
        preprocessing: &Preprocessing,
    ) -> Result<Self, ImageError> {
        let prepared = prepare(&decoded, preprocessing)?;
        Ok(Self {
            card: ImageCard {
                name: name.to_owned(),
                format: decoded.format.to_owned(),
                source_width_px: decoded.width,
                source_height_px: decoded.height,
                crop_px: prepared.crop_px,
                notes: decoded.notes.clone(),
                model_view: prepared.model_view,
                overview: decoded.overview(),
            },
            norm: prepared.norm,
            decoded,
        })
    }
}

/// Decodes the bytes of a file called `name` and prepares them for a model.
///
/// # Errors
/// Where the bytes are not an image that can be used, or the preprocessing cannot be carried out.
pub fn open(
    name: &str,
    bytes: &[u8],
    preprocessing: &Preprocessing,
) -> Result<OpenedImage, ImageError> {
    OpenedImage::prepare(name, decode(bytes)?, preprocessing)
}
