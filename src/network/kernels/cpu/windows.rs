//! The windows of an image as the rows of a matrix that is never laid out whole.

use super::{super::ConvGeometry, columns::valid_outputs};

/// A matrix, `[channels * kh * kw, ho * wo]`: its columns are the windows of `image`.
#[derive(Clone, Copy)]
pub struct Windows<'a> {
    /// `[channels, h, w]`.
    pub image: &'a [f32],
    /// Height and width of the image.
    pub in_hw: [usize; 2],
    /// Windows down and along.
    pub out_hw: [usize; 2],
    /// Kernel, strides, dilations and padding; groups are not looked at.
    pub geometry: &'a ConvGeometry,
}

impl Windows<'_> {
    /// Whether the image has the channels for `rows` of the matrix, and that has `columns`.
    pub fn covers(&self, [rows, columns]: [usize; 2]) -> bool {
        let taps = self.geometry.kernel[0] * self.geometry.kernel[1];
        let pixels = self.in_hw[0] * self.in_hw[1];
        rows.div_ceil(taps.max(1)) * pixels <= self.image.len()
            && columns == self.out_hw[0] * self.out_hw[1]
    }

    /// Writes row `row` of the matrix from `column` on `into`.
    pub fn read(&self, row: usize, column: usize, into: &mut [f32]) {
        let ConvGeometry {
            kernel: [kh, kw],
            stride: [sy, sx],
            ..
        } = *self.geometry;
        let ([h, w], wo) = (self.in_hw, self.out_hw[1]);
        let offset = |axis: usize, tap: usize| {
            (tap * self.geometry.dilation[axis]) as isize - self.geometry.pad_begin[axis] as isize
        };
        let (channel, tap) = (row / (kh * kw), row % (kh * kw));
        let (down, along) = (offset(0, tap / kw), offset(1, tap % kw));
        let (first, end) = valid_outputs(along, sx, w, wo);
        let (mut oy, mut ox) = (column / wo, column % wo);
        let mut rest = into;
        while !rest.is_empty() {
            let count = (wo - ox).min(rest.len());
            let (to, after) = rest.split_at_mut(count);
            rest = after;
            let iy = (oy * sy) as isize + down;
            if iy < 0 || iy >= h as isize {
                to.fill(0.0);
            } else {
                let from = first.clamp(ox, ox + count);
                let until = end.clamp(from, ox + count);
                to[..from - ox].fill(0.0);
                to[until - ox..].fill(0.0);
                if from < until {
                    let image_row = (channel * h + iy as usize) * w;
                    let start = image_row + ((from * sx) as isize + along) as usize;
                    let to = &mut to[from - ox..until - ox];
                    if sx == 1 {
                        to.copy_from_slice(&self.image[start..start + to.len()]);
                    } else {
                        for (to, from) in to.iter_mut().zip(self.image[start..].iter().step_by(sx))
                        {
                            *to = *from;
                        }
                    }
                }
            }
            (oy, ox) = (oy + 1, 0);
        }
    }
}
