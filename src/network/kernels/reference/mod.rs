//! Every kernel once more as plain loops over `Vec<f32>`: slow, obvious, and what devices are tested against.

mod elementwise;
mod reduction;

pub use elementwise::{binary, unary, unary_gradient};
pub use reduction::{
    batched_matmul, normalise_rows, normalise_rows_gradient, reduce_max, reduce_max_gradient,
    reduce_sum, scale_shift, softmax_rows, softmax_rows_gradient,
};

use super::{ConvGeometry, PoolGeometry, Range, SparseRows};
use crate::classifier::GuidedSign;

/// Values with a shape, row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// Sizes of the axes, outermost first.
    pub shape: Vec<usize>,
    /// As many values as the product of `shape`.
    pub values: Vec<f32>,
}

impl Array {
    /// All zeros.
    pub fn zeros(shape: &[usize]) -> Self {
        Self {
            shape: shape.to_vec(),
            values: vec![0.0; shape.iter().product()],
        }
    }

    /// The four sizes of an image or weight array.
    fn dims4(&self) -> [usize; 4] {
        [self.shape[0], self.shape[1], self.shape[2], self.shape[3]]
    }

    /// Where `[a, b, c, d]` lies in `values`.
    fn at4(&self, [a, b, c, d]: [usize; 4]) -> usize {
        let [_, size_b, size_c, size_d] = self.dims4();
        ((a * size_b + b) * size_c + c) * size_d + d
    }
}

/// The input pixel under a tap of a window, or `None` in the padding.
fn pixel_under(
    [stride, dilation, pad]: [[usize; 2]; 3],
    window: [usize; 2],
    tap: [usize; 2],
    input_hw: [usize; 2],
) -> Option<[usize; 2]> {
    let along = |axis: usize| {
        let padded = window[axis] * stride[axis] + tap[axis] * dilation[axis];
        let position = padded.checked_sub(pad[axis])?;
        (position < input_hw[axis]).then_some(position)
    };
    Some([along(0)?, along(1)?])
}

/// Output height and width of a window that fits.
fn fitting(output: Option<[usize; 2]>) -> [usize; 2] {
    output.unwrap_or([0, 0])
}

/// See [`super::Kernels::conv2d`]. Sums in `f64`, so that its own rounding does not matter.
pub fn conv2d(
    x: &Array,
    weight: &Array,
    bias: Option<&[f32]>,
    geometry: &ConvGeometry,
    range: Range,
) -> Array {
    let [n, _, h, w] = x.dims4();
    let [c_out, c_per_group, kh, kw] = weight.dims4();
    let [h_out, w_out] = fitting(geometry.output_hw([h, w]));
    let outputs_per_group = c_out / geometry.groups;
    let steps = [geometry.stride, geometry.dilation, geometry.pad_begin];
    let mut out = Array::zeros(&[n, c_out, h_out, w_out]);
    for image in 0..n {
        for o in 0..c_out {
            let group = o / outputs_per_group;
            for row in 0..h_out {
                for column in 0..w_out {
                    let mut sum = bias.map_or(0.0, |bias| f64::from(bias[o]));
                    for c in 0..c_per_group {
                        for i in 0..kh {
                            for j in 0..kw {
                                let pixel = pixel_under(steps, [row, column], [i, j], [h, w]);
                                let Some([y, x_]) = pixel else { continue };
                                let from = x.at4([image, group * c_per_group + c, y, x_]);
                                let by = weight.at4([o, c, i, j]);
                                sum += f64::from(x.values[from]) * f64::from(weight.values[by]);
                            }
                        }
                    }
                    let to = out.at4([image, o, row, column]);
                    out.values[to] = clamp_value(sum as f32, range);
                }
            }
        }
    }
    out
}

