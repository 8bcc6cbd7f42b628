//! Right operands of matrix products.

use super::{matrix_product::covers, windows::Windows};

/// A right operand, `[k, n]`.
#[derive(Clone, Copy)]
pub enum RightOperand<'a> {
    /// A matrix with the elements from one row and one column to the next.
    Matrix {
        /// Its elements.
        values: &'a [f32],
        /// From row to row, and from column to column.
        strides: [usize; 2],
    },
    /// The windows of an image.
    Windows(Windows<'a>),
}

impl RightOperand<'_> {
    /// Whether there are as many elements as `shape`, `[k, n]`, says.
    pub fn covers(&self, shape: [usize; 2]) -> bool {
        match self {
            Self::Matrix { values, strides } => covers(values.len(), shape, *strides),
            Self::Windows(windows) => windows.covers(shape),
        }
    }

    /// Writes row `row` from `column` on `into`.
    #[cfg(any(test, target_family = "wasm"))]
    #[inline]
    pub fn read(&self, row: usize, column: usize, into: &mut [f32]) {
        match self {
            Self::Matrix { values, strides } => {
                let from = &values[row * strides[0] + column * strides[1]..];
                if strides[1] == 1 {
                    into.copy_from_slice(&from[..into.len()]);
                } else {
                    for (to, from) in into.iter_mut().zip(from.iter().step_by(strides[1].max(1))) {
                        *to = *from;
                    }
                }
            }
            Self::Windows(windows) => windows.read(row, column, into),
        }
    }
}
