//! Clamps and their gradients.

use super::{CaseResult, compare, upload, values};
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
