//! A left operand of matrix products by tiles of 4 x 8 sums: what sixteen vectors of 128 bits hold,
//! with room for the operands.

use std::borrow::Cow;

use super::{
    lanes::{LANES, Lanes},
    matrix_product::{covers, fits},
    right_operand::RightOperand,
};

/// Rows of a tile.
const TILE_ROWS: usize = 4;
/// Columns of a tile.
const TILE_COLUMNS: usize = LANES;
/// Most terms of a sum in one pass: panels of both operands this long stay in the first cache.
const DEPTH: usize = 256;
/// Terms that are added up before they go to the sum. Rounding then grows with their number and with the
/// number of such runs instead of with all terms: enough to keep activations on their side of a bend.
const RUN: usize = 32;
/// Most columns of the right operand laid out at once: with `DEPTH` rows they stay in the second cache.
const WIDTH: usize = 256;

/// A left operand, `[m, k]`, laid out once for many products.
///
/// For each run of `DEPTH` columns, panels of `TILE_ROWS` rows, column by column; rows that are
/// missing from the last panel are zeros.
#[derive(Clone)]
pub struct TiledLeft {
    shape: [usize; 2],
    panels: Vec<[f32; TILE_ROWS]>,
    covered: bool,
}

impl TiledLeft {
    /// `shape` are the rows `m` and columns `k` of `values`, `strides` the elements from one row and
    /// one column to the next.
    pub fn new(shape: [usize; 2], values: &[f32], strides: [usize; 2]) -> Self {
        Self::laid_out(shape, values, strides[0], |term| term * strides[1])
    }

    /// `m` rows that lie `row_stride` apart in `values`, each with its columns at `places` from its
    /// beginning.
    pub fn scattered(m: usize, values: &[f32], row_stride: usize, places: &[usize]) -> Self {
        Self::laid_out([m, places.len()], values, row_stride, |term| places[term])
    }

    fn laid_out(
        [m, k]: [usize; 2],
        values: &[f32],
        row_stride: usize,
        place: impl Fn(usize) -> usize,
    ) -> Self {
        let farthest = (0..k).map(&place).max().unwrap_or(0);
        let covered = k == 0 || covers(values.len(), [m, 2], [row_stride, farthest]);
        debug_assert!(covered, "the left operand does not cover {m}x{k}");
        let mut panels = Vec::new();
        if covered {
            panels.resize(m.div_ceil(TILE_ROWS) * k, [0.0; TILE_ROWS]);
        }
        let mut rest = panels.as_mut_slice();
        for first_term in (0..k).step_by(DEPTH) {
            let terms = (k - first_term).min(DEPTH);
            for first_row in (0..m).step_by(TILE_ROWS).take_while(|_| covered) {
                let (panel, after) = rest.split_at_mut(terms);
                rest = after;
                let values = &values[first_row * row_stride..];
                let rows = (m - first_row).min(TILE_ROWS);
                fill(panel, values, [rows, row_stride], |term| {
                    place(first_term + term)
                });
            }
        }
        Self {
            shape: [m, k],
            panels,
            covered,
        }
    }

    /// The same: its values are its own.
    pub fn keep(self) -> Self {
        self
    }

