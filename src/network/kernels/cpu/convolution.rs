//! Convolution and its input gradient: depthwise directly, the rest as matrix products with the
//! windows of an image.

use super::super::{ConvGeometry, Normalisation, Range};
use super::{
    clamp, columns, depthwise::Depthwise, matrix_product::Left, parallel::for_each_chunk,
    right_operand::RightOperand, windows::Windows,
};

/// What happens to an output channel after its sum.
#[derive(Clone, Copy)]
pub enum Finish<'a> {
    /// A bias is added, where there is one.
    Bias(Option<&'a [f32]>),
    /// A factor and an offset.
    Normalise(&'a Normalisation),
}

impl Finish<'_> {
    fn apply(self, plane: &mut [f32], channel: usize, range: Range) {
        match self {
            Self::Bias(bias) => {
                clamp::finish(plane, bias.map_or(0.0, |bias| bias[channel]), range);
            }
            Self::Normalise(normalisation) => clamp::finish_normalised(
                plane,
                normalisation.scale[channel],
                normalisation.shift[channel],
                range,
            ),
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
    weight: &[f32],
    finish: Finish<'_>,
    planes: &Planes,
    geometry: &ConvGeometry,
    range: Range,
) -> Vec<f32> {
    let mut out = vec![0.0; planes.images * planes.c_out * planes.out_pixels()];
    if is_depthwise(planes, geometry) {
        let finish = |plane: &mut [f32], channel| finish.apply(plane, channel, range);
        planes
            .depthwise(geometry)
            .forward(x, weight, &mut out, finish);
        return out;
    }
    let [group_in, group_out] = planes.group(geometry);
    let rows = group_in * geometry.kernel[0] * geometry.kernel[1];
    let kernels = kernels(weight, group_out * rows, |kernel| {
        Left::new([group_out, rows], kernel, [rows, 1])
    });
    convolve(
        &kernels,
        (x, group_in, planes.in_hw),
        (&mut out, group_out, planes.out_hw),
        geometry,
        |channel, part| finish.apply(part, channel, range),
    );
    out
}

/// `[n, c_in, h, w]` from `grad`, `[n, c_out, ho, wo]`; `scale` is what each output channel was multiplied by.
pub fn input_gradient(
    grad: &[f32],
    weight: &[f32],
    scale: Option<&[f64]>,
    planes: &Planes,
    geometry: &ConvGeometry,
) -> Vec<f32> {
    let mut out = vec![0.0; planes.images * planes.c_in * planes.in_pixels()];
    let scaled = scale.map(|scale| scaled(weight, scale));
    let weight = scaled.as_deref().unwrap_or(weight);
    if is_depthwise(planes, geometry) {
        planes
            .depthwise(geometry)
            .input_gradient(grad, weight, &mut out);
        return out;
    }
    match mirrored(geometry) {
        Some(mirrored) => as_convolution(grad, weight, &mut out, planes, &mirrored),
        None => through_columns(grad, weight, &mut out, planes, geometry),
    }
    out
}

/// `weight`, `[c_out, ...]`, with every output channel's kernel multiplied by its `scale`.
fn scaled(weight: &[f32], scale: &[f64]) -> Vec<f32> {
    let length = (weight.len() / scale.len().max(1)).max(1);
    let mut scaled = weight.to_vec();
    for (kernel, &scale) in scaled.chunks_exact_mut(length).zip(scale) {
        kernel.iter_mut().for_each(|value| *value *= scale as f32);
    }
    scaled
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

/// The input gradient as a convolution of `grad` by `geometry`.
fn as_convolution(
    grad: &[f32],
    weight: &[f32],
    out: &mut [f32],
    planes: &Planes,
    geometry: &ConvGeometry,
) {
    let [group_in, group_out] = planes.group(geometry);
    let taps = geometry.kernel[0] * geometry.kernel[1];
    // Rows are input channels; their columns are the output channels' taps, the last tap first.
    let places: Vec<usize> = (0..group_out)
        .flat_map(|channel| (0..taps).rev().map(move |tap| (channel, tap)))
        .map(|(channel, tap)| channel * group_in * taps + tap)
        .collect();
    let kernels = kernels(weight, group_out * group_in * taps, |kernel| {
        Left::scattered(group_in, kernel, taps, &places)
    });
    convolve(
        &kernels,
        (grad, group_out, planes.out_hw),
        (out, group_in, planes.in_hw),
        geometry,
        |_, _| (),
    );
}

/// The input gradient as a product whose columns are added to the pixels that their windows took.
fn through_columns(
    grad: &[f32],
    weight: &[f32],
    out: &mut [f32],
    planes: &Planes,
    geometry: &ConvGeometry,
) {
    let [group_in, group_out] = planes.group(geometry);
    let out_pixels = planes.out_pixels();
    let rows = group_in * geometry.kernel[0] * geometry.kernel[1];
    // The transposed weight is the weight read with its strides exchanged.
    let kernels = kernels(weight, group_out * rows, |kernel| {
        Left::new([rows, group_out], kernel, [1, rows])
    });
    let lengths = [group_out * out_pixels, group_in * planes.in_pixels()];
    for_each_group(&kernels, grad, out, lengths, |kernel, _, grad, out| {
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

/// The left operands of all groups, `length` weights each.
fn kernels<'a, L>(weight: &'a [f32], length: usize, left: impl Fn(&'a [f32]) -> L) -> Vec<L> {
    weight.chunks_exact(length.max(1)).map(left).collect()
}

/// Multiplies every group's kernel with the windows of its input: `[n, groups * channels, h, w]` to
/// the same of other channels and another size, each given as values, channels of a group, height and
/// width. `finish(channel, part)` gets every part of every output plane once.
fn convolve(
    kernels: &[Left],
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

/// Calls `work(kernel, group, from, to)` for every group of every image; `lengths` are the values of a
/// group in `from` and in `to`.
fn for_each_group(
    kernels: &[Left],
    from: &[f32],
    to: &mut [f32],
    lengths: [usize; 2],
    work: impl Fn(&Left, usize, &[f32], &mut [f32]) + Send + Sync,
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

fn is_depthwise(planes: &Planes, geometry: &ConvGeometry) -> bool {
    geometry.groups == planes.c_in && planes.c_in == planes.c_out && geometry.groups > 1
}
