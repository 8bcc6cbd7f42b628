//! Spearman's rank correlation of two maps.

/// Spearman's rho of `a` and `b`, -1 to 1, ties at their average rank.
///
/// 0 where either is constant: it has no ranking to agree with. Values must be finite.
pub fn spearman(a: &[f32], b: &[f32]) -> f64 {
    pearson(&average_ranks(a), &average_ranks(b))
}

/// The rank of each value from 1 up; equal values share the mean of the ranks they take up.
pub fn average_ranks(values: &[f32]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|&i, &j| values[i].total_cmp(&values[j]));
    let mut ranks = vec![0.0; values.len()];
    let mut below = 0;
    for tied in order.chunk_by(|&i, &j| values[i] == values[j]) {
        let rank = below as f64 + (tied.len() as f64 + 1.0) / 2.0;
        for &i in tied {
            ranks[i] = rank;
        }
        below += tied.len();
    }
    ranks
}

fn pearson(a: &[f64], b: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut product, mut square_a, mut square_b) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        let (x, y) = (x - mean_a, y - mean_b);
        product += x * y;
        square_a += x * x;
        square_b += y * y;
    }
    let scale = (square_a * square_b).sqrt();
    if scale > 0.0 {
        (product / scale).clamp(-1.0, 1.0)
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_share_their_mean_rank() {
        assert_eq!(
            average_ranks(&[0.5, 0.1, 0.5, 0.9, 0.5]),
            [3.0, 1.0, 3.0, 5.0, 3.0]
        );
        assert_eq!(average_ranks(&[0.0, -0.0]), [1.5, 1.5]);
    }

    #[test]
    fn only_the_order_matters() {
        let a = [0.1, 0.4, 0.2, 0.9];
        let cubed = a.map(|v: f32| v * v * v);
        let negated = a.map(|v: f32| -v);
        assert_eq!(spearman(&a, &cubed), 1.0);
        assert_eq!(spearman(&a, &negated), -1.0);
        assert_eq!(spearman(&a, &[0.5; 4]), 0.0);
        assert_eq!(spearman(&[], &[]), 0.0);
    }

    #[test]
    fn a_known_value_with_ties() {
        // Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4: 4.5 / sqrt(4.5 * 5).
        let rho = spearman(&[0.0, 0.5, 0.5, 1.0], &[0.1, 0.2, 0.3, 0.4]);
        assert!((rho - 4.5 / 22.5_f64.sqrt()).abs() < 1e-15);
    }
}
