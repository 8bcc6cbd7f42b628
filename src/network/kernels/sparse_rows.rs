//! Matrices with few entries a row: how values along an axis are picked, moved, repeated or blended.

use std::cell::OnceCell;

use burn_backend::{
    TensorData,
    tensor::{FloatTensor, IntTensor},
};

use super::Kernels;

/// A matrix by rows. Output `r` along an axis is the sum of its row's weights times the inputs at
/// their columns; a row without entries gives a fill value.
#[derive(Clone, Debug, PartialEq)]
pub struct SparseRows {
    /// Where each row's entries start, and behind the last row their number.
    starts: Vec<i32>,
    /// Columns of the entries.
    columns: Vec<i32>,
    /// Weights of the entries.
    weights: Vec<f64>,
    /// Number of columns: the length of the axis before.
    width: usize,
}

/// Rows and entries a matrix may have; more would not fit into a browser beside the tensors.
const MOST: usize = 1 << 24;

impl SparseRows {
    /// Every output is one input, or the fill value where there is none.
    ///
    /// # Errors
    /// A source outside `0..width`, or more outputs than can be held.
    pub fn selecting(
        sources: impl IntoIterator<Item = Option<usize>>,
        width: usize,
    ) -> Result<Self, String> {
        let entries = sources
            .into_iter()
            .map(|source| source.map(|column| (column, 1.0)));
        Self::of(entries, width)
    }

    /// Every output is a weighted sum of inputs: a list of columns with their weights each.
    ///
    /// # Errors
    /// A column outside `0..width`, or more entries than can be held.
    pub fn blending<R: IntoIterator<Item = (usize, f64)>>(
        rows: impl IntoIterator<Item = R>,
        width: usize,
    ) -> Result<Self, String> {
        Self::of(rows, width)
    }

    fn of<R: IntoIterator<Item = (usize, f64)>>(
        rows: impl IntoIterator<Item = R>,
        width: usize,
    ) -> Result<Self, String> {
        let too_many = || Err(format!("it would move more than {MOST} values one by one"));
        let rows = rows.into_iter();
        if rows.size_hint().0 > MOST {
            return too_many();
        }
        let mut made = Self {
            starts: vec![0],
            columns: Vec::new(),
            weights: Vec::new(),
            width,
        };
        for row in rows {
            for (column, weight) in row {
                if column >= width {
                    return Err(format!(
                        "position {column} lies outside an axis of length {width}"
                    ));
                }
                made.columns.push(column as i32);
                made.weights.push(weight);
            }
            made.starts.push(made.columns.len() as i32);
            if made.columns.len() > MOST || made.starts.len() > MOST {
                return too_many();
            }
        }
        Ok(made)
    }

    /// Number of rows: the length of the axis afterwards.
    pub fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// Number of columns: the length of the axis before.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Columns and weights of one row.
    pub fn row(&self, row: usize) -> impl Iterator<Item = (usize, f64)> {
        let range = match self.starts.get(row..row + 2) {
            Some(&[start, end]) => start as usize..end as usize,
            _ => 0..0,
        };
        let columns = self.columns.get(range.clone()).unwrap_or_default();
        let weights = self.weights.get(range).unwrap_or_default();
        let columns = columns.iter().map(|&column| column as usize);
        columns.zip(weights.iter().copied())
    }

    /// Whether it leaves every value where it is.
    pub fn is_identity(&self) -> bool {
        self.rows() == self.width && (0..self.width).all(|row| self.row(row).eq([(row, 1.0)]))
    }

    /// Rows and columns swapped: the way back for gradients.
    pub fn transposed(&self) -> Self {
        let mut starts = vec![0_i32; self.width + 1];
        for &column in &self.columns {
            starts[column as usize + 1] += 1;
        }
        for column in 0..self.width {
            starts[column + 1] += starts[column];
        }
        let mut next = starts.clone();
        let mut columns = vec![0; self.columns.len()];
        let mut weights = vec![0.0; self.columns.len()];
        for row in 0..self.rows() {
            for (column, weight) in self.row(row) {
                let at = next[column] as usize;
                next[column] += 1;
                columns[at] = row as i32;
                weights[at] = weight;
            }
        }
        Self {
            starts,
            columns,
            weights,
            width: self.rows(),
        }
    }

