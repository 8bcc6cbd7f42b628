//! A left operand of matrix products by the `gemm` crate, safely.

use std::borrow::Cow;

use super::{
    lanes::LANES,
    matrix_product::{covers, fits},
    right_operand::RightOperand,
};

/// Rows or columns that are copied together, so that a line of memory is not fetched again for each of its values.
const BLOCK: usize = 8;
/// Elements of windows that are laid out at once.
const WINDOWS: usize = 1 << 16;

/// A left operand, `[m, k]`, of products to come, row by row.
#[derive(Clone)]
pub struct LibraryLeft<'a> {
    shape: [usize; 2],
    values: Cow<'a, [f32]>,
}

impl<'a> LibraryLeft<'a> {
    /// `shape` are the rows `m` and columns `k` of `values`, `strides` the elements from one row and
    /// one column to the next.
    pub fn new(shape: [usize; 2], values: &'a [f32], strides: [usize; 2]) -> Self {
        let values = if strides == [shape[1], 1] {
            Cow::Borrowed(values)
        } else if covers(values.len(), shape, strides) {
            // The library takes twice as long over other strides where a product has few columns.
            Cow::Owned(by_rows(shape, values, strides))
        } else {
            Cow::Borrowed(&[] as &[f32])
        };
        Self { shape, values }
    }

    /// `m` rows that lie `row_stride` apart in `values`, each with its columns at `places` from its
    /// beginning.
    pub fn scattered(m: usize, values: &[f32], row_stride: usize, places: &[usize]) -> Self {
        let k = places.len();
        let farthest = places.iter().max().copied().unwrap_or(0);
        if !covers(values.len(), [m, 2], [row_stride, farthest]) {
            return Self {
                shape: [m, k],
                values: Cow::Borrowed(&[]),
            };
        }
        let mut rows = vec![0.0; m * k];
        // Neighbouring rows together: their values lie near each other.
        for (block, to) in rows.chunks_mut((BLOCK * k).max(1)).enumerate() {
            let from = &values[block * BLOCK * row_stride..];
            for (term, place) in places.iter().enumerate() {
                for (row, to) in to[term..].iter_mut().step_by(k).enumerate() {
                    *to = from[row * row_stride + place];
                }
            }
        }
        Self {
            shape: [m, k],
            values: Cow::Owned(rows),
        }
    }

    /// The same, but holding its values itself.
    pub fn keep(self) -> LibraryLeft<'static> {
        LibraryLeft {
            shape: self.shape,
            values: Cow::Owned(self.values.into_owned()),
        }
    }

    /// The operand's values row by row.
    pub fn rows(&self) -> Cow<'_, [f32]> {
        Cow::Borrowed(&self.values)
    }

    /// `out = self x right`: `[m, n]`, row-major. `finish(row, part)` gets every part of every row of
    /// `out` once, when its sums are complete.
    ///
    /// Does nothing where an operand is shorter than its shape and strides say.
    pub fn multiply(
        &self,
        n: usize,
        right: &RightOperand<'_>,
        out: &mut [f32],
        finish: &dyn Fn(usize, &mut [f32]),
    ) {
        let [m, k] = self.shape;
        let covered = covers(self.values.len(), self.shape, [k, 1]);
        if !fits(covered, [m, n, k], right, out) {
            return;
        }
        let out = &mut out[..m * n];
        match right {
            RightOperand::Matrix { values, strides } => {
                self.multiply_part(values, *strides, out, [0, n]);
                for (row, part) in out.chunks_exact_mut(n).enumerate() {
                    finish(row, part);
                }
            }
            RightOperand::Windows(windows) => {
                // As many columns at once as stay in a cache while they are laid out and multiplied.
                let width = (WINDOWS / k.max(1)).next_multiple_of(LANES).min(n);
                let mut matrix = vec![0.0; k * width];
                for first in (0..n).step_by(width) {
                    let columns = (n - first).min(width);
                    let matrix = &mut matrix[..k * columns];
                    for (row, into) in matrix.chunks_exact_mut(columns).enumerate() {
                        windows.read(row, first, into);
                    }
                    self.multiply_part(matrix, [columns, 1], out, [first, columns]);
                    for (row, out) in out.chunks_exact_mut(n).enumerate() {
                        finish(row, &mut out[first..first + columns]);
                    }
                }
            }
        }
    }

    /// Writes `columns` columns of `out`, `[m, n]`, from `first` on: this operand times `right`, `[k, columns]`,
    /// whose elements lie `strides` apart.
    fn multiply_part(
        &self,
        right: &[f32],
        strides: [usize; 2],
        out: &mut [f32],
        [first, columns]: [usize; 2],
    ) {
        let [m, k] = self.shape;
        let n = out.len() / m.max(1);
        let inside = covers(self.values.len(), [m, k], [k, 1])
            && covers(right.len(), [k, columns], strides)
            && first + columns <= n;
        debug_assert!(inside, "columns {first} to {} of {n}", first + columns);
        if !inside {
            return;
        }
        // SAFETY: as was just seen every element that is read or written lies inside its slice; strides are
        // non-negative and small enough for isize because slices are.
        unsafe {
            gemm::gemm(
                m,
                columns,
                k,
                out.as_mut_ptr().add(first),
                1,
                n as isize,
                false,
                self.values.as_ptr(),
                1,
                k as isize,
                right.as_ptr(),
                strides[1] as isize,
                strides[0] as isize,
                0.0,
                1.0,
                false,
                false,
                false,
                gemm::Parallelism::None,
            );
        }
    }
}

/// Copies `[m, k]` of `values` row by row.
fn by_rows(
    [m, k]: [usize; 2],
    values: &[f32],
    [row_stride, column_stride]: [usize; 2],
) -> Vec<f32> {
    let mut rows = vec![0.0; m * k];
    for first in (0..k).step_by(BLOCK) {
        // What is missing from the last block is its last column once more, and not kept.
        let columns: [&[f32]; BLOCK] =
            std::array::from_fn(|column| &values[(first + column).min(k - 1) * column_stride..]);
        for (row, to) in rows.chunks_exact_mut(k).enumerate() {
            let block = columns.map(|column| column[row * row_stride]);
            for (to, value) in to[first..].iter_mut().zip(block) {
                *to = value;
            }
        }
    }
    rows
}
