//! Preprocessing against Pillow's resizing and the golden model inputs.

use super::*;
use crate::protocol::ChannelOrder;
use crate::{
    array_file::Array,
    image::{decode, open},
};

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../tests/fixtures/images/", $name)).as_slice()
    };
}

macro_rules! golden {
    ($name:literal) => {
        Array::read(include_bytes!(concat!("../../../tests/golden/", $name))).unwrap()
    };
}

fn preprocessing(width_px: usize, height_px: usize, resize: ResizeRule) -> Preprocessing {
    Preprocessing {
        height_px,
        width_px,
        resize,
        mean_px: vec![127.0; 3],
        std_px: vec![128.0; 3],
        channels: ChannelOrder::Rgb,
        ..Preprocessing::imagenet()
    }
}

fn shorter(shorter_side_px: usize) -> ResizeRule {
    ResizeRule::ShorterSideThenCrop { shorter_side_px }
}

/// A photo whose pixels all differ.
fn photo(width: usize, height: usize) -> Decoded {
    Decoded {
        format: "PNG",
        width,
        height,
        rgb: (0..3 * width * height)
            .map(|i| (i * 89 % 256) as u8)
            .collect(),
        alpha: None,
        notes: Vec::new(),
    }
}

#[test]
fn resizes_as_pillow_does_to_the_last_bit() {
    let source = decode(fixture!("texture.png")).unwrap();
    for (expected, width, height, rule) in [
        (fixture!("texture_28_24.png"), 24, 24, shorter(28)),
        (fixture!("texture_90_80.png"), 80, 80, shorter(90)),
        (
            fixture!("texture_squashed_20x30.png"),
            20,
            30,
            ResizeRule::Squash,
        ),
    ] {
        let expected = decode(expected).unwrap();
        let prepared = prepare(&source, &preprocessing(width, height, rule)).unwrap();
        assert_eq!(
            prepared.model_view,
            opaque(width, height, &expected.rgb),
            "{rule:?}"
        );
    }
}

#[test]
fn gives_the_golden_input_from_the_golden_image() {
    let pixels = golden!("public/p1_chelsea_96/image_u8.npy");
    let input = golden!("public/p1_chelsea_96/input.npy");
    let photo = Decoded {
        format: "PNG",
        width: 96,
        height: 96,
        rgb: pixels.values.iter().map(|&v| v as u8).collect(),
        alpha: None,
        notes: Vec::new(),
    };
    let prepared = prepare(&photo, &preprocessing(96, 96, shorter(256))).unwrap();
    assert_eq!(input.shape, [1, 3, 96, 96]);
    assert_eq!(prepared.norm.values, input.values);
}

#[test]
fn a_photo_of_the_models_size_passes_through() {
    let photo = photo(40, 30);
    let prepared = prepare(&photo, &preprocessing(40, 30, shorter(256))).unwrap();
    assert_eq!(prepared.model_view, opaque(40, 30, &photo.rgb));
    assert_eq!(prepared.crop_px, [0.0, 0.0, 40.0, 30.0]);
}

#[test]
fn shows_what_it_feeds_in_either_channel_order() {
    let photo = photo(50, 33);
    for channels in [ChannelOrder::Rgb, ChannelOrder::Bgr] {
        let preprocessing = Preprocessing {
            mean_px: vec![10.0, 20.0, 30.0],
            std_px: vec![1.0, 2.0, 4.0],
            channels,
            ..preprocessing(16, 12, shorter(20))
        };
        let prepared = prepare(&photo, &preprocessing).unwrap();
        let norm = &prepared.norm;
        assert_eq!((norm.size.width, norm.size.height), (16, 12));
        for (i, pixel) in prepared.model_view.rgba.chunks(4).enumerate() {
            let [r, g, b] = [pixel[0], pixel[1], pixel[2]].map(f32::from);
            let [first, last] = match channels {
                ChannelOrder::Bgr => [b, r],
                _ => [r, b],
            };
            assert_eq!(norm.values[i], first - 10.0);
            assert_eq!(norm.values[i + 192], (g - 20.0) / 2.0);
            assert_eq!(norm.values[i + 384], (last - 30.0) / 4.0);
        }
        assert_eq!(recovered_pixels(norm, &preprocessing), prepared.model_view);
    }
}

#[test]
fn every_preset_is_undone_exactly() {
    let photo = photo(32, 32);
    for name in Preprocessing::PRESETS {
        let mut preprocessing = Preprocessing::preset(name).unwrap();
        preprocessing.width_px = 32;
        preprocessing.height_px = 32;
        let prepared = prepare(&photo, &preprocessing).unwrap();
        let back = recovered_pixels(&prepared.norm, &preprocessing);
        assert_eq!(back, prepared.model_view, "{name}");
    }
}

