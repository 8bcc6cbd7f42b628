//! Convolutions by 3 x 3 kernels whose windows are a pixel apart, with 16 products instead of 36 for four outputs:
//! Winograd's minimal filtering F(2 x 2, 3 x 3) (Lavin and Gray 2016, <https://arxiv.org/abs/1509.09308>, section 4.1).
//!
//! Outputs are computed in tiles of 2 x 2, from tiles of 4 x 4 inputs that overlap. Both a tile and a kernel become 16
//! numbers, a number for each pair of places; those of a place are multiplied and summed over the channels as
//! matrices. Sums and differences of a few inputs are all it adds, so that results are about as exact. Where an image is
//! flat all but one of a tile's numbers vanish, so that equal inputs give equal outputs there, and ties stay ties.

use super::{
    lanes::LANES,
    matrix_product::{KeptLeft, Left},
    pairs::{join, part},
    right_operand::RightOperand,
    widest::widest,
};

/// Inputs along a tile.
const SIDE: usize = 4;
/// Numbers that stand for a tile or a kernel.
const PLACES: usize = SIDE * SIDE;
/// Taps of a kernel.
const TAPS: usize = 9;
/// Tiles that are transformed and multiplied together, so that they stay in the second cache.
const BLOCK: usize = 128;
/// Fewest channels on either side for which transforming them is worth it.
pub const FEWEST_CHANNELS: usize = 16;

type Lanes = [f32; LANES];

/// The kernels of all pairs of channels, transformed.
pub struct Winograd {
    /// Output and input channels.
    shape: [usize; 2],
    /// The numbers of each place, `[c_out, c_in]`.
    places: Vec<KeptLeft>,
}

/// An image to convolve.
#[derive(Clone, Copy)]
pub struct Image<'a> {
    /// `[c_in, h, w]`.
    pub values: &'a [f32],
    /// Height and width.
    pub hw: [usize; 2],
    /// Zeros before the first row and column; what is less than none of them leaves rows or columns out.
    pub pad_begin: [isize; 2],
}

impl Winograd {
    /// How many values transformed kernels have for each weight.
    pub const GROWTH: f64 = PLACES as f64 / TAPS as f64;

    /// Transforms `kernels`, `[c_out, c_in, 3, 3]`; `shape` is `[c_out, c_in]`.
    pub fn new(shape: [usize; 2], kernels: &[f32]) -> Self {
        let (kernels, _) = kernels.as_chunks::<TAPS>();
        let mut places: [Vec<f32>; PLACES] = std::array::from_fn(|_| vec![0.0; kernels.len()]);
        for (index, kernel) in kernels.iter().enumerate() {
            for (place, value) in places.iter_mut().zip(transformed(kernel)) {
                place[index] = value;
            }
        }
        let left = |values: Vec<f32>| Left::new(shape, &values, [shape[1], 1]).keep();
        Self {
            shape,
            places: places.into_iter().map(left).collect(),
        }
    }

    /// The kernels for the way back: output and input channels exchanged, taps turned around, and the weights of each
    /// channel that was put out multiplied by its `scale`.
    pub fn turned(&self, scale: impl Fn(&[f32]) -> Vec<f32>) -> Self {
        let [c_out, c_in] = self.shape;
        // Turning the taps around exchanges the first and the last number each way, and nothing else.
        let turned = |along: usize| match along {
            0 => SIDE - 1,
            along if along == SIDE - 1 => 0,
            along => along,
        };
        let left = |place: usize| {
            let place = turned(place / SIDE) * SIDE + turned(place % SIDE);
            let values = scale(&self.places[place].rows());
            Left::new([c_in, c_out], &values, [1, c_in]).keep()
        };
        Self {
            shape: [c_in, c_out],
            places: (0..PLACES).map(left).collect(),
        }
    }

