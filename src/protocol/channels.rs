//! Which part of a photo each channel of a model's input takes.

use serde::{Deserialize, Serialize};

/// Weights of red, green and blue in a grey value by Rec. 601, which most programs use.
const REC_601: [f32; 3] = [0.299, 0.587, 0.114];
/// The same by BT.709.
const BT_709: [f32; 3] = [0.2126, 0.7152, 0.0722];

/// What the first channels the model expects are made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChannelOrder {
    /// Red, green, blue.
    #[default]
    Rgb,
    /// Blue, green, red.
    Bgr,
    /// One grey value, 0.299 of red, 0.587 of green and 0.114 of blue (Rec. 601), not rounded.
    #[serde(rename = "grey-601")]
    Grey601,
    /// One grey value, 0.2126 of red, 0.7152 of green and 0.0722 of blue (BT.709), not rounded.
    #[serde(rename = "grey-709")]
    Grey709,
}

impl ChannelOrder {
    /// All there are.
    pub const ALL: [Self; 4] = [Self::Rgb, Self::Bgr, Self::Grey601, Self::Grey709];

    /// The name on the command line, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rgb => "rgb",
            Self::Bgr => "bgr",
            Self::Grey601 => "grey-601",
            Self::Grey709 => "grey-709",
        }
    }

    /// The order of this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.name() == name)
    }

    /// Whether it is one grey value.
    pub fn is_grey(self) -> bool {
        matches!(self, Self::Grey601 | Self::Grey709)
    }

    /// How many channels it makes of a photo. Further ones are filled as [`FurtherChannels`] says.
    pub fn colours(self) -> usize {
        if self.is_grey() { 1 } else { 3 }
    }

    /// How much of red, green and blue the channel `index`, below [`ChannelOrder::colours`], takes.
    pub fn weights(self, index: usize) -> [f32; 3] {
        let one = |colour: usize| std::array::from_fn(|c| f32::from(u8::from(c == colour)));
        match self {
            Self::Rgb => one(index),
            Self::Bgr => one(2_usize.saturating_sub(index)),
            Self::Grey601 => REC_601,
            Self::Grey709 => BT_709,
        }
    }
}

/// What channels beyond the photo's colours hold: a photo says nothing of them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FurtherChannels {
    /// The same number everywhere, as a pixel of 0 to 255; 255 is an opaque alpha channel.
    Constant(f32),
    /// The colours once more, from the first on.
    Copy,
}

impl Default for FurtherChannels {
    /// Opaque.
    fn default() -> Self {
        Self::Constant(255.0)
    }
}

impl FurtherChannels {
    /// Whether this is what is assumed unless told otherwise.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
