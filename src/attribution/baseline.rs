//! Where a path from "nothing" to the image starts.

use super::{
    AttributionError, Context, blur,
    noise::check_stored,
    parameters::{choice, integer, real},
    random::{self, Purpose},
};
use crate::{
    classifier::Size,
    protocol::{ParameterDescription, Preprocessing},
};

/// A baseline, or one for each trial.
pub(crate) enum Baseline<'a> {
    /// Uniform between the image's smallest and largest value, anew for each trial.
    Uniform {
        low: f64,
        range: f64,
        seed: u64,
        stored: Option<&'a [f32]>,
        trials: usize,
    },
    /// The same for every trial, `[3, height, width]`.
    Fixed(Vec<f64>),
}

/// The parameters that [`Baseline::new`] reads.
pub(crate) fn baseline_parameters() -> Vec<ParameterDescription> {
    vec![
        choice(
            "baseline",
            "Baseline",
            "Where the path starts: random numbers in the image's range, zero in the model's own \
             units (its mean colour), the blurred image, or one colour.",
            &["uniform", "zero", "blur", "color"],
        ),
        integer(
            "color",
            "Baseline color",
            "Used by the color baseline: red * 65536 + green * 256 + blue, each 0 to 255.",
            0,
            0xff_ffff,
            0,
        ),
        integer(
            "radius",
            "Blur radius",
            "Used by the blur baseline: reach of the kernel, smaller than the image's sides.",
            1,
            500,
            16,
        ),
        real(
            "sigma",
            "Blur sigma",
            "Used by the blur baseline: standard deviation of the kernel.",
            [0.1, 500.0],
            16.0,
            1.0,
        ),
    ]
}

impl<'a> Baseline<'a> {
    /// From the settings `baseline`, `trials` (1 where there is none), `seed`, `color`, `radius`
    /// and `sigma`.
    ///
    /// # Errors
    /// Stored numbers that do not fit, a radius that is too large, or a colour where nothing is
    /// known about the model's preprocessing.
    pub(crate) fn new(cx: &Context<'a>) -> Result<Self, AttributionError> {
        let size = cx.image.size;
        match cx.settings.choice("baseline") {
            Some("zero") => Ok(Self::Fixed(vec![0.0; size.values()])),
            Some("blur") => {
                let radius = cx.integer("radius")?;
                blur::check_radius(size, radius)?;
                let image: Vec<f64> = cx.image.values.iter().map(|&v| f64::from(v)).collect();
                let blurred = blur::blur(&image, size, radius, cx.real("sigma")?);
                Ok(Self::Fixed(blurred))
            }
            Some("color") => {
                let preprocessing = cx
                    .preprocessing
                    .ok_or(AttributionError::MissingSetting("preprocessing"))?;
                let color = cx.integer("color")?;
                Ok(Self::Fixed(colored(size, color, preprocessing)))
            }
            _ => {
                let trials = cx.integer("trials").unwrap_or(1);
                if let Some(stored) = cx.uniform {
                    let count = stored.len() / size.values().max(1);
                    check_stored("uniform numbers", stored.len(), count, size, trials)?;
                }
                let (low, high) = cx.image.range();
                Ok(Self::Uniform {
                    low: f64::from(low),
                    range: f64::from(high) - f64::from(low),
                    seed: cx.settings.integer("seed").unwrap_or(0),
                    stored: cx.uniform,
                    trials,
                })
            }
        }
    }

    /// Trials that differ; 1 where the baseline is fixed.
    pub(crate) fn trials(&self) -> usize {
        match self {
            Self::Uniform { trials, .. } => *trials,
            Self::Fixed(_) => 1,
        }
    }

    /// The baseline of one trial, `[3, height, width]`.
    pub(crate) fn of_trial(&self, trial: usize, size: Size) -> Vec<f64> {
        match self {
            Self::Fixed(values) => values.clone(),
            Self::Uniform {
                low,
                range,
                seed,
                stored,
                ..
            } => {
                let mut unit = vec![0.0; size.values()];
                let given =
                    stored.and_then(|all| all.chunks_exact(size.values().max(1)).nth(trial));
                match given {
                    Some(numbers) => unit.copy_from_slice(numbers),
                    None => {
                        random::fill_uniform(*seed, Purpose::Baseline, trial as u64, &mut unit);
                    }
                }
                unit.iter().map(|&u| low + f64::from(u) * range).collect()
            }
        }
    }
}

fn colored(size: Size, color: usize, preprocessing: &Preprocessing) -> Vec<f64> {
    let rgb = [color >> 16 & 0xff, color >> 8 & 0xff, color & 0xff].map(|part| part as f32);
    (0..size.channels)
        .flat_map(|channel| {
            let of = |list: &[f32], missing: f32| {
                f64::from(list.get(channel).copied().unwrap_or(missing))
            };
            let px = f64::from(preprocessing.pixel(channel, rgb));
            let (mean, std) = (
                of(&preprocessing.mean_px, 0.0),
                of(&preprocessing.std_px, 1.0),
            );
            std::iter::repeat_n((px - mean) / std, size.pixels())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::ChannelOrder;

    #[test]
    fn a_color_goes_through_the_preprocessing() {
        let size = Size::colour(1, 1);
        let mut preprocessing = Preprocessing::preset("efficientnet-lite").unwrap();
        let values = colored(size, 0xff_7f_00, &preprocessing);
        assert_eq!(values, [1.0, 0.0, -127.0 / 128.0]);
        preprocessing.channels = ChannelOrder::Bgr;
        let values = colored(size, 0xff_7f_00, &preprocessing);
        assert_eq!(values, [-127.0 / 128.0, 0.0, 1.0]);
    }
}
