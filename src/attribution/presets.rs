//! Settings of the paper's three case studies (arXiv 2404.15564; values from the authors' files).

use super::Process;
use crate::protocol::{Setting, Settings};

/// A case study of the paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// ImageNet-S with ResNet-50.
    ImagenetS,
    /// ISIC with EfficientNet-B4.
    Isic,
    /// Places365 with DenseNet-161.
    Places365,
}

impl Preset {
    /// Names on the command line, in the order of the variants.
    pub const NAMES: [&'static str; 3] = ["imagenet-s", "isic", "places365"];

    /// Names for people, in the same order.
    pub const LABELS: [&'static str; 3] = ["ImageNet-S", "ISIC", "Places365"];

    /// The preset with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "imagenet-s" => Some(Self::ImagenetS),
            "isic" => Some(Self::Isic),
            "places365" => Some(Self::Places365),
            _ => None,
        }
    }

    /// What the study sets for a method and process; everything else is at its default. Empty for
    /// methods without settings there.
    pub fn settings(self, method: &str, process: Process) -> Settings {
        let mut settings = Settings::default();
        let mut integer = |name: &str, value| settings.set(name, Setting::Integer(value));
        let noise_samples = if self == Self::ImagenetS { 20 } else { 10 };
        match method {
            "smoothgrad"
            | "smoothgrad-squared"
            | "vargrad"
            | "absolutegrad"
            | "guided-absolute-grad" => integer("samples", noise_samples),
            "integrated-gradients" => {
                let long = self == Self::Isic && process != Process::Negative;
                integer("steps", if long { 10 } else { 5 });
                integer("trials", if long { 3 } else { 2 });
            }
            "blur-ig" => {
                integer("steps", 20);
                integer("radius", 20);
                integer("max-sigma", 50);
            }
            "guided-ig" => integer(
                "steps",
                match self {
                    Self::ImagenetS => 20,
                    Self::Places365 if process == Process::Negative => 5,
                    Self::Isic | Self::Places365 => 10,
                },
            ),
            _ => return settings,
        }
        let noisy = method.ends_with("grad") || method.starts_with("smoothgrad");
        if noisy || method == "guided-absolute-grad" {
            settings.set("spread", Setting::Real(0.15));
        }
        let guided = process.is_guided()
            && matches!(
                method,
                "smoothgrad" | "integrated-gradients" | "blur-ig" | "guided-ig"
            );
        if method == "guided-absolute-grad" {
            settings.set("percentile", Setting::Real(85.0));
        } else if guided {
            let percentile = if self == Self::Places365 { 75.0 } else { 85.0 };
            settings.set("percentile", Setting::Real(percentile));
        }
        settings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribution::methods;

    #[test]
    fn presets_are_settings_the_methods_take() {
        for name in Preset::NAMES {
            let preset = Preset::from_name(name).unwrap();
            for method in methods() {
                let description = method.description();
                for process in [Process::Plain, Process::Negative, Process::Guided] {
                    let settings = preset.settings(&description.id, process);
                    assert!(description.complete(&settings).is_ok(), "{settings:?}");
                }
            }
        }
    }

    #[test]
    fn the_studies_differ_where_the_paper_says() {
        let steps = |preset: Preset, process| {
            preset
                .settings("integrated-gradients", process)
                .integer("steps")
        };
        assert_eq!(steps(Preset::ImagenetS, Process::Plain), Some(5));
        assert_eq!(steps(Preset::Isic, Process::Plain), Some(10));
        assert_eq!(steps(Preset::Isic, Process::Negative), Some(5));
        let places = Preset::Places365.settings("smoothgrad", Process::Guided);
        assert_eq!(places.real("percentile"), Some(75.0));
        let places = Preset::Places365.settings("guided-absolute-grad", Process::Plain);
        assert_eq!(places.real("percentile"), Some(85.0));
        assert_eq!(places.integer("samples"), Some(10));
    }
}