    /// The operand's values row by row.
    pub fn rows(&self) -> Cow<'_, [f32]> {
        let [m, k] = self.shape;
        let mut rows = vec![0.0; m * k];
        let mut rest = self.panels.as_slice();
        for first_term in (0..k).step_by(DEPTH).take_while(|_| self.covered) {
            let terms = (k - first_term).min(DEPTH);
            for rows in rows.chunks_mut(TILE_ROWS * k) {
                let (panel, after) = rest.split_at(terms);
                rest = after;
                for (row, values) in rows.chunks_exact_mut(k).enumerate() {
                    for (value, panel) in values[first_term..].iter_mut().zip(panel) {
                        *value = panel[row];
                    }
                }
            }
        }
        Cow::Owned(rows)
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
        if !fits(self.covered, [m, n, k], right, out) {
            return;
        }
        let out = &mut out[..m * n];
        if k == 0 {
            out.fill(0.0);
            for (row, part) in out.chunks_exact_mut(n).enumerate() {
                finish(row, part);
            }
            return;
        }
        let panel_rows = m.div_ceil(TILE_ROWS);
        let widest = n.min(WIDTH).next_multiple_of(TILE_COLUMNS);
        let mut laid_out = vec![0.0; k.min(DEPTH) * widest];
        for first_term in (0..k).step_by(DEPTH) {
            let terms = (k - first_term).min(DEPTH);
            let left = &self.panels[first_term * panel_rows..][..terms * panel_rows];
            for first_column in (0..n).step_by(WIDTH) {
                let columns = (n - first_column).min(WIDTH);
                let panels = &mut laid_out[..terms * columns.next_multiple_of(TILE_COLUMNS)];
                lay_out(right, [first_term, first_column], [terms, columns], panels);
                // Rows outside, so that lines of `out` are written whole, and finished in the first cache.
                let tiles = out.chunks_mut(TILE_ROWS * n).zip(left.chunks_exact(terms));
                for (tile_row, (out, left)) in tiles.enumerate() {
                    for (panel, right) in panels.chunks_exact(terms * TILE_COLUMNS).enumerate() {
                        let tile = tile(left, right);
                        let column = first_column + panel * TILE_COLUMNS;
                        write(&tile, out.chunks_exact_mut(n), column, first_term > 0);
                    }
                    if first_term + terms == k {
                        for (row, out) in out.chunks_exact_mut(n).enumerate() {
                            let part = &mut out[first_column..first_column + columns];
                            finish(tile_row * TILE_ROWS + row, part);
                        }
                    }
                }
            }
        }
    }
}

/// Fills a panel with its `rows`, which lie `stride` apart in `values`, each with its terms at `place`.
fn fill(
    panel: &mut [[f32; TILE_ROWS]],
    values: &[f32],
    [rows, stride]: [usize; 2],
    place: impl Fn(usize) -> usize,
) {
    for (term, to) in panel.iter_mut().enumerate() {
        let from = &values[place(term)..];
        *to = match from.first_chunk() {
            _ if rows < TILE_ROWS => std::array::from_fn(|row| match row < rows {
                true => from[row * stride],
                false => 0.0,
            }),
            // Neighbours in one go.
            Some(from) if stride == 1 => *from,
            _ => std::array::from_fn(|row| from[row * stride]),
        };
    }
}

/// Lays `[terms, columns]` of `right` out in panels of `TILE_COLUMNS` columns, row by row, from the
/// term and column of `first` on. Columns that are missing from the last panel are zeros.
fn lay_out(
    right: &RightOperand<'_>,
    first: [usize; 2],
    [terms, columns]: [usize; 2],
    panels: &mut [f32],
) {
    let mut row = [0.0; WIDTH];
    let padded = columns.next_multiple_of(TILE_COLUMNS);
    for term in 0..terms {
        right.read(first[0] + term, first[1], &mut row[..columns]);
        let (parts, _) = row[..padded].as_chunks::<TILE_COLUMNS>();
        let panels = panels.chunks_exact_mut(terms * TILE_COLUMNS);
        for (part, panel) in parts.iter().zip(panels) {
            panel[term * TILE_COLUMNS..(term + 1) * TILE_COLUMNS].copy_from_slice(part);
        }
    }
}

/// The sums over the terms of one panel of each operand.
#[inline]
#[cfg_attr(
    all(target_family = "wasm", feature = "relaxed-simd"),
    target_feature(enable = "relaxed-simd")
)]
fn tile(left: &[[f32; TILE_ROWS]], right: &[f32]) -> [[f32; TILE_COLUMNS]; TILE_ROWS] {
    let mut tile = [[0.0; TILE_COLUMNS]; TILE_ROWS];
    let (right, _) = right.as_chunks::<TILE_COLUMNS>();
    for (left, right) in left.chunks(RUN).zip(right.chunks(RUN)) {
        let mut run = [Lanes::zero(); TILE_ROWS];
        for (left, right) in left.iter().zip(right) {
            for (sums, factor) in run.iter_mut().zip(left) {
                sums.add_product(*factor, right);
            }
        }
        for (sums, run) in tile.iter_mut().zip(run.map(Lanes::values)) {
            for (sum, run) in sums.iter_mut().zip(run) {
                *sum += run;
            }
        }
    }
    tile
}

