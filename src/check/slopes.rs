//! Slopes of another program's score along random directions, by central differences, with the error to expect of them.
//!
//! With a step `h` along a direction `d`, the slope is `D(h) = (f(x + h d) - f(x - h d)) / 2h`. Three things make it differ
//! from the true slope, and each is measured rather than assumed:
//!
//! - **Rounding.** Each score is off by a random number of standard deviation `s`, so `D(h)` is by `s / (h sqrt 2)`. `s` comes
//!   from the fourth differences of scores so close together that a smooth function would leave none (a difference of
//!   independent numbers of variance 1 has variance 70 there).
//! - **Truncation.** For a smooth score `D(2h) - D(h)` is three times the error of `D(h)`, and more than it where a corner of a
//!   rectifier lies between.
//! - **Corners.** Where the score bends at `x` itself, `D(h)` is the mean of two slopes, of which the gradient is one,
//!   whatever `h` is. `C(h) = |f(x + h d) - 2 f(x) + f(x - h d)| / 2h` tells: for a smooth score it doubles with `h`, at a
//!   corner it stays, so `|2 C(h) - C(2h)|` is half the bend there and nothing elsewhere. With truncation it bounds the
//!   error of one corner wherever it lies.
//!
//! The step is the one of a ladder for which the sum is least on two further directions.
//!
//! In double precision rounding is nothing, and the step is a few roundings of the image in single precision: the engine
//! computes in that, and a rectifier so close to its bound that it may be taken for the other side must lie within the step.
//! A smooth score does not bend there, so that `C(h)` alone bounds what a corner within it does.
//!
//! To the sum comes what single precision leaves of the engine's own gradient.

use super::{CheckError, OtherProgram, Precision};
use crate::attribution::NoiseSource;

/// Seed of the directions.
const SEED: u64 = 0x6772_6164_6c65_6e73;
/// Directions on which the step is chosen; their numbers are behind those of the others.
const PILOTS: usize = 2;
/// The ladder's middle makes rounding about so small a share of the slope.
const ROUNDING_SHARE: f64 = 1e-3;
/// Steps on each side of the ladder's middle, each twice the one before.
const HALF_LADDER: i32 = 4;
/// Scores close together that tell how they are rounded.
const CLOSE_SCORES: usize = 9;
/// Distance of these in roundings of the largest value of the image.
const CLOSE_ROUNDINGS: f64 = 16.0;
/// The least step in single precision's roundings of the largest value: in single precision itself more, as the step would
/// be rounded away.
const LEAST_ROUNDINGS: f64 = 4.0;
const LEAST_ROUNDINGS_SINGLE: f64 = 64.0;
/// What single precision leaves of a gradient, as a share of its length: the engine's are seen to be 4e-6 off double precision
/// where no rectifier is close to its bound.
const GRADIENT_ROUNDING: f64 = 1e-5;

/// What was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Slopes {
    /// What they were measured in.
    pub precision: Precision,
    /// The step.
    pub step: f64,
    /// Standard deviation of the rounding of one score.
    pub rounding: f64,
    /// One slope a direction.
    pub slopes: Vec<Slope>,
}

impl Slopes {
    /// The share of a gradient's length that rounding alone makes of a slope.
    pub fn rounding_share(&self, gradient_norm: f64) -> f64 {
        self.rounding / (self.step * std::f64::consts::SQRT_2 * gradient_norm)
    }
}

/// A slope.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slope {
    /// Its value.
    pub value: f64,
    /// How far it may be off, to one standard deviation.
    pub expected_error: f64,
}

/// Measures slopes of one score of a program around one image.
pub struct SlopeMeter<'a> {
    program: &'a mut dyn OtherProgram,
    precision: Precision,
    image: &'a [f32],
    target: usize,
    done: usize,
    /// Is told the number of scores computed, and of all.
    progress: &'a mut dyn FnMut(usize, usize),
    total: usize,
}

