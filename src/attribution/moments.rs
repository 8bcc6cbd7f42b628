//! Running moments of a stream of gradients: all that a map needs, in memory that does not grow with the samples.

use crate::classifier::Size;

/// Moments per input value, `[3, height, width]`, of terms added one by one.
///
/// Variances follow Welford's update, since the guide thresholds them and the difference of two
/// large sums would move pixels across the threshold. Everything is accumulated in `f64`.
#[derive(Clone, Debug, PartialEq)]
pub struct Moments {
    size: Size,
    count: usize,
    mean: Vec<f64>,
    m2: Vec<f64>,
    positive: Vec<f64>,
    negative: Vec<f64>,
    square_mean: Vec<f64>,
    square_m2: Vec<f64>,
}

impl Moments {
    /// No terms yet.
    pub fn new(size: Size) -> Self {
        let zeros = vec![0.0; size.values()];
        Self {
            size,
            count: 0,
            mean: zeros.clone(),
            m2: zeros.clone(),
            positive: zeros.clone(),
            negative: zeros.clone(),
            square_mean: zeros.clone(),
            square_m2: zeros,
        }
    }

    /// Adds one term, `[3, height, width]`.
    pub fn add<T: Copy + Into<f64>>(&mut self, term: &[T]) {
        debug_assert_eq!(term.len(), self.size.values());
        self.count += 1;
        let n = self.count as f64;
        let first = self.mean.iter_mut().zip(&mut self.m2);
        let second = self.square_mean.iter_mut().zip(&mut self.square_m2);
        let sides = self.positive.iter_mut().zip(&mut self.negative);
        for (((&g, (mean, m2)), (square_mean, square_m2)), (positive, negative)) in
            term.iter().zip(first).zip(second).zip(sides)
        {
            let g: f64 = g.into();
            welford(g, n, mean, m2);
            welford(g * g, n, square_mean, square_m2);
            if g > 0.0 {
                *positive += g;
            } else {
                *negative += g;
            }
        }
    }

    /// Height and width of the terms.
    pub fn size(&self) -> Size {
        self.size
    }

    /// Terms added so far.
    pub fn count(&self) -> usize {
        self.count
    }

    /// `mean g`; zeros before the first term.
    pub fn mean(&self) -> Vec<f64> {
        self.mean.clone()
    }

    /// `mean |g|`.
    pub fn mean_magnitude(&self) -> Vec<f64> {
        let n = self.divisor();
        self.positive
            .iter()
            .zip(&self.negative)
            .map(|(positive, negative)| (positive - negative) / n)
            .collect()
    }

    /// `mean max(g, 0)`.
    pub fn mean_positive(&self) -> Vec<f64> {
        let n = self.divisor();
        self.positive.iter().map(|sum| sum / n).collect()
    }

    /// `mean min(g, 0)`.
    pub fn mean_negative(&self) -> Vec<f64> {
        let n = self.divisor();
        self.negative.iter().map(|sum| sum / n).collect()
    }

    /// `mean g^2`.
    pub fn mean_square(&self) -> Vec<f64> {
        self.square_mean.clone()
    }

    /// Variance of the signed terms with divisor n - 1; `None` below two terms.
    pub fn variance(&self) -> Option<Vec<f64>> {
        self.spread_of(&self.m2)
    }

    /// Variance of the squared terms with divisor n - 1; `None` below two terms.
    pub fn variance_of_squares(&self) -> Option<Vec<f64>> {
        self.spread_of(&self.square_m2)
    }

    fn spread_of(&self, m2: &[f64]) -> Option<Vec<f64>> {
        let divisor = self.count.checked_sub(1).filter(|&d| d > 0)? as f64;
        Some(m2.iter().map(|m2| m2 / divisor).collect())
    }

    fn divisor(&self) -> f64 {
        self.count.max(1) as f64
    }
}

fn welford(value: f64, n: f64, mean: &mut f64, m2: &mut f64) {
    let before = value - *mean;
    *mean += before / n;
    *m2 += before * (value - *mean);
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size::colour(1, 1);

    #[test]
    fn moments_of_a_hand_computed_stream() {
        let mut moments = Moments::new(SIZE);
        for g in [[1.0_f32, -2.0, 0.0], [-3.0, -4.0, 0.0], [5.0, 0.0, 0.0]] {
            moments.add(&g);
        }
        assert_eq!(moments.count(), 3);
        assert_eq!(moments.mean(), [1.0, -2.0, 0.0]);
        assert_eq!(moments.mean_magnitude(), [3.0, 2.0, 0.0]);
        assert_eq!(moments.mean_positive(), [2.0, 0.0, 0.0]);
        assert_eq!(moments.mean_negative(), [-1.0, -2.0, 0.0]);
        let square = moments.mean_square();
        assert!((square[0] - 35.0 / 3.0).abs() < 1e-14);
        assert_eq!(moments.variance().unwrap(), [16.0, 4.0, 0.0]);
        let of_squares = moments.variance_of_squares().unwrap();
        assert!((of_squares[0] - 149.333_333_333_333_33).abs() < 1e-10);
    }

    #[test]
    fn a_variance_needs_two_terms() {
        let mut moments = Moments::new(SIZE);
        assert_eq!(moments.variance(), None);
        moments.add(&[1.0_f32, 2.0, 3.0]);
        assert_eq!(moments.variance(), None);
        moments.add(&[1.0_f32, 2.0, 3.0]);
        assert_eq!(moments.variance().unwrap(), [0.0; 3]);
    }

    #[test]
    fn a_large_offset_does_not_swallow_the_variance() {
        let mut moments = Moments::new(SIZE);
        for k in 0..4 {
            moments.add(&[1e9 + f64::from(k), 0.0, 0.0]);
        }
        assert!((moments.variance().unwrap()[0] - 5.0 / 3.0).abs() < 1e-9);
    }
}