/// See [`super::Kernels::conv2d_input_gradient`]: every product of the forward pass, sent back.
pub fn conv2d_input_gradient(
    grad: &Array,
    weight: &Array,
    input_hw: [usize; 2],
    geometry: &ConvGeometry,
) -> Array {
    let [n, c_out, h_out, w_out] = grad.dims4();
    let [_, c_per_group, kh, kw] = weight.dims4();
    let [h, w] = input_hw;
    let outputs_per_group = c_out / geometry.groups;
    let steps = [geometry.stride, geometry.dilation, geometry.pad_begin];
    let mut out = Array::zeros(&[n, c_per_group * geometry.groups, h, w]);
    let mut sums = vec![0.0f64; out.values.len()];
    for image in 0..n {
        for o in 0..c_out {
            let group = o / outputs_per_group;
            for row in 0..h_out {
                for column in 0..w_out {
                    let g = f64::from(grad.values[grad.at4([image, o, row, column])]);
                    for c in 0..c_per_group {
                        for i in 0..kh {
                            for j in 0..kw {
                                let pixel = pixel_under(steps, [row, column], [i, j], [h, w]);
                                let Some([y, x_]) = pixel else { continue };
                                let to = out.at4([image, group * c_per_group + c, y, x_]);
                                let by = weight.at4([o, c, i, j]);
                                sums[to] += g * f64::from(weight.values[by]);
                            }
                        }
                    }
                }
            }
        }
    }
    for (value, sum) in out.values.iter_mut().zip(sums) {
        *value = sum as f32;
    }
    out
}

/// One value within `range`.
fn clamp_value(value: f32, range: Range) -> f32 {
    if value < range.low {
        range.low
    } else if value > range.high {
        range.high
    } else {
        value
    }
}

/// See [`super::Kernels::clamp`].
pub fn clamp(x: &Array, range: Range) -> Array {
    Array {
        shape: x.shape.clone(),
        values: x.values.iter().map(|&v| clamp_value(v, range)).collect(),
    }
}

/// See [`super::Kernels::clamp_gradient`].
pub fn clamp_gradient(grad: &Array, output: &Array, range: Range, sign: GuidedSign) -> Array {
    let values = grad
        .values
        .iter()
        .zip(&output.values)
        .map(|(&g, &o)| {
            let g = if range.low < o && o < range.high {
                g
            } else {
                0.0
            };
            match sign {
                GuidedSign::Positive => g.max(0.0),
                GuidedSign::Negative => g.min(0.0),
                GuidedSign::Absolute => g.abs(),
                GuidedSign::Both => g,
            }
        })
        .collect();
    Array {
        shape: grad.shape.clone(),
        values,
    }
}

/// The input pixels `[row, column]` of one pooling window, in scan order.
fn window_pixels(
    geometry: &PoolGeometry,
    window: [usize; 2],
    input_hw: [usize; 2],
) -> Vec<[usize; 2]> {
    let steps = [geometry.stride, geometry.dilation, geometry.pad_begin];
    let mut pixels = Vec::new();
    for i in 0..geometry.kernel[0] {
        for j in 0..geometry.kernel[1] {
            pixels.extend(pixel_under(steps, window, [i, j], input_hw));
        }
    }
    pixels
}

/// See [`super::Kernels::max_pool2d`]. A window without a single input pixel gives negative
/// infinity at position 0.
pub fn max_pool2d(x: &Array, geometry: &PoolGeometry) -> (Array, Array) {
    let [n, c, h, w] = x.dims4();
    let [h_out, w_out] = fitting(geometry.output_hw([h, w]));
    let mut out = Array::zeros(&[n, c, h_out, w_out]);
    let mut argmax = out.clone();
    for image in 0..n {
        for channel in 0..c {
            for row in 0..h_out {
                for column in 0..w_out {
                    let mut best = f32::NEG_INFINITY;
                    let mut position = 0;
                    for [y, x_] in window_pixels(geometry, [row, column], [h, w]) {
                        let value = x.values[x.at4([image, channel, y, x_])];
                        if value > best {
                            best = value;
                            position = y * w + x_;
                        }
                    }
                    let to = out.at4([image, channel, row, column]);
                    out.values[to] = best;
                    argmax.values[to] = position as f32;
                }
            }
        }
    }
    (out, argmax)
}

/// See [`super::Kernels::max_pool2d_gradient`].
pub fn max_pool2d_gradient(grad: &Array, argmax: &Array, input_hw: [usize; 2]) -> Array {
    let [n, c, h_out, w_out] = grad.dims4();
    let [h, w] = input_hw;
    let mut out = Array::zeros(&[n, c, h, w]);
    for plane in 0..n * c {
        for pixel in 0..h_out * w_out {
            let from = plane * h_out * w_out + pixel;
            out.values[plane * h * w + argmax.values[from] as usize] += grad.values[from];
        }
    }
    out
}

