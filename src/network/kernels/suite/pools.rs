//! Pools and their gradients.

use super::{CaseResult, SUM_TOLERANCE, compare, tied_values, upload, values};
use crate::network::kernels::{Kernels, PoolGeometry, reference};

/// Runs every pool.
pub async fn run<B: Kernels>(device: &B::Device, results: &mut Vec<CaseResult>) {
    for case in pool_cases() {
        case.run::<B>(device, results).await;
    }
}

/// One pool, as maximum and as average, forwards and backwards.
struct PoolCase {
    name: &'static str,
    /// `[n, c, h, w]`.
    input: [usize; 4],
    geometry: PoolGeometry,
}

impl PoolCase {
    async fn run<B: Kernels>(&self, device: &B::Device, results: &mut Vec<CaseResult>) {
        let [_, _, height, width] = self.input;
        let input_hw = [height, width];
        let geometry = &self.geometry;
        let named = |kernel: &str| format!("{kernel}, {}", self.name);

        let tied = tied_values(5, &self.input);
        let (expected, expected_argmax) = reference::max_pool2d(&tied, geometry);
        let (actual, argmax) = <B as Kernels>::max_pool2d(upload::<B>(&tied, device), geometry);
        results.push(compare::<B>(named("max pool"), actual, &expected, 0.0).await);
        let grad = values(6, &expected.shape);
        let back = <B as Kernels>::max_pool2d_gradient(
            upload::<B>(&grad, device),
            argmax.clone(),
            input_hw,
            geometry,
        );
        results.push(compare::<B>(named("max pool position"), argmax, &expected_argmax, 0.0).await);
        let expected = reference::max_pool2d_gradient(&grad, &expected_argmax, input_hw);
        results
            .push(compare::<B>(named("max pool gradient"), back, &expected, SUM_TOLERANCE).await);

        for (counts, count_include_pad) in [("input", false), ("input and padding", true)] {
            let geometry = &PoolGeometry {
                count_include_pad,
                ..*geometry
            };
            let x = values(7, &self.input);
            let expected = reference::average_pool2d(&x, geometry);
            let actual = <B as Kernels>::average_pool2d(upload::<B>(&x, device), geometry);
            let name = format!("{} by {counts}", named("average pool"));
            results.push(compare::<B>(name, actual, &expected, SUM_TOLERANCE).await);
            let expected = reference::average_pool2d_gradient(&grad, input_hw, geometry);
            let actual = <B as Kernels>::average_pool2d_gradient(
                upload::<B>(&grad, device),
                input_hw,
                geometry,
            );
            let name = format!("{} by {counts}", named("average pool gradient"));
            results.push(compare::<B>(name, actual, &expected, SUM_TOLERANCE).await);
        }
    }
}

fn pool_cases() -> Vec<PoolCase> {
    let square = |kernel, stride, pad| PoolGeometry {
        kernel: [kernel; 2],
        stride: [stride; 2],
        dilation: [1; 2],
        pad_begin: [pad; 2],
        pad_end: [pad; 2],
        ceil_mode: false,
        count_include_pad: false,
    };
    let ceil = |geometry| PoolGeometry {
        ceil_mode: true,
        ..geometry
    };
    vec![
        PoolCase {
            name: "2 x 2",
            input: [2, 3, 6, 8],
            geometry: square(2, 2, 0),
        },
        PoolCase {
            name: "3 x 3, step 2, padded",
            input: [1, 4, 11, 10],
            geometry: square(3, 2, 1),
        },
        PoolCase {
            name: "3 x 3, step 1, padded, batch of 3",
            input: [3, 2, 5, 6],
            geometry: square(3, 1, 1),
        },
        PoolCase {
            name: "3 x 3, step 2, rounded up",
            input: [1, 3, 8, 10],
            geometry: ceil(square(3, 2, 0)),
        },
        PoolCase {
            name: "2 x 2, step 2, rounded up over padding",
            input: [1, 2, 5, 6],
            geometry: ceil(square(2, 2, 1)),
        },
        PoolCase {
            name: "3 x 2, uneven steps and pads, dilated",
            input: [2, 2, 13, 9],
            geometry: PoolGeometry {
                kernel: [3, 2],
                stride: [2, 1],
                dilation: [2, 3],
                pad_begin: [2, 0],
                pad_end: [1, 2],
                ceil_mode: true,
                count_include_pad: false,
            },
        },
        PoolCase {
            name: "whole plane",
            input: [2, 5, 7, 7],
            geometry: square(7, 1, 0),
        },
    ]
}
