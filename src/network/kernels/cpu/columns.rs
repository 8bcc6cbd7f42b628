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

/// Adds the columns of `matrix`, `[channels * kh * kw, ho * wo]`, to the pixels of `image`,
/// `[channels, h, w]`, that their windows take.
pub fn scatter(
    matrix: &[f32],
    image: &mut [f32],
    channels: usize,
    [h, w]: [usize; 2],
    [ho, wo]: [usize; 2],
    geometry: &ConvGeometry,
) {
    let [kh, kw] = geometry.kernel;
    let [sy, sx] = geometry.stride;
    let offset = |axis: usize, tap: usize| {
        (tap * geometry.dilation[axis]) as isize - geometry.pad_begin[axis] as isize
    };
    let rows = matrix.chunks_exact((ho * wo).max(1)).enumerate();
    for (row, matrix) in rows.take(channels * kh * kw) {
        let (channel, tap) = (row / (kh * kw), row % (kh * kw));
        let (down, along) = (offset(0, tap / kw), offset(1, tap % kw));
        let (first_y, end_y) = valid_outputs(down, sy, h, ho);
        let (first_x, end_x) = valid_outputs(along, sx, w, wo);
        if first_x >= end_x {
            continue;
        }
        let x = ((first_x * sx) as isize + along) as usize;
        for oy in first_y..end_y {
            let y = ((oy * sy) as isize + down) as usize;
            let from = &matrix[oy * wo + first_x..oy * wo + end_x];
            let to = &mut image[(channel * h + y) * w + x..];
            if sx == 1 {
                for (to, from) in to.iter_mut().zip(from) {
                    *to += *from;
                }
            } else {
                for (to, from) in to.iter_mut().step_by(sx).zip(from) {
                    *to += *from;
                }
            }
        }
    }
}
