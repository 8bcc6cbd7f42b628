//! The area under a curve.

/// Area under the straight lines between points (`x` ascending); 0 for fewer than two points.
pub fn trapezoid(x: &[f64], y: &[f64]) -> f64 {
    let widths = x.windows(2).map(|pair| pair[1] - pair[0]);
    let heights = y.windows(2).map(|pair| (pair[0] + pair[1]) / 2.0);
    widths
        .zip(heights)
        .map(|(width, height)| width * height)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_of_known_shapes() {
        assert_eq!(trapezoid(&[0.0, 1.0], &[1.0, 1.0]), 1.0);
        assert_eq!(trapezoid(&[0.0, 0.25, 1.0], &[0.0, 1.0, 0.0]), 0.5);
        assert_eq!(trapezoid(&[0.0], &[3.0]), 0.0);
        assert_eq!(trapezoid(&[], &[]), 0.0);
    }
}
