//! Columns of a matrix added back into the image whose windows they are.

use super::super::ConvGeometry;

/// Output columns whose tap at `offset` falls inside a row of `length`, as a half-open range.
///
/// Tap `t` of output `o` reads input `o * stride + t * dilation - pad`; `offset` is
/// `t * dilation - pad`.
pub fn valid_outputs(
    offset: isize,
    stride: usize,
    length: usize,
    outputs: usize,
) -> (usize, usize) {
    let stride = stride as isize;
    let length = length as isize;
    // Smallest o with o * stride + offset >= 0.
    let first = if offset >= 0 {
        0
    } else {
        (-offset + stride - 1) / stride
    };
    // Smallest o with o * stride + offset >= length.
    let end = if offset >= length {
        0
    } else {
        (length - offset + stride - 1) / stride
    };
    let end = end.clamp(0, outputs as isize);
    (first.min(end) as usize, end as usize)
}

/// Calls `run(column, input, count, stride)` for every run of taps that fall inside the image:
/// `count` neighbouring elements of the matrix from `column` on, and the elements of the image from
/// `input` on in steps of `stride`, belong together.
fn for_each_run(
    channels: usize,
    [h, w]: [usize; 2],
    [ho, wo]: [usize; 2],
    geometry: &ConvGeometry,
    mut run: impl FnMut(usize, usize, usize, usize),
) {
    let [kh, kw] = geometry.kernel;
    for channel in 0..channels {
        for ky in 0..kh {
            let offset_y = (ky * geometry.dilation[0]) as isize - geometry.pad_begin[0] as isize;
            let (first_y, end_y) = valid_outputs(offset_y, geometry.stride[0], h, ho);
            for kx in 0..kw {
                let offset_x =
                    (kx * geometry.dilation[1]) as isize - geometry.pad_begin[1] as isize;
                let (first_x, end_x) = valid_outputs(offset_x, geometry.stride[1], w, wo);
                if first_x >= end_x {
                    continue;
                }
                let matrix_row = (channel * kh + ky) * kw + kx;
                let input_x = (first_x * geometry.stride[1]) as isize + offset_x;
                for oy in first_y..end_y {
                    let input_y = (oy * geometry.stride[0]) as isize + offset_y;
                    let input = (channel * h + input_y as usize) * w + input_x as usize;
                    let column = matrix_row * ho * wo + oy * wo + first_x;
                    run(column, input, end_x - first_x, geometry.stride[1]);
                }
            }
        }
    }
}

/// Adds the columns of `matrix` back to the pixels they were gathered from.
pub fn scatter(
    matrix: &[f32],
    image: &mut [f32],
    channels: usize,
    in_hw: [usize; 2],
    out_hw: [usize; 2],
    geometry: &ConvGeometry,
) {
    for_each_run(
        channels,
        in_hw,
        out_hw,
        geometry,
        |column, input, count, stride| {
            let from = &matrix[column..column + count];
            if stride == 1 {
                for (to, from) in image[input..input + count].iter_mut().zip(from) {
                    *to += *from;
                }
            } else {
                for (to, from) in image[input..].iter_mut().step_by(stride).zip(from) {
                    *to += *from;
                }
            }
        },
    );
}