#[test]
fn recovered_pixels_are_clamped() {
    let norm = NormImage {
        size: Size::colour(1, 2),
        values: vec![-9.0, 9.0, 0.0, f32::NAN, 0.5, -0.5],
    };
    let pixels = recovered_pixels(&norm, &preprocessing(2, 1, ResizeRule::Squash));
    assert_eq!(pixels.rgba, [0, 127, 191, 255, 255, 0, 63, 255]);
}

#[test]
fn the_crop_is_told_in_source_pixels() {
    // 400 x 200 becomes 512 x 256, of which the middle 224 x 224 are at 144, 16.
    let prepared = prepare(&photo(400, 200), &preprocessing(224, 224, shorter(256))).unwrap();
    assert_eq!(prepared.crop_px, [112.5, 12.5, 175.0, 175.0]);
    let squashed = preprocessing(224, 224, ResizeRule::Squash);
    let prepared = prepare(&photo(400, 200), &squashed).unwrap();
    assert_eq!(prepared.crop_px, [0.0, 0.0, 400.0, 200.0]);
}

#[test]
fn the_crop_never_leaves_the_photo() {
    for (width, height, rule) in [
        (300, 20, shorter(16)),
        (20, 300, shorter(16)),
        (7, 5, shorter(1)),
        (224, 224, shorter(256)),
    ] {
        for (photo_width, photo_height) in [(8, 8), (8, 700), (700, 8), (31, 33)] {
            let photo = photo(photo_width, photo_height);
            let prepared = prepare(&photo, &preprocessing(width, height, rule)).unwrap();
            let [left, top, w, h] = prepared.crop_px;
            let right_end = left + w <= photo_width as f32 * 1.0001;
            let bottom_end = top + h <= photo_height as f32 * 1.0001;
            assert!(right_end && bottom_end, "{:?}", prepared.crop_px);
            assert_eq!(prepared.norm.values.len(), 3 * width * height);
            assert_eq!(prepared.model_view.rgba.len(), 4 * width * height);
        }
    }
}

#[test]
fn corners_round_half_to_even_as_in_python() {
    // round(0.5) = 0, round(1.5) = 2, round(2.5) = 2, round(3.5) = 4.
    assert_eq!(
        [1, 3, 5, 7].map(|spare| centre(10 + spare, 10)),
        [0, 2, 2, 4]
    );
    assert_eq!([0, 2, 4].map(|spare| centre(10 + spare, 10)), [0, 1, 2]);
}

#[test]
fn impossible_preprocessing_is_refused() {
    let photo = photo(16, 16);
    let good = preprocessing(8, 8, shorter(8));
    for (broken, expected) in [
        (
            Preprocessing {
                width_px: 0,
                ..good.clone()
            },
            "0 x 8",
        ),
        (
            Preprocessing {
                resize: shorter(100_000),
                ..good.clone()
            },
            "100000",
        ),
        (
            Preprocessing {
                std_px: vec![1.0, 0.0, 1.0],
                ..good.clone()
            },
            "not 0",
        ),
        (
            Preprocessing {
                mean_px: vec![f32::NAN; 3],
                ..good.clone()
            },
            "finite",
        ),
    ] {
        let message = prepare(&photo, &broken).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn photos_that_lack_pixels_are_refused() {
    let mut short = photo(16, 16);
    short.rgb.pop();
    for broken in [short, photo(0, 16)] {
        let error = prepare(&broken, &preprocessing(8, 8, shorter(8))).unwrap_err();
        assert!(matches!(error, ImageError::Pixels { .. }), "{error}");
    }
}

#[test]
fn a_file_opens_into_card_and_input() {
    let preprocessing = Preprocessing::preset("imagenet").unwrap();
    let opened = open("photo", fixture!("orientation_6.jpg"), &preprocessing).unwrap();
    let card = &opened.card;
    assert_eq!(
        (card.name.as_str(), card.format.as_str()),
        ("photo", "JPEG")
    );
    assert_eq!((card.source_width_px, card.source_height_px), (32, 16));
    assert_eq!((card.overview.width, card.overview.height), (32, 16));
    assert_eq!((card.model_view.width, card.model_view.height), (224, 224));
    assert_eq!(card.notes, opened.decoded.notes);
    assert_eq!(opened.norm.values.len(), 3 * 224 * 224);
}
