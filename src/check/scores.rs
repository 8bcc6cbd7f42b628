//! Scores of two programs beside each other.

use crate::protocol::ScoreCheck;

/// Classes whose order is compared.
const LIKELIEST: usize = 5;
/// Two programs that sum in single precision, each in its own order, are seen to differ by a millionth to some
/// hundred-thousandths of the spread; a mistake in an operator shows in the first digits.
const TOLERANCE: f64 = 1e-3;
/// A number that one program rounds up and the other down differs by a whole step of the quantisation.
const TOLERANCE_QUANTISED: f64 = 5e-2;

/// What scores `ours` and `theirs`, of the same classes, have in common.
pub fn compare_scores(ours: &[f32], theirs: &[f64], quantised: bool) -> ScoreCheck {
    let largest_difference = ours
        .iter()
        .zip(theirs)
        .map(|(&ours, theirs)| (f64::from(ours) - theirs).abs())
        .fold(0.0, f64::max);
    let highest = theirs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let lowest = theirs.iter().copied().fold(f64::INFINITY, f64::min);
    let spread = match highest - lowest {
        spread if spread > 0.0 => spread,
        _ => highest.abs(),
    };
    let relative_difference = if largest_difference == 0.0 {
        0.0
    } else {
        largest_difference / spread.max(f64::MIN_POSITIVE)
    };
    let ours: Vec<f64> = ours.iter().map(|&score| f64::from(score)).collect();
    let (likeliest, likeliest_there) = (best(&ours), best(theirs));
    let at = |class: usize| theirs.get(class).copied().unwrap_or(f64::NAN);
    let likeliest_agree = likeliest
        .iter()
        .zip(&likeliest_there)
        .all(|(&a, &b)| a == b || (at(a) - at(b)).abs() <= 2.0 * largest_difference);
    let tolerance = if quantised {
        TOLERANCE_QUANTISED
    } else {
        TOLERANCE
    };
    ScoreCheck {
        classes: theirs.len(),
        largest_difference,
        spread,
        relative_difference: relative_difference.min(f64::MAX),
        tolerance,
        likeliest,
        likeliest_there,
        likeliest_agree,
        agree: likeliest_agree && relative_difference <= tolerance,
    }
}

/// The classes with the highest scores, best first; of equal ones the lower comes first.
fn best(scores: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    order.truncate(LIKELIEST);
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_differences_agree_and_large_ones_do_not() {
        let check = compare_scores(&[1.0, 5.0, 3.0], &[1.000_01, 5.0, 3.0], false);
        assert!(check.agree);
        assert_eq!(check.likeliest, [1, 2, 0]);
        assert!((check.spread - 3.999_99).abs() < 1e-9);
        assert!((check.largest_difference - 1e-5).abs() < 1e-9);
        assert!(!compare_scores(&[1.0, 5.0, 3.0], &[1.01, 5.0, 3.0], false).agree);
        assert!(compare_scores(&[1.0, 5.0, 3.0], &[1.01, 5.0, 3.0], true).agree);
    }

    #[test]
    fn an_order_counts_but_for_ties() {
        let apart = compare_scores(&[1.0, 1.000_2, -900.0], &[1.0, 1.000_1, -900.0], false);
        assert!(apart.likeliest_agree);
        let tied = compare_scores(&[1.000_01, 1.0, -9.0], &[1.0, 1.000_01, -9.0], false);
        assert!(tied.likeliest_agree && tied.agree, "{tied:?}");
        // A difference that the size allows, in an order that it does not.
        let theirs = [0.0, 1.0, 2.0, 3.0, 1e4];
        let swapped = ScoreCheck {
            largest_difference: 0.1,
            ..compare_scores(&[0.0, 2.0, 1.0, 3.0, 1e4], &theirs, false)
        };
        assert_eq!(swapped.likeliest_there, [4, 3, 2, 1, 0]);
        assert_eq!(swapped.likeliest, [4, 3, 1, 2, 0]);
    }

    #[test]
    fn one_score_is_measured_by_its_size() {
        let check = compare_scores(&[2.0], &[2.02], false);
        assert!((check.relative_difference - 0.02 / 2.02).abs() < 1e-6);
        assert!(!check.agree);
        let zero = compare_scores(&[0.0], &[0.0], false);
        assert_eq!(zero.relative_difference, 0.0);
        assert!(zero.agree);
    }
}
