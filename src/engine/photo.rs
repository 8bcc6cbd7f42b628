//! The open image: as dropped, as the model sees it, and what the model says of it.

use super::{Stopped, internal};
use crate::{
    classifier::NormImage,
    image::{Decoded, OpenedImage, decode, recovered_pixels},
    protocol::{Classification, ImageCard, Preprocessing, Probabilities, Stage},
};

/// An image the model has seen.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenPhoto {
    /// What the page shows.
    pub card: ImageCard,
    /// What the model is fed.
    pub norm: NormImage,
    /// What the model says; empty before it was asked.
    pub classification: Classification,
    /// The pixels of the file, for another model's preprocessing; `None` for an image that came
    /// normalised.
    decoded: Option<Decoded>,
}

impl OpenPhoto {
    /// Decodes a file.
    ///
    /// # Errors
    /// The bytes are no usable image.
    pub fn decode(
        name: &str,
        bytes: &[u8],
        preprocessing: &Preprocessing,
    ) -> Result<Self, Stopped> {
        Self::prepare(name, decode(bytes)?, preprocessing)
    }

    fn prepare(
        name: &str,
        decoded: Decoded,
        preprocessing: &Preprocessing,
    ) -> Result<Self, Stopped> {
        let opened = OpenedImage::prepare(name, decoded, preprocessing)?;
        Ok(Self {
            card: opened.card,
            norm: opened.norm,
            classification: unasked(),
            decoded: Some(opened.decoded),
        })
    }

    /// An image in the model's space already.
    pub fn normalised(name: &str, norm: NormImage, preprocessing: &Preprocessing) -> Self {
        let view = recovered_pixels(&norm, preprocessing);
        let (width, height) = (norm.size.width, norm.size.height);
        Self {
            card: ImageCard {
                name: name.to_owned(),
                format: "NPY".to_owned(),
                source_width_px: width,
                source_height_px: height,
                crop_px: [0.0, 0.0, width as f32, height as f32],
                notes: Vec::new(),
                overview: view.clone(),
                model_view: view,
            },
            norm,
            classification: unasked(),
            decoded: None,
        }
    }

    /// The class asked for, or else the most probable one.
    ///
    /// # Errors
    /// None was asked for, and the model has not seen the image.
    pub(super) fn target(&self, asked: Option<usize>) -> Result<usize, Stopped> {
        let best = || Some(self.classification.top(1).first()?.class);
        let missing = || internal(Stage::Explain, "The image was not classified.");
        Ok(asked.or_else(best).ok_or_else(missing)?)
    }

    /// The pixels of the file; `None` for an image that came normalised.
    pub(super) fn decoded(&self) -> Option<&Decoded> {
        self.decoded.as_ref()
    }

    /// The same image for another model.
    ///
    /// # Errors
    /// The preprocessing cannot be carried out.
    pub fn prepared_again(self, preprocessing: &Preprocessing) -> Result<Self, Stopped> {
        match self.decoded {
            Some(decoded) => Self::prepare(&self.card.name, decoded, preprocessing),
            None => Ok(Self::normalised(&self.card.name, self.norm, preprocessing)),
        }
    }
}

fn unasked() -> Classification {
    Classification {
        logits: Vec::new(),
        probabilities: Vec::new(),
        kind: Probabilities::default(),
    }
}
