//! Resampling with the antialiased triangle filter, bit for bit as Pillow's `BILINEAR` does it,
//! which is what torchvision's `Resize` uses on photos.
//!
//! Each output value is a weighted mean of the input under a triangle as wide as the shrinking
//! factor; columns first, rounded to 8 bits, then rows. Weights are rounded to 22 binary digits.

/// Binary digits of a weight: what is left of 32 after 8 of the pixel and 2 of headroom.
const PRECISION: u32 = 22;

/// A picture of three interleaved channels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rgb<'a> {
    pub(super) width: usize,
    pub(super) height: usize,
    /// `3 * width * height` bytes.
    pub(super) rgb: &'a [u8],
}

/// The part of a resized picture that is wanted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

/// Weights of the input for one output position.
struct Taps {
    /// First input position.
    start: usize,
    /// One weight an input position, in units of `2^-PRECISION`.
    weights: Vec<i32>,
}

/// `source` resized to `width` x `height`, of which only `window` is computed: RGB bytes.
pub(super) fn resize(source: Rgb, width: usize, height: usize, window: Window) -> Vec<u8> {
    let columns = taps(source.width, width, window.left, window.width);
    let rows = taps(source.height, height, window.top, window.height);
    let first = rows.iter().map(|t| t.start).min().unwrap_or(0);
    let last = rows.iter().map(|t| t.start + t.weights.len()).max();
    let needed = last.unwrap_or(0).saturating_sub(first);

    let mut narrow = Vec::with_capacity(needed * columns.len() * 3);
    for line in source
        .rgb
        .chunks_exact(3 * source.width.max(1))
        .skip(first)
        .take(needed)
    {
        for tap in &columns {
            let pixels = line.as_chunks::<3>().0.iter().skip(tap.start);
            let mut sums = [HALF; 3];
            for (&weight, pixel) in tap.weights.iter().zip(pixels) {
                for (sum, &byte) in sums.iter_mut().zip(pixel) {
                    *sum += weight * i32::from(byte);
                }
            }
            narrow.extend(sums.map(rounded));
        }
    }

    let stride = 3 * columns.len();
    let mut result = Vec::with_capacity(rows.len() * stride);
    let mut sums = vec![HALF; stride];
    for tap in &rows {
        sums.fill(HALF);
        let lines = narrow.chunks_exact(stride.max(1)).skip(tap.start - first);
        for (&weight, line) in tap.weights.iter().zip(lines) {
            for (sum, &byte) in sums.iter_mut().zip(line) {
                *sum += weight * i32::from(byte);
            }
        }
        result.extend(sums.iter().map(|&sum| rounded(sum)));
    }
    result
}

const HALF: i32 = 1 << (PRECISION - 1);

fn rounded(sum: i32) -> u8 {
    (sum >> PRECISION).clamp(0, 255) as u8
}

/// Weights for `count` output positions from `first` on, of `to` that `from` are resized to.
fn taps(from: usize, to: usize, first: usize, count: usize) -> Vec<Taps> {
    let scale = from as f64 / to as f64;
    let support = scale.max(1.0);
    (first..first + count)
        .map(|position| {
            let centre = (position as f64 + 0.5) * scale;
            // The casts cut off fractions, and negative values become 0.
            let start = ((centre - support + 0.5) as usize).min(from.saturating_sub(1));
            let end = ((centre + support + 0.5) as usize).clamp(start + 1, from.max(1));
            let triangle: Vec<f64> = (start..end)
                .map(|i| 1.0 - ((i as f64 - centre + 0.5) / support).abs())
                .map(|weight| weight.max(0.0))
                .collect();
            let total: f64 = triangle.iter().sum();
            let weights = triangle
                .into_iter()
                .map(|w| (w / total * f64::from(1 << PRECISION)).round() as i32)
                .collect();
            Taps { start, weights }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(width: usize, height: usize) -> Window {
        Window {
            left: 0,
            top: 0,
            width,
            height,
        }
    }

    #[test]
    fn the_same_size_changes_nothing() {
        let rgb: Vec<u8> = (0..5 * 4 * 3).map(|i| (i * 37 % 256) as u8).collect();
        let source = Rgb {
            width: 5,
            height: 4,
            rgb: &rgb,
        };
        assert_eq!(resize(source, 5, 4, whole(5, 4)), rgb);
    }

    #[test]
    fn a_flat_picture_stays_flat_and_averages_are_right() {
        let flat = [200; 7 * 9 * 3];
        let source = Rgb {
            width: 7,
            height: 9,
            rgb: &flat,
        };
        assert!(
            resize(source, 3, 20, whole(3, 20))
                .iter()
                .all(|&b| b == 200)
        );

        // Two pixels to one: both lie under the triangle with equal weight.
        let two = [10, 20, 30, 20, 60, 31];
        let source = Rgb {
            width: 2,
            height: 1,
            rgb: &two,
        };
        assert_eq!(resize(source, 1, 1, whole(1, 1)), [15, 40, 31]);
    }

    #[test]
    fn a_window_is_a_part_of_the_whole() {
        let rgb: Vec<u8> = (0..13 * 11 * 3).map(|i| (i * i * 31 % 256) as u8).collect();
        let source = Rgb {
            width: 13,
            height: 11,
            rgb: &rgb,
        };
        let all = resize(source, 8, 6, whole(8, 6));
        let window = Window {
            left: 2,
            top: 1,
            width: 5,
            height: 4,
        };
        let part = resize(source, 8, 6, window);
        for y in 0..4 {
            let line = &all[3 * ((y + 1) * 8 + 2)..][..15];
            assert_eq!(&part[y * 15..][..15], line, "row {y}");
        }
    }
}
