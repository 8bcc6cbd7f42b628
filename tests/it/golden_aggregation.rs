//! Aggregation and blur against stored results, without a network.

use crate::golden_checks;

#[test]
fn aggregation() {
    golden_checks::check_aggregation();
}

#[test]
fn thresholds_of_the_guide() {
    golden_checks::check_thresholds();
}

#[test]
fn gaussian_blur() {
    golden_checks::check_blur();
}
