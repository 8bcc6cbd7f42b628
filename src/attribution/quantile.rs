//! The two quantiles the methods are defined with.

/// The `rate`-quantile of `values` with linear interpolation between order statistics, at position
/// `rate * (n - 1)`; `rate` is 0 to 1. Zero for no values.
///
/// The guide of Guided AbsoluteGrad uses this one.
pub fn quantile_linear(values: &[f64], rate: f64) -> f64 {
    let mut sorted = values.to_vec();
    let Some(last) = sorted.len().checked_sub(1) else {
        return 0.0;
    };
    let position = rate.clamp(0.0, 1.0) * last as f64;
    let below = (position.floor() as usize).min(last);
    let (_, &mut low, above) = sorted.select_nth_unstable_by(below, f64::total_cmp);
    let Some(high) = above.iter().copied().min_by(f64::total_cmp) else {
        return low;
    };
    let weight = position - below as f64;
    // Interpolating from the nearer end keeps both ends exact.
    if weight < 0.5 {
        low + weight * (high - low)
    } else {
        high - (high - low) * (1.0 - weight)
    }
}

/// The `rate`-quantile of `values` without interpolation: the order statistic at
/// `floor(rate * (n - 1))`. Zero for no values.
///
/// Guided Integrated Gradients selects input values by this one.
pub fn quantile_lower(values: &[f64], rate: f64) -> f64 {
    let mut sorted = values.to_vec();
    let Some(last) = sorted.len().checked_sub(1) else {
        return 0.0;
    };
    let index = ((rate.clamp(0.0, 1.0) * last as f64).floor() as usize).min(last);
    *sorted.select_nth_unstable_by(index, f64::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: [f64; 5] = [4.0, 1.0, 16.0, 2.0, 8.0];

    #[test]
    fn linear_interpolates() {
        for (rate, expected) in [
            (0.0, 1.0),
            (0.25, 2.0),
            (0.3, 2.4),
            (0.45, 3.6),
            (0.85, 11.2),
            (1.0, 16.0),
        ] {
            let found = quantile_linear(&VALUES, rate);
            assert!((found - expected).abs() < 1e-12, "{rate}: {found}");
        }
    }

    #[test]
    fn lower_does_not() {
        for (rate, expected) in [
            (0.0, 1.0),
            (0.24, 1.0),
            (0.25, 2.0),
            (0.99, 8.0),
            (1.0, 16.0),
        ] {
            assert_eq!(quantile_lower(&VALUES, rate), expected, "{rate}");
        }
        assert_eq!(
            quantile_lower(&[f64::INFINITY, 3.0, f64::INFINITY], 0.5),
            f64::INFINITY
        );
    }

    #[test]
    fn one_value_and_none() {
        assert_eq!(quantile_linear(&[3.0], 0.85), 3.0);
        assert_eq!(quantile_linear(&[], 0.85), 0.0);
        assert_eq!(quantile_lower(&[], 0.85), 0.0);
    }
}