    /// The matrix on numbers of the host: `values` is `[outer, width, inner]`.
    pub fn apply(&self, values: &[f64], inner: usize, fill: f64) -> Vec<f64> {
        let inner = inner.max(1);
        let outer = values.len() / (self.width * inner).max(1);
        let mut out = Vec::with_capacity(outer * self.rows() * inner);
        for block in 0..outer {
            for row in 0..self.rows() {
                for at in 0..inner {
                    let mut sum = None;
                    for (column, weight) in self.row(row) {
                        let from = (block * self.width + column) * inner + at;
                        let value = values.get(from).copied().unwrap_or(fill);
                        *sum.get_or_insert(0.0) += weight * value;
                    }
                    out.push(sum.unwrap_or(fill));
                }
            }
        }
        out
    }
}

/// A [`SparseRows`] with its transpose, on a device as soon as they are used.
pub struct DeviceRows<B: Kernels> {
    rows: SparseRows,
    device: B::Device,
    forward: OnceCell<RowBuffers<B>>,
    backward: OnceCell<RowBuffers<B>>,
}

/// The numbers of a [`SparseRows`] on a device, 32 bits each.
#[derive(Clone, Debug)]
pub struct RowBuffers<B: Kernels> {
    /// `rows + 1` starts.
    pub starts: IntTensor<B>,
    /// Columns of the entries; at least one number, since buffers cannot be empty.
    pub columns: IntTensor<B>,
    /// Weights of the entries; at least one number.
    pub weights: FloatTensor<B>,
    /// Number of rows.
    pub rows: usize,
    /// Number of columns.
    pub width: usize,
}

impl<B: Kernels> DeviceRows<B> {
    /// Nothing is put on the device yet.
    pub fn new(rows: SparseRows, device: &B::Device) -> Self {
        Self {
            rows,
            device: device.clone(),
            forward: OnceCell::new(),
            backward: OnceCell::new(),
        }
    }

    /// The matrix itself.
    pub fn forward(&self) -> &RowBuffers<B> {
        self.forward
            .get_or_init(|| RowBuffers::upload(&self.rows, &self.device))
    }

    /// Its transpose.
    pub fn backward(&self) -> &RowBuffers<B> {
        self.backward
            .get_or_init(|| RowBuffers::upload(&self.rows.transposed(), &self.device))
    }
}

impl<B: Kernels> RowBuffers<B> {
    fn upload(rows: &SparseRows, device: &B::Device) -> Self {
        let numbers = |values: &[i32]| {
            let mut values = values.to_vec();
            if values.is_empty() {
                values.push(0);
            }
            let length = values.len();
            B::int_from_data(TensorData::new(values, [length]), device)
        };
        let mut weights: Vec<f32> = rows.weights.iter().map(|&weight| weight as f32).collect();
        if weights.is_empty() {
            weights.push(0.0);
        }
        let length = weights.len();
        Self {
            starts: numbers(&rows.starts),
            columns: numbers(&rows.columns),
            weights: B::float_from_data(TensorData::new(weights, [length]), device),
            rows: rows.rows(),
            width: rows.width,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_pick_blend_and_fill() {
        let picked = SparseRows::selecting([Some(2), None, Some(0)], 3).unwrap();
        assert_eq!(
            picked.apply(&[1.0, 2.0, 3.0], 1, -7.0),
            [3.0, -7.0, 1.0],
            "one value a row"
        );
        let values: Vec<f64> = (0..12).map(f64::from).collect();
        assert_eq!(
            picked.apply(&values, 2, 0.0),
            [4.0, 5.0, 0.0, 0.0, 0.0, 1.0, 10.0, 11.0, 0.0, 0.0, 6.0, 7.0]
        );
        let blended = SparseRows::blending([vec![(0, 0.25), (1, 0.75)]], 2).unwrap();
        assert_eq!(blended.apply(&[4.0, 8.0], 1, 0.0), [7.0]);
        assert!(SparseRows::selecting([Some(3)], 3).is_err());
        assert!(SparseRows::selecting((0..usize::MAX).map(|_| None), 3).is_err());
    }

    #[test]
    fn transposes_collect_what_was_repeated() {
        let repeated = SparseRows::selecting([Some(1), Some(1), None, Some(0)], 3).unwrap();
        let back = repeated.transposed();
        assert_eq!((back.rows(), back.width()), (3, 4));
        assert_eq!(
            back.apply(&[1.0, 2.0, 4.0, 8.0], 1, 0.0),
            [8.0, 3.0, 0.0],
            "nobody read the last input"
        );
        assert_eq!(back.transposed(), repeated);
        assert!(!repeated.is_identity());
        let same = SparseRows::selecting([Some(0), Some(1)], 2).unwrap();
        assert!(same.is_identity());
    }
}
