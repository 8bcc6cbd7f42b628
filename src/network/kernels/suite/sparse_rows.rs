//! Sparse rows along every axis, forwards and transposed.

use super::{CaseResult, SUM_TOLERANCE, compare, upload, values};
use crate::network::kernels::{DeviceRows, Kernels, SparseRows, reference};

/// Choices, which are exact, and blends, both with empty rows; shapes smaller and larger than a
/// workgroup.
pub async fn run<B: Kernels>(device: &B::Device, results: &mut Vec<CaseResult>) {
    for shape in [vec![4], vec![2, 5], vec![2, 3, 7, 11], vec![1, 40, 3, 3]] {
        for axis in 0..shape.len() {
            let width = shape[axis];
            let picked = (0..2 * width).map(|row| (row % 3 != 1).then_some((row * 7) % width));
            let blended = (0..width + 2).map(|row| {
                let columns = 0..row % 4;
                columns.map(move |k| ((row + 2 * k) % width, 0.5 - 0.3 * k as f64))
            });
            let cases = [
                ("picking", SparseRows::selecting(picked, width), 0.0),
                (
                    "blending",
                    SparseRows::blending(blended, width),
                    SUM_TOLERANCE,
                ),
            ];
            for (name, rows, tolerance) in cases {
                let Ok(rows) = rows else { continue };
                let x = values(12, &shape);
                let expected = reference::combine_rows(&x, &rows, axis, 0.75);
                let grad = values(13, &expected.shape);
                let back = reference::combine_rows(&grad, &rows.transposed(), axis, 0.0);
                let on_device = DeviceRows::<B>::new(rows, device);
                let x = upload::<B>(&x, device);
                let actual = B::combine_rows(x, on_device.forward(), axis, 0.75);
                let name = format!("rows {name} along axis {axis} of {shape:?}");
                results.push(compare::<B>(name.clone(), actual, &expected, tolerance).await);
                let grad = upload::<B>(&grad, device);
                let actual = B::combine_rows(grad, on_device.backward(), axis, 0.0);
                let name = format!("{name}, transposed");
                results.push(compare::<B>(name, actual, &back, SUM_TOLERANCE).await);
            }
        }
    }
}
