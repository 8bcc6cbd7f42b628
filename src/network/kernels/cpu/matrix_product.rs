//! Matrix products over slices: in a browser by our own tile, natively by the `gemm` crate, which
//! knows vectors wider than 128 bits.

use super::{super::Transposed, parallel, right_operand::RightOperand};

#[cfg(not(target_family = "wasm"))]
pub use super::library_product::LibraryLeft as Left;
#[cfg(target_family = "wasm")]
pub use super::tiled_product::TiledLeft as Left;

/// A left operand that holds its values itself.
#[cfg(not(target_family = "wasm"))]
pub type KeptLeft = Left<'static>;
/// A left operand that holds its values itself.
#[cfg(target_family = "wasm")]
pub type KeptLeft = Left;

/// Fewer rows than this are not worth a core of their own.
const FEWEST_ROWS: usize = 32;

/// Products of `[m, n, k]`, as [`crate::network::kernels::Kernels::batched_matmul`] says; `batch`
/// holds the number of left and of right matrices, which are equal or one of them 1.
pub fn multiply_batch(
    [m, n, k]: [usize; 3],
    a: &[f32],
    b: &[f32],
    batch: [usize; 2],
    stored: Transposed,
) -> Vec<f32> {
    let products = batch[0].max(batch[1]);
    let mut out = vec![0.0; products * m * n];
    let a_strides = if stored.left { [1, m] } else { [k, 1] };
    let b_strides = if stored.right { [1, k] } else { [n, 1] };
    // A single product is cut into bands of rows, one for each core.
    let band = if products == 1 {
        m.div_ceil(parallel::cores()).max(FEWEST_ROWS).min(m)
    } else {
        m
    };
    let bands = m.div_ceil(band.max(1));
    // A left matrix that all products share is laid out once.
    let shared = (batch[0] == 1 && bands == 1).then(|| Left::new([m, k], a, a_strides));
    parallel::for_each_chunk(&mut out, band * n, |chunk, out| {
        let (product, first) = (chunk / bands, chunk % bands * band);
        let matrix = |count: usize| if count == 1 { 0 } else { product };
        let a = a.get(matrix(batch[0]) * m * k + first * a_strides[0]..);
        let b = b.get(matrix(batch[1]) * k * n..);
        if let (Some(a), Some(b)) = (a, b) {
            let rows = out.len() / n.max(1);
            let right = RightOperand::Matrix {
                values: b,
                strides: b_strides,
            };
            match &shared {
                Some(left) => left.multiply(n, &right, out, &|_, _| ()),
                None => Left::new([rows, k], a, a_strides).multiply(n, &right, out, &|_, _| ()),
            }
        }
    });
    out
}

/// Whether a product `[m, k]` times `[k, n]` can be had: the left operand is `covered`, and `right` and
/// `out` are as long as their shapes say.
pub fn fits(covered: bool, [m, n, k]: [usize; 3], right: &RightOperand<'_>, out: &[f32]) -> bool {
    let fits = covered && right.covers([k, n]) && covers(out.len(), [m, n], [n, 1]);
    debug_assert!(fits, "operands do not cover {m}x{k} times {k}x{n}");
    fits && m > 0 && n > 0
}

/// Whether `length` elements hold `rows` by `columns` of them that lie `row` and `column` apart.
pub fn covers(length: usize, [rows, columns]: [usize; 2], [row, column]: [usize; 2]) -> bool {
    rows == 0 || columns == 0 || (rows - 1) * row + (columns - 1) * column < length
}