impl<'a> SlopeMeter<'a> {
    /// Measures the score of class `target`.
    pub fn new(
        program: &'a mut dyn OtherProgram,
        precision: Precision,
        image: &'a [f32],
        target: usize,
        progress: &'a mut dyn FnMut(usize, usize),
    ) -> Self {
        Self {
            program,
            precision,
            image,
            target,
            done: 0,
            progress,
            total: 0,
        }
    }

    /// Slopes along the first `count` directions; `gradient_norm` is about how long the gradient is.
    ///
    /// # Errors
    /// The program stops computing scores, or they are not finite.
    pub fn measure(&mut self, count: usize, gradient_norm: f64) -> Result<Slopes, CheckError> {
        let ladder = 2 * HALF_LADDER as usize + 2;
        self.total = match self.precision {
            Precision::Single => 1 + CLOSE_SCORES + PILOTS * 2 * ladder + 4 * count,
            Precision::Double => 1 + CLOSE_SCORES + 2 * count,
        };
        let largest = self
            .image
            .iter()
            .fold(0.0_f64, |m, &v| m.max(f64::from(v).abs()));
        let scale = if largest > 0.0 { largest } else { 1.0 };
        let image: Vec<f64> = self.image.iter().map(|&value| value.into()).collect();
        let centre = self.score(&image)?;
        let least = |roundings: f64| roundings * Precision::Single.unit_roundoff() * scale;
        // What calls itself double may round to single on the way, which shows at distances of the step alone.
        let close = match self.precision {
            Precision::Double => least(LEAST_ROUNDINGS) / 4.0,
            Precision::Single => least(CLOSE_ROUNDINGS),
        };
        let rounding = self.rounding(count + PILOTS, close, centre)?;
        let step = match self.precision {
            Precision::Double => least(LEAST_ROUNDINGS),
            Precision::Single => {
                let middle = match rounding / (ROUNDING_SHARE * gradient_norm) {
                    step if step.is_finite() => step,
                    _ => 1e-3 * scale,
                };
                // Not so small that the image hardly moves, nor so large that it is another.
                let least = least(LEAST_ROUNDINGS_SINGLE) * f64::from(HALF_LADDER).exp2();
                self.best_step(count, middle.clamp(least, scale / 64.0), rounding, centre)?
            }
        };
        let slopes = (0..count).map(|direction| {
            let near = self.sides(direction, step)?;
            let mut slope = match self.precision {
                Precision::Double => fine_slope(step, rounding, centre, near),
                Precision::Single => {
                    let far = self.sides(direction, 2.0 * step)?;
                    slope(step, rounding, centre, near, far)
                }
            };
            slope.expected_error += GRADIENT_ROUNDING * gradient_norm;
            Ok(slope)
        });
        let slopes = slopes.collect::<Result<_, CheckError>>()?;
        Ok(Slopes {
            precision: self.precision,
            step,
            rounding,
            slopes,
        })
    }

    /// The step with the least expected error on the pilots.
    fn best_step(
        &mut self,
        count: usize,
        middle: f64,
        rounding: f64,
        centre: f64,
    ) -> Result<f64, CheckError> {
        let steps: Vec<f64> = (-HALF_LADDER..=HALF_LADDER + 1)
            .map(|power| middle * f64::from(power).exp2())
            .collect();
        let mut errors = vec![0.0; steps.len() - 1];
        for pilot in count..count + PILOTS {
            let sides = steps
                .iter()
                .map(|&step| self.sides(pilot, step))
                .collect::<Result<Vec<_>, _>>()?;
            for (index, (error, pair)) in errors.iter_mut().zip(sides.windows(2)).enumerate() {
                *error += slope(steps[index], rounding, centre, pair[0], pair[1]).expected_error;
            }
        }
        let best = errors.iter().zip(&steps).min_by(|a, b| a.0.total_cmp(b.0));
        Ok(best.map_or(middle, |(_, &step)| step))
    }

