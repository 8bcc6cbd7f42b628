//! Maps made without the model, and maps that undo what another map says.

use super::random::{self, Purpose};
use crate::classifier::{NormImage, Size};

/// Uniform random numbers in 0 to 1, `[height, width]`.
pub fn random_map(size: Size, seed: u64) -> Vec<f64> {
    let mut numbers = vec![0.0; size.pixels()];
    random::fill_uniform(seed, Purpose::Control, 0, &mut numbers);
    numbers.into_iter().map(f64::from).collect()
}

/// Length of the Sobel gradient, summed over channels; borders repeat the edge.
pub fn edge_map(image: &NormImage) -> Vec<f64> {
    let Size { height, width, .. } = image.size;
    let mut map = vec![0.0; image.size.pixels()];
    for channel in image.values.chunks_exact(image.size.pixels().max(1)) {
        let at = |y: usize, x: usize, dy: usize, dx: usize| {
            // Offsets are 0, 1, 2 for one before, here, one after.
            let y = (y + dy).saturating_sub(1).min(height - 1);
            let x = (x + dx).saturating_sub(1).min(width - 1);
            f64::from(channel[y * width + x])
        };
        for y in 0..height {
            for x in 0..width {
                let column = |dx| at(y, x, 0, dx) + 2.0 * at(y, x, 1, dx) + at(y, x, 2, dx);
                let row = |dy| at(y, x, dy, 0) + 2.0 * at(y, x, dy, 1) + at(y, x, dy, 2);
                map[y * width + x] += (column(2) - column(0)).hypot(row(2) - row(0));
            }
        }
    }
    map
}

/// A normal density in the middle, with a quarter of each side as standard deviation.
pub fn blob_map(size: Size) -> Vec<f64> {
    let offset = |i: usize, length: usize| {
        let from_centre = i as f64 - (length as f64 - 1.0) / 2.0;
        from_centre / (length as f64 / 4.0)
    };
    (0..size.pixels())
        .map(|i| {
            let y = offset(i / size.width, size.height);
            let x = offset(i % size.width, size.width);
            (-0.5 * (y * y + x * x)).exp()
        })
        .collect()
}

/// The map with high and low exchanged, in the same range.
pub fn inverted(map: &[f64]) -> Vec<f64> {
    let low = map.iter().copied().fold(f64::INFINITY, f64::min);
    let high = map.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    map.iter().map(|v| high + low - v).collect()
}

/// The map with the `moved` share of its pixels that lies just below the top `remain` share
/// swapped, in random pairs, with as many of its lowest.
///
/// As in the authors' code, the pixel on the border of the two shares stays where it is.
pub fn misplaced(map: &[f64], remain: f64, moved: f64, seed: u64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..map.len()).collect();
    order.sort_by(|&a, &b| map[a].total_cmp(&map[b]));
    let count = |share: f64| (map.len() as f64 * share) as usize;
    let end = map.len().saturating_sub(1 + count(remain));
    // Never more than half of what is below the top, so that the two blocks are apart.
    let moved = count(moved).min(end / 2);
    let mut keys = vec![0.0; moved];
    random::fill_uniform(seed, Purpose::Control, 1, &mut keys);
    let mut partners: Vec<usize> = (0..moved).collect();
    partners.sort_by(|&a, &b| keys[a].total_cmp(&keys[b]));
    let mut swapped = map.to_vec();
    for (low, &partner) in order[..moved].iter().zip(&partners) {
        swapped.swap(*low, order[end - moved + partner]);
    }
    swapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misplacing_keeps_the_values_and_the_top() {
        let map: Vec<f64> = (0..100).map(|i| f64::from(i * 37 % 100)).collect();
        let swapped = misplaced(&map, 0.07, 0.1, 3);
        let sorted = |values: &[f64]| {
            let mut values = values.to_vec();
            values.sort_by(f64::total_cmp);
            values
        };
        assert_eq!(sorted(&map), sorted(&swapped));
        for (before, after) in map.iter().zip(&swapped) {
            let low = *before < 10.0;
            let high = (82.0..92.0).contains(before);
            assert_eq!(before != after, low || high, "{before}");
            if low {
                assert!((82.0..92.0).contains(after));
            }
        }
        assert_eq!(misplaced(&[1.0], 0.0, 0.5, 0), [1.0]);
    }

    #[test]
    fn inverting_twice_changes_nothing() {
        let map = [0.0, 0.25, 1.0];
        assert_eq!(inverted(&map), [1.0, 0.75, 0.0]);
        assert_eq!(inverted(&inverted(&map)), map);
    }

    #[test]
    fn edges_and_blobs_are_where_they_should_be() {
        let size = Size::colour(5, 4);
        let step = (0..60).map(|i| if i % 4 < 2 { 0.0 } else { 1.0 }).collect();
        let edges = edge_map(&NormImage { size, values: step });
        for (i, edge) in edges.iter().enumerate() {
            assert_eq!(*edge, if matches!(i % 4, 1 | 2) { 12.0 } else { 0.0 });
        }
        let blob = blob_map(size);
        assert_eq!(blob[9], blob[10]);
        assert!(blob.iter().all(|v| *v <= blob[9]));
    }

    #[test]
    fn random_maps_follow_the_seed() {
        let size = Size::colour(2, 3);
        assert_eq!(random_map(size, 1), random_map(size, 1));
        assert_ne!(random_map(size, 1), random_map(size, 2));
    }
}
