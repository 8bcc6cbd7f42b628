//! What the differences between two programs come to.

use super::{
    CheckError, OtherProgram, Precision,
    scores::compare_scores,
    slopes::{SlopeMeter, Slopes, slope_of},
};
use crate::protocol::{
    CheckMaterial, CheckReport, DirectionCheck, GradientCheck, LeftOut, SlopeCheck, Verdict,
};

/// Directions along which the gradient is tried.
pub const DIRECTIONS: usize = 16;
/// A direction is outside where its difference is more than so many times the expected error.
const MULTIPLE: f64 = 4.0;
/// As many directions may be: corners of several rectifiers within one step are not bounded by what is measured.
const OUTSIDE_ALLOWED: usize = DIRECTIONS / 4;
/// Rounding in double precision is nothing beside a slope; where it is this share, something on the way was single.
const ROUNDED_ON_THE_WAY: f64 = 0.005;
/// An error that passes for none must be smaller than this share of the usual slope, or nothing was learnt.
const COARSE: f64 = 0.25;

/// Compares what the engine computed, on one device or several, with `program`; `progress` is told how many scores
/// were computed, and of how many.
///
/// # Errors
/// The program does not compute the scores, or other ones.
pub fn compare(
    name: &str,
    materials: &[CheckMaterial],
    program: &mut dyn OtherProgram,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Vec<CheckReport>, CheckError> {
    let Some(first) = materials.first() else {
        return Ok(Vec::new());
    };
    let image: Vec<f64> = first.image.iter().map(|&value| value.into()).collect();
    let theirs = program.scores(&image, Precision::Single)?;
    if theirs.len() != first.logits.len() {
        let reason = format!(
            "it computes {} scores where the engine has {}",
            theirs.len(),
            first.logits.len()
        );
        return Err(CheckError::NotRun(reason));
    }
    if let Some(class) = theirs.iter().position(|score| !score.is_finite()) {
        let reason = format!("its score of class {class} is not finite");
        return Err(CheckError::NotRun(reason));
    }
    let left_out = if first.quantised {
        Some(LeftOut::Quantised)
    } else if !program.takes_small_steps() {
        Some(LeftOut::CoarseInput)
    } else {
        None
    };
    let slopes = match left_out {
        Some(_) => None,
        None => {
            let precision = finest(program, &image, &theirs);
            Some(measured(program, precision, first, progress)?)
        }
    };
    let reports = materials.iter().map(|material| CheckReport {
        program: name.to_owned(),
        device: material.device.clone(),
        scores: compare_scores(&material.logits, &theirs, material.quantised),
        gradient: match (&slopes, left_out) {
            (Some(slopes), _) => GradientCheck::Compared(Box::new(judge(material, slopes))),
            (None, reason) => GradientCheck::LeftOut(reason.unwrap_or(LeftOut::CoarseInput)),
        },
    });
    Ok(reports.collect())
}

/// The slopes of the score that `material` is about, in double precision if that is no name only.
fn measured(
    program: &mut dyn OtherProgram,
    precision: Precision,
    material: &CheckMaterial,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Slopes, CheckError> {
    let length = norm(&material.gradient);
    let mut measure = |precision| {
        SlopeMeter::new(
            program,
            precision,
            &material.image,
            material.target,
            progress,
        )
        .measure(DIRECTIONS, length)
    };
    let slopes = measure(precision)?;
    if precision == Precision::Double && slopes.rounding_share(length) > ROUNDED_ON_THE_WAY {
        return measure(Precision::Single);
    }
    Ok(slopes)
}

/// Double precision where the program has it, and computes the same scores in it as in single precision.
fn finest(program: &mut dyn OtherProgram, image: &[f64], single: &[f64]) -> Precision {
    let same = program
        .scores(image, Precision::Double)
        .is_ok_and(|double| {
            let single: Vec<f32> = single.iter().map(|&score| score as f32).collect();
            double.len() == single.len() && compare_scores(&single, &double, false).agree
        });
    if same {
        Precision::Double
    } else {
        Precision::Single
    }
}

fn norm(values: &[f32]) -> f64 {
    let squares = values.iter().map(|&value| f64::from(value).powi(2));
    squares.sum::<f64>().sqrt()
}

/// The gradient of `material` beside measured slopes.
fn judge(material: &CheckMaterial, measured: &Slopes) -> SlopeCheck {
    let directions: Vec<DirectionCheck> = measured
        .slopes
        .iter()
        .enumerate()
        .map(|(direction, there)| DirectionCheck {
            slope: slope_of(&material.gradient, &material.image, direction, measured),
            slope_there: there.value,
            expected_error: there.expected_error,
        })
        .collect();
    let count = directions.len().max(1) as f64;
    let squares = directions.iter().map(|d| d.slope_there.powi(2));
    let usual_slope = (squares.sum::<f64>() / count).sqrt();
    let share = |value: f64| {
        if value == 0.0 {
            0.0
        } else {
            (value / usual_slope.max(f64::MIN_POSITIVE)).min(f64::MAX)
        }
    };
    let difference = |d: &DirectionCheck| (d.slope - d.slope_there).abs();
    let differences = sorted(directions.iter().map(difference));
    let expected = sorted(directions.iter().map(|d| d.expected_error));
    let is_outside = |d: &&DirectionCheck| difference(d) > MULTIPLE * d.expected_error;
    let outside = directions.iter().filter(is_outside).count();
    let expected_error = share(median(&expected));
    let is_flat = directions
        .iter()
        .all(|d| d.slope == 0.0 && d.slope_there == 0.0);
    let verdict = if outside > OUTSIDE_ALLOWED {
        Verdict::Disagrees
    } else if !is_flat && MULTIPLE * expected_error > COARSE {
        Verdict::TooCoarse
    } else {
        Verdict::Agrees
    };
    SlopeCheck {
        target: material.target,
        in_double: measured.precision == Precision::Double,
        step: measured.step,
        rounding: measured.rounding,
        usual_slope,
        median_difference: share(median(&differences)),
        largest_difference: share(differences.last().copied().unwrap_or(0.0)),
        expected_error: if is_flat { 0.0 } else { expected_error },
        multiple: MULTIPLE,
        outside,
        outside_allowed: OUTSIDE_ALLOWED,
        directions,
        verdict,
    }
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The middle of sorted numbers, the higher one of two.
fn median(sorted: &[f64]) -> f64 {
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests;
