//! Clamps, their gradients and matrix products.

use super::{CaseResult, SUM_TOLERANCE, compare, upload, values};
use crate::{
    classifier::GuidedSign,
    network::kernels::{Kernels, Range, reference},
};

/// Clamps at every kind of range, and their gradients by every rule.
pub async fn clamps<B: Kernels>(device: &B::Device, results: &mut Vec<CaseResult>) {
    let infinity = f32::INFINITY;
    // More values than a workgroup has threads, and not a multiple of them.
    let shape = [3, 5, 7, 11];
    let x = values(8, &shape);
    let grad = values(9, &shape);
    for (name, low, high) in [
        ("all", -infinity, infinity),
        ("from 0", 0.0, infinity),
        ("to 0.5", -infinity, 0.5),
        ("0 to 0.5", 0.0, 0.5),
        ("-0.25 to 0.25", -0.25, 0.25),
    ] {
        let range = Range { low, high };
        let clamped = reference::clamp(&x, range);
        let actual = <B as Kernels>::clamp(upload::<B>(&x, device), range);
        results.push(compare::<B>(format!("clamp, {name}"), actual, &clamped, 0.0).await);
        for sign in [
            GuidedSign::Both,
            GuidedSign::Positive,
            GuidedSign::Negative,
            GuidedSign::Absolute,
        ] {
            let expected = reference::clamp_gradient(&grad, &clamped, range, sign);
            let actual = <B as Kernels>::clamp_gradient(
                upload::<B>(&grad, device),
                upload::<B>(&clamped, device),
                range,
                sign,
            );
            let name = format!("clamp gradient, {name}, {sign:?}");
            results.push(compare::<B>(name, actual, &expected, 0.0).await);
        }
    }
}

/// Products smaller and larger than a tile, both ways of storing the second factor.
pub async fn matmuls<B: Kernels>(device: &B::Device, results: &mut Vec<CaseResult>) {
    for [m, k, n] in [
        [1, 37, 10],
        [2, 5, 3],
        [20, 16, 40],
        [70, 50, 90],
        [3, 130, 300],
    ] {
        for transposed in [false, true] {
            let a = values(10, &[m, k]);
            let b = values(11, &if transposed { [n, k] } else { [k, n] });
            let expected = reference::matmul(&a, &b, transposed);
            let actual = <B as Kernels>::matmul(
                upload::<B>(&a, device),
                upload::<B>(&b, device),
                transposed,
            );
            let stored = if transposed { "transposed" } else { "plain" };
            let name = format!("matrix product {m} x {k} x {n}, {stored}");
            results.push(compare::<B>(name, actual, &expected, SUM_TOLERANCE).await);
        }
    }
}
