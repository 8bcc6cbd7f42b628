//! The gradient process of the paper's ablation: what is done to gradients before they are summed.

use crate::protocol::Settings;

/// How the gradients of a method with many samples or steps are treated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Process {
    /// Summed as they are.
    #[default]
    Plain,
    /// Positive parts only.
    Positive,
    /// Negative parts only.
    Negative,
    /// Magnitudes.
    Absolute,
    /// Summed as they are, then weighted by the guide.
    Guided,
    /// Magnitudes, weighted by the guide.
    GuidedAbsolute,
}

impl Process {
    /// Names in settings, in the order of the variants.
    pub const NAMES: [&'static str; 6] = [
        "plain",
        "positive",
        "negative",
        "absolute",
        "guided",
        "guided-absolute",
    ];

    /// All of them, in the order of [`Process::NAMES`].
    pub const ALL: [Self; 6] = [
        Self::Plain,
        Self::Positive,
        Self::Negative,
        Self::Absolute,
        Self::Guided,
        Self::GuidedAbsolute,
    ];

    /// Its name in settings.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// The process with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|process| process.name() == name)
    }

    /// From the setting `process`; plain where the method has none.
    pub fn from_settings(settings: &Settings) -> Self {
        settings
            .choice("process")
            .and_then(Self::from_name)
            .unwrap_or_default()
    }

    /// Whether the sum is weighted by the guide, which takes at least two terms.
    pub fn is_guided(self) -> bool {
        matches!(self, Self::Guided | Self::GuidedAbsolute)
    }

    /// Whether terms are summed by magnitude.
    pub fn is_absolute(self) -> bool {
        matches!(self, Self::Absolute | Self::GuidedAbsolute)
    }

    /// The part of one value that this process keeps.
    pub fn part(self, value: f64) -> f64 {
        match self {
            Self::Plain | Self::Guided => value,
            Self::Positive => value.max(0.0),
            Self::Negative => value.min(0.0),
            Self::Absolute | Self::GuidedAbsolute => value.abs(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Setting;

    #[test]
    fn every_name_is_its_own_process() {
        let of = |name: &str| {
            let mut settings = Settings::default();
            settings.set("process", Setting::Choice(name.to_owned()));
            Process::from_settings(&settings)
        };
        let all = Process::NAMES.map(of);
        for (i, a) in all.iter().enumerate() {
            assert!(all[..i].iter().all(|b| a != b));
        }
        assert_eq!(all[0], Process::default());
        assert_eq!(all, Process::ALL);
    }

    #[test]
    fn parts() {
        let parts = |process: Process| [process.part(2.0), process.part(-3.0)];
        assert_eq!(parts(Process::Guided), [2.0, -3.0]);
        assert_eq!(parts(Process::Positive), [2.0, 0.0]);
        assert_eq!(parts(Process::Negative), [0.0, -3.0]);
        assert_eq!(parts(Process::GuidedAbsolute), [2.0, 3.0]);
    }
}
