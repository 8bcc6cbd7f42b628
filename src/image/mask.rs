//! A picture that marks the object in a photo, brought to what the model sees of that photo.

use super::Decoded;
use crate::protocol::{MaskChannel, MaskSettings};

/// What a mask picture is laid over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MaskFrame {
    /// Columns of the photo.
    pub source_width_px: usize,
    /// Rows of the photo.
    pub source_height_px: usize,
    /// The part the model sees: left, top, width, height in the photo's pixels.
    pub crop_px: [f32; 4],
    /// Columns of the model's view.
    pub width: usize,
    /// Rows of the model's view.
    pub height: usize,
}

/// For every pixel of the model's view whether it is inside, and the channel that told.
///
/// The picture is stretched over the photo, whatever its size, unless it has the size of the
/// model's view and not the photo's: then it is taken to be a mask of that view.
pub fn mask(
    picture: &Decoded,
    settings: MaskSettings,
    frame: &MaskFrame,
) -> (Vec<bool>, MaskChannel) {
    let (channel, values) = match (settings.channel, &picture.alpha) {
        (MaskChannel::Auto | MaskChannel::Alpha, Some(alpha)) => {
            (MaskChannel::Alpha, alpha.clone())
        }
        _ => (MaskChannel::Grey, brightness(&picture.rgb)),
    };
    let of_view = (picture.width, picture.height) == (frame.width, frame.height);
    let [left, top, across, down] = if of_view {
        [0.0, 0.0, 1.0, 1.0]
    } else {
        let (width, height) = (
            frame.source_width_px.max(1) as f32,
            frame.source_height_px.max(1) as f32,
        );
        let [left, top, across, down] = frame.crop_px;
        [left / width, top / height, across / width, down / height]
    };
    let place = |index: usize, count: usize, start: f32, extent: f32, size: usize| {
        let share = start + extent * (index as f32 + 0.5) / count.max(1) as f32;
        // A cast of a negative number is 0.
        ((share * size as f32).floor() as usize).min(size.saturating_sub(1))
    };
    let least = settings.threshold * 255.0;
    let mut inside = Vec::with_capacity(frame.width * frame.height);
    for y in 0..frame.height {
        let row = place(y, frame.height, top, down, picture.height) * picture.width;
        for x in 0..frame.width {
            let column = place(x, frame.width, left, across, picture.width);
            let value = values.get(row + column).copied().unwrap_or(0);
            inside.push((f64::from(value) >= least) != settings.inverted);
        }
    }
    (inside, channel)
}

/// Brightness by ITU-R BT.601, rounded.
fn brightness(rgb: &[u8]) -> Vec<u8> {
    let pixels = rgb.as_chunks::<3>().0.iter();
    pixels
        .map(|&[r, g, b]| {
            ((299 * u32::from(r) + 587 * u32::from(g) + 114 * u32::from(b) + 500) / 1000) as u8
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: usize, height: usize, grey: &[u8], alpha: Option<Vec<u8>>) -> Decoded {
        Decoded {
            format: "PNG",
            width,
            height,
            rgb: grey.iter().flat_map(|&v| [v; 3]).collect(),
            alpha,
            notes: Vec::new(),
        }
    }

    fn frame() -> MaskFrame {
        MaskFrame {
            source_width_px: 8,
            source_height_px: 4,
            // The middle of a wide photo.
            crop_px: [2.0, 0.0, 4.0, 4.0],
            width: 2,
            height: 2,
        }
    }

    #[test]
    fn a_mask_of_another_size_lies_over_the_whole_photo() {
        // Four columns over eight: the second and third are what the model sees.
        let wide = picture(4, 1, &[0, 255, 0, 255], None);
        let (inside, channel) = mask(&wide, MaskSettings::default(), &frame());
        assert_eq!(inside, [true, false, true, false]);
        assert_eq!(channel, MaskChannel::Grey);
    }

    #[test]
    fn a_mask_of_the_view_is_taken_as_it_is() {
        let view = picture(2, 2, &[0, 255, 255, 0], None);
        let (inside, _) = mask(&view, MaskSettings::default(), &frame());
        assert_eq!(inside, [false, true, true, false]);
    }

    #[test]
    fn opacity_marks_the_object_where_there_is_some() {
        let cut = picture(2, 2, &[255; 4], Some(vec![255, 0, 0, 255]));
        let (inside, channel) = mask(&cut, MaskSettings::default(), &frame());
        assert_eq!(inside, [true, false, false, true]);
        assert_eq!(channel, MaskChannel::Alpha);
        let settings = MaskSettings {
            inverted: true,
            ..MaskSettings::default()
        };
        assert_eq!(mask(&cut, settings, &frame()).0, [false, true, true, false]);
        let settings = MaskSettings {
            channel: MaskChannel::Grey,
            ..MaskSettings::default()
        };
        assert_eq!(mask(&cut, settings, &frame()).0, [true; 4]);
    }
}
