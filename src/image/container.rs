//! What the outer structure of an image file says before any pixel is decoded: size, whether the
//! file is all there, and how many frames it has.
//!
//! Decoders fill what is missing of a truncated file with grey or stop without a word, and a map
//! of made-up pixels would look as good as any other; hence these checks.

use super::signature::Format;

/// What the walk through a file found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Outline {
    /// Width and height in pixels as stored, where they stand at a fixed place.
    pub(super) size: Option<(usize, usize)>,
    /// The file ends before its image does.
    pub(super) truncated: bool,
    /// There is more than one frame.
    pub(super) animated: bool,
    /// Colour components, for a JPEG.
    pub(super) components: Option<u8>,
}

/// Walks through a file of this format.
pub(super) fn outline(format: Format, bytes: &[u8]) -> Outline {
    // A walk that runs off the end of the file returns `None`.
    match format {
        Format::Png => png(bytes),
        Format::Jpeg => jpeg(bytes),
        Format::WebP => webp(bytes),
        Format::Gif => gif(bytes),
    }
}

/// Reads on through bytes, and fails at their end.
struct Walk<'a> {
    rest: &'a [u8],
}

impl<'a> Walk<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn byte(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn u16_be(&mut self) -> Option<usize> {
        self.array().map(|b| usize::from(u16::from_be_bytes(b)))
    }

    fn u16_le(&mut self) -> Option<usize> {
        self.array().map(|b| usize::from(u16::from_le_bytes(b)))
    }

    fn u32_be(&mut self) -> Option<usize> {
        self.array().map(|b| u32::from_be_bytes(b) as usize)
    }
}

/// Chunks up to `IEND`: <https://www.w3.org/TR/png-3/#5Chunk-layout>.
fn png(bytes: &[u8]) -> Outline {
    let mut found = Outline::default();
    let complete = (|| {
        let mut walk = Walk { rest: bytes };
        walk.take(8)?;
        loop {
            let length = walk.u32_be()?;
            let kind = walk.array::<4>()?;
            let data = walk.take(length)?;
            walk.take(4)?;
            match &kind {
                b"IHDR" => {
                    let mut header = Walk { rest: data };
                    found.size = Some((header.u32_be()?, header.u32_be()?));
                }
                b"acTL" => {
                    found.animated = Walk { rest: data }.u32_be().is_some_and(|n| n > 1);
                }
                b"IEND" => return Some(()),
                _ => {}
            }
        }
    })();
    found.truncated = complete.is_none();
    found
}

/// Segments and scans up to the end-of-image marker: ITU-T T.81, annex B.
fn jpeg(bytes: &[u8]) -> Outline {
    let mut found = Outline::default();
    let complete = (|| {
        let mut walk = Walk { rest: bytes };
        walk.take(2)?;
        loop {
            // Entropy-coded data and filling lie between segments; in them 0xFF is followed by 0,
            // by another 0xFF, or by a restart marker.
            while walk.byte()? != 0xff {}
            let mut marker = walk.byte()?;
            while marker == 0xff {
                marker = walk.byte()?;
            }
            match marker {
                0x00 | 0x01 | 0xd0..=0xd8 => {}
                0xd9 => return Some(()),
                _ => {
                    let data = walk.u16_be()?.checked_sub(2)?;
                    let mut data = Walk {
                        rest: walk.take(data)?,
                    };
                    // Start of frame: every SOF but the DHT, JPG and DAC markers among them.
                    if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
                        data.byte()?;
                        let height = data.u16_be()?;
                        found.size = Some((data.u16_be()?, height));
                        found.components = data.byte();
                    }
                }
            }
        }
    })();
    found.truncated = complete.is_none();
    found
}

/// The length in the RIFF header:
/// <https://developers.google.com/speed/webp/docs/riff_container>.
fn webp(bytes: &[u8]) -> Outline {
    let mut walk = Walk { rest: bytes };
    let length = walk
        .take(4)
        .and_then(|_| walk.array())
        .map(|b| u32::from_le_bytes(b) as usize);
    Outline {
        truncated: length.is_none_or(|length| length > walk.rest.len()),
        ..Outline::default()
    }
}

/// Blocks up to the second frame or the trailer: GIF89a specification, appendix B.
fn gif(bytes: &[u8]) -> Outline {
    let mut found = Outline::default();
    let mut frames = 0;
    let complete = (|| {
        let mut walk = Walk { rest: bytes };
        walk.take(6)?;
        found.size = Some((walk.u16_le()?, walk.u16_le()?));
        let flags = walk.byte()?;
        walk.take(2)?;
        walk.take(colour_table(flags))?;
        loop {
            match walk.byte()? {
                // An extension: its label, then its blocks.
                0x21 => {
                    walk.byte()?;
                    blocks(&mut walk)?;
                }
                // A frame: its place, its own colours, the code size, then its blocks.
                0x2c => {
                    walk.take(8)?;
                    let flags = walk.byte()?;
                    walk.take(colour_table(flags))?;
                    walk.byte()?;
                    blocks(&mut walk)?;
                    frames += 1;
                    if frames == 2 {
                        return Some(());
                    }
                }
                0x3b => return Some(()),
                _ => {}
            }
        }
    })();
    found.animated = frames > 1;
    found.truncated = complete.is_none();
    found
}

/// Bytes of the colour table that these flags announce.
fn colour_table(flags: u8) -> usize {
    if flags & 0x80 == 0 {
        0
    } else {
        3 << ((flags & 7) + 1)
    }
}

/// Skips data blocks up to the empty one.
fn blocks(walk: &mut Walk) -> Option<()> {
    loop {
        match walk.byte()? {
            0 => return Some(()),
            length => walk.take(usize::from(length))?,
        };
    }
}
