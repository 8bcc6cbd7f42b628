//! Preprocessing presets: the conventions networks are trained by, for a person to pick from.

use super::{ChannelOrder, Preprocessing};

/// A convention for pixel values, `x_norm = (x_px - mean_px) / std_px`. It says nothing of sizes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PreprocessingPreset {
    /// Name, as on the command line.
    pub name: &'static str,
    /// Shown to a person.
    pub label: &'static str,
    /// What it does to pixels and who uses it, in a few words.
    pub meaning: &'static str,
    /// Subtracted from pixels in 0 to 255, in the preset's channel order.
    pub mean_px: [f32; 3],
    /// Divides the result, in the preset's channel order.
    pub std_px: [f32; 3],
    /// Order of the channels.
    pub channels: ChannelOrder,
}

const PRESETS: [PreprocessingPreset; 6] = [
    PreprocessingPreset {
        name: "imagenet",
        label: "ImageNet (torchvision)",
        meaning: "0 to 1, minus ImageNet's mean, divided by its standard deviation: torchvision and most of timm",
        mean_px: [123.675, 116.28, 103.53],
        std_px: [58.395, 57.12, 57.375],
        channels: ChannelOrder::Rgb,
    },
    PreprocessingPreset {
        name: "tf",
        label: "-1 to 1 (TensorFlow)",
        meaning: "pixels scaled to -1 to 1: Keras MobileNet, Inception and Xception, timm's ViT",
        mean_px: [127.5; 3],
        std_px: [127.5; 3],
        channels: ChannelOrder::Rgb,
    },
    PreprocessingPreset {
        name: "unit",
        label: "0 to 1",
        meaning: "pixels divided by 255: many models trained at home",
        mean_px: [0.0; 3],
        std_px: [255.0; 3],
        channels: ChannelOrder::Rgb,
    },
    PreprocessingPreset {
        name: "efficientnet-lite",
        label: "EfficientNet-Lite",
        meaning: "pixels minus 127, divided by 128",
        mean_px: [127.0; 3],
        std_px: [128.0; 3],
        channels: ChannelOrder::Rgb,
    },
    PreprocessingPreset {
        name: "raw",
        label: "0 to 255 (raw)",
        meaning: "pixels as they are: models that normalise inside, such as Keras EfficientNet",
        mean_px: [0.0; 3],
        std_px: [1.0; 3],
        channels: ChannelOrder::Rgb,
    },
    PreprocessingPreset {
        name: "caffe",
        label: "Caffe (BGR)",
        meaning: "blue first, minus ImageNet's mean, not divided: Keras ResNet and VGG, Caffe",
        mean_px: [103.939, 116.779, 123.68],
        std_px: [1.0; 3],
        channels: ChannelOrder::Bgr,
    },
];

impl PreprocessingPreset {
    /// All there are, the most common first.
    pub fn all() -> &'static [Self] {
        &PRESETS
    }

    /// The preset of this name.
    pub fn find(name: &str) -> Option<&'static Self> {
        PRESETS.iter().find(|preset| preset.name == name)
    }

    /// `preprocessing` with pixel values by this convention, its size and resize rule kept. Where the
    /// model does not take three channels, each takes the mean of the convention's three numbers, and
    /// grey stays grey.
    pub fn applied_to(&self, preprocessing: &Preprocessing) -> Preprocessing {
        let of_channels = |numbers: [f32; 3]| match preprocessing.channel_count() {
            3 => numbers.to_vec(),
            count => vec![numbers.iter().sum::<f32>() / 3.0; count],
        };
        Preprocessing {
            mean_px: of_channels(self.mean_px),
            std_px: of_channels(self.std_px),
            channels: if preprocessing.channels.is_grey() {
                preprocessing.channels
            } else {
                self.channels
            },
            ..preprocessing.clone()
        }
    }

    /// Whether `preprocessing` treats pixel values by this convention.
    pub fn describes(&self, preprocessing: &Preprocessing) -> bool {
        let close = |a: &[f32], b: &[f32]| {
            a.len() == b.len()
                && a.iter()
                    .zip(b)
                    .all(|(a, b)| (a - b).abs() <= 1e-3 * b.abs().max(1.0))
        };
        let applied = self.applied_to(preprocessing);
        applied.channels == preprocessing.channels
            && close(&preprocessing.mean_px, &applied.mean_px)
            && close(&preprocessing.std_px, &applied.std_px)
    }
}

impl Preprocessing {
    /// Names accepted by [`Preprocessing::preset`].
    pub const PRESETS: [&'static str; 6] = [
        PRESETS[0].name,
        PRESETS[1].name,
        PRESETS[2].name,
        PRESETS[3].name,
        PRESETS[4].name,
        PRESETS[5].name,
    ];

    /// A preset by name, at 224 from a shorter side of 256; `None` for a name that is not in
    /// [`Preprocessing::PRESETS`].
    pub fn preset(name: &str) -> Option<Self> {
        let preset = PreprocessingPreset::find(name)?;
        Some(preset.applied_to(&Self::imagenet()))
    }

    /// The preset whose convention this follows, if there is one.
    pub fn preset_in_use(&self) -> Option<&'static PreprocessingPreset> {
        PRESETS.iter().find(|preset| preset.describes(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_recognised_as_itself() {
        for preset in PreprocessingPreset::all() {
            let applied = Preprocessing::preset(preset.name).unwrap();
            assert_eq!(applied.preset_in_use(), Some(preset), "{}", preset.name);
            assert_eq!((applied.width_px, applied.height_px), (224, 224));
        }
        assert_eq!(Preprocessing::preset("none of these"), None);
    }

    #[test]
    fn what_a_person_typed_is_no_preset() {
        let mut own = Preprocessing::imagenet();
        own.mean_px[1] += 1.0;
        assert_eq!(own.preset_in_use(), None);
    }

    #[test]
    fn a_preset_keeps_the_size() {
        let mut wide = Preprocessing::imagenet();
        wide.width_px = 320;
        let raw = PreprocessingPreset::find("raw").unwrap().applied_to(&wide);
        assert_eq!(raw.width_px, 320);
        assert_eq!(raw.value_range(), [0.0, 255.0]);
    }
}
