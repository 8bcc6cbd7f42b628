//! Pixels to the bytes of a PNG file, with nothing in it but pixels.

use ::image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};

use super::ImageError;
use crate::protocol::Pixels;

/// A PNG file of 8-bit RGBA, without metadata: no time, no place, no name of a program.
///
/// # Errors
/// Where the pixels do not fill their width and height, or either is 0 or over 2^31.
pub fn encode_png(pixels: &Pixels) -> Result<Vec<u8>, ImageError> {
    let (width, height) = (pixels.width, pixels.height);
    let expected = width.saturating_mul(height).saturating_mul(4);
    if pixels.rgba.len() != expected {
        return Err(ImageError::Pixels {
            width,
            height,
            expected,
            actual: pixels.rgba.len(),
        });
    }
    let sides = (u32::try_from(width), u32::try_from(height));
    let (Ok(columns @ 1..), Ok(rows @ 1..)) = sides else {
        return Err(ImageError::Encode(format!(
            "{width} x {height} pixels are not a picture"
        )));
    };
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes)
        .write_image(&pixels.rgba, columns, rows, ExtendedColorType::Rgba8)
        .map_err(|error| ImageError::Encode(error.to_string()))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_back_as_it_was_and_carries_no_metadata() {
        let pixels = Pixels {
            width: 3,
            height: 2,
            rgba: (0..24).map(|i| i * 10).collect(),
        };
        let bytes = encode_png(&pixels).unwrap();
        let back = ::image::load_from_memory(&bytes).unwrap().into_rgba8();
        assert_eq!(back.dimensions(), (3, 2));
        assert_eq!(back.into_raw(), pixels.rgba);

        let mut kinds = Vec::new();
        let mut rest = &bytes[8..];
        while let Some((length, after)) = rest.split_first_chunk::<4>() {
            kinds.push(String::from_utf8_lossy(&after[..4]).into_owned());
            rest = &after[4 + u32::from_be_bytes(*length) as usize + 4..];
        }
        assert_eq!(kinds, ["IHDR", "IDAT", "IEND"]);
    }

    #[test]
    fn refuses_pixels_that_do_not_fill_the_picture() {
        let pixels = |width, height, bytes| Pixels {
            width,
            height,
            rgba: vec![0; bytes],
        };
        let short = encode_png(&pixels(3, 2, 23)).unwrap_err().to_string();
        assert!(short.contains("24 bytes, but has 23"), "{short}");
        assert!(encode_png(&pixels(0, 2, 0)).is_err());
    }
}
