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
    let (in_pixels, out_pixels) = (planes.in_pixels(), planes.out_pixels());
    let mut out = vec![0.0; planes.images * planes.c_out * out_pixels];
    if is_depthwise(planes, geometry) {
        let finish = |plane: &mut [f32], channel| finish.apply(plane, channel, range);
        planes
            .depthwise(geometry)
            .forward(x, weight, &mut out, finish);
        return out;
    }
    let groups = geometry.groups;
    let (group_in, group_out) = (planes.c_in / groups, planes.c_out / groups);
    let rows = group_in * geometry.kernel[0] * geometry.kernel[1];
    let kernels: Vec<_> = weight
        .chunks_exact((group_out * rows).max(1))
        .map(|kernel| Left::new([group_out, rows], kernel, [rows, 1]))
        .collect();
    for_each_chunk(&mut out, planes.c_out * out_pixels, |image, out| {
        let image = &x[image * planes.c_in * in_pixels..(image + 1) * planes.c_in * in_pixels];
        for (group, kernel) in kernels.iter().enumerate() {
            let right = windows(
                &image[group * group_in * in_pixels..(group + 1) * group_in * in_pixels],
                [planes.in_hw, planes.out_hw],
                geometry,
            );
            kernel.multiply(
                out_pixels,
                &right,
                &mut out[group * group_out * out_pixels..(group + 1) * group_out * out_pixels],
                |row, part| finish.apply(part, group * group_out + row, range),
            );
        }
    });
    out
}

/// `[n, c_in, h, w]` from `grad`, `[n, c_out, ho, wo]`.
pub fn input_gradient(
    grad: &[f32],
    weight: &[f32],
    planes: &Planes,
    geometry: &ConvGeometry,
) -> Vec<f32> {
    let mut out = vec![0.0; planes.images * planes.c_in * planes.in_pixels()];
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
    let (in_pixels, out_pixels) = (planes.in_pixels(), planes.out_pixels());
    let groups = geometry.groups;
    let (group_in, group_out) = (planes.c_in / groups, planes.c_out / groups);
    let taps = geometry.kernel[0] * geometry.kernel[1];
    // Rows are input channels; their columns are the output channels' taps, the last tap first.
    let places: Vec<usize> = (0..group_out)
        .flat_map(|channel| (0..taps).rev().map(move |tap| (channel, tap)))
        .map(|(channel, tap)| channel * group_in * taps + tap)
        .collect();
    let kernels: Vec<_> = weight
        .chunks_exact((group_out * group_in * taps).max(1))
        .map(|kernel| Left::scattered(group_in, kernel, taps, &places))
        .collect();
    for_each_chunk(out, planes.c_in * in_pixels, |image, out| {
        let grad =
            &grad[image * planes.c_out * out_pixels..(image + 1) * planes.c_out * out_pixels];
        for (group, kernel) in kernels.iter().enumerate() {
            let right = windows(
                &grad[group * group_out * out_pixels..(group + 1) * group_out * out_pixels],
                [planes.out_hw, planes.in_hw],
                geometry,
            );
            let target = &mut out[group * group_in * in_pixels..(group + 1) * group_in * in_pixels];
            kernel.multiply(in_pixels, &right, target, |_, _| ());
        }
    });
}

/// The input gradient as a product whose columns are added to the pixels that their windows took.
fn through_columns(
    grad: &[f32],
    weight: &[f32],
    out: &mut [f32],
    planes: &Planes,
    geometry: &ConvGeometry,
) {
    let (in_pixels, out_pixels) = (planes.in_pixels(), planes.out_pixels());
    let groups = geometry.groups;
    let (group_in, group_out) = (planes.c_in / groups, planes.c_out / groups);
    let rows = group_in * geometry.kernel[0] * geometry.kernel[1];
    // The transposed weight is the weight read with its strides exchanged.
    let kernels: Vec<_> = weight
        .chunks_exact((group_out * rows).max(1))
        .map(|kernel| Left::new([rows, group_out], kernel, [1, rows]))
        .collect();
    for_each_chunk(out, planes.c_in * in_pixels, |image, out| {
        let grad =
            &grad[image * planes.c_out * out_pixels..(image + 1) * planes.c_out * out_pixels];
        let mut matrix = vec![0.0; rows * out_pixels];
        for (group, kernel) in kernels.iter().enumerate() {
            let right = RightOperand::Matrix {
                values: &grad[group * group_out * out_pixels..(group + 1) * group_out * out_pixels],
                strides: [out_pixels, 1],
            };
            kernel.multiply(out_pixels, &right, &mut matrix, |_, _| ());
            columns::scatter(
                &matrix,
                &mut out[group * group_in * in_pixels..(group + 1) * group_in * in_pixels],
                group_in,
                planes.in_hw,
                planes.out_hw,
                geometry,
            );
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
