//! The engine in a browser's worker: every device's kernels against the reference, and the whole
//! engine against the numbers that native tests are held to.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]
#![cfg(target_family = "wasm")]

mod cpu;
mod golden;
#[path = "../it/golden_checks/mod.rs"]
mod golden_checks;
mod host;
mod stored;
#[cfg(feature = "webgpu")]
mod webgpu;

use gradlens::network::{kernels::suite::CaseResult, suite::Report};
use wasm_bindgen_test::{console_log, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// Only clippy builds this as a program.
#[cfg(not(test))]
fn main() {}

/// Fails with every case that is wrong, or if there are suspiciously few.
fn assert_passed(results: &[CaseResult]) {
    let failed: Vec<_> = results.iter().filter(|case| !case.passed()).collect();
    assert!(
        failed.is_empty(),
        "{} of {}: {failed:#?}",
        failed.len(),
        results.len()
    );
    assert!(results.len() > 100, "only {} cases ran", results.len());
}

/// Fails with every operator case that is wrong, or if there are suspiciously few.
fn assert_operators_passed(report: &Report) {
    let Report {
        cases,
        left_out,
        failures,
    } = report;
    console_log!("{cases} operator cases ran, {left_out} need tensors without axes");
    assert!(
        failures.is_empty(),
        "{} of {cases}:\n{}",
        failures.len(),
        failures.join("\n")
    );
    assert!(*cases > 100, "only {cases} cases ran");
}

/// Largest difference, as a share of the largest stored value.
fn relative_difference(found: &[f32], stored: &[f32]) -> f32 {
    assert_eq!(found.len(), stored.len());
    let largest = stored.iter().fold(0.0_f32, |m, v| m.max(v.abs()));
    let difference = found.iter().zip(stored).map(|(f, s)| (f - s).abs());
    difference.fold(0.0, f32::max) / largest
}
