//! Convolutions in which every channel has its own single kernel: blocks of sums over taps, read from
//! a copy of the plane with a border of zeros.
//!
//! The border takes the place of a test at every tap, and columns that a stride keeps apart lie next
//! to each other in the copy, so that all strides, paddings and dilations run the same inner loop.

use super::super::ConvGeometry;
use super::{
    block_sums::{Place, Taps, write},
    lanes::LANES,
    pairs::{join, part},
    parallel::for_each_chunk_with,
};

/// Sizes of a depthwise convolution.
pub struct Depthwise<'a> {
    /// Channels: planes that have a kernel of their own.
    pub channels: usize,
    /// Height and width of the input.
    pub in_hw: [usize; 2],
    /// Height and width of the output.
    pub out_hw: [usize; 2],
    /// Kernel, strides, dilations and padding.
    pub geometry: &'a ConvGeometry,
}

impl Depthwise<'_> {
    /// Convolves every plane of `x`, `[n, channels, h, w]`, into `out`, `[n, channels, ho, wo]`, and
    /// hands each finished plane of `out` with its channel to `finish`.
    pub fn forward(
        &self,
        x: &[f32],
        weight: &[f32],
        out: &mut [f32],
        finish: impl Fn(&mut [f32], usize) + Send + Sync,
    ) {
        let plan = Plan::forward(self);
        self.run(&plan, x, weight, out, [self.in_hw, self.out_hw], finish);
    }

    /// What every pixel of `out`, `[n, channels, h, w]`, gave to `grad`, `[n, channels, ho, wo]`.
    pub fn input_gradient(&self, grad: &[f32], weight: &[f32], out: &mut [f32]) {
        let plan = Plan::backward(self);
        let finish = |_: &mut [f32], _| ();
        self.run(&plan, grad, weight, out, [self.out_hw, self.in_hw], finish);
    }

    /// Sums `plan` for every plane of `from`, whose height and width come first, those of `to` second.
    fn run(
        &self,
        plan: &Plan,
        from: &[f32],
        weight: &[f32],
        to: &mut [f32],
        [from_hw, to_hw]: [[usize; 2]; 2],
        finish: impl Fn(&mut [f32], usize) + Send + Sync,
    ) {
        let from_pixels = from_hw[0] * from_hw[1];
        let size = self.geometry.kernel[0] * self.geometry.kernel[1];
        let scratch = || Scratch {
            copy: vec![0.0; plan.rows * plan.row],
            taps: Taps::default(),
            parts: vec![Vec::new(); plan.step[1]],
        };
        let length = to_hw[0] * to_hw[1];
        for_each_chunk_with(to, length, scratch, |scratch, plane, to| {
            let channel = plane % self.channels;
            let kernel = &weight[channel * size..(channel + 1) * size];
            let from = &from[plane * from_pixels..(plane + 1) * from_pixels];
            plan.copy(from, from_hw[1], &mut scratch.copy);
            plan.write(kernel, scratch, to, to_hw);
            finish(to, channel);
        });
    }
}

/// What the planes that one core works on share.
struct Scratch {
    /// The plane with its border.
    copy: Vec<f32>,
    taps: Taps,
    /// Results by the remainder of their column, where columns have a step.
    parts: Vec<Vec<f32>>,
}

/// How planes of one size are copied, and where their sums find their taps.
struct Plan {
    /// Rows of the copy.
    rows: usize,
    /// Length of a row of the copy.
    row: usize,
    /// Where a row of the copy begins for each remainder of the column by their number.
    split: usize,
    /// How many remainders there are.
    splits: usize,
    /// Zeros above and left of the plane, before columns are split.
    border: [usize; 2],
    /// Step in rows and columns from one result to the next that leaves the same remainders.
    step: [usize; 2],
    /// Rows of the copy from one such result's row to the next.
    row_step: usize,
    /// The taps of results that leave the same remainders, column by column and then row by row: index
    /// in the kernel, and offset in the copy.
    taps: Vec<Vec<(usize, usize)>>,
}

impl Plan {
    fn forward(sizes: &Depthwise<'_>) -> Self {
        let ConvGeometry {
            kernel: [kh, kw],
            stride: [sy, sx],
            dilation: [dy, dx],
            ..
        } = *sizes.geometry;
        let [ho, wo] = sizes.out_hw;
        let split = wo.next_multiple_of(LANES) + (kw - 1) * dx / sx;
        let row = sx * split;
        let offset = |ky: usize, kx: usize| ky * dy * row + (kx * dx % sx) * split + kx * dx / sx;
        let taps = (0..kh * kw)
            .map(|tap| (tap, offset(tap / kw, tap % kw)))
            .collect();
        Self {
            rows: ho.saturating_sub(1) * sy + (kh - 1) * dy + 1,
            row,
            split,
            splits: sx,
            border: sizes.geometry.pad_begin,
            step: [1, 1],
            row_step: sy,
            taps: vec![taps],
        }
    }

