//! Parameters that several methods share, described once.

use super::Process;
use crate::protocol::{ParameterDescription, ParameterKind};

/// Largest number of samples or steps that can be asked for.
const MOST: u64 = 1000;

/// Number of noisy copies, at least `min`; 20 by default, as for ImageNet-S in arXiv 2404.15564.
pub(super) fn samples(min: u64) -> ParameterDescription {
    integer(
        "samples",
        "Samples",
        "Noisy copies of the image. Each costs one gradient; more give a calmer map.",
        min,
        MOST,
        20,
    )
}

/// Standard deviation of the noise.
pub(super) fn spread() -> ParameterDescription {
    real(
        "spread",
        "Noise spread",
        "Standard deviation of the noise, as a share of the image's range of values.",
        [0.0, 1.0],
        0.15,
        0.01,
    )
}

/// Seed of everything random.
pub(super) fn seed() -> ParameterDescription {
    integer(
        "seed",
        "Seed",
        "Number the random draws follow from; the same seed gives the same map on every machine.",
        0,
        u64::from(u32::MAX),
        0,
    )
}

/// Percentile of the guide.
pub(super) fn percentile(meaning: &str) -> ParameterDescription {
    let mut parameter = real("percentile", "Percentile", meaning, [0.0, 100.0], 85.0, 1.0);
    "%".clone_into(&mut parameter.unit);
    parameter.free = true;
    parameter
}

/// Weight below the guide's threshold.
pub(super) fn damping() -> ParameterDescription {
    let mut parameter = choice(
        "damping",
        "Damping",
        "Weight of values below the percentile: their variance as published, which depends on the \
         scale of the gradients, or their variance relative to the threshold, which does not.",
        &["variance", "relative"],
    );
    parameter.free = true;
    parameter
}

/// Gradient process; `free` where changing it needs no new gradient.
pub(super) fn process(free: bool) -> ParameterDescription {
    let mut parameter = choice(
        "process",
        "Gradient process",
        "What is kept of the gradients before they are summed: all, one sign, magnitudes; guided \
         ones are weighted by their variance.",
        &Process::NAMES,
    );
    parameter.free = free;
    parameter
}

/// Quantity that is differentiated; the first of `options` is the default.
pub(super) fn objective(options: &[&str; 3]) -> ParameterDescription {
    choice(
        "objective",
        "Objective",
        "What is differentiated: the class's raw output, its cross-entropy loss (which grows as \
         the class becomes less likely), or its probability.",
        options,
    )
}

/// The options of [`objective`] with the logit first.
pub(super) const LOGIT_FIRST: &[&str; 3] = &["logit", "loss", "probability"];

/// A whole number.
pub(super) fn integer(
    name: &str,
    label: &str,
    meaning: &str,
    min: u64,
    max: u64,
    default: u64,
) -> ParameterDescription {
    described(
        name,
        label,
        meaning,
        ParameterKind::Integer { min, max, default },
    )
}

/// A real number.
pub(super) fn real(
    name: &str,
    label: &str,
    meaning: &str,
    [min, max]: [f64; 2],
    default: f64,
    step: f64,
) -> ParameterDescription {
    described(
        name,
        label,
        meaning,
        ParameterKind::Real {
            min,
            max,
            default,
            step,
        },
    )
}

/// One of several names, the first by default.
pub(super) fn choice(
    name: &str,
    label: &str,
    meaning: &str,
    options: &[&str],
) -> ParameterDescription {
    let options = options.iter().map(|&option| option.to_owned()).collect();
    described(name, label, meaning, ParameterKind::Choice { options })
}

/// A name that only the model knows, empty by default.
pub(super) fn text(name: &str, label: &str, meaning: &str) -> ParameterDescription {
    described(name, label, meaning, ParameterKind::Text)
}

fn described(name: &str, label: &str, meaning: &str, kind: ParameterKind) -> ParameterDescription {
    ParameterDescription {
        name: name.to_owned(),
        label: label.to_owned(),
        meaning: meaning.to_owned(),
        unit: String::new(),
        kind,
        free: false,
    }
}
