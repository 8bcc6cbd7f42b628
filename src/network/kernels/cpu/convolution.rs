//! Convolution and its input gradient: depthwise directly, the rest as matrix products with the
//! windows of an image.

use super::{
    super::{ConvGeometry, Finish, Normalisation, Range},
    clamp, columns,
    depthwise::Depthwise,
    filter::{LaidOutFilter, Weights},
    matrix_product::KeptLeft,
    parallel::for_each_chunk,
    right_operand::RightOperand,
    windows::Windows,
    winograd::{Image, Winograd},
};

/// Finishes a part of output channel `channel`, and clamps it to `range`.
fn finish_channel(finish: &Finish, part: &mut [f32], channel: usize, range: Range) {
    match finish {
        Finish::Bias(bias) => {
            let bias = bias.as_ref().map_or(0.0, |bias| bias[channel]);
            clamp::finish(part, bias, range);
        }
        Finish::Normalise(Normalisation { scale, shift }) => {
            clamp::finish_normalised(part, scale[channel], shift[channel], range);
        }
    }
}

/// Sizes of a convolution.
pub struct Planes {
    /// Images in the batch.
    pub images: usize,
    /// Input channels.
    pub c_in: usize,
    /// Output channels.
    pub c_out: usize,
    /// Input height and width.
    pub in_hw: [usize; 2],
    /// Output height and width.
    pub out_hw: [usize; 2],
}

impl Planes {
    fn in_pixels(&self) -> usize {
        self.in_hw[0] * self.in_hw[1]
    }

    fn out_pixels(&self) -> usize {
        self.out_hw[0] * self.out_hw[1]
    }

    /// Input and output channels of a group.
    fn group(&self, geometry: &ConvGeometry) -> [usize; 2] {
        [self.c_in, self.c_out].map(|channels| channels / geometry.groups)
    }

    fn depthwise<'a>(&self, geometry: &'a ConvGeometry) -> Depthwise<'a> {
        Depthwise {
            channels: self.c_out,
            in_hw: self.in_hw,
            out_hw: self.out_hw,
            geometry,
        }
    }
}

/// `[n, c_out, ho, wo]` from `x`, `[n, c_in, h, w]`.
pub fn forward(
    x: &[f32],
    filter: &LaidOutFilter,
    planes: &Planes,
    geometry: &ConvGeometry,
    range: Range,
) -> Vec<f32> {
    let mut out = vec![0.0; planes.images * planes.c_out * planes.out_pixels()];
    // Alone, since what the filter fills in as it is needed is for one thread.
    let constants = &filter.finish;
    let finish = |channel, part: &mut [f32]| finish_channel(constants, part, channel, range);
    let [group_in, group_out] = planes.group(geometry);
    let from = (x, group_in, planes.in_hw);
    let to = (out.as_mut_slice(), group_out, planes.out_hw);
    match filter.weights() {
        Weights::Depthwise(weight) => {
            let depthwise = planes.depthwise(geometry);
            depthwise.forward(x, weight, &mut out, |part, channel| finish(channel, part));
        }
        Weights::Products(kernels) => convolve(kernels, from, to, geometry, finish),
        Weights::Winograd(kernels) => {
            let pad_begin = geometry.pad_begin.map(usize::cast_signed);
            convolve_in_tiles(kernels, from, to, pad_begin, finish);
        }
    }
    out
}

/// `[n, c_in, h, w]` from `grad`, `[n, c_out, ho, wo]`.
pub fn input_gradient(
    grad: &[f32],
    filter: &LaidOutFilter,
    planes: &Planes,
    geometry: &ConvGeometry,
) -> Vec<f32> {
    let mut out = vec![0.0; planes.images * planes.c_in * planes.in_pixels()];
    let [group_in, group_out] = planes.group(geometry);
    let from = (grad, group_out, planes.out_hw);
    let to = (out.as_mut_slice(), group_in, planes.in_hw);
    match filter.weights() {
        Weights::Depthwise(weight) => {
            let weight = filter.depthwise_back(weight);
            let depthwise = planes.depthwise(geometry);
            depthwise.input_gradient(grad, weight, &mut out);
        }
        Weights::Products(kernels) => match mirrored(geometry) {
            Some(mirrored) => convolve(&filter.turned(kernels), from, to, &mirrored, |_, _| ()),
            None => {
                let kernels = filter.transposed(kernels);
                through_columns(&kernels, grad, &mut out, planes, geometry);
            }
        },
        Weights::Winograd(kernels) => {
            // A kernel of 3 turned around reaches 2 - pad before the first pixel.
            let pad_begin = geometry.pad_begin.map(|pad| 2 - pad.cast_signed());
            let kernels = filter.winograd_back(kernels);
            convolve_in_tiles(kernels, from, to, pad_begin, |_, _| ());
        }
    }
    out
}

