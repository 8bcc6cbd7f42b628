//! Order statistics as the measures use them: a sorted value at a truncated position, never a blend.

/// Rates `lower_bound, lower_bound + interval, ...` below 1, rounded to two decimals, ascending.
///
/// Length and values follow `numpy.arange(lower_bound, 1, interval)`: the length is the quotient
/// rounded up, and the steps are multiples of the step that was left after the first addition. So
/// (0.7, 0.05), whose quotient is a hair above 6, has seven rates and ends on 1.0, while
/// (0.5, 0.05) has ten and ends on 0.95.
///
/// Empty if `lower_bound` is 1 or more, or `interval` is not above 0. Ends after `limit` rates.
pub fn recovery_rates(lower_bound: f64, interval: f64, limit: usize) -> Vec<f64> {
    let length = ((1.0 - lower_bound) / interval).ceil();
    if length.is_nan() || length <= 0.0 || interval <= 0.0 {
        return Vec::new();
    }
    let length = if length < limit as f64 {
        length as usize
    } else {
        limit
    };
    let delta = (lower_bound + interval) - lower_bound;
    (0..length)
        .map(|i| lower_bound + i as f64 * delta)
        .map(|rate| (rate * 100.0).round_ties_even() / 100.0)
        .collect()
}

/// The value at position `trunc(n * rate) - 1` of `ascending`, which holds n sorted values.
///
/// The product is taken in 64-bit floating point before it is cut. Where `n * rate` is below 1 the
/// position is that before the first, which wraps to the last: the largest value. 0 for no values.
pub fn lower_quantile(ascending: &[f32], rate: f64) -> f32 {
    let position = (ascending.len() as f64 * rate) as usize;
    let index = match position {
        0 => ascending.len().saturating_sub(1),
        _ => (position - 1).min(ascending.len().saturating_sub(1)),
    };
    ascending.get(index).copied().unwrap_or(0.0)
}

/// Quantiles of `values` at ascending `rates`, largest first, each with its rate.
///
/// With `remove_head`, a largest quantile of exactly 1 is dropped, provided that there are more and
/// that no two of them are equal.
pub fn descending_quantiles(values: &[f32], rates: &[f64], remove_head: bool) -> Vec<(f64, f32)> {
    let ascending = sorted(values);
    let mut quantiles: Vec<(f64, f32)> = rates
        .iter()
        .rev()
        .map(|&rate| (rate, lower_quantile(&ascending, rate)))
        .collect();
    if remove_head
        && quantiles.len() > 1
        && quantiles.first().is_some_and(|&(_, q)| q == 1.0)
        && all_distinct(&quantiles)
    {
        quantiles.remove(0);
    }
    quantiles
}

/// `values` in ascending order.
pub fn sorted(values: &[f32]) -> Vec<f32> {
    let mut ascending = values.to_vec();
    ascending.sort_unstable_by(f32::total_cmp);
    ascending
}

// Descending but for wrapped rates, so neighbours alone do not tell.
fn all_distinct(quantiles: &[(f64, f32)]) -> bool {
    let ascending = sorted(&quantiles.iter().map(|&(_, q)| q).collect::<Vec<_>>());
    ascending.windows(2).all(|pair| pair[0] != pair[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_have_the_lengths_and_values_numpy_gives() {
        let cases: [(f64, f64, &[f64]); 6] = [
            (0.5, 0.1, &[0.5, 0.6, 0.7, 0.8, 0.9]),
            (
                0.5,
                0.05,
                &[0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95],
            ),
            (0.7, 0.05, &[0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0]),
            (0.2, 0.15, &[0.2, 0.35, 0.5, 0.65, 0.8, 0.95]),
            (0.5, 0.5, &[0.5]),
            (0.9, 3.0, &[0.9]),
        ];
        for (lower, interval, expected) in cases {
            assert_eq!(
                recovery_rates(lower, interval, 99),
                expected,
                "{lower} {interval}"
            );
        }
    }

    #[test]
    fn senseless_rates_are_empty_and_endless_ones_cut() {
        assert!(recovery_rates(1.0, 0.1, 99).is_empty());
        assert!(recovery_rates(0.5, 0.0, 99).is_empty());
        assert!(recovery_rates(0.5, -0.1, 99).is_empty());
        assert!(recovery_rates(f64::NAN, 0.1, 99).is_empty());
        assert_eq!(recovery_rates(0.5, 1e-12, 99).len(), 99);
    }

    #[test]
    fn quantiles_truncate_and_wrap_to_the_largest() {
        let ascending: Vec<f32> = (0..10).map(|i| i as f32).collect();
        assert_eq!(lower_quantile(&ascending, 0.5), 4.0);
        assert_eq!(lower_quantile(&ascending, 0.59), 4.0);
        assert_eq!(lower_quantile(&ascending, 1.0), 9.0);
        assert_eq!(lower_quantile(&ascending, 0.1), 0.0);
        assert_eq!(lower_quantile(&ascending, 0.09), 9.0);
        assert_eq!(lower_quantile(&ascending, 0.0), 9.0);
        assert_eq!(lower_quantile(&[], 0.5), 0.0);
        // 100 * 0.29 is 28.999999999999996 in floating point: one below what arithmetic says.
        let hundred: Vec<f32> = (0..100).map(|i| i as f32).collect();
        assert_eq!(lower_quantile(&hundred, 0.29), 27.0);
    }

    #[test]
    fn the_head_goes_only_where_it_is_one_and_nothing_is_tied() {
        let distinct = [0.1, 0.2, 0.6, 1.0];
        let rates = [0.25, 0.5, 1.0];
        assert_eq!(
            descending_quantiles(&distinct, &rates, true),
            [(0.5, 0.2), (0.25, 0.1)]
        );
        assert_eq!(descending_quantiles(&distinct, &rates, false).len(), 3);
        let tied = [0.1, 0.1, 0.6, 1.0];
        assert_eq!(descending_quantiles(&tied, &rates, true).len(), 3);
        let lower = [0.1, 0.2, 0.6, 0.9];
        assert_eq!(descending_quantiles(&lower, &rates, true).len(), 3);
        assert_eq!(
            descending_quantiles(&distinct, &[1.0], true),
            [(1.0, 1.0)],
            "a lone quantile stays"
        );
    }
}
