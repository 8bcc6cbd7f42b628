//! Softmax and normalisation of rows, with their gradients: a row stays in cache between passes.

use super::{exponential::exp, parallel::for_each_chunk};

/// Rows in one piece of work.
const ROWS: usize = 16;
/// Sums kept side by side, so that they become vector instructions and round less.
const LANES: usize = 16;

/// Sum of `term(i)` over a row, in lanes.
#[inline]
fn sum(length: usize, term: impl Fn(usize) -> f32) -> f32 {
    let mut lanes = [0.0f32; LANES];
    let whole = length - length % LANES;
    for start in (0..whole).step_by(LANES) {
        for (lane, total) in lanes.iter_mut().enumerate() {
            *total += term(start + lane);
        }
    }
    let rest: f32 = (whole..length).map(&term).sum();
    let total: f64 = lanes.iter().map(|&lane| f64::from(lane)).sum();
    (total + f64::from(rest)) as f32
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
        let total = sum(length, |i| out[i]);
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
            let total = sum(length, |i| g[i]);
            for ((out, &g), &y) in out.iter_mut().zip(g).zip(y) {
                *out = g - exp(y) * total;
            }
        } else {
            let total = sum(length, |i| g[i] * y[i]);
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
            let x = row_of(row);
            mean[0] = sum(length, |i| x[i]) / count;
        });
    }
    for_each_row(&mut factors, 1, |row, factor| {
        let (x, mean) = (row_of(row), means[row]);
        let square = sum(length, |i| (x[i] - mean) * (x[i] - mean)) / count;
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
            sum(length, |i| g[i]) / count
        } else {
            0.0
        };
        let along = sum(length, |i| g[i] * y[i]) / count;
        for ((out, &g), &y) in out.iter_mut().zip(g).zip(y) {
            *out = factor * (g - mean - y * along);
        }
    });
    out
}