/// Writes a tile from `column` on into as many `rows` as there are, or adds it to what is there.
#[inline]
fn write<'a>(
    tile: &[[f32; TILE_COLUMNS]; TILE_ROWS],
    rows: impl Iterator<Item = &'a mut [f32]>,
    column: usize,
    add: bool,
) {
    for (sums, row) in tile.iter().zip(rows) {
        let to = &mut row[column..];
        match to.first_chunk_mut::<TILE_COLUMNS>() {
            Some(to) if add => {
                for (to, sum) in to.iter_mut().zip(sums) {
                    *to += *sum;
                }
            }
            Some(to) => *to = *sums,
            None => {
                for (to, sum) in to.iter_mut().zip(sums) {
                    *to = if add { *to + *sum } else { *sum };
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Products around every border of tiles and passes, against sums in double precision.
    #[test]
    fn equals_the_sum_of_products() {
        let shapes = [
            [1, 1, 1],
            [4, 8, 256],
            [3, 7, 5],
            [5, 9, 257],
            [13, 300, 40],
            [8, 257, 600],
            [64, 49, 33],
            [2, 3, 0],
        ];
        for [m, n, k] in shapes {
            for (a_strides, b_strides) in [([k, 1], [n, 1]), ([1, m], [n, 1]), ([k, 1], [1, k])] {
                let a: Vec<f32> = (0..m * k)
                    .map(|i| ((i * 37 % 101) as f32 - 50.0) / 50.0)
                    .collect();
                let b: Vec<f32> = (0..k * n)
                    .map(|i| ((i * 53 % 97) as f32 - 48.0) / 48.0)
                    .collect();
                let right = RightOperand::Matrix {
                    values: &b,
                    strides: b_strides,
                };
                let product = |left: TiledLeft| {
                    // Filled with what must not remain.
                    let mut out = vec![f32::NAN; m * n];
                    left.multiply(n, &right, &mut out, &|row, part| {
                        part.iter_mut().for_each(|value| *value += row as f32);
                    });
                    out
                };
                let out = product(TiledLeft::new([m, k], &a, a_strides));
                let places: Vec<usize> = (0..k).map(|term| term * a_strides[1]).collect();
                let scattered = TiledLeft::scattered(m, &a, a_strides[0], &places).keep();
                let rows = scattered.rows().into_owned();
                assert_eq!(product(scattered), out);
                assert_eq!(product(TiledLeft::new([m, k], &rows, [k, 1])), out);
                for row in 0..m {
                    for column in 0..n {
                        let exact: f64 = (0..k)
                            .map(|term| {
                                f64::from(a[row * a_strides[0] + term * a_strides[1]])
                                    * f64::from(b[term * b_strides[0] + column * b_strides[1]])
                            })
                            .sum::<f64>()
                            + row as f64;
                        let found = f64::from(out[row * n + column]);
                        assert!(
                            (found - exact).abs() <= 1e-6 * (64.0 + k as f64),
                            "{m}x{k} times {k}x{n} at {row}, {column}: {found} instead of {exact}"
                        );
                    }
                }
            }
        }
    }

    /// 256 equal terms, added one after another, are off by 1.6e-6 of their sum.
    #[test]
    fn rounding_hardly_grows_with_the_terms() {
        for k in [64, 256, 4096] {
            let right = RightOperand::Matrix {
                values: &vec![0.1; k],
                strides: [1, 1],
            };
            let mut out = [0.0];
            TiledLeft::new([1, k], &vec![1.1; k], [k, 1]).multiply(1, &right, &mut out, &|_, _| ());
            let exact = k as f64 * f64::from(1.1_f32) * f64::from(0.1_f32);
            let share = (f64::from(out[0]) - exact).abs() / exact;
            assert!(share < 1e-6, "{k} terms: {share:e}");
        }
    }
}
