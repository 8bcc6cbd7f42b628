//! Safe matrix products over slices, on the `gemm` crate.

use super::{super::Transposed, parallel};

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
    parallel::for_each_chunk(&mut out, band * n, |chunk, out| {
        let (product, first) = (chunk / bands, chunk % bands * band);
        let matrix = |count: usize| if count == 1 { 0 } else { product };
        let a = a.get(matrix(batch[0]) * m * k + first * a_strides[0]..);
        let b = b.get(matrix(batch[1]) * k * n..);
        if let (Some(a), Some(b)) = (a, b) {
            let rows = out.len() / n.max(1);
            multiply([rows, n, k], (a, a_strides), (b, b_strides), out);
        }
    });
    out
}

/// `out = a x b`, row-major, where `[m, n, k]` are the rows of `a`, the columns of `b` and what they
/// share. Each operand comes with its row and column stride.
///
/// Does nothing where an operand is shorter than its shape and strides say.
pub fn multiply(
    [m, n, k]: [usize; 3],
    (a, a_strides): (&[f32], [usize; 2]),
    (b, b_strides): (&[f32], [usize; 2]),
    out: &mut [f32],
) {
    let covers = |length: usize, rows: usize, columns: usize, [row, column]: [usize; 2]| {
        rows == 0 || columns == 0 || (rows - 1) * row + (columns - 1) * column < length
    };
    let fits = covers(a.len(), m, k, a_strides)
        && covers(b.len(), k, n, b_strides)
        && covers(out.len(), m, n, [n, 1]);
    debug_assert!(fits, "operands do not cover {m}x{k} times {k}x{n}");
    if !fits || m == 0 || n == 0 {
        return;
    }
    // SAFETY: the checks above show that every element the product reads or writes lies inside its
    // slice; strides are non-negative and small enough for isize because slices are.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            out.as_mut_ptr(),
            1,
            n as isize,
            false,
            a.as_ptr(),
            a_strides[1] as isize,
            a_strides[0] as isize,
            b.as_ptr(),
            b_strides[1] as isize,
            b_strides[0] as isize,
            0.0,
            1.0,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}