    fn backward(sizes: &Depthwise<'_>) -> Self {
        let geometry = sizes.geometry;
        // Along an axis: how far from pixel `first + q * stride` over `stride` the output lies that
        // took it through tap `k`, if one did.
        let shift = |axis: usize, first: usize, k: usize| {
            let stride = geometry.stride[axis] as isize;
            let distance = (first + geometry.pad_begin[axis]) as isize
                - (k * geometry.dilation[axis]) as isize;
            (distance % stride == 0).then_some(distance / stride)
        };
        let shifts = |axis: usize| {
            let firsts = 0..geometry.stride[axis];
            let all = firsts.flat_map(move |first| {
                (0..geometry.kernel[axis]).filter_map(move |k| shift(axis, first, k))
            });
            let (least, most) = all.fold((0, 0), |(least, most): (isize, isize), shift| {
                (least.min(shift), most.max(shift))
            });
            (least.unsigned_abs(), most.unsigned_abs())
        };
        let ((top, bottom), (left, right)) = (shifts(0), shifts(1));
        let results = |axis: usize| sizes.in_hw[axis].div_ceil(geometry.stride[axis]);
        let rows = top + sizes.out_hw[0].max(results(0) + bottom);
        let row = left + sizes.out_hw[1].max(results(1).next_multiple_of(LANES) + right);
        let mut all = Vec::new();
        for y in 0..geometry.stride[0] {
            for x in 0..geometry.stride[1] {
                let mut taps = Vec::new();
                // In the order of the outputs that took the pixel.
                for ky in (0..geometry.kernel[0]).rev() {
                    for kx in 0..geometry.kernel[1] {
                        if let (Some(down), Some(along)) = (shift(0, y, ky), shift(1, x, kx)) {
                            let place = |border: usize, by: isize| border.saturating_add_signed(by);
                            let offset = place(top, down) * row + place(left, along);
                            taps.push((ky * geometry.kernel[1] + kx, offset));
                        }
                    }
                }
                all.push(taps);
            }
        }
        Self {
            rows,
            row,
            split: row,
            splits: 1,
            border: [top, left],
            step: geometry.stride,
            row_step: 1,
            taps: all,
        }
    }

    /// Writes `plane`, of rows of `width`, inside the border of `copy`. What no sum reads is left out.
    fn copy(&self, plane: &[f32], width: usize, copy: &mut [f32]) {
        let rows = copy.chunks_exact_mut(self.row).skip(self.border[0]);
        for (to, from) in rows.zip(plane.chunks_exact(width.max(1))) {
            if self.splits == 2 {
                let (even, odd) = to.split_at_mut(self.split);
                let (place, is_odd) = (self.border[1] / 2, self.border[1] % 2 == 1);
                let even = even.get_mut(place + usize::from(is_odd)..);
                let (even, odd) = (even.unwrap_or_default(), odd.get_mut(place..));
                let odd = odd.unwrap_or_default();
                // The first column is an odd one of the copy where the border is odd.
                let (first, second) = if is_odd { (odd, even) } else { (even, odd) };
                part(from, first, second);
                continue;
            }
            for (remainder, to) in to.chunks_exact_mut(self.split).enumerate() {
                // The first column of the plane that leaves this remainder, and its place.
                let column = (remainder + self.splits - self.border[1] % self.splits) % self.splits;
                let place = (column + self.border[1]) / self.splits;
                let to = to.get_mut(place..).unwrap_or_default();
                let from = from.get(column..).unwrap_or_default();
                if self.splits == 1 {
                    let count = to.len().min(from.len());
                    to[..count].copy_from_slice(&from[..count]);
                    continue;
                }
                for (to, from) in to.iter_mut().zip(from.iter().step_by(self.splits)) {
                    *to = *from;
                }
            }
        }
    }

    /// Writes the sums of all results into `to`, `[h, w]`.
    fn write(&self, kernel: &[f32], scratch: &mut Scratch, to: &mut [f32], [h, w]: [usize; 2]) {
        let Scratch { copy, taps, parts } = scratch;
        let down = self.row_step * self.row;
        let [step_down, step_along] = self.step;
        // Results whose rows leave the same remainder.
        for (y, by_column) in self.taps.chunks(step_along).enumerate() {
            let rows = h.saturating_sub(y).div_ceil(step_down);
            if let [places] = by_column {
                taps.fill(places, kernel);
                let place = Place {
                    start: y * w,
                    step: step_down * w,
                    rows,
                    columns: w,
                };
                write(copy, down, taps, to, place);
                continue;
            }
            for (x, (places, part)) in by_column.iter().zip(&mut *parts).enumerate() {
                let columns = w.saturating_sub(x).div_ceil(step_along);
                part.resize(rows * columns, 0.0);
                taps.fill(places, kernel);
                let place = Place {
                    start: 0,
                    step: columns,
                    rows,
                    columns,
                };
                write(copy, down, taps, part, place);
            }
            let rows = to.chunks_exact_mut(w.max(1)).skip(y).step_by(step_down);
            for (row, to) in rows.enumerate() {
                take_turns(parts, row, to);
            }
        }
    }
}

/// Row `row` of each part, column by column in turn.
fn take_turns(parts: &[Vec<f32>], row: usize, to: &mut [f32]) {
    let (step, width) = (parts.len(), to.len());
    let row = |first: usize| {
        let columns = width.saturating_sub(first).div_ceil(step);
        &parts[first][row * columns..(row + 1) * columns]
    };
    if step == 2 {
        join(row(0), row(1), to);
        return;
    }
    for first in 0..step.min(width) {
        for (to, from) in to[first..].iter_mut().step_by(step).zip(row(first)) {
            *to = *from;
        }
    }
}
