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

/// Gets every part of every output plane once, with its channel.
type Finisher<'a> = dyn Fn(usize, &mut [f32]) + Sync + 'a;

/// What a convolution reads or writes: `[n, groups * channels, h, w]`.
struct Side<T> {
    values: T,
    /// Channels of a group.
    channels: usize,
    /// Height and width.
    hw: [usize; 2],
}

impl<T> Side<T> {
    fn new(values: T, channels: usize, hw: [usize; 2]) -> Self {
        Self {
            values,
            channels,
            hw,
        }
    }

    /// Values of a group.
    fn group_length(&self) -> usize {
        self.channels * self.hw[0] * self.hw[1]
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
    let from = Side::new(x, group_in, planes.in_hw);
    let to = Side::new(out.as_mut_slice(), group_out, planes.out_hw);
    match filter.weights() {
        Weights::Depthwise(weight) => {
            let depthwise = planes.depthwise(geometry);
            depthwise.forward(x, weight, &mut out, |part, channel| finish(channel, part));
        }
        Weights::Products(kernels) => convolve(kernels, from, to, geometry, &finish),
        Weights::Winograd(kernels) => {
            let pad_begin = geometry.pad_begin.map(usize::cast_signed);
            convolve_in_tiles(kernels, from, to, pad_begin, &finish);
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
    let from = Side::new(grad, group_out, planes.out_hw);
    let to = Side::new(out.as_mut_slice(), group_in, planes.in_hw);
    match filter.weights() {
        Weights::Depthwise(weight) => {
            let weight = filter.depthwise_back(weight);
            let depthwise = planes.depthwise(geometry);
            depthwise.input_gradient(grad, weight, &mut out);
        }
        Weights::Products(kernels) => match mirrored(geometry) {
            Some(mirrored) => convolve(&filter.turned(kernels), from, to, &mirrored, &|_, _| ()),
            None => through_columns(&filter.transposed(kernels), from, to, geometry),
        },
        Weights::Winograd(kernels) => {
            // A kernel of 3 turned around reaches 2 - pad before the first pixel.
            let pad_begin = geometry.pad_begin.map(|pad| 2 - pad.cast_signed());
            let kernels = filter.winograd_back(kernels);
            convolve_in_tiles(kernels, from, to, pad_begin, &|_, _| ());
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
    from: Side<&[f32]>,
    to: Side<&mut [f32]>,
    geometry: &ConvGeometry,
) {
    let (channels, in_hw, out_hw) = (to.channels, to.hw, from.hw);
    let rows = channels * geometry.kernel[0] * geometry.kernel[1];
    let columns = out_hw[0] * out_hw[1];
    for_each_group(
        kernels,
        from,
        to,
        &|_, _| (),
        |kernel, values, to, finish| {
            let right = RightOperand::Matrix {
                values,
                strides: [columns, 1],
            };
            let mut matrix = vec![0.0; rows * columns];
            kernel.multiply(columns, &right, &mut matrix, finish);
            columns::scatter(&matrix, to, channels, in_hw, out_hw, geometry);
        },
    );
}

/// Multiplies every group's kernel with the windows of its input.
fn convolve(
    kernels: &[KeptLeft],
    from: Side<&[f32]>,
    to: Side<&mut [f32]>,
    geometry: &ConvGeometry,
    finish: &Finisher<'_>,
) {
    let (from_hw, to_hw) = (from.hw, to.hw);
    for_each_group(kernels, from, to, finish, |kernel, values, to, finish| {
        let right = windows(values, [from_hw, to_hw], geometry);
        kernel.multiply(to_hw[0] * to_hw[1], &right, to, finish);
    });
}

/// [`convolve`] for transformed kernels, with `pad_begin` zeros before the first row and column.
fn convolve_in_tiles(
    kernels: &[Winograd],
    from: Side<&[f32]>,
    to: Side<&mut [f32]>,
    pad_begin: [isize; 2],
    finish: &Finisher<'_>,
) {
    let (hw, to_hw) = (from.hw, to.hw);
    for_each_group(kernels, from, to, finish, |kernel, values, to, finish| {
        let image = Image {
            values,
            hw,
            pad_begin,
        };
        kernel.convolve(image, to, to_hw, finish);
    });
}

/// Calls `work(kernel, from, to, finish)` for every group of every image. `finish` counts the channels of all
/// groups, and what `work` gets those of its own.
fn for_each_group<K: Sync>(
    kernels: &[K],
    from: Side<&[f32]>,
    to: Side<&mut [f32]>,
    finish: &Finisher<'_>,
    work: impl Fn(&K, &[f32], &mut [f32], &dyn Fn(usize, &mut [f32])) + Send + Sync,
) {
    let groups = kernels.len();
    let (from_length, to_length) = (from.group_length(), to.group_length());
    for_each_chunk(to.values, groups * to_length, |image, outputs| {
        let inputs = &from.values[image * groups * from_length..][..groups * from_length];
        let pairs = inputs
            .chunks_exact(from_length.max(1))
            .zip(outputs.chunks_exact_mut(to_length));
        for (group, (kernel, (input, output))) in kernels.iter().zip(pairs).enumerate() {
            work(kernel, input, output, &|channel, part| {
                finish(group * to.channels + channel, part);
            });
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
