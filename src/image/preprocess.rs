//! Pixels to a model's input, by the model's own preprocessing, and back.

use super::{
    Decoded, ImageError,
    decode::opaque,
    resize::{Window, resize},
};
use crate::{
    classifier::{NormImage, Size},
    protocol::{FurtherChannels, Pixels, Preprocessing, ResizeRule},
};

/// Longest side a model may ask for; sixteen times the usual 224 and more.
const MAX_MODEL_SIDE_PX: usize = 4096;

/// A photo in the model's form.
#[derive(Clone, Debug, PartialEq)]
pub struct Prepared {
    /// The pixels the model is fed, before normalisation.
    pub model_view: Pixels,
    /// The part of the source they come from: left, top, width, height in source pixels.
    pub crop_px: [f32; 4],
    /// The pixels after normalisation.
    pub norm: NormImage,
}

/// Resizes, crops and normalises a photo for a model: `(px - mean_px) / std_px`.
///
/// A photo that has the model's size already passes through untouched. Otherwise it is resized as
/// torchvision does it (antialiased triangle filter on 8-bit values, the longer side's length cut
/// to a whole number, the crop's corner rounded half to even). Where the shorter side asked for
/// would leave the crop larger than the photo, the photo is enlarged until it covers the crop.
///
/// # Errors
/// Where a size is 0 or over 4096, a mean or standard deviation cannot be calculated with, or the
/// photo's bytes do not fill its width and height.
pub fn prepare(photo: &Decoded, preprocessing: &Preprocessing) -> Result<Prepared, ImageError> {
    check_preprocessing(preprocessing)?;
    check_pixels(photo)?;
    let (width, height) = (preprocessing.width_px, preprocessing.height_px);
    let (scaled_width, scaled_height) = scaled_size(photo, preprocessing);
    let window = Window {
        left: centre(scaled_width, width),
        top: centre(scaled_height, height),
        width,
        height,
    };
    let rgb = resize(photo.view(), scaled_width, scaled_height, window);
    let (x, y) = (
        photo.width as f32 / scaled_width as f32,
        photo.height as f32 / scaled_height as f32,
    );
    Ok(Prepared {
        model_view: opaque(width, height, &rgb),
        crop_px: [
            window.left as f32 * x,
            window.top as f32 * y,
            width as f32 * x,
            height as f32 * y,
        ],
        norm: normalised(&rgb, preprocessing),
    })
}

/// A normalised image as pixels again, rounded and clamped to 0 to 255: the inverse of what
/// [`prepare`] does to the model's view. Values that are no numbers become 0.
pub fn recovered_pixels(norm: &NormImage, preprocessing: &Preprocessing) -> Pixels {
    let pixels = norm.size.pixels();
    let mut rgba = vec![255; 4 * pixels];
    let planes = norm.values.chunks_exact(pixels.max(1));
    let order = preprocessing.channels;
    let feeds = preprocessing.mean_px.iter().zip(&preprocessing.std_px);
    for (channel, (plane, (&mean, &std))) in planes.zip(feeds).take(order.colours()).enumerate() {
        for (pixel, &value) in rgba.chunks_exact_mut(4).zip(plane) {
            // A cast from f32 clamps by itself.
            let value = (value * std + mean).round() as u8;
            for (colour, weight) in order.weights(channel).into_iter().enumerate() {
                if weight > 0.0 {
                    pixel[colour] = value;
                }
            }
        }
    }
    Pixels {
        width: norm.size.width,
        height: norm.size.height,
        rgba,
    }
}

fn check_pixels(photo: &Decoded) -> Result<(), ImageError> {
    let (width, height) = (photo.width, photo.height);
    let expected = width.saturating_mul(height).saturating_mul(3);
    if expected > 0 && photo.rgb.len() == expected {
        return Ok(());
    }
    Err(ImageError::Pixels {
        width,
        height,
        expected,
        actual: photo.rgb.len(),
    })
}

/// Checks that a preprocessing can be carried out.
///
/// # Errors
/// Where a size is 0 or over 4096, or a mean or standard deviation cannot be calculated with.
pub fn check_preprocessing(preprocessing: &Preprocessing) -> Result<(), ImageError> {
    let (width, height) = (preprocessing.width_px, preprocessing.height_px);
    let wrong = |reason| Err(ImageError::Preprocessing(reason));
    if [width, height]
        .iter()
        .any(|side| !(1..=MAX_MODEL_SIDE_PX).contains(side))
    {
        return wrong(format!(
            "its size of {width} x {height} pixels is not within 1 to {MAX_MODEL_SIDE_PX}"
        ));
    }
    if let ResizeRule::ShorterSideThenCrop { shorter_side_px } = preprocessing.resize
        && !(1..=MAX_MODEL_SIDE_PX).contains(&shorter_side_px)
    {
        return wrong(format!(
            "its shorter side of {shorter_side_px} pixels is not within 1 to {MAX_MODEL_SIDE_PX}"
        ));
    }
    let (mean, std) = (&preprocessing.mean_px, &preprocessing.std_px);
    if mean.is_empty() || mean.len() != std.len() {
        return wrong(format!(
            "its mean has {} numbers and its standard deviation {}, but each needs one a channel",
            mean.len(),
            std.len()
        ));
    }
    if let FurtherChannels::Constant(pixel) = preprocessing.further
        && !pixel.is_finite()
    {
        return wrong(format!(
            "its further channels are held at {pixel}, which is no number"
        ));
    }
    if std.iter().any(|s| !s.is_normal()) || mean.iter().any(|m| !m.is_finite()) {
        return wrong(format!(
            "its mean {mean:?} and standard deviation {std:?} must be finite numbers, the latter not 0"
        ));
    }
    Ok(())
}

/// Width and height of the whole photo before the crop; never smaller than the crop.
fn scaled_size(photo: &Decoded, preprocessing: &Preprocessing) -> (usize, usize) {
    let (width, height) = (preprocessing.width_px, preprocessing.height_px);
    match preprocessing.resize {
        _ if (photo.width, photo.height) == (width, height) => (width, height),
        ResizeRule::Squash => (width, height),
        ResizeRule::ShorterSideThenCrop { shorter_side_px } => {
            let shorter = photo.width.min(photo.height);
            let scaled = |side: usize, target: usize| {
                // u64, because the product may not fit a browser's usize.
                (side as u64 * target as u64 / shorter as u64) as usize
            };
            let target = shorter_side_px
                .max((width as u64 * shorter as u64).div_ceil(photo.width as u64) as usize)
                .max((height as u64 * shorter as u64).div_ceil(photo.height as u64) as usize);
            (scaled(photo.width, target), scaled(photo.height, target))
        }
    }
}

/// Where a crop of `inner` begins in `outer`: half of what is left, rounded half to even.
fn centre(outer: usize, inner: usize) -> usize {
    let spare = outer.saturating_sub(inner);
    let half = spare / 2;
    half + usize::from(spare % 2 == 1 && half % 2 == 1)
}

/// Interleaved 8-bit RGB to normalised planes in the model's channel order.
fn normalised(rgb: &[u8], preprocessing: &Preprocessing) -> NormImage {
    let size = Size {
        height: preprocessing.height_px,
        width: preprocessing.width_px,
        channels: preprocessing.channel_count(),
    };
    let mut values = Vec::with_capacity(size.values());
    for channel in 0..size.channels {
        let pixels = rgb.as_chunks::<3>().0.iter();
        values.extend(pixels.map(|pixel| preprocessing.norm(channel, pixel.map(f32::from))));
    }
    NormImage { size, values }
}

#[cfg(test)]
mod tests;
