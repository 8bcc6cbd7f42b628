//! Convolutions in which every channel has its own single kernel: blocks of sums over taps, read from
//! a copy of the plane with a border of zeros.
//!
//! The border takes the place of a test at every tap, and columns that a stride keeps apart lie next
//! to each other in the copy, so that all strides, paddings and dilations run the same inner loop.

use super::super::ConvGeometry;
use super::{
    lanes::{LANES, Lanes},
    parallel::for_each_chunk_with,
};

/// Rows of sums computed together, so that additions need not wait for each other.
const ROWS: usize = 4;

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
        let scratch = || (vec![0.0; plan.rows * plan.row], Taps::default());
        let length = to_hw[0] * to_hw[1];
        for_each_chunk_with(to, length, scratch, |(copy, taps), plane, to| {
            let channel = plane % self.channels;
            let kernel = &weight[channel * size..(channel + 1) * size];
            let from = &from[plane * from_pixels..(plane + 1) * from_pixels];
            plan.copy(from, from_hw[1], copy);
            for phase in &plan.phases {
                taps.fill(&phase.taps, kernel);
                phase.write(copy, plan.row, taps, to, to_hw);
            }
            finish(to, channel);
        });
    }
}

/// A tap of a kernel, as far from a sum's place in the copy as `offset`.
struct Tap {
    offset: usize,
    weight: f32,
}

/// The taps of one kernel that a phase uses.
#[derive(Default)]
struct Taps {
    list: Vec<Tap>,
    /// The largest offset.
    farthest: usize,
}

impl Taps {
    /// Becomes the `places` in `kernel`.
    fn fill(&mut self, places: &[(usize, usize)], kernel: &[f32]) {
        self.list.clear();
        self.list.extend(places.iter().map(|&(tap, offset)| Tap {
            offset,
            weight: kernel[tap],
        }));
        let offsets = self.list.iter().map(|tap| tap.offset);
        self.farthest = offsets.max().unwrap_or(0);
    }
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
    phases: Vec<Phase>,
}

/// The results whose row and column leave the same remainders, which share their taps.
struct Phase {
    /// Remainders of row and column.
    first: [usize; 2],
    /// Step from one result to the next in rows and columns.
    step: [usize; 2],
    /// Rows of the copy from one result's row to the next.
    row_step: usize,
    /// Index in the kernel, and offset in the copy.
    taps: Vec<(usize, usize)>,
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
            phases: vec![Phase {
                first: [0, 0],
                step: [1, 1],
                row_step: sy,
                taps,
            }],
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
        let mut phases = Vec::new();
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
                phases.push(Phase {
                    first: [y, x],
                    step: geometry.stride,
                    row_step: 1,
                    taps,
                });
            }
        }
        Self {
            rows,
            row,
            split: row,
            splits: 1,
            border: [top, left],
            phases,
        }
    }

    /// Writes `plane`, of rows of `width`, inside the border of `copy`. What no sum reads is left out.
    fn copy(&self, plane: &[f32], width: usize, copy: &mut [f32]) {
        let rows = copy.chunks_exact_mut(self.row).skip(self.border[0]);
        for (to, from) in rows.zip(plane.chunks_exact(width.max(1))) {
            for (remainder, to) in to.chunks_exact_mut(self.split).enumerate() {
                // The first column of the plane that leaves this remainder, and its place.
                let column = (remainder + self.splits - self.border[1] % self.splits) % self.splits;
                let place = (column + self.border[1]) / self.splits;
                let to = to.get_mut(place..).unwrap_or_default();
                let from = from.get(column..).unwrap_or_default();
                if self.splits == 1 {
                    let count = to.len().min(from.len());
                    to[..count].copy_from_slice(&from[..count]);
                } else {
                    for (to, from) in to.iter_mut().zip(from.iter().step_by(self.splits)) {
                        *to = *from;
                    }
                }
            }
        }
    }
}

impl Phase {
    /// Writes the sums of `taps` at every result of this phase into `to`, `[h, w]`.
    fn write(&self, copy: &[f32], row: usize, taps: &Taps, to: &mut [f32], [h, w]: [usize; 2]) {
        let down = self.row_step * row;
        let rows = h.saturating_sub(self.first[0]).div_ceil(self.step[0]);
        let columns = w.saturating_sub(self.first[1]).div_ceil(self.step[1]);
        for first_column in (0..columns).step_by(LANES) {
            let lanes = (columns - first_column).min(LANES);
            let mut row = 0;
            while row < rows {
                let start = row * down + first_column;
                // Rows that are left over run alone.
                if row + ROWS <= rows {
                    for sums in &sums::<ROWS>(copy, start, down, taps) {
                        self.place(&sums[..lanes], row, first_column, to, w);
                        row += 1;
                    }
                } else {
                    let [sums] = sums::<1>(copy, start, down, taps);
                    self.place(&sums[..lanes], row, first_column, to, w);
                    row += 1;
                }
            }
        }
    }

    fn place(&self, sums: &[f32], row: usize, column: usize, to: &mut [f32], w: usize) {
        let row = (self.first[0] + row * self.step[0]) * w;
        let to = &mut to[row + self.first[1] + column * self.step[1]..row + w];
        if self.step[1] == 1 {
            to[..sums.len()].copy_from_slice(sums);
        } else {
            for (to, sum) in to.iter_mut().step_by(self.step[1]).zip(sums) {
                *to = *sum;
            }
        }
    }
}

/// `LANES` neighbouring sums in each of `COUNT` rows that lie `down` apart.
#[inline]
#[cfg_attr(
    all(target_family = "wasm", feature = "relaxed-simd"),
    target_feature(enable = "relaxed-simd")
)]
fn sums<const COUNT: usize>(
    copy: &[f32],
    start: usize,
    down: usize,
    taps: &Taps,
) -> [[f32; LANES]; COUNT] {
    let mut sums = [Lanes::zero(); COUNT];
    let last = start + (COUNT - 1) * down + taps.farthest;
    let inside = last + LANES <= copy.len();
    debug_assert!(inside, "the plan's rows are too short for the last block");
    if !inside {
        return sums.map(Lanes::values);
    }
    for tap in &taps.list {
        for (row, sums) in sums.iter_mut().enumerate() {
            // SAFETY: no row lies further down than the last, and no tap further than the farthest,
            // from which `LANES` values are inside as was just seen. To look again at every tap takes
            // as long as the sums do.
            let values = unsafe {
                let first = copy.as_ptr().add(start + row * down + tap.offset);
                &*first.cast::<[f32; LANES]>()
            };
            sums.add_product(tap.weight, values);
        }
    }
    sums.map(Lanes::values)
}
