//! Softmax and normalisation of rows, with their gradients: a row stays in cache between passes.

use super::{exponential::exp, parallel::for_each_chunk};

/// Rows in one piece of work.
const ROWS: usize = 16;
/// Sums kept side by side, so that they become vector instructions and round less.
const LANES: usize = 16;

fn total(lanes: [f32; LANES], rest: f32) -> f32 {
    let lanes: f64 = lanes.iter().map(|&lane| f64::from(lane)).sum();
    (lanes + f64::from(rest)) as f32
}

/// Sum of `term` over a row.
#[inline]
fn sum(row: &[f32], term: impl Fn(f32) -> f32) -> f32 {
    let (groups, rest) = row.as_chunks::<LANES>();
    let mut lanes = [0.0f32; LANES];
    for group in groups {
        for (lane, &value) in lanes.iter_mut().zip(group) {
            *lane += term(value);
        }
    }
    total(lanes, rest.iter().map(|&value| term(value)).sum())
}

/// Sum of the products of two rows.
fn sum_of_products(left: &[f32], right: &[f32]) -> f32 {
    let (left, left_rest) = left.as_chunks::<LANES>();
    let (right, right_rest) = right.as_chunks::<LANES>();
    let mut lanes = [0.0f32; LANES];
    for (left, right) in left.iter().zip(right) {
        for ((lane, l), r) in lanes.iter_mut().zip(left).zip(right) {
            *lane += l * r;
        }
    }
    let rest = left_rest.iter().zip(right_rest);
    total(lanes, rest.map(|(l, r)| l * r).sum())
}

/// Calls `work(row, out)` for every row of `out`.
fn for_each_row(out: &mut [f32], length: usize, work: impl Fn(usize, &mut [f32]) + Send + Sync) {
    for_each_chunk(out, length * ROWS, |block, rows| {
        for (row, out) in rows.chunks_exact_mut(length).enumerate() {
            work(block * ROWS + row, out);
        }
    });
}

/// See [`crate::network::kernels::Kernels::softmax_rows`].
pub fn softmax(x: &[f32], length: usize, logarithm: bool) -> Vec<f32> {
    let mut out = vec![0.0; x.len()];
    for_each_row(&mut out, length, |row, out| {
        let x = &x[row * length..(row + 1) * length];
        // A NaN never wins a comparison, but comes back by its exponential.
        let largest = x
            .iter()
            .fold(f32::NEG_INFINITY, |m, &v| if v > m { v } else { m });
        for (out, &value) in out.iter_mut().zip(x) {
            *out = exp(value - largest);
        }
        let total = sum(out, |value| value);
        if logarithm {
            let offset = largest + total.ln();
            for (out, &value) in out.iter_mut().zip(x) {
                *out = value - offset;
            }
        } else {
            let factor = 1.0 / total;
            for out in out {
                *out *= factor;
            }
        }
    });
    out
}

/// See [`crate::network::kernels::Kernels::softmax_rows_gradient`].
pub fn softmax_gradient(grad: &[f32], output: &[f32], length: usize, logarithm: bool) -> Vec<f32> {
    let mut out = vec![0.0; grad.len()];
    for_each_row(&mut out, length, |row, out| {
        let g = &grad[row * length..(row + 1) * length];
        let y = &output[row * length..(row + 1) * length];
        if logarithm {
            let total = sum(g, |value| value);
            for ((out, &g), &y) in out.iter_mut().zip(g).zip(y) {
                *out = g - exp(y) * total;
            }
        } else {
            let total = sum_of_products(g, y);
            for ((out, &g), &y) in out.iter_mut().zip(g).zip(y) {
                *out = y * (g - total);
            }
        }
    });
    out
}

/// See [`crate::network::kernels::Kernels::normalise_rows`].
pub fn normalise(x: &[f32], length: usize, epsilon: f32, centred: bool) -> (Vec<f32>, Vec<f32>) {
    let rows = x.len() / length.max(1);
    let mut factors = vec![0.0; rows];
    let mut means = vec![0.0; rows];
    let count = length as f32;
    let row_of = |row: usize| &x[row * length..(row + 1) * length];
    if centred {
        for_each_row(&mut means, 1, |row, mean| {
            mean[0] = sum(row_of(row), |value| value) / count;
        });
    }
    for_each_row(&mut factors, 1, |row, factor| {
        let mean = means[row];
        let square = sum(row_of(row), |value| (value - mean) * (value - mean)) / count;
        factor[0] = 1.0 / (square + epsilon).sqrt();
    });
    let mut out = vec![0.0; x.len()];
    for_each_row(&mut out, length, |row, out| {
        let (mean, factor) = (means[row], factors[row]);
        for (out, &value) in out.iter_mut().zip(row_of(row)) {
            *out = (value - mean) * factor;
        }
    });
    (out, factors)
}

/// See [`crate::network::kernels::Kernels::normalise_rows_gradient`].
pub fn normalise_gradient(
    grad: &[f32],
    output: &[f32],
    factors: &[f32],
    length: usize,
    centred: bool,
) -> Vec<f32> {
    let mut out = vec![0.0; grad.len()];
    let count = length as f32;
    for_each_row(&mut out, length, |row, out| {
        let g = &grad[row * length..(row + 1) * length];
        let y = &output[row * length..(row + 1) * length];
        let factor = factors[row];
        let mean = if centred {
            sum(g, |value| value) / count
        } else {
            0.0
        };
        let along = sum_of_products(g, y) / count;
        for ((out, &g), &y) in out.iter_mut().zip(g).zip(y) {
            *out = factor * (g - mean - y * along);
        }
    });
    out
}
