//! What works along one axis: sums, maxima, factors, softmax and normalisation.

use super::{CaseResult, SUM_TOLERANCE, compare, tied_values, upload, values};
use crate::network::kernels::{AxisView, Kernels, reference};

/// Shaders may round exponentials and roots this much more than the CPU.
const FUNCTION_TOLERANCE: f64 = 1e-5;

/// Runs everything along an axis.
pub async fn run<B: Kernels>(device: &B::Device, results: &mut Vec<CaseResult>) {
    for [outer, length, inner] in [
        [1, 1, 1],
        [1, 1000, 1],
        [70, 5, 1],
        [3, 49, 1],
        [2, 7, 11],
        [5, 300, 3],
        [1, 6, 257],
    ] {
        let view = AxisView {
            outer,
            length,
            inner,
        };
        let named = |kernel: &str| format!("{kernel}, {outer} x {length} x {inner}");
        reductions::<B>(device, view, &named, results).await;
    }
    for (rows, length) in [(1, 1), (3, 5), (40, 49), (2, 197), (1, 1000), (130, 4)] {
        let named = |kernel: &str| format!("{kernel}, {rows} rows of {length}");
        softmaxes::<B>(device, [rows, length], &named, results).await;
        normalisations::<B>(device, [rows, length], &named, results).await;
    }
}

async fn reductions<B: Kernels>(
    device: &B::Device,
    view: AxisView,
    named: &impl Fn(&str) -> String,
    results: &mut Vec<CaseResult>,
) {
    let shape = [view.outer, view.length, view.inner];
    let x = values(20, &shape);
    let expected = reference::reduce_sum(&x, view);
    let actual = B::reduce_sum(upload::<B>(&x, device), view);
    // A sum may be far smaller than its terms, so it is compared with those.
    let tolerance = SUM_TOLERANCE * (view.length as f64).sqrt();
    results.push(compare::<B>(named("sum"), actual, &expected, tolerance).await);

    let tied = tied_values(21, &shape);
    let (expected, expected_argmax) = reference::reduce_max(&tied, view);
    let (actual, argmax) = B::reduce_max(upload::<B>(&tied, device), view);
    results.push(compare::<B>(named("maximum"), actual, &expected, 0.0).await);
    let grad = values(22, &[view.outer, view.inner]);
    let back = B::reduce_max_gradient(upload::<B>(&grad, device), argmax.clone(), view);
    results.push(compare::<B>(named("maximum's index"), argmax, &expected_argmax, 0.0).await);
    let expected = reference::reduce_max_gradient(&grad, &expected_argmax, view);
    results.push(compare::<B>(named("maximum's gradient"), back, &expected, 0.0).await);

    let scale = values(23, &[view.length]);
    let shift = values(24, &[view.length]);
    for shift in [None, Some(&shift)] {
        let expected = reference::scale_shift(&x, &scale, shift, view);
        let actual = B::scale_shift(
            upload::<B>(&x, device),
            upload::<B>(&scale, device),
            shift.map(|shift| upload::<B>(shift, device)),
            view,
        );
        let name = named(if shift.is_some() {
            "factor and offset"
        } else {
            "factor"
        });
        results.push(compare::<B>(name, actual, &expected, SUM_TOLERANCE).await);
    }
}

async fn softmaxes<B: Kernels>(
    device: &B::Device,
    shape: [usize; 2],
    named: &impl Fn(&str) -> String,
    results: &mut Vec<CaseResult>,
) {
    let mut x = values(25, &shape);
    for value in &mut x.values {
        *value *= 8.0;
    }
    let grad = values(26, &shape);
    for logarithm in [false, true] {
        let named = |kernel: &str| {
            let logarithm = if logarithm { "logarithm of " } else { "" };
            named(&format!("{logarithm}{kernel}"))
        };
        let output = reference::softmax_rows(&x, shape[1], logarithm);
        let actual = B::softmax_rows(upload::<B>(&x, device), shape[1], logarithm);
        results.push(compare::<B>(named("softmax"), actual, &output, FUNCTION_TOLERANCE).await);
        let expected = reference::softmax_rows_gradient(&grad, &output, shape[1], logarithm);
        let actual = B::softmax_rows_gradient(
            upload::<B>(&grad, device),
            upload::<B>(&output, device),
            shape[1],
            logarithm,
        );
        let name = named("softmax gradient");
        // A single value's gradient is the rounding of a difference of equals.
        if shape[1] > 1 {
            results.push(compare::<B>(name, actual, &expected, FUNCTION_TOLERANCE).await);
        }
    }
}

async fn normalisations<B: Kernels>(
    device: &B::Device,
    shape: [usize; 2],
    named: &impl Fn(&str) -> String,
    results: &mut Vec<CaseResult>,
) {
    let mut x = values(27, &shape);
    for value in &mut x.values {
        *value = *value * 3.0 + 1.0;
    }
    let grad = values(28, &shape);
    for (kind, centred) in [("normalisation", true), ("root mean square", false)] {
        let (output, factors) = reference::normalise_rows(&x, shape[1], 1e-3, centred);
        let (actual, actual_factors) =
            B::normalise_rows(upload::<B>(&x, device), shape[1], 1e-3, centred);
        results.push(compare::<B>(named(kind), actual, &output, FUNCTION_TOLERANCE).await);
        let name = named(&format!("{kind}, factors"));
        results.push(compare::<B>(name, actual_factors, &factors, FUNCTION_TOLERANCE).await);
        let expected =
            reference::normalise_rows_gradient(&grad, &output, &factors, shape[1], centred);
        let actual = B::normalise_rows_gradient(
            upload::<B>(&grad, device),
            upload::<B>(&output, device),
            upload::<B>(&factors, device),
            shape[1],
            centred,
        );
        let name = named(&format!("{kind}, gradient"));
        // A single value's gradient is the rounding of a difference of equals.
        if shape[1] > 1 {
            results.push(compare::<B>(name, actual, &expected, FUNCTION_TOLERANCE).await);
        }
    }
}
