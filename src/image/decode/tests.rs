//! Decoding against small files of every kind, `tests/fixtures/images/make.py` made them.

use super::*;

const RED: [u8; 3] = [255, 0, 0];
const GREEN: [u8; 3] = [0, 255, 0];
const BLUE: [u8; 3] = [0, 0, 255];
const YELLOW: [u8; 3] = [255, 255, 0];

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../tests/fixtures/images/", $name)).as_slice()
    };
}

impl Decoded {
    fn pixel(&self, x: usize, y: usize) -> [u8; 3] {
        let start = 3 * (y * self.width + x);
        self.rgb[start..start + 3].try_into().unwrap()
    }

    fn notes(&self) -> String {
        self.notes.join(" ")
    }
}

fn close(actual: [u8; 3], expected: [u8; 3], tolerance: u8) -> bool {
    actual
        .iter()
        .zip(expected)
        .all(|(&a, e)| a.abs_diff(e) <= tolerance)
}

/// Red, green, blue and yellow quadrants of 32 x 16, to within `tolerance` levels.
fn assert_quadrants(image: &Decoded, tolerance: u8) {
    assert_eq!((image.width, image.height), (32, 16));
    assert_eq!(image.rgb.len(), 3 * 32 * 16);
    for (x, y, expected) in [(4, 4, RED), (28, 4, GREEN), (4, 12, BLUE), (28, 12, YELLOW)] {
        let actual = image.pixel(x, y);
        assert!(
            close(actual, expected, tolerance),
            "{actual:?} at {x}, {y} instead of {expected:?}"
        );
    }
}

#[test]
fn every_orientation_is_applied_once() {
    let files = [
        fixture!("orientation_1.jpg"),
        fixture!("orientation_2.jpg"),
        fixture!("orientation_3.jpg"),
        fixture!("orientation_4.jpg"),
        fixture!("orientation_5.jpg"),
        fixture!("orientation_6.jpg"),
        fixture!("orientation_7.jpg"),
        fixture!("orientation_8.jpg"),
    ];
    for (bytes, value) in files.into_iter().zip(1..) {
        let image = decode(bytes).unwrap();
        assert_quadrants(&image, 4);
        let noted = image.notes().contains(&format!("EXIF orientation {value}"));
        assert_eq!(noted, value != 1, "orientation {value}: {:?}", image.notes);
    }
}

#[test]
fn every_format_is_read_by_content() {
    for (bytes, format, tolerance) in [
        (fixture!("palette.png"), "PNG", 0),
        (fixture!("srgb_profile.png"), "PNG", 0),
        (fixture!("progressive.jpg"), "JPEG", 4),
        (fixture!("plain.webp"), "WebP", 0),
        (fixture!("lossy.webp"), "WebP", 12),
        (fixture!("still.gif"), "GIF", 0),
    ] {
        let image = decode(bytes).unwrap();
        assert_eq!(image.format, format);
        assert_quadrants(&image, tolerance);
        assert_eq!(image.notes, Vec::<String>::new(), "{format}");
    }
}

#[test]
fn animations_give_their_first_frame() {
    for (bytes, format) in [
        (fixture!("animated.gif"), "GIF"),
        (fixture!("animated.webp"), "WebP"),
        (fixture!("animated.png"), "PNG"),
    ] {
        let image = decode(bytes).unwrap();
        assert_eq!(image.format, format);
        assert_quadrants(&image, 0);
        assert!(image.notes().contains("animated"), "{format}");
    }
}

#[test]
fn cmyk_becomes_rgb_with_a_note() {
    let image = decode(fixture!("cmyk.jpg")).unwrap();
    assert_quadrants(&image, 6);
    assert!(image.notes().contains("CMYK"));
}

#[test]
fn grey_becomes_three_equal_channels() {
    let image = decode(fixture!("grey.jpg")).unwrap();
    let [r, g, b] = image.pixel(4, 4);
    // Rec. 601 luma of red.
    assert!(r == g && g == b && r.abs_diff(76) <= 2, "{r} {g} {b}");
    assert!(image.notes().contains("grey"));
}

#[test]
fn sixteen_bits_become_eight() {
    let image = decode(fixture!("sixteen_bit.png")).unwrap();
    for (index, pixel) in image.rgb.chunks(3).enumerate() {
        assert_eq!(pixel, [index as u8; 3]);
    }
    assert!(image.notes().contains("16-bit"));
}

