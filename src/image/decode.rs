//! Bytes of a file to upright, opaque, 8-bit RGB pixels, with a note on everything done on the way.

use std::io::{Cursor, ErrorKind};

use ::image::{
    DynamicImage, GrayImage, ImageDecoder, ImageError as DecoderError, Limits, RgbImage,
    codecs::{gif::GifDecoder, jpeg::JpegDecoder, png::PngDecoder, webp::WebPDecoder},
    metadata::Orientation,
};

use super::{
    ImageError,
    colour_profile::foreign_profile,
    container::{Outline, outline},
    resize::{Rgb, Window, resize},
    signature::{Format, recognise},
};
use crate::protocol::Pixels;

/// Most pixels an image may have: 192 MB decoded, and several times that while decoding, which a
/// browser's 4 GB for one program still hold.
pub const MAX_PIXELS: usize = 64_000_000;

/// Fewest pixels an image may have on a side.
pub const MIN_SIDE_PX: usize = 8;

/// Longest side of the overview.
const OVERVIEW_SIDE_PX: usize = 512;

/// A photo as it is meant to be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// Format it was recognised as: "PNG", "JPEG", "WebP" or "GIF".
    pub format: &'static str,
    /// Columns, after the EXIF orientation was applied; [`MIN_SIDE_PX`] or more.
    pub width: usize,
    /// Rows, after the EXIF orientation was applied; [`MIN_SIDE_PX`] or more.
    pub height: usize,
    /// Row-major RGB, `3 * width * height` bytes.
    pub rgb: Vec<u8>,
    /// Row-major opacity, 255 for opaque; `None` for a photo without transparent parts.
    pub alpha: Option<Vec<u8>>,
    /// What was done to the image that the person should know, one sentence each.
    pub notes: Vec<String>,
}

impl Decoded {
    /// The whole photo, scaled down to at most 512 pixels a side, never up.
    pub fn overview(&self) -> Pixels {
        let longer = self.width.max(self.height);
        let side = |length: usize| {
            if longer <= OVERVIEW_SIDE_PX {
                length
            } else {
                (length * OVERVIEW_SIDE_PX).div_ceil(longer)
            }
        };
        let (width, height) = (side(self.width), side(self.height));
        let window = Window {
            left: 0,
            top: 0,
            width,
            height,
        };
        opaque(width, height, &resize(self.view(), width, height, window))
    }

    /// The pixels as the resampler takes them.
    pub(super) fn view(&self) -> Rgb<'_> {
        Rgb {
            width: self.width,
            height: self.height,
            rgb: &self.rgb,
        }
    }
}

/// RGB bytes as an opaque picture.
pub(super) fn opaque(width: usize, height: usize, rgb: &[u8]) -> Pixels {
    let pixels = rgb.as_chunks::<3>().0.iter();
    Pixels {
        width,
        height,
        rgba: pixels.flat_map(|&[r, g, b]| [r, g, b, 255]).collect(),
    }
}

/// Decodes the bytes of a PNG, JPEG, WebP or GIF file, whatever its name.
///
/// The first frame of an animation; EXIF orientation applied; transparency laid on white; 16 bits
/// rounded to 8; grey, palette and CMYK colours as RGB. Colour profiles are noted, not applied.
///
/// # Errors
/// Where the bytes are not such a file, it is truncated or damaged, or it has too many pixels
/// (found before memory is taken for them) or too few.
pub fn decode(bytes: &[u8]) -> Result<Decoded, ImageError> {
    let format = recognise(bytes)?;
    let outline = outline(format, bytes);
    if let Some((width, height)) = outline.size {
        check_size(width, height)?;
    }
    if outline.truncated {
        return Err(ImageError::Truncated {
            format: format.name(),
            bytes: bytes.len(),
        });
    }
    let failed = |error| decoder_failed(format, bytes.len(), error);
    let cursor = || Cursor::new(bytes);
    match format {
        Format::Png => PngDecoder::with_limits(cursor(), Limits::default())
            .map_err(failed)
            .and_then(|decoder| finish(decoder, format, bytes.len(), outline)),
        Format::Jpeg => JpegDecoder::new(cursor())
            .map_err(failed)
            .and_then(|decoder| finish(decoder, format, bytes.len(), outline)),
        Format::WebP => WebPDecoder::new(cursor())
            .map_err(failed)
            .and_then(|decoder| {
                let animated = decoder.has_animation();
                finish(
                    decoder,
                    format,
                    bytes.len(),
                    Outline {
                        animated,
                        ..outline
                    },
                )
            }),
        Format::Gif => GifDecoder::new(cursor())
            .map_err(failed)
            .and_then(|decoder| finish(decoder, format, bytes.len(), outline)),
    }
}

