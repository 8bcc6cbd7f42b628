//! Sums over the taps of a kernel, computed in blocks of rows and columns.

use super::{
    lanes::{LANES, Lanes},
    widest::widest,
};

/// Rows of sums computed together, so that additions need not wait for each other.
const ROWS: usize = 4;

/// A tap of a kernel, as far from a sum's place in the copy as `offset`.
struct Tap {
    offset: usize,
    weight: f32,
}

/// The taps of one kernel that a phase uses.
#[derive(Default)]
pub struct Taps {
    list: Vec<Tap>,
    /// The largest offset.
    farthest: usize,
}

impl Taps {
    /// Becomes the `places` in `kernel`.
    pub fn fill(&mut self, places: &[(usize, usize)], kernel: &[f32]) {
        self.list.clear();
        self.list.extend(places.iter().map(|&(tap, offset)| Tap {
            offset,
            weight: kernel[tap],
        }));
        let offsets = self.list.iter().map(|tap| tap.offset);
        self.farthest = offsets.max().unwrap_or(0);
    }
}

/// Where neighbouring sums go.
#[derive(Clone, Copy)]
pub struct Place {
    /// Of the first sum.
    pub start: usize,
    /// From one row to the next.
    pub step: usize,
    /// Rows of sums.
    pub rows: usize,
    /// Sums of a row.
    pub columns: usize,
}

widest! {
    /// Writes the sums of `taps` at every place of `copy` to `place` in `to`; the first place of a row of sums
    /// lies `down` further than that of the row above.
    pub fn write(copy: &[f32], down: usize, taps: &Taps, to: &mut [f32], place: Place) {
        let lanes = place.columns.min(LANES);
        for column in starts(place.columns, LANES) {
            let mut keep = |sums: &[f32; LANES], row: usize| {
                let to = &mut to[place.start + row * place.step + column..];
                match to.first_chunk_mut::<LANES>() {
                    Some(to) if lanes == LANES => *to = *sums,
                    _ => {
                        // Not as slices: to copy so few by a call takes longer.
                        for (to, sum) in to.iter_mut().zip(&sums[..lanes]) {
                            *to = *sum;
                        }
                    }
                }
            };
            if place.rows < ROWS {
                for row in 0..place.rows {
                    let [sums] = &sums::<1>(copy, row * down + column, down, taps);
                    keep(sums, row);
                }
                continue;
            }
            for row in starts(place.rows, ROWS) {
                let blocks = sums::<ROWS>(copy, row * down + column, down, taps);
                for (row, sums) in (row..).zip(&blocks) {
                    keep(sums, row);
                }
            }
        }
    }
}

/// Where blocks of `block` begin that cover `length`: the last lies over the one before where they do not
/// fill it, which is faster than a smaller one would be.
fn starts(length: usize, block: usize) -> impl Iterator<Item = usize> {
    let last = length.saturating_sub(block);
    (0..length).step_by(block).map(move |start| start.min(last))
}

/// `LANES` neighbouring sums in each of `COUNT` rows that lie `down` apart.
#[cfg_attr(not(target_family = "wasm"), inline(always))]
#[cfg_attr(target_family = "wasm", inline)]
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
