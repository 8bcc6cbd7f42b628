//! What a file is, told by its first bytes and never by its name.

use super::ImageError;

/// An image format that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Png,
    Jpeg,
    WebP,
    Gif,
}

impl Format {
    /// The format's name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::WebP => "WebP",
            Self::Gif => "GIF",
        }
    }
}

/// Tells the format, or what the bytes are instead.
pub(super) fn recognise(bytes: &[u8]) -> Result<Format, ImageError> {
    if bytes.is_empty() {
        return Err(ImageError::Empty);
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Ok(Format::Png);
    }
    if bytes.starts_with(b"\xff\xd8\xff") {
        return Ok(Format::Jpeg);
    }
    if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        return Ok(Format::Gif);
    }
    if bytes.starts_with(b"RIFF") && at(bytes, 8, b"WEBP") {
        return Ok(Format::WebP);
    }
    if let Some(what) = known_but_unread(bytes) {
        return Err(ImageError::UnreadFormat { what });
    }
    if let Some(text) = as_text(bytes) {
        let lower = text.to_lowercase();
        if lower.contains("<svg") {
            return Err(ImageError::UnreadFormat {
                what: "an SVG drawing",
            });
        }
        if lower.contains("<html") || lower.contains("<!doctype html") {
            return Err(ImageError::UnreadFormat {
                what: "a web page (HTML)",
            });
        }
        return Err(ImageError::Text {
            bytes: bytes.len(),
            start: text.trim().chars().take(40).collect(),
        });
    }
    Err(ImageError::Unrecognised {
        bytes: bytes.len(),
        start: bytes.iter().copied().take(8).collect(),
    })
}

/// Whether `expected` stands at `offset`.
fn at(bytes: &[u8], offset: usize, expected: &[u8]) -> bool {
    bytes
        .get(offset..)
        .is_some_and(|rest| rest.starts_with(expected))
}

/// Formats people do drop, by the signatures in their specifications.
fn known_but_unread(bytes: &[u8]) -> Option<&'static str> {
    // ISO base media files (ISO/IEC 14496-12) name their brand in the first box.
    if at(bytes, 4, b"ftyp") {
        let brand = bytes.get(8..12)?;
        return Some(match brand {
            b"heic" | b"heix" | b"hevc" | b"hevx" | b"heim" | b"heis" | b"mif1" | b"msf1" => {
                "a HEIC photo"
            }
            b"avif" | b"avis" => "an AVIF image",
            _ => "a video or another MPEG-4 file",
        });
    }
    let signatures: [(usize, &[u8], &'static str); 15] = [
        (0, b"II*\0", "a TIFF image or a camera's raw file"),
        (0, b"MM\0*", "a TIFF image or a camera's raw file"),
        (0, b"%PDF", "a PDF document"),
        (0, b"\0\0\0\x0cJXL \r\n\x87\n", "a JPEG XL image"),
        (0, b"\xff\x0a", "a JPEG XL image"),
        (0, b"\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000 image"),
        (0, b"\xff\x4f\xff\x51", "a JPEG 2000 image"),
        (0, b"8BPS", "a Photoshop document"),
        (0, b"\0\0\x01\0", "an icon file (ICO)"),
        (128, b"DICM", "a DICOM image"),
        (0, b"\x93NUMPY", "a NumPy array"),
        (0, b"PK\x03\x04", "a ZIP archive"),
        (0, b"\x1f\x8b", "a gzip archive"),
        (0, b"RIFF", "a sound or video file (RIFF)"),
        (0, b"\x1a\x45\xdf\xa3", "a video (Matroska or WebM)"),
    ];
    if let Some((_, _, what)) = signatures
        .into_iter()
        .find(|(offset, signature, _)| at(bytes, *offset, signature))
    {
        return Some(what);
    }
    // Two letters are little evidence, so the reserved zeros behind them are asked for as well.
    (bytes.starts_with(b"BM") && at(bytes, 6, &[0; 4])).then_some("a BMP image")
}

/// The beginning of the file, if it reads as text.
fn as_text(bytes: &[u8]) -> Option<&str> {
    let head = bytes.get(..1024).unwrap_or(bytes);
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // The cut may have gone through a character.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(head.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    let printable = text
        .chars()
        .all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\u{c}'));
    (printable && !text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_is_not_read() {
        let mut dicom = vec![0; 128];
        dicom.extend(b"DICM....");
        let cases: [(&[u8], &str); 14] = [
            (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
            (b"\0\0\0\x18ftypavif\0\0\0\0", "AVIF"),
            (b"\0\0\0\x18ftypmp42\0\0\0\0", "video"),
            (b"II*\0\x08\0\0\0", "TIFF"),
            (b"MM\0*\0\0\0\x08", "TIFF"),
            (b"BM\x36\0\0\0\0\0\0\0\x36\0", "BMP"),
            (b"%PDF-1.7\n", "PDF"),
            (b"<?xml version='1.0'?>\n<svg width='3'/>", "SVG"),
            (b"<!DOCTYPE html><html></html>", "HTML"),
            (b"RIFF\x10\0\0\0WAVEfmt ", "RIFF"),
            (&dicom, "DICOM"),
            (b"These are words.\n", "look like text, beginning \"These"),
            ("Grüße aus der Datei".as_bytes(), "look like text"),
            (b"\x08\x07\x12\x04\x00\xff", "begin with 08 07 12 04 00 FF"),
        ];
        for (bytes, expected) in cases {
            let error = recognise(bytes).unwrap_err();
            let message = error.to_string();
            assert!(message.contains(expected), "{message:?} lacks {expected:?}");
            assert!(error.hint().ends_with('.'), "{error:?}");
        }
        assert_eq!(recognise(b""), Err(ImageError::Empty));
    }

    #[test]
    fn a_character_cut_in_two_is_still_text() {
        let text = format!("{}ü and more", "a".repeat(1023));
        assert!(matches!(
            recognise(text.as_bytes()),
            Err(ImageError::Text { .. })
        ));
    }

    #[test]
    fn words_that_begin_like_a_bitmap_are_text() {
        assert!(matches!(
            recognise(b"BMW is a make of car."),
            Err(ImageError::Text { .. })
        ));
    }
}
