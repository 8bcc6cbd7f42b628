//! How a tensor is looked at by kernels that work along one axis.

/// A row-major tensor seen as `[outer, length, inner]`: what is done along the middle axis is done
/// for each of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AxisView {
    /// Product of the axes before.
    pub outer: usize,
    /// The axis itself, or several neighbouring ones as one.
    pub length: usize,
    /// Product of the axes behind.
    pub inner: usize,
}

impl AxisView {
    /// Rows of `length` values each.
    pub fn rows(outer: usize, length: usize) -> Self {
        Self {
            outer,
            length,
            inner: 1,
        }
    }

    /// Number of values.
    pub fn elements(&self) -> usize {
        self.outer * self.length * self.inner
    }
}

/// How the factors of a product of many matrices lie in memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Transposed {
    /// The left matrices are stored `[k, m]`.
    pub left: bool,
    /// The right matrices are stored `[n, k]`.
    pub right: bool,
}
