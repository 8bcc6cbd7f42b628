//! What a value is in terms of two others, as far as sums and products tell.

/// Coefficients of a polynomial by power, from 0 on.
pub type Polynomial = [f64; 4];

const ZERO: Polynomial = [0.0; 4];

/// `plain(x) + gated(x) * g`, where `x` is one value and `g`, the gate, another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expression {
    /// What does not depend on the gate.
    pub plain: Polynomial,
    /// What the gate is multiplied by.
    pub gated: Polynomial,
}

impl Expression {
    /// `x` itself.
    pub const VALUE: Self = Self {
        plain: [0.0, 1.0, 0.0, 0.0],
        gated: ZERO,
    };
    /// The gate itself.
    pub const GATE: Self = Self {
        plain: ZERO,
        gated: [1.0, 0.0, 0.0, 0.0],
    };

    /// The same number everywhere.
    pub fn constant(number: f64) -> Self {
        Self {
            plain: [number, 0.0, 0.0, 0.0],
            gated: ZERO,
        }
    }

    /// The number, where it is the same everywhere.
    pub fn as_constant(self) -> Option<f64> {
        let [number, rest @ ..] = self.plain;
        (rest == [0.0; 3] && self.gated == ZERO).then_some(number)
    }

    /// `self + other`.
    pub fn plus(self, other: Self) -> Self {
        Self {
            plain: sum(self.plain, other.plain),
            gated: sum(self.gated, other.gated),
        }
    }

    /// `factor * self`.
    pub fn scaled(self, factor: f64) -> Self {
        Self {
            plain: self.plain.map(|v| factor * v),
            gated: self.gated.map(|v| factor * v),
        }
    }

    /// `self * other`; `None` where that is of a higher degree, or the gate is multiplied by itself.
    pub fn times(self, other: Self) -> Option<Self> {
        if self.gated != ZERO && other.gated != ZERO {
            return None;
        }
        Some(Self {
            plain: product(self.plain, other.plain)?,
            gated: sum(
                product(self.plain, other.gated)?,
                product(self.gated, other.plain)?,
            ),
        })
    }

    /// `self` to a whole power from 1 to 3.
    pub fn power(self, exponent: f64) -> Option<Self> {
        let square = self.times(self);
        match exponent {
            1.0 => Some(self),
            2.0 => square,
            3.0 => square?.times(self),
            _ => None,
        }
    }
}

fn sum(left: Polynomial, right: Polynomial) -> Polynomial {
    std::array::from_fn(|power| left[power] + right[power])
}

fn product(left: Polynomial, right: Polynomial) -> Option<Polynomial> {
    let mut product = ZERO;
    for (i, l) in left.into_iter().enumerate() {
        for (j, r) in right.into_iter().enumerate() {
            if l != 0.0 && r != 0.0 {
                *product.get_mut(i + j)? += l * r;
            }
        }
    }
    Some(product)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_products() {
        let (x, gate) = (Expression::VALUE, Expression::GATE);
        // (2 - x) * (1 + 3 g) = 2 - x + (6 - 3 x) g
        let left = Expression::constant(2.0).plus(x.scaled(-1.0));
        let right = Expression::constant(1.0).plus(gate.scaled(3.0));
        let found = left.times(right).unwrap();
        assert_eq!(found.plain, [2.0, -1.0, 0.0, 0.0]);
        assert_eq!(found.gated, [6.0, -3.0, 0.0, 0.0]);
        assert_eq!(found.as_constant(), None);
        assert_eq!(left.plus(x).as_constant(), Some(2.0));
        assert_eq!(x.power(3.0).unwrap().plain, [0.0, 0.0, 0.0, 1.0]);
    }

    #[test]
    fn what_cannot_be_said() {
        let (x, gate) = (Expression::VALUE, Expression::GATE);
        assert_eq!(gate.times(gate), None);
        assert_eq!(x.power(2.0).unwrap().power(2.0), None);
        assert_eq!(x.power(0.5), None);
    }
}