    /// Writes the convolution of `image` to `to`, `[c_out, h, w]` with height and width of `to_hw`. `finish(channel, part)`
    /// gets every part of every output plane once.
    pub fn convolve(
        &self,
        image: Image<'_>,
        to: &mut [f32],
        to_hw: [usize; 2],
        finish: &dyn Fn(usize, &mut [f32]),
    ) {
        let [c_out, c_in] = self.shape;
        let [down, along] = to_hw.map(|length| length.div_ceil(2));
        let pixels = to_hw[0] * to_hw[1];
        if pixels == 0 {
            return;
        }
        let blocks = down.div_ceil((BLOCK / along).max(1));
        // As many rows of tiles in each.
        let block_rows = down.div_ceil(blocks);
        // Whole vectors are written and read, beyond the last tile too.
        let region = |channels: usize| channels * block_rows * along + LANES;
        let mut spread = vec![0.0; PLACES * region(c_in)];
        let mut sums = vec![0.0; PLACES * region(c_out)];
        let mut lines = Lines::new(along);
        for first in (0..down).step_by(block_rows) {
            let rows = first..(first + block_rows).min(down);
            let tiles = rows.len() * along;
            let planes = image
                .values
                .chunks_exact((image.hw[0] * image.hw[1]).max(1));
            for (channel, plane) in planes.enumerate() {
                for row in rows.clone() {
                    lines.read(plane, image, row);
                    let at = channel * tiles + (row - first) * along;
                    spread_tiles(&lines.values, lines.length, &mut spread, region(c_in), at);
                }
            }
            let operands = spread.chunks_exact(region(c_in));
            let results = sums.chunks_exact_mut(region(c_out));
            for ((left, values), out) in self.places.iter().zip(operands).zip(results) {
                let right = RightOperand::Matrix {
                    values,
                    strides: [tiles, 1],
                };
                left.multiply(tiles, &right, out, &|_, _| ());
            }
            for (channel, plane) in to.chunks_exact_mut(pixels).enumerate() {
                let part = rows.start * 2 * to_hw[1]..(rows.end * 2).min(to_hw[0]) * to_hw[1];
                let part = &mut plane[part];
                for (row, to) in part.chunks_mut(2 * to_hw[1]).enumerate() {
                    let at = channel * tiles + row * along;
                    gather_tiles(&sums, region(c_out), at, &mut lines.values, lines.length);
                    lines.write(to, to_hw[1]);
                }
                finish(channel, part);
            }
        }
    }
}

/// The rows under one row of tiles, even and odd columns apart.
struct Lines {
    /// Even and odd columns of each row in turn.
    values: Vec<f32>,
    /// Columns of each.
    length: usize,
}

impl Lines {
    /// Room for `along` tiles.
    fn new(along: usize) -> Self {
        // The last tiles read a column of each kind beyond their own.
        let length = along.next_multiple_of(LANES) + LANES;
        Self {
            values: vec![0.0; 2 * SIDE * length],
            length,
        }
    }

    /// Reads the rows of `plane` under tiles `row`.
    fn read(&mut self, plane: &[f32], image: Image<'_>, row: usize) {
        let ([h, w], [top, left]) = (image.hw, image.pad_begin);
        let (border, skipped) = (left.max(0).unsigned_abs(), left.min(0).unsigned_abs());
        for (line, columns) in self.values.chunks_exact_mut(2 * self.length).enumerate() {
            columns.fill(0.0);
            let y = (2 * row + line) as isize - top;
            if y < 0 || y >= h as isize || skipped >= w {
                continue;
            }
            let from = &plane[y as usize * w..][skipped..w];
            let (even, odd) = columns.split_at_mut(self.length);
            // The first column is an odd one where the border is odd.
            let even = even.get_mut(border.div_ceil(2)..).unwrap_or_default();
            let odd = odd.get_mut(border / 2..).unwrap_or_default();
            if border % 2 == 0 {
                part(from, even, odd);
            } else {
                part(from, odd, even);
            }
        }
    }

    /// Writes one or two rows of `width` from the first lines.
    fn write(&self, rows: &mut [f32], width: usize) {
        let lines = self.values.chunks_exact(2 * self.length);
        for (row, columns) in rows.chunks_exact_mut(width).zip(lines) {
            let (even, odd) = columns.split_at(self.length);
            join(even, odd, row);
        }
    }
}

/// G g Gt of the paper, rounded once.
fn transformed(kernel: &[f32; TAPS]) -> [f32; PLACES] {
    let filter = |a: f64, b: f64, c: f64| [a, (a + b + c) / 2.0, (a - b + c) / 2.0, c];
    let tap = |row: usize, column: usize| f64::from(kernel[row * 3 + column]);
    let columns = [0, 1, 2].map(|column| filter(tap(0, column), tap(1, column), tap(2, column)));
    let mut places = [0.0; PLACES];
    for (row, places) in places.chunks_exact_mut(SIDE).enumerate() {
        let row = filter(columns[0][row], columns[1][row], columns[2][row]);
        for (place, value) in places.iter_mut().zip(row) {
            *place = value as f32;
        }
    }
    places
}

