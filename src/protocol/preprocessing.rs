//! How a photo becomes the numbers a model was trained on.

use serde::{Deserialize, Serialize};

use super::{ChannelOrder, FurtherChannels};

/// How the photo is brought to the model's size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResizeRule {
    /// Shorter side to `shorter_side_px`, then the centre.
    ShorterSideThenCrop {
        /// Length of the shorter side before the crop.
        shorter_side_px: usize,
    },
    /// Both sides to the model's size, whatever the proportions.
    Squash,
}

/// The model's own preprocessing: `x_norm = (x_px - mean_px) / std_px` per channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preprocessing {
    /// Height the model is fed.
    pub height_px: usize,
    /// Width the model is fed.
    pub width_px: usize,
    /// How the photo is brought to that size.
    pub resize: ResizeRule,
    /// Subtracted from pixels in 0 to 255: a number for each channel of the model, in its order.
    pub mean_px: Vec<f32>,
    /// Divides the result: a number for each channel of the model, in its order.
    pub std_px: Vec<f32>,
    /// What the first channels are made of.
    pub channels: ChannelOrder,
    /// What the channels beyond those hold.
    #[serde(default, skip_serializing_if = "FurtherChannels::is_default")]
    pub further: FurtherChannels,
}

impl Default for Preprocessing {
    /// [`Preprocessing::imagenet`].
    fn default() -> Self {
        Self::imagenet()
    }
}

impl Preprocessing {
    /// torchvision's: mean 0.485, 0.456, 0.406 and standard deviation 0.229, 0.224, 0.225, here
    /// times 255.
    pub fn imagenet() -> Self {
        Self {
            height_px: 224,
            width_px: 224,
            resize: ResizeRule::ShorterSideThenCrop {
                shorter_side_px: 256,
            },
            mean_px: vec![123.675, 116.28, 103.53],
            std_px: vec![58.395, 57.12, 57.375],
            channels: ChannelOrder::Rgb,
            further: FurtherChannels::default(),
        }
    }

    /// How many channels the model is fed.
    pub fn channel_count(&self) -> usize {
        self.mean_px.len()
    }

    /// What channel `channel` holds where a photo has the colour `rgb`, in pixels of 0 to 255.
    pub fn pixel(&self, channel: usize, rgb: [f32; 3]) -> f32 {
        let colours = self.channels.colours();
        let index = match self.further {
            FurtherChannels::Constant(pixel) if channel >= colours => return pixel,
            FurtherChannels::Constant(_) => channel,
            FurtherChannels::Copy => channel % colours,
        };
        let weighted = self.channels.weights(index).into_iter().zip(rgb);
        weighted.map(|(weight, colour)| weight * colour).sum()
    }

    /// The value that the model is fed in `channel` for the colour `rgb`.
    pub fn norm(&self, channel: usize, rgb: [f32; 3]) -> f32 {
        let of = |list: &[f32], missing: f32| list.get(channel).copied().unwrap_or(missing);
        (self.pixel(channel, rgb) - of(&self.mean_px, 0.0)) / of(&self.std_px, 1.0)
    }

    /// Where black lies in the model's space, per channel. A channel that a photo says nothing of
    /// stays as it is.
    pub fn black_norm(&self) -> Vec<f32> {
        (0..self.channel_count())
            .map(|channel| self.norm(channel, [0.0; 3]))
            .collect()
    }

    /// Smallest and largest value the model can be fed, over all channels: where black and white lie.
    pub fn value_range(&self) -> [f32; 2] {
        let ends = (0..self.channel_count())
            .flat_map(|channel| [0.0, 255.0].map(|pixel: f32| self.norm(channel, [pixel; 3])));
        ends.fold([f32::INFINITY, f32::NEG_INFINITY], |[low, high], value| {
            [low.min(value), high.max(value)]
        })
    }

    /// The channels in words, such as "RGB" or "grey (Rec. 601)".
    pub fn channels_text(&self) -> String {
        let colours = match self.channels {
            ChannelOrder::Rgb => "RGB",
            ChannelOrder::Bgr => "BGR",
            ChannelOrder::Grey601 => "grey (Rec. 601)",
            ChannelOrder::Grey709 => "grey (BT.709)",
        };
        let count = self.channel_count();
        match count.saturating_sub(self.channels.colours()) {
            0 if count < self.channels.colours() => format!("the first {count} of {colours}"),
            0 => colours.to_owned(),
            further => match self.further {
                FurtherChannels::Constant(pixel) => {
                    format!("{colours} and {further} more held at {pixel} of 255")
                }
                FurtherChannels::Copy => format!("{colours} and {further} more that repeat them"),
            },
        }
    }

    /// The range of values in words, such as "-2.12 to 2.64".
    pub fn value_range_text(&self) -> String {
        let [low, high] = self.value_range().map(|value| {
            // Two digits at most, and no minus before a zero.
            let rounded = (f64::from(value) * 100.0).round() / 100.0 + 0.0;
            format!("{rounded}")
        });
        format!("{low} to {high}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_range_is_that_of_black_and_white() {
        let text = |name: &str| Preprocessing::preset(name).unwrap().value_range_text();
        assert_eq!(text("imagenet"), "-2.12 to 2.64");
        assert_eq!(text("tf"), "-1 to 1");
        assert_eq!(text("unit"), "0 to 1");
        assert_eq!(text("raw"), "0 to 255");
        assert_eq!(text("efficientnet-lite"), "-0.99 to 1");
    }
    #[test]
    fn grey_and_further_channels_come_from_the_photo_as_stated() {
        let grey = Preprocessing {
            mean_px: vec![0.0],
            std_px: vec![255.0],
            channels: ChannelOrder::Grey601,
            ..Preprocessing::imagenet()
        };
        assert_eq!(grey.pixel(0, [255.0, 0.0, 0.0]), 0.299 * 255.0);
        assert!((grey.norm(0, [255.0; 3]) - 1.0).abs() < 1e-6);
        assert_eq!(grey.black_norm(), [0.0]);
        assert_eq!(grey.channels_text(), "grey (Rec. 601)");
        let mut four = Preprocessing {
            mean_px: vec![0.0; 4],
            std_px: vec![255.0; 4],
            ..Preprocessing::imagenet()
        };
        assert_eq!(four.black_norm(), [0.0, 0.0, 0.0, 1.0]);
        assert_eq!(four.channels_text(), "RGB and 1 more held at 255 of 255");
        four.further = FurtherChannels::Copy;
        assert_eq!(four.pixel(3, [7.0, 8.0, 9.0]), 7.0);
        assert_eq!(four.black_norm(), [0.0; 4]);
        let json = serde_json::to_string(&four).unwrap();
        assert_eq!(serde_json::from_str::<Preprocessing>(&json).unwrap(), four);
        assert!(!serde_json::to_string(&grey).unwrap().contains("further"));
    }
}
