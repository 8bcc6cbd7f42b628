//! Products of many matrices, and what works along one axis, as plain loops in double precision.

use super::{
    super::{AxisView, Transposed},
    Array,
};

/// See [`super::super::Kernels::batched_matmul`].
pub fn batched_matmul(a: &Array, b: &Array, stored: Transposed) -> Array {
    let [a_count, a_rows, a_columns] = [a.shape[0], a.shape[1], a.shape[2]];
    let [b_count, b_rows, b_columns] = [b.shape[0], b.shape[1], b.shape[2]];
    let (m, k) = if stored.left {
        (a_columns, a_rows)
    } else {
        (a_rows, a_columns)
    };
    let n = if stored.right { b_rows } else { b_columns };
    let count = a_count.max(b_count);
    let mut out = Array::zeros(&[count, m, n]);
    for product in 0..count {
        let a = &a.values[product % a_count * m * k..];
        let b = &b.values[product % b_count * k * n..];
        for row in 0..m {
            for column in 0..n {
                let sum: f64 = (0..k)
                    .map(|i| {
                        let left = a[if stored.left {
                            i * m + row
                        } else {
                            row * k + i
                        }];
                        let right = b[if stored.right {
                            column * k + i
                        } else {
                            i * n + column
                        }];
                        f64::from(left) * f64::from(right)
                    })
                    .sum();
                out.values[(product * m + row) * n + column] = sum as f32;
            }
        }
    }
    out
}

/// The values along the middle axis for one place of the others.
fn along(x: &Array, view: AxisView, outer: usize, inner: usize) -> Vec<f64> {
    (0..view.length)
        .map(|i| f64::from(x.values[(outer * view.length + i) * view.inner + inner]))
        .collect()
}

/// Every place of the outer and inner axes, in the order of outputs.
fn places(view: AxisView) -> impl Iterator<Item = (usize, usize)> {
    (0..view.outer).flat_map(move |outer| (0..view.inner).map(move |inner| (outer, inner)))
}

/// See [`super::super::Kernels::reduce_sum`].
pub fn reduce_sum(x: &Array, view: AxisView) -> Array {
    Array {
        shape: vec![view.outer, view.inner],
        values: places(view)
            .map(|(outer, inner)| along(x, view, outer, inner).iter().sum::<f64>() as f32)
            .collect(),
    }
}

/// See [`super::super::Kernels::reduce_max`].
pub fn reduce_max(x: &Array, view: AxisView) -> (Array, Array) {
    let mut largest = Array::zeros(&[view.outer, view.inner]);
    let mut argmax = largest.clone();
    for (output, (outer, inner)) in places(view).enumerate() {
        let values = along(x, view, outer, inner);
        let at = (0..values.len()).fold(0, |at, i| if values[i] > values[at] { i } else { at });
        largest.values[output] = values[at] as f32;
        argmax.values[output] = at as f32;
    }
    (largest, argmax)
}

/// See [`super::super::Kernels::reduce_max_gradient`].
pub fn reduce_max_gradient(grad: &Array, argmax: &Array, view: AxisView) -> Array {
    let mut out = Array::zeros(&[view.outer, view.length, view.inner]);
    for (output, (outer, inner)) in places(view).enumerate() {
        let at = argmax.values[output] as usize;
        out.values[(outer * view.length + at) * view.inner + inner] = grad.values[output];
    }
    out
}

/// See [`super::super::Kernels::scale_shift`].
pub fn scale_shift(x: &Array, scale: &Array, shift: Option<&Array>, view: AxisView) -> Array {
    let values = x.values.iter().enumerate().map(|(index, &value)| {
        let i = index / view.inner % view.length;
        let shift = shift.map_or(0.0, |shift| f64::from(shift.values[i]));
        (f64::from(value) * f64::from(scale.values[i]) + shift) as f32
    });
    Array {
        shape: x.shape.clone(),
        values: values.collect(),
    }
}

/// Applies `f` to every row of `length` values of several arrays of one shape.
fn by_rows<const N: usize>(
    arrays: [&Array; N],
    length: usize,
    f: impl Fn([Vec<f64>; N]) -> Vec<f64>,
) -> Array {
    let rows = arrays[0].values.len() / length;
    let row_of = |array: &Array, row: usize| -> Vec<f64> {
        let values = &array.values[row * length..(row + 1) * length];
        values.iter().map(|&v| f64::from(v)).collect()
    };
    let values = (0..rows)
        .flat_map(|row| f(arrays.map(|array| row_of(array, row))))
        .map(|v| v as f32)
        .collect();
    Array {
        shape: arrays[0].shape.clone(),
        values,
    }
}

/// See [`super::super::Kernels::softmax_rows`].
pub fn softmax_rows(x: &Array, length: usize, logarithm: bool) -> Array {
    by_rows([x], length, |[x]| {
        let total: f64 = x.iter().map(|v| v.exp()).sum();
        x.iter()
            .map(|v| {
                if logarithm {
                    v - total.ln()
                } else {
                    v.exp() / total
                }
            })
            .collect()
    })
}

/// See [`super::super::Kernels::softmax_rows_gradient`].
pub fn softmax_rows_gradient(
    grad: &Array,
    output: &Array,
    length: usize,
    logarithm: bool,
) -> Array {
    by_rows([grad, output], length, |[g, y]| {
        let total: f64 = g.iter().sum();
        let along: f64 = g.iter().zip(&y).map(|(g, y)| g * y).sum();
        g.iter()
            .zip(&y)
            .map(|(g, y)| {
                if logarithm {
                    g - y.exp() * total
                } else {
                    y * (g - along)
                }
            })
            .collect()
    })
}

/// See [`super::super::Kernels::normalise_rows`].
pub fn normalise_rows(x: &Array, length: usize, epsilon: f32, centred: bool) -> (Array, Array) {
    let statistics = |x: &[f64]| {
        let count = length as f64;
        let mean = if centred {
            x.iter().sum::<f64>() / count
        } else {
            0.0
        };
        let square = x.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count;
        (mean, 1.0 / (square + f64::from(epsilon)).sqrt())
    };
    let normalised = by_rows([x], length, |[x]| {
        let (mean, factor) = statistics(&x);
        x.iter().map(|v| (v - mean) * factor).collect()
    });
    let factors = x.values.chunks(length).map(|row| {
        let row: Vec<f64> = row.iter().map(|&v| f64::from(v)).collect();
        statistics(&row).1 as f32
    });
    let factors: Vec<f32> = factors.collect();
    let shape = vec![factors.len()];
    (
        normalised,
        Array {
            shape,
            values: factors,
        },
    )
}

/// See [`super::super::Kernels::normalise_rows_gradient`].
pub fn normalise_rows_gradient(
    grad: &Array,
    output: &Array,
    factors: &Array,
    length: usize,
    centred: bool,
) -> Array {
    let count = length as f64;
    let mut out = by_rows([grad, output], length, |[g, y]| {
        let mean = if centred {
            g.iter().sum::<f64>() / count
        } else {
            0.0
        };
        let along = g.iter().zip(&y).map(|(g, y)| g * y).sum::<f64>() / count;
        g.iter()
            .zip(&y)
            .map(|(g, y)| g - mean - y * along)
            .collect()
    });
    for (row, factor) in out.values.chunks_mut(length).zip(&factors.values) {
        for value in row {
            *value *= factor;
        }
    }
    out
}
