//! Every kernel once more as plain loops over `Vec<f32>`: slow, obvious, and what devices are tested against.

use super::{ConvGeometry, PoolGeometry, Range};
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

#[cfg(test)]
mod tests {
    use super::*;

    fn array(shape: &[usize], values: &[f32]) -> Array {
        Array {
            shape: shape.to_vec(),
            values: values.to_vec(),
        }
    }

    /// ONNX `Conv`, "conv_with_asymmetric_padding" of the operator's published examples.
    #[test]
    fn convolution_of_the_onnx_examples() {
        let x = array(&[1, 1, 7, 5], &(0..35u8).map(f32::from).collect::<Vec<_>>());
        let weight = array(&[1, 1, 3, 3], &[1.0; 9]);
        let geometry = ConvGeometry {
            kernel: [3, 3],
            stride: [2, 2],
            dilation: [1, 1],
            pad_begin: [1, 0],
            pad_end: [1, 0],
            groups: 1,
        };
        let y = conv2d(&x, &weight, None, &geometry, Range::ALL);
        assert_eq!(y.shape, [1, 1, 4, 2]);
        assert_eq!(
            y.values,
            [21.0, 33.0, 99.0, 117.0, 189.0, 207.0, 171.0, 183.0]
        );
    }

    /// The gradient is the transpose of the convolution: `<conv(x), g> = <x, gradient(g)>`.
    #[test]
    fn input_gradient_is_the_adjoint() {
        let geometry = ConvGeometry {
            kernel: [3, 2],
            stride: [2, 1],
            dilation: [1, 2],
            pad_begin: [0, 1],
            pad_end: [1, 2],
            groups: 2,
        };
        let some = |count: usize, step: f32| -> Vec<f32> {
            (0..count).map(|i| (i as f32 * step).sin()).collect()
        };
        let x = array(&[2, 4, 6, 5], &some(240, 1.3));
        let weight = array(&[6, 2, 3, 2], &some(72, 0.7));
        let y = conv2d(&x, &weight, None, &geometry, Range::ALL);
        let grad = array(&y.shape, &some(y.values.len(), 2.1));
        let back = conv2d_input_gradient(&grad, &weight, [6, 5], &geometry);
        let dot = |a: &[f32], b: &[f32]| -> f64 {
            a.iter()
                .zip(b)
                .map(|(a, b)| f64::from(*a) * f64::from(*b))
                .sum()
        };
        assert_eq!(back.shape, x.shape);
        let (one, other) = (dot(&y.values, &grad.values), dot(&x.values, &back.values));
        assert!((one - other).abs() < 1e-5, "{one} {other}");
    }

    /// ONNX `MaxPool` and `AveragePool`, the "ceil" examples: a 4 x 4 plane, 3 x 3 windows in steps
    /// of 2.
    #[test]
    fn pools_of_the_onnx_examples() {
        let x = array(&[1, 1, 4, 4], &(1..17u8).map(f32::from).collect::<Vec<_>>());
        let geometry = PoolGeometry {
            kernel: [3, 3],
            stride: [2, 2],
            dilation: [1, 1],
            pad_begin: [0, 0],
            pad_end: [0, 0],
            ceil_mode: true,
            count_include_pad: false,
        };
        let (max, argmax) = max_pool2d(&x, &geometry);
        assert_eq!(max.values, [11.0, 12.0, 15.0, 16.0]);
        assert_eq!(argmax.values, [10.0, 11.0, 14.0, 15.0]);
        assert_eq!(average_pool2d(&x, &geometry).values, [6.0, 7.5, 12.0, 13.5]);
    }

    /// The first of equal values wins, and padding divides only where it counts.
    #[test]
    fn ties_and_padding() {
        let x = array(&[1, 1, 2, 2], &[3.0, 3.0, 3.0, 3.0]);
        let mut geometry = PoolGeometry {
            kernel: [3, 3],
            stride: [3, 3],
            dilation: [1, 1],
            pad_begin: [1, 1],
            pad_end: [0, 0],
            ceil_mode: false,
            count_include_pad: true,
        };
        let (max, argmax) = max_pool2d(&x, &geometry);
        assert_eq!((max.values, argmax.values), (vec![3.0], vec![0.0]));
        assert_eq!(average_pool2d(&x, &geometry).values, [12.0 / 9.0]);
        geometry.count_include_pad = false;
        assert_eq!(average_pool2d(&x, &geometry).values, [3.0]);
    }

    /// A clamp's border passes nothing, as an unbounded side passes everything.
    #[test]
    fn clamp_gradient_at_its_borders() {
        let output = array(&[4], &[0.0, 0.5, 6.0, 3.0]);
        let grad = array(&[4], &[1.0, -2.0, 3.0, 4.0]);
        let six = Range {
            low: 0.0,
            high: 6.0,
        };
        let cut = |range, sign| clamp_gradient(&grad, &output, range, sign).values;
        assert_eq!(cut(six, GuidedSign::Both), [0.0, -2.0, 0.0, 4.0]);
        assert_eq!(cut(six, GuidedSign::Positive), [0.0, 0.0, 0.0, 4.0]);
        assert_eq!(cut(six, GuidedSign::Negative), [0.0, -2.0, 0.0, 0.0]);
        assert_eq!(cut(six, GuidedSign::Absolute), [0.0, 2.0, 0.0, 4.0]);
        assert_eq!(
            cut(Range::POSITIVE, GuidedSign::Both),
            [0.0, -2.0, 3.0, 4.0]
        );
    }

    #[test]
    fn matrix_products() {
        let a = array(&[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let b = array(&[3, 2], &[1.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
        let b_stored_transposed = array(&[2, 3], &[1.0, 0.0, 1.0, 0.0, 1.0, 1.0]);
        assert_eq!(matmul(&a, &b, false).values, [4.0, 5.0, 10.0, 11.0]);
        assert_eq!(
            matmul(&a, &b_stored_transposed, true).values,
            [4.0, 5.0, 10.0, 11.0]
        );
    }
}
