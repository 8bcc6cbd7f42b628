//! Convolutions in which every channel has its own single kernel, directly on rows.

use super::super::ConvGeometry;
use super::columns::valid_outputs;

/// One plane: `out` (`[ho, wo]`, all zeros) becomes the convolution of `input` (`[h, w]`).
pub fn forward_plane(
    input: &[f32],
    kernel: &[f32],
    out: &mut [f32],
    [h, w]: [usize; 2],
    [ho, wo]: [usize; 2],
    geometry: &ConvGeometry,
) {
    for_each_tap(
        [h, w],
        [ho, wo],
        geometry,
        |tap, out_start, in_start, count| {
            let weight = kernel[tap];
            let out = &mut out[out_start..out_start + count];
            if geometry.stride[1] == 1 {
                for (o, i) in out.iter_mut().zip(&input[in_start..in_start + count]) {
                    *o += weight * *i;
                }
            } else {
                let taken = input[in_start..].iter().step_by(geometry.stride[1]);
                for (o, i) in out.iter_mut().zip(taken) {
                    *o += weight * *i;
                }
            }
        },
    );
}

/// One plane: `input_grad` (`[h, w]`, all zeros) receives what each output took from it.
pub fn gradient_plane(
    grad: &[f32],
    kernel: &[f32],
    input_grad: &mut [f32],
    [h, w]: [usize; 2],
    [ho, wo]: [usize; 2],
    geometry: &ConvGeometry,
) {
    for_each_tap(
        [h, w],
        [ho, wo],
        geometry,
        |tap, out_start, in_start, count| {
            let weight = kernel[tap];
            let grad = &grad[out_start..out_start + count];
            if geometry.stride[1] == 1 {
                for (i, g) in input_grad[in_start..in_start + count].iter_mut().zip(grad) {
                    *i += weight * *g;
                }
            } else {
                let taken = input_grad[in_start..]
                    .iter_mut()
                    .step_by(geometry.stride[1]);
                for (i, g) in taken.zip(grad) {
                    *i += weight * *g;
                }
            }
        },
    );
}

/// Calls `tap(kernel_index, first_output, first_input, count)` for every row of outputs and every
/// kernel tap that falls inside the input; rows are the outer loop, so that they stay in cache.
fn for_each_tap(
    [h, w]: [usize; 2],
    [ho, wo]: [usize; 2],
    geometry: &ConvGeometry,
    mut tap: impl FnMut(usize, usize, usize, usize),
) {
    let [kh, kw] = geometry.kernel;
    let columns: Vec<(usize, usize, usize)> = (0..kw)
        .map(|kx| {
            let offset = (kx * geometry.dilation[1]) as isize - geometry.pad_begin[1] as isize;
            let (first, end) = valid_outputs(offset, geometry.stride[1], w, wo);
            let input = (first * geometry.stride[1]) as isize + offset;
            (first, end, input.max(0) as usize)
        })
        .collect();
    for oy in 0..ho {
        for ky in 0..kh {
            let iy = (oy * geometry.stride[0] + ky * geometry.dilation[0]) as isize
                - geometry.pad_begin[0] as isize;
            if iy < 0 || iy >= h as isize {
                continue;
            }
            for (kx, &(first, end, input)) in columns.iter().enumerate() {
                if first < end {
                    let row = iy as usize * w;
                    tap(ky * kw + kx, oy * wo + first, row + input, end - first);
                }
            }
        }
    }
}