fn check_size(width: usize, height: usize) -> Result<(), ImageError> {
    // In u64, because the product may not fit a browser's usize.
    if width as u64 * height as u64 > MAX_PIXELS as u64 {
        return Err(ImageError::TooLarge { width, height });
    }
    if width < MIN_SIDE_PX || height < MIN_SIDE_PX {
        return Err(ImageError::TooSmall { width, height });
    }
    Ok(())
}

/// Reads the pixels and brings them into their final form.
fn finish(
    mut decoder: impl ImageDecoder,
    format: Format,
    bytes: usize,
    outline: Outline,
) -> Result<Decoded, ImageError> {
    let (width, height) = decoder.dimensions();
    check_size(width as usize, height as usize)?;

    let mut notes = Vec::new();
    if outline.animated {
        notes.push("The file is animated; only its first frame is used.".to_owned());
    }
    // Unreadable metadata is no reason to refuse the pixels.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let profile = decoder.icc_profile().ok().flatten();
    let image = DynamicImage::from_decoder(decoder)
        .map_err(|error| decoder_failed(format, bytes, error))?;

    let colour = image.color();
    if outline.components == Some(4) {
        notes.push("CMYK colours were converted to RGB without a colour profile.".to_owned());
    }
    if colour.bytes_per_pixel() / colour.channel_count() > 1 {
        notes.push("Its 16-bit values were rounded to 8 bits.".to_owned());
    }
    if !colour.has_color() {
        notes.push("The image is grey: red, green and blue are equal everywhere.".to_owned());
    }
    let (rgb, opacity) = if colour.has_alpha() {
        on_white(image)
    } else {
        (image.into_rgb8(), None)
    };
    if opacity.is_some() {
        notes.push("Transparent parts were laid on white.".to_owned());
    }
    let mut opacity = opacity.map(DynamicImage::ImageLuma8);
    let mut image = DynamicImage::ImageRgb8(rgb);
    if orientation != Orientation::NoTransforms {
        image.apply_orientation(orientation);
        if let Some(opacity) = &mut opacity {
            opacity.apply_orientation(orientation);
        }
        notes.push(format!(
            "The photo was turned upright as its camera recorded it (EXIF orientation {}).",
            orientation.to_exif()
        ));
    }
    if let Some(name) = profile.and_then(|profile| foreign_profile(&profile)) {
        notes.push(format!(
            "The file's colour profile ({name}) is not applied, so colours may differ a little \
             from other programs."
        ));
    }
    Ok(Decoded {
        format: format.name(),
        width: image.width() as usize,
        height: image.height() as usize,
        rgb: image.into_rgb8().into_raw(),
        alpha: opacity.map(|opacity| opacity.into_luma8().into_raw()),
        notes,
    })
}

/// The image laid on white, and its opacity where any of the white shows.
fn on_white(image: DynamicImage) -> (RgbImage, Option<GrayImage>) {
    let rgba = image.into_rgba8();
    let mut transparent = false;
    let mut rgb = RgbImage::new(rgba.width(), rgba.height());
    let mut opacity = GrayImage::new(rgba.width(), rgba.height());
    for ((from, to), kept) in rgba
        .pixels()
        .zip(rgb.pixels_mut())
        .zip(opacity.pixels_mut())
    {
        let [r, g, b, alpha] = from.0;
        transparent |= alpha < 255;
        kept.0 = [alpha];
        let alpha = u32::from(alpha);
        // Rounded to nearest; at most 255, so the cast is exact.
        to.0 = [r, g, b].map(|c| ((u32::from(c) * alpha + 255 * (255 - alpha) + 127) / 255) as u8);
    }
    (rgb, transparent.then_some(opacity))
}

/// The decoder's error in our words.
fn decoder_failed(format: Format, bytes: usize, error: DecoderError) -> ImageError {
    let format = format.name();
    let reason = || {
        error
            .to_string()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    match &error {
        DecoderError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            ImageError::Truncated { format, bytes }
        }
        DecoderError::Unsupported(_) => ImageError::UnreadFeature {
            format,
            reason: reason(),
        },
        _ => ImageError::Damaged {
            format,
            reason: reason(),
        },
    }
}

#[cfg(test)]
mod tests;
