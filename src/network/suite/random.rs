//! Deterministic random numbers for cases: the same on every device and platform.

use super::Tensor64;

/// A sequence of random numbers that a seed fixes.
#[derive(Clone, Debug)]
pub struct Random {
    state: u64,
}

impl Random {
    /// The sequence of `seed`.
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// SplitMix64: every 64-bit word is equally likely.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.state;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    /// A real number between `low` and `high`.
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        let unit = (self.next() >> 11) as f64 / (1u64 << 53) as f64;
        low + unit * (high - low)
    }

    /// A whole number from `low` to `high`, both included.
    pub fn whole(&mut self, low: usize, high: usize) -> usize {
        let count = high.saturating_sub(low) as u64 + 1;
        low + (self.next() % count) as usize
    }

    /// True half of the time.
    pub fn coin(&mut self) -> bool {
        self.next() & 1 == 1
    }

    /// One of `options`, of which there must be at least one.
    pub fn choose<'a, T>(&mut self, options: &'a [T]) -> &'a T {
        &options[self.whole(0, options.len() - 1)]
    }

    /// A tensor of numbers between `low` and `high` that single precision holds exactly.
    pub fn tensor(&mut self, shape: &[usize], low: f64, high: f64) -> Tensor64 {
        self.tensor_away_from(shape, low, high, &[])
    }

    /// [`Random::tensor`], every number further than 0.05 from every kink.
    pub fn tensor_away_from(
        &mut self,
        shape: &[usize],
        low: f64,
        high: f64,
        kinks: &[f64],
    ) -> Tensor64 {
        let far = |value: f64| kinks.iter().all(|kink| (value - kink).abs() > 0.05);
        Tensor64::from_fn(shape, |_| {
            loop {
                let value = f64::from(self.uniform(low, high) as f32);
                if far(value) {
                    return value;
                }
            }
        })
    }

    /// Different numbers in random order, neighbours in size 0.1 apart: maxima without ties.
    pub fn distinct(&mut self, shape: &[usize]) -> Tensor64 {
        let count = shape.iter().product::<usize>();
        let mut order: Vec<usize> = (0..count).collect();
        for index in (1..count).rev() {
            order.swap(index, self.whole(0, index));
        }
        let centre = count as f64 / 2.0;
        Tensor64::from_fn(shape, |index| {
            f64::from(((order[index] as f64 - centre) * 0.1) as f32)
        })
    }

    /// A shape of `low..=high` axes, each 1 to 4 long.
    pub fn shape(&mut self, low: usize, high: usize) -> Vec<usize> {
        let rank = self.whole(low, high);
        (0..rank).map(|_| self.whole(1, 4)).collect()
    }

    /// A shape that broadcasts to `full` without changing it: leading axes left out, others 1 long.
    pub fn broadcastable(&mut self, full: &[usize]) -> Vec<usize> {
        let missing = self.whole(0, full.len());
        full[missing..]
            .iter()
            .map(|&length| if self.coin() { 1 } else { length })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_in_their_range_and_away_from_kinks() {
        let mut random = Random::new(1);
        let tensor = random.tensor_away_from(&[40, 10], -1.0, 2.0, &[0.0, 1.0]);
        let fits = |v: &f64| (-1.0..=2.0).contains(v) && v.abs() > 0.05 && (v - 1.0).abs() > 0.05;
        assert!(tensor.values.iter().all(fits));
        assert!(tensor.values.iter().any(|&v| v < 0.0) && tensor.values.iter().any(|&v| v > 1.0));
        assert!((0..100).all(|_| (2..=4).contains(&random.whole(2, 4))));
    }

    #[test]
    fn a_seed_fixes_the_sequence() {
        let sequence = |seed| Random::new(seed).tensor(&[8], 0.0, 1.0);
        assert_eq!(sequence(3), sequence(3));
        assert_ne!(sequence(3), sequence(4));
    }

    #[test]
    fn distinct_numbers_are_distinct() {
        let mut values = Random::new(5).distinct(&[3, 7]).values;
        values.sort_by(f64::total_cmp);
        assert!(values.windows(2).all(|pair| pair[1] - pair[0] > 0.09));
    }
}