/// By how many taps an average over this window divides.
fn divisor(geometry: &PoolGeometry, window: [usize; 2], input_hw: [usize; 2]) -> usize {
    if !geometry.count_include_pad {
        return window_pixels(geometry, window, input_hw).len();
    }
    // Taps inside input and padding: those beyond the padding, where a last window sticks out,
    // never count.
    let along = |axis: usize| {
        let end = geometry.pad_begin[axis] + input_hw[axis] + geometry.pad_end[axis];
        (0..geometry.kernel[axis])
            .filter(|tap| {
                window[axis] * geometry.stride[axis] + tap * geometry.dilation[axis] < end
            })
            .count()
    };
    along(0) * along(1)
}

/// See [`super::Kernels::average_pool2d`]. A window without a single tap that counts gives 0.
pub fn average_pool2d(x: &Array, geometry: &PoolGeometry) -> Array {
    let [n, c, h, w] = x.dims4();
    let [h_out, w_out] = fitting(geometry.output_hw([h, w]));
    let mut out = Array::zeros(&[n, c, h_out, w_out]);
    for image in 0..n {
        for channel in 0..c {
            for row in 0..h_out {
                for column in 0..w_out {
                    let sum: f64 = window_pixels(geometry, [row, column], [h, w])
                        .into_iter()
                        .map(|[y, x_]| f64::from(x.values[x.at4([image, channel, y, x_])]))
                        .sum();
                    let count = divisor(geometry, [row, column], [h, w]).max(1);
                    let to = out.at4([image, channel, row, column]);
                    out.values[to] = (sum / count as f64) as f32;
                }
            }
        }
    }
    out
}

/// See [`super::Kernels::average_pool2d_gradient`].
pub fn average_pool2d_gradient(
    grad: &Array,
    input_hw: [usize; 2],
    geometry: &PoolGeometry,
) -> Array {
    let [n, c, h_out, w_out] = grad.dims4();
    let [h, w] = input_hw;
    let mut out = Array::zeros(&[n, c, h, w]);
    for image in 0..n {
        for channel in 0..c {
            for row in 0..h_out {
                for column in 0..w_out {
                    let count = divisor(geometry, [row, column], input_hw).max(1);
                    let g = grad.values[grad.at4([image, channel, row, column])] / count as f32;
                    for [y, x_] in window_pixels(geometry, [row, column], input_hw) {
                        let to = out.at4([image, channel, y, x_]);
                        out.values[to] += g;
                    }
                }
            }
        }
    }
    out
}

/// See [`super::Kernels::matmul`]. Sums in `f64`.
pub fn matmul(a: &Array, b: &Array, transposed: bool) -> Array {
    let [m, k] = [a.shape[0], a.shape[1]];
    let n = if transposed { b.shape[0] } else { b.shape[1] };
    let mut out = Array::zeros(&[m, n]);
    for row in 0..m {
        for column in 0..n {
            let sum: f64 = (0..k)
                .map(|i| {
                    let by = if transposed {
                        b.values[column * k + i]
                    } else {
                        b.values[i * n + column]
                    };
                    f64::from(a.values[row * k + i]) * f64::from(by)
                })
                .sum();
            out.values[row * n + column] = sum as f32;
        }
    }
    out
}

/// See [`super::Kernels::combine_rows`]. Sums in `f64`.
pub fn combine_rows(x: &Array, rows: &SparseRows, axis: usize, fill: f32) -> Array {
    let mut shape = x.shape.clone();
    shape[axis] = rows.rows();
    let inner: usize = shape[axis + 1..].iter().product();
    let mut out = Array::zeros(&shape);
    for (index, value) in out.values.iter_mut().enumerate() {
        let (within, row) = (index % inner, index / inner % rows.rows());
        let block = index / inner / rows.rows();
        let terms: Vec<f64> = rows
            .row(row)
            .map(|(column, weight)| {
                let from = (block * rows.width() + column) * inner + within;
                weight * f64::from(x.values[from])
            })
            .collect();
        *value = if terms.is_empty() {
            fill
        } else {
            terms.iter().sum::<f64>() as f32
        };
    }
    out
}

#[cfg(test)]
mod tests;
