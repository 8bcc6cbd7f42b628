//! How much of a map's mass lies where: the mass is the sum of its values.

/// The lowest value among the brightest pixels that together hold `share_unit` (0 to 1) of the
/// map's mass; `None` where the map has no mass. Values below 0 and no numbers hold none.
fn mass_threshold(values: &[f32], share_unit: f64) -> Option<f32> {
    let mut positive: Vec<f32> = values.iter().copied().filter(|&v| v > 0.0).collect();
    let mass = |values: &[f32]| values.iter().map(|&v| f64::from(v)).sum::<f64>();
    let mut wanted = share_unit.clamp(0.0, 1.0) * mass(&positive);
    let mut rest = positive.as_mut_slice();
    // The brighter half is halved again where it holds enough, else the other, without sorting them.
    while rest.len() > 1 {
        let middle = rest.len() / 2;
        rest.select_nth_unstable_by(middle, |a, b| b.total_cmp(a));
        let (brighter, other) = rest.split_at_mut(middle);
        let held = mass(brighter);
        rest = if held >= wanted {
            brighter
        } else {
            wanted -= held;
            other
        };
    }
    rest.first().copied()
}

/// The share of pixels, 0 to 1, among the brightest that together hold `share_unit` (0 to 1) of the map's mass;
/// `None` where the map has no mass.
pub fn pixel_share(values: &[f32], share_unit: f64) -> Option<f64> {
    let threshold = mass_threshold(values, share_unit)?;
    let above = values.iter().filter(|&&v| v >= threshold).count();
    Some(above as f64 / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_brightest_pixels_hold_the_share() {
        let values = [0.1, 0.4, 0.2, 0.3, 0.0];
        assert_eq!(mass_threshold(&values, 0.3), Some(0.4));
        assert_eq!(mass_threshold(&values, 0.5), Some(0.3));
        assert_eq!(mass_threshold(&values, 1.0), Some(0.1));
        assert_eq!(pixel_share(&values, 0.5), Some(0.4));
    }

    #[test]
    fn a_map_without_mass_has_no_threshold() {
        assert_eq!(mass_threshold(&[0.0; 4], 0.5), None);
        assert_eq!(mass_threshold(&[], 0.5), None);
        assert_eq!(pixel_share(&[f32::NAN, -1.0], 0.5), None);
    }
}
