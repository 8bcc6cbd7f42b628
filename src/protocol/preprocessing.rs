//! How a photo becomes the numbers a model was trained on.

use serde::{Deserialize, Serialize};

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

/// Order of the colour channels the model expects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChannelOrder {
    /// Red, green, blue.
    #[default]
    Rgb,
    /// Blue, green, red.
    Bgr,
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
    /// Subtracted from pixels in 0 to 255, in the model's channel order.
    pub mean_px: [f32; 3],
    /// Divides the result, in the model's channel order.
    pub std_px: [f32; 3],
    /// Order of the channels.
    pub channels: ChannelOrder,
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
            mean_px: [123.675, 116.28, 103.53],
            std_px: [58.395, 57.12, 57.375],
            channels: ChannelOrder::Rgb,
        }
    }

    /// Where black lies in the model's space, per channel.
    pub fn black_norm(&self) -> [f32; 3] {
        std::array::from_fn(|c| -self.mean_px[c] / self.std_px[c])
    }

    /// Smallest and largest value the model can be fed, over all channels: where black and white lie.
    pub fn value_range(&self) -> [f32; 2] {
        let ends = (0..3).flat_map(|c| {
            [0.0, 255.0].map(|pixel: f32| (pixel - self.mean_px[c]) / self.std_px[c])
        });
        ends.fold([f32::INFINITY, f32::NEG_INFINITY], |[low, high], value| {
            [low.min(value), high.max(value)]
        })
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
}
