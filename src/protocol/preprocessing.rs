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

impl Preprocessing {
    /// Names accepted by [`Preprocessing::preset`].
    pub const PRESETS: [&'static str; 5] = ["imagenet", "tf", "unit", "raw", "efficientnet-lite"];

    /// A preset by name: `imagenet` (torchvision's mean and standard deviation), `tf` (-1 to 1),
    /// `unit` (0 to 1), `raw` (0 to 255), `efficientnet-lite` (`(x - 127) / 128`); all at 224
    /// from a shorter side of 256, RGB. `None` for any other name.
    pub fn preset(name: &str) -> Option<Self> {
        let (mean_px, std_px) = match name {
            "imagenet" => return Some(Self::imagenet()),
            "tf" => ([127.5; 3], [127.5; 3]),
            "unit" => ([0.0; 3], [255.0; 3]),
            "raw" => ([0.0; 3], [1.0; 3]),
            "efficientnet-lite" => ([127.0; 3], [128.0; 3]),
            _ => return None,
        };
        Some(Self {
            mean_px,
            std_px,
            ..Self::imagenet()
        })
    }

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
}