#[inline(always)]
fn plus(a: Lanes, b: Lanes) -> Lanes {
    std::array::from_fn(|lane| a[lane] + b[lane])
}

#[inline(always)]
fn minus(a: Lanes, b: Lanes) -> Lanes {
    std::array::from_fn(|lane| a[lane] - b[lane])
}

#[inline(always)]
fn load(values: &[f32], place: usize) -> Lanes {
    let mut lanes = [0.0; LANES];
    lanes.copy_from_slice(&values[place..place + LANES]);
    lanes
}

/// Bt d of the paper.
#[inline(always)]
fn spread_side([a, b, c, d]: [Lanes; SIDE]) -> [Lanes; SIDE] {
    [minus(a, c), plus(b, c), minus(c, b), minus(b, d)]
}

/// At m of the paper.
#[inline(always)]
fn gather_side([a, b, c, d]: [Lanes; SIDE]) -> [Lanes; 2] {
    [plus(plus(a, b), c), minus(minus(b, c), d)]
}

widest! {
    /// Bt d B of the paper for a row of tiles: from `lines`, as [`Lines`] holds them, to `at` in each place's `region`.
    fn spread_tiles(lines: &[f32], length: usize, spread: &mut [f32], region: usize, at: usize) {
        for first in (0..length - LANES).step_by(LANES) {
            let column = |column: usize| {
                let from = (column % 2) * length + column / 2 + first;
                spread_side([0, 1, 2, 3].map(|row| load(lines, 2 * row * length + from)))
            };
            let columns = [0, 1, 2, 3].map(column);
            for row in 0..SIDE {
                let values = spread_side(columns.map(|column| column[row]));
                for (column, values) in values.iter().enumerate() {
                    let to = (row * SIDE + column) * region + at + first;
                    spread[to..to + LANES].copy_from_slice(values);
                }
            }
        }
    }

    /// At m A of the paper for a row of tiles: from `at` in each place's `region` to the first two of `lines`.
    fn gather_tiles(sums: &[f32], region: usize, at: usize, lines: &mut [f32], length: usize) {
        for first in (0..length - LANES).step_by(LANES) {
            let column = |column: usize| {
                let from = column * region + at + first;
                gather_side([0, 1, 2, 3].map(|row| load(sums, row * SIDE * region + from)))
            };
            let columns = [0, 1, 2, 3].map(column);
            for row in 0..2 {
                let [even, odd] = gather_side(columns.map(|column| column[row]));
                let to = 2 * row * length + first;
                lines[to..to + LANES].copy_from_slice(&even);
                lines[to + length..to + length + LANES].copy_from_slice(&odd);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Max pools behind a convolution choose the first of equal values; rounding must not choose for them.
    #[test]
    fn flat_images_give_flat_outputs() {
        let [c_out, c_in, side] = [16, 20, 19];
        let kernels: Vec<f32> = (0..c_out * c_in * TAPS)
            .map(|index| ((index * 37 % 101) as f32 - 50.0) / 49.0)
            .collect();
        let planes = (0..c_in).map(|channel| vec![channel as f32 / 7.0 - 1.1; side * side]);
        let image = Image {
            values: &planes.flatten().collect::<Vec<f32>>(),
            hw: [side; 2],
            pad_begin: [0; 2],
        };
        let out_side = side - 2;
        let mut out = vec![f32::NAN; c_out * out_side * out_side];
        let winograd = Winograd::new([c_out, c_in], &kernels);
        winograd.convolve(image, &mut out, [out_side; 2], &|_, _| ());
        for plane in out.chunks_exact(out_side * out_side) {
            // The last row and column share tiles with what lies beyond the image.
            let rows = plane.chunks_exact(out_side).take(out_side - 1);
            let inside: Vec<f32> = rows.flat_map(|row| &row[..out_side - 1]).copied().collect();
            assert!(inside[0].abs() > 1e-3, "{}", inside[0]);
            assert_eq!(inside, vec![inside[0]; inside.len()]);
        }
    }
}
