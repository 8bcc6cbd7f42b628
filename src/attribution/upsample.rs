//! Enlarging a coarse grid to the image's size, smoothly.

use crate::classifier::Size;

/// `grid` of `from` rows and columns at `to`, by linear interpolation between cell centres; beyond
/// the outermost centres the edge is repeated (PyTorch's `bilinear` without `align_corners`).
pub(crate) fn upsample(grid: &[f64], from: Size, to: Size) -> Vec<f64> {
    let rows = taps(from.height, to.height);
    let columns = taps(from.width, to.width);
    let at = |y: usize, x: usize| grid.get(y * from.width + x).copied().unwrap_or(0.0);
    let mut values = Vec::with_capacity(to.pixels());
    for &(above, below, down) in &rows {
        for &(left, right, along) in &columns {
            let top = at(above, left) * (1.0 - along) + at(above, right) * along;
            let bottom = at(below, left) * (1.0 - along) + at(below, right) * along;
            values.push(top * (1.0 - down) + bottom * down);
        }
    }
    values
}

/// For each of `to` positions the two of `from` it lies between, and how far towards the second.
fn taps(from: usize, to: usize) -> Vec<(usize, usize, f64)> {
    let last = from.saturating_sub(1);
    (0..to)
        .map(|i| {
            let position = (i as f64 + 0.5) * from as f64 / to as f64 - 0.5;
            let position = position.clamp(0.0, last as f64);
            let first = position.floor() as usize;
            (first, (first + 1).min(last), position - first as f64)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn centres_keep_their_values_and_edges_repeat() {
        let size = |height, width| Size::colour(height, width);
        let found = upsample(&[0.0, 1.0], size(1, 2), size(2, 8));
        let row = [0.0, 0.0, 0.125, 0.375, 0.625, 0.875, 1.0, 1.0];
        assert_eq!(found[..8], row);
        assert_eq!(found[8..], row);
        let same = [1.0, 2.0, 3.0, 4.0];
        assert_eq!(upsample(&same, size(2, 2), size(2, 2)), same);
        assert_eq!(upsample(&[7.0], size(1, 1), size(3, 1)), [7.0; 3]);
    }
}
