//! Rules that turn an integral along a straight path into a weighted sum.

/// How the points on the path are chosen and weighted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathRule {
    /// Evenly spaced with both ends, plain average: what the paper's authors compute.
    Authors,
    /// Evenly spaced with the start and without the end, plain average.
    Left,
    /// Evenly spaced with both ends, the ends at half weight.
    Trapezoid,
    /// Gauss-Legendre nodes: exact for polynomials of degree `2 * steps - 1`.
    GaussLegendre,
}

impl PathRule {
    /// Names in settings, in the order of the variants.
    pub const NAMES: [&'static str; 4] = ["authors", "left", "trapezoid", "gauss-legendre"];

    /// The rule with this name; the authors' where there is none.
    pub fn from_name(name: Option<&str>) -> Self {
        match name {
            Some("left") => Self::Left,
            Some("trapezoid") => Self::Trapezoid,
            Some("gauss-legendre") => Self::GaussLegendre,
            _ => Self::Authors,
        }
    }

    /// Points in 0 to 1, ascending, with weights that sum to 1. `steps` is at least 2.
    pub fn nodes(self, steps: usize) -> Vec<(f64, f64)> {
        let n = steps.max(2);
        let count = n as f64;
        let last = (n - 1) as f64;
        match self {
            Self::Authors => (0..n).map(|i| (i as f64 / last, 1.0 / count)).collect(),
            Self::Left => (0..n).map(|i| (i as f64 / count, 1.0 / count)).collect(),
            Self::Trapezoid => (0..n)
                .map(|i| {
                    let end = i == 0 || i == n - 1;
                    (i as f64 / last, if end { 0.5 } else { 1.0 } / last)
                })
                .collect(),
            Self::GaussLegendre => (0..n).map(|i| gauss_legendre(n, i)).collect(),
        }
    }
}

/// Node `i` of `n` and its weight on 0 to 1: a root of the Legendre polynomial, by Newton's method.
fn gauss_legendre(n: usize, i: usize) -> (f64, f64) {
    let count = n as f64;
    let mut x = -(std::f64::consts::PI * (i as f64 + 0.75) / (count + 0.5)).cos();
    let mut slope = 1.0;
    for _ in 0..100 {
        let (mut before, mut value) = (1.0, x);
        for k in 2..=n {
            let k = k as f64;
            (before, value) = (
                value,
                ((2.0 * k - 1.0) * x * value - (k - 1.0) * before) / k,
            );
        }
        slope = count * (x * value - before) / (x * x - 1.0);
        let step = value / slope;
        x -= step;
        if step.abs() < 1e-15 {
            break;
        }
    }
    // The weight on -1 to 1 is twice this one.
    ((x + 1.0) / 2.0, 1.0 / ((1.0 - x * x) * slope * slope))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integral(rule: PathRule, steps: usize, power: i32) -> f64 {
        rule.nodes(steps)
            .iter()
            .map(|(a, w)| w * a.powi(power))
            .sum()
    }

    #[test]
    fn weights_sum_to_one() {
        for name in PathRule::NAMES {
            let rule = PathRule::from_name(Some(name));
            for steps in [2, 5, 64] {
                assert!((integral(rule, steps, 0) - 1.0).abs() < 1e-13, "{name}");
            }
        }
    }

    #[test]
    fn each_rule_has_its_own_error() {
        assert!((integral(PathRule::Authors, 5, 2) - 0.375).abs() < 1e-15);
        assert!((integral(PathRule::Left, 4, 1) - 0.375).abs() < 1e-15);
        assert!((integral(PathRule::Trapezoid, 5, 1) - 0.5).abs() < 1e-15);
        for power in 1..10 {
            let exact = 1.0 / f64::from(power + 1);
            let found = integral(PathRule::GaussLegendre, 5, power);
            assert!((found - exact).abs() < 1e-14, "{power}");
        }
    }
}