#[test]
fn transparency_is_laid_on_white() {
    for bytes in [fixture!("transparent.png"), fixture!("transparent.webp")] {
        let image = decode(bytes).unwrap();
        assert_eq!(image.pixel(4, 4), [255, 255, 255]);
        // Blue at 128 of 255: 255 * 127 / 255 for red and green.
        assert_eq!(image.pixel(4, 12), [127, 127, 255]);
        assert!(image.notes().contains("laid on white"));
    }
}

#[test]
fn foreign_colour_profiles_are_noted() {
    let image = decode(fixture!("other_profile.jpg")).unwrap();
    assert!(image.notes().contains("(Lab identity built-in)"));
}

#[test]
fn sizes_out_of_range_are_refused_with_numbers() {
    let error = decode(fixture!("hundred_megapixels.png")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the image is 10000 x 10000 pixels (100 megapixels), but at most 64 megapixels can be read"
    );
    let error = decode(fixture!("one_pixel.png")).unwrap_err();
    assert_eq!(
        error,
        ImageError::TooSmall {
            width: 1,
            height: 1
        }
    );
    assert!(error.to_string().contains("at least 8 x 8"));

    // The same in JPEG and GIF: a header is enough.
    let mut jpeg = b"\xff\xd8\xff\xc0\x00\x11\x08".to_vec();
    jpeg.extend([0x27, 0x10, 0x27, 0x10, 3]);
    jpeg.extend([0; 9]);
    jpeg.extend([0xff, 0xd9]);
    let gif = [
        b"GIF89a".as_slice(),
        &[0x10, 0x27, 0x10, 0x27, 0, 0, 0, 0x3b],
    ]
    .concat();
    for bytes in [jpeg, gif] {
        let error = decode(&bytes).unwrap_err();
        assert!(matches!(error, ImageError::TooLarge { .. }), "{error}");
    }
}

#[test]
fn no_truncation_goes_unnoticed() {
    for (bytes, format) in [
        (fixture!("orientation_6.jpg"), "JPEG"),
        (fixture!("progressive.jpg"), "JPEG"),
        (fixture!("srgb_profile.png"), "PNG"),
        (fixture!("lossy.webp"), "WebP"),
        (fixture!("plain.webp"), "WebP"),
        (fixture!("still.gif"), "GIF"),
    ] {
        for length in 12..bytes.len() {
            let error = decode(&bytes[..length]).unwrap_err();
            assert!(
                matches!(error, ImageError::Truncated { format: f, bytes } if f == format && bytes == length),
                "{format} cut to {length}: {error}"
            );
        }
    }
}

#[test]
fn damage_is_an_error_and_never_a_panic() {
    for bytes in [
        fixture!("orientation_6.jpg"),
        fixture!("progressive.jpg"),
        fixture!("cmyk.jpg"),
        fixture!("srgb_profile.png"),
        fixture!("animated.png"),
        fixture!("lossy.webp"),
        fixture!("animated.webp"),
        fixture!("animated.gif"),
    ] {
        for position in 0..bytes.len() {
            let mut bytes = bytes.to_vec();
            bytes[position] ^= 0x55;
            // Some changes go unseen; those that are seen must come as one sentence.
            if let Err(error) = decode(&bytes) {
                assert!(!error.to_string().contains('\n'), "{error}");
            }
        }
    }
    let mut png = fixture!("srgb_profile.png").to_vec();
    let data = png.windows(4).position(|kind| kind == b"IDAT").unwrap();
    png[data + 6] ^= 0xff;
    let error = decode(&png).unwrap_err();
    assert!(matches!(error, ImageError::Damaged { .. }), "{error}");
}

#[test]
fn names_mean_nothing() {
    let error = decode(fixture!("text.png")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "this is not an image: its 29 bytes look like text, beginning \
         \"These are words, not pixels.\""
    );
    assert_eq!(decode(b""), Err(ImageError::Empty));
}

#[test]
fn the_overview_keeps_proportions() {
    let overview = |width, height| {
        let decoded = Decoded {
            format: "PNG",
            width,
            height,
            rgb: vec![7; 3 * width * height],
            alpha: None,
            notes: Vec::new(),
        };
        let pixels = decoded.overview();
        assert_eq!(pixels.rgba.len(), 4 * pixels.width * pixels.height);
        (pixels.width, pixels.height)
    };
    assert_eq!(overview(512, 100), (512, 100));
    assert_eq!(overview(1024, 300), (512, 150));
    assert_eq!(overview(8, 9000), (1, 512));
}