/// The geometry by which the input gradient is a convolution of the output's, with the kernel turned
/// around; `None` where there is none, as with strides.
fn mirrored(geometry: &ConvGeometry) -> Option<ConvGeometry> {
    let pad = |axis: usize| {
        let reach = geometry.dilation[axis] * (geometry.kernel[axis] - 1);
        reach.checked_sub(geometry.pad_begin[axis])
    };
    let pad_begin = [pad(0)?, pad(1)?];
    (geometry.stride == [1, 1]).then_some(ConvGeometry {
        pad_begin,
        // The number of windows is that of the input's pixels, however they end.
        pad_end: pad_begin,
        ..*geometry
    })
}

/// The input gradient as a product whose columns are added to the pixels that their windows took.
fn through_columns(
    kernels: &[KeptLeft],
    grad: &[f32],
    out: &mut [f32],
    planes: &Planes,
    geometry: &ConvGeometry,
) {
    let [group_in, group_out] = planes.group(geometry);
    let out_pixels = planes.out_pixels();
    let rows = group_in * geometry.kernel[0] * geometry.kernel[1];
    let lengths = [group_out * out_pixels, group_in * planes.in_pixels()];
    for_each_group(kernels, grad, out, lengths, |kernel, _, grad, out| {
        let right = RightOperand::Matrix {
            values: grad,
            strides: [out_pixels, 1],
        };
        let mut matrix = vec![0.0; rows * out_pixels];
        kernel.multiply(out_pixels, &right, &mut matrix, |_, _| ());
        let (in_hw, out_hw) = (planes.in_hw, planes.out_hw);
        columns::scatter(&matrix, out, group_in, in_hw, out_hw, geometry);
    });
}

/// Multiplies every group's kernel with the windows of its input: `[n, groups * channels, h, w]` to
/// the same of other channels and another size, each given as values, channels of a group, height and
/// width. `finish(channel, part)` gets every part of every output plane once.
fn convolve(
    kernels: &[KeptLeft],
    (from, from_channels, from_hw): (&[f32], usize, [usize; 2]),
    (to, to_channels, to_hw): (&mut [f32], usize, [usize; 2]),
    geometry: &ConvGeometry,
    finish: impl Fn(usize, &mut [f32]) + Send + Sync,
) {
    let pixels = to_hw[0] * to_hw[1];
    let lengths = [
        from_channels * from_hw[0] * from_hw[1],
        to_channels * pixels,
    ];
    for_each_group(kernels, from, to, lengths, |kernel, group, from, to| {
        let right = windows(from, [from_hw, to_hw], geometry);
        kernel.multiply(pixels, &right, to, |row, part| {
            finish(group * to_channels + row, part);
        });
    });
}

/// [`convolve`] for transformed kernels, with `pad_begin` zeros before the first row and column.
fn convolve_in_tiles(
    kernels: &[Winograd],
    (from, from_channels, hw): (&[f32], usize, [usize; 2]),
    (to, to_channels, to_hw): (&mut [f32], usize, [usize; 2]),
    pad_begin: [isize; 2],
    finish: impl Fn(usize, &mut [f32]) + Send + Sync,
) {
    let lengths = [
        from_channels * hw[0] * hw[1],
        to_channels * to_hw[0] * to_hw[1],
    ];
    for_each_group(kernels, from, to, lengths, |kernel, group, values, to| {
        let image = Image {
            values,
            hw,
            pad_begin,
        };
        kernel.convolve(image, to, to_hw, |row, part| {
            finish(group * to_channels + row, part);
        });
    });
}

/// Calls `work(kernel, group, from, to)` for every group of every image; `lengths` are the values of a
/// group in `from` and in `to`.
fn for_each_group<K: Sync>(
    kernels: &[K],
    from: &[f32],
    to: &mut [f32],
    lengths: [usize; 2],
    work: impl Fn(&K, usize, &[f32], &mut [f32]) + Send + Sync,
) {
    let groups = kernels.len();
    for_each_chunk(to, groups * lengths[1], |image, to| {
        let from = &from[image * groups * lengths[0]..(image + 1) * groups * lengths[0]];
        let pairs = from
            .chunks_exact(lengths[0].max(1))
            .zip(to.chunks_exact_mut(lengths[1]));
        for (group, (kernel, (from, to))) in kernels.iter().zip(pairs).enumerate() {
            work(kernel, group, from, to);
        }
    });
}

/// The windows of `image`, whose height and width come first, as a right operand: the image itself
/// where a window is a pixel.
fn windows<'a>(
    image: &'a [f32],
    [in_hw, out_hw]: [[usize; 2]; 2],
    geometry: &'a ConvGeometry,
) -> RightOperand<'a> {
    if geometry.kernel == [1, 1] && geometry.stride == [1, 1] && in_hw == out_hw {
        return RightOperand::Matrix {
            values: image,
            strides: [in_hw[0] * in_hw[1], 1],
        };
    }
    RightOperand::Windows(Windows {
        image,
        in_hw,
        out_hw,
        geometry,
    })
}