    /// Standard deviation of the rounding of one score.
    fn rounding(&mut self, direction: usize, close: f64, centre: f64) -> Result<f64, CheckError> {
        let first = -(CLOSE_SCORES as f64 - 1.0) / 2.0;
        let mut row = (0..CLOSE_SCORES)
            .map(|index| {
                let distance = (first + index as f64) * close;
                let image = moved(self.image, direction, distance, self.precision);
                self.score(&image)
            })
            .collect::<Result<Vec<f64>, _>>()?;
        for _ in 0..4 {
            row = row.windows(2).map(|pair| pair[1] - pair[0]).collect();
        }
        let square = row.iter().map(|d| d * d).sum::<f64>() / (70.0 * row.len() as f64);
        // A score that never changes is still told in this precision.
        Ok(square
            .sqrt()
            .max(self.precision.unit_roundoff() * centre.abs()))
    }

    /// The scores on both sides.
    fn sides(&mut self, direction: usize, step: f64) -> Result<[f64; 2], CheckError> {
        let [ahead, behind] =
            [step, -step].map(|step| moved(self.image, direction, step, self.precision));
        Ok([self.score(&ahead)?, self.score(&behind)?])
    }

    fn score(&mut self, image: &[f64]) -> Result<f64, CheckError> {
        let scores = self.program.scores(image, self.precision)?;
        self.done += 1;
        (self.progress)(self.done, self.total);
        let score = scores.get(self.target).copied().unwrap_or(f64::NAN);
        if score.is_finite() {
            Ok(score)
        } else {
            let reason = format!("its score of class {} is not finite", self.target);
            Err(CheckError::NotRun(reason))
        }
    }
}

/// The slope between two scores, with the error expected of it.
fn slope(step: f64, rounding: f64, centre: f64, near: [f64; 2], far: [f64; 2]) -> Slope {
    let quotient = |sides: [f64; 2], step: f64| (sides[0] - sides[1]) / (2.0 * step);
    let bend = |sides: [f64; 2], step: f64| (sides[0] - 2.0 * centre + sides[1]) / (2.0 * step);
    let value = quotient(near, step);
    let truncation = (quotient(far, 2.0 * step) - value).abs();
    let corner = (2.0 * bend(near, step).abs() - bend(far, 2.0 * step).abs()).abs();
    Slope {
        value,
        expected_error: rounding / (step * std::f64::consts::SQRT_2) + truncation + corner,
    }
}

/// The slope between two scores so close that a smooth score does not bend there; what bend there is, is a corner's.
fn fine_slope(step: f64, rounding: f64, centre: f64, sides: [f64; 2]) -> Slope {
    let bend = (sides[0] - 2.0 * centre + sides[1]).abs() / (2.0 * step);
    Slope {
        value: (sides[0] - sides[1]) / (2.0 * step),
        expected_error: rounding / (step * std::f64::consts::SQRT_2) + bend,
    }
}

/// `image` moved along a direction, as far as the precision can.
fn moved(image: &[f32], direction: usize, step: f64, precision: Precision) -> Vec<f64> {
    let mut unit = vec![0.0; image.len()];
    NoiseSource::Seeded(SEED).fill(direction, &mut unit);
    let values = unit.iter().zip(image);
    values
        .map(|(&unit, &x)| precision.rounded(f64::from(x) + step * f64::from(unit)))
        .collect()
}

/// The slope that `gradient` means for the very step that was taken along a direction.
pub fn slope_of(gradient: &[f32], image: &[f32], direction: usize, measured: &Slopes) -> f64 {
    let side = |step: f64| moved(image, direction, step, measured.precision);
    let (ahead, behind) = (side(measured.step), side(-measured.step));
    let sum: f64 = ahead
        .iter()
        .zip(&behind)
        .zip(gradient)
        .map(|((ahead, behind), &g)| f64::from(g) * (ahead - behind))
        .sum();
    sum / (2.0 * measured.step)
}
