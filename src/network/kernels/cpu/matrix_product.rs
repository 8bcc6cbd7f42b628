//! A safe matrix product over slices, on the `gemm` crate.

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
