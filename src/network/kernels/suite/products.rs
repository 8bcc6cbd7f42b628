//! Products of matrices, one and many at a time.

use super::{CaseResult, SUM_TOLERANCE, compare, upload, values};
use crate::network::kernels::{Kernels, Transposed, reference};

/// Products smaller and larger than a tile, every way of storing the factors.
pub async fn run<B: Kernels>(device: &B::Device, results: &mut Vec<CaseResult>) {
    for [m, k, n] in [
        [1, 37, 10],
        [2, 5, 3],
        [20, 16, 40],
        [70, 50, 90],
        [3, 130, 300],
        [150, 9, 7],
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
    for ([left, right], [m, k, n]) in [
        ([1, 1], [5, 3, 4]),
        ([3, 3], [5, 7, 2]),
        ([4, 1], [20, 9, 33]),
        ([1, 5], [6, 70, 6]),
        ([2, 2], [70, 20, 65]),
        ([12, 12], [1, 8, 1]),
    ] {
        for stored in [[false, false], [false, true], [true, false], [true, true]] {
            let side = |swap: bool, [count, rows, columns]: [usize; 3]| {
                if swap {
                    [count, columns, rows]
                } else {
                    [count, rows, columns]
                }
            };
            let a = values(12, &side(stored[0], [left, m, k]));
            let b = values(13, &side(stored[1], [right, k, n]));
            let stored = Transposed {
                left: stored[0],
                right: stored[1],
            };
            let expected = reference::batched_matmul(&a, &b, stored);
            let actual = <B as Kernels>::batched_matmul(
                upload::<B>(&a, device),
                upload::<B>(&b, device),
                stored,
            );
            let name = format!("matrix products {left} and {right} of {m} x {k} x {n}, {stored:?}");
            results.push(compare::<B>(name, actual, &expected, SUM_TOLERANCE).await);
        }
    }
}
