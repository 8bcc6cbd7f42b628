//! Convolution and its input gradient: depthwise directly, pointwise as one matrix product, the
//! rest through columns.

use super::super::{ConvGeometry, Normalisation, Range};
use super::{clamp, columns, depthwise, matrix_product::multiply, parallel::for_each_chunk};

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
        let taps = geometry.kernel[0] * geometry.kernel[1];
        for_each_chunk(&mut out, out_pixels, |plane, out| {
            let channel = plane % planes.c_out;
            depthwise::forward_plane(
                &x[plane * in_pixels..(plane + 1) * in_pixels],
                &weight[channel * taps..(channel + 1) * taps],
                out,
                planes.in_hw,
                planes.out_hw,
                geometry,
            );
            finish.apply(out, channel, range);
        });
        return out;
    }
    let groups = geometry.groups;
    let (group_in, group_out) = (planes.c_in / groups, planes.c_out / groups);
    let rows = group_in * geometry.kernel[0] * geometry.kernel[1];
    let pointwise = is_pointwise(planes, geometry);
    for_each_chunk(&mut out, planes.c_out * out_pixels, |image, out| {
        let image = &x[image * planes.c_in * in_pixels..(image + 1) * planes.c_in * in_pixels];
        let mut matrix = Vec::new();
        for group in 0..groups {
            let input = &image[group * group_in * in_pixels..(group + 1) * group_in * in_pixels];
            let right = if pointwise {
                input
            } else {
                matrix.clear();
                matrix.resize(rows * out_pixels, 0.0);
                columns::gather(
                    input,
                    &mut matrix,
                    group_in,
                    planes.in_hw,
                    planes.out_hw,
                    geometry,
                );
                &matrix
            };
            multiply(
                [group_out, out_pixels, rows],
                (&weight[group * group_out * rows..], [rows, 1]),
                (right, [out_pixels, 1]),
                &mut out[group * group_out * out_pixels..(group + 1) * group_out * out_pixels],
            );
        }
        for (channel, plane) in out.chunks_exact_mut(out_pixels).enumerate() {
            finish.apply(plane, channel, range);
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
    let (in_pixels, out_pixels) = (planes.in_pixels(), planes.out_pixels());
    let mut out = vec![0.0; planes.images * planes.c_in * in_pixels];
    if is_depthwise(planes, geometry) {
        let taps = geometry.kernel[0] * geometry.kernel[1];
        for_each_chunk(&mut out, in_pixels, |plane, out| {
            let channel = plane % planes.c_in;
            depthwise::gradient_plane(
                &grad[plane * out_pixels..(plane + 1) * out_pixels],
                &weight[channel * taps..(channel + 1) * taps],
                out,
                planes.in_hw,
                planes.out_hw,
                geometry,
            );
        });
        return out;
    }
    let groups = geometry.groups;
    let (group_in, group_out) = (planes.c_in / groups, planes.c_out / groups);
    let rows = group_in * geometry.kernel[0] * geometry.kernel[1];
    let pointwise = is_pointwise(planes, geometry);
    for_each_chunk(&mut out, planes.c_in * in_pixels, |image, out| {
        let grad =
            &grad[image * planes.c_out * out_pixels..(image + 1) * planes.c_out * out_pixels];
        let mut matrix = Vec::new();
        for group in 0..groups {
            // The transposed weight is the weight read with its strides exchanged.
            let left = (&weight[group * group_out * rows..], [1, rows]);
            let right = (
                &grad[group * group_out * out_pixels..(group + 1) * group_out * out_pixels],
                [out_pixels, 1],
            );
            let target = &mut out[group * group_in * in_pixels..(group + 1) * group_in * in_pixels];
            if pointwise {
                multiply([rows, out_pixels, group_out], left, right, target);
            } else {
                matrix.clear();
                matrix.resize(rows * out_pixels, 0.0);
                multiply([rows, out_pixels, group_out], left, right, &mut matrix);
                columns::scatter(
                    &matrix,
                    target,
                    group_in,
                    planes.in_hw,
                    planes.out_hw,
                    geometry,
                );
            }
        }
    });
    out
}

fn is_depthwise(planes: &Planes, geometry: &ConvGeometry) -> bool {
    geometry.groups == planes.c_in && planes.c_in == planes.c_out && geometry.groups > 1
}

fn is_pointwise(planes: &Planes, geometry: &ConvGeometry) -> bool {
    geometry.kernel == [1, 1] && geometry.stride == [1, 1] && planes.in_hw == planes.out_hw
}
