//! Functions of one number, each with the slope that its gradient is multiplied by.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// What is done to every value of a tensor. Parameters are named as in ONNX's operators.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum UnaryFunction {
    /// `|x|`.
    Absolute,
    /// `factor * x + offset`.
    Affine {
        /// Slope.
        factor: f32,
        /// Value at 0.
        offset: f32,
    },
    /// The next whole number above; slope 0.
    Ceil,
    /// `x` where positive, else `alpha * (exp(x / alpha) - 1)`.
    Celu {
        /// Where it goes to, negated.
        alpha: f32,
    },
    /// Cosine of radians.
    Cosine,
    /// `x / divisor`.
    Divide {
        /// What is divided by.
        divisor: f32,
    },
    /// `scale * x` where positive, else `scale * alpha * (exp(x) - 1)`.
    Elu {
        /// Where it goes to, negated.
        alpha: f32,
        /// Of the whole, as `Selu` has it; 1 for `Elu`.
        scale: f32,
    },
    /// The error function.
    Erf,
    /// `e^x`.
    Exponential,
    /// The next whole number below; slope 0.
    Floor,
    /// `x * P(a normal number < x)`.
    Gelu,
    /// `Gelu` with the tanh formula instead of the error function.
    GeluTanh,
    /// `alpha * x + beta` between 0 and 1.
    HardSigmoid {
        /// Slope inside.
        alpha: f32,
        /// Value at 0.
        beta: f32,
    },
    /// `x` times `x / 6 + 0.5` between 0 and 1.
    HardSwish,
    /// `numerator / x`.
    Inverse {
        /// What is divided.
        numerator: f32,
    },
    /// 1 for infinities; slope 0.
    IsInfinite {
        /// Of the positive one.
        positive: bool,
        /// Of the negative one.
        negative: bool,
    },
    /// 1 for what is not a number; slope 0.
    IsNan,
    /// 1 for 0; slope 0.
    IsZero,
    /// `x` where positive, else `alpha * x`.
    LeakyRelu {
        /// Slope of the negative side.
        alpha: f32,
    },
    /// Natural logarithm.
    Logarithm,
    /// `x * tanh(ln(1 + e^x))`.
    Mish,
    /// 0 for 0, else 1; slope 0.
    NotZero,
    /// `x^exponent`.
    Power {
        /// The exponent.
        exponent: f32,
    },
    /// The nearest whole number, halves to the even one; slope 0.
    Round,
    /// The nearest whole number between two bounds, halves to the even one. Gradients pass as if nothing was
    /// rounded, and none where a bound was taken instead.
    RoundWithin {
        /// Lower bound.
        low: f32,
        /// Upper bound.
        high: f32,
    },
    /// `1 / (1 + e^-x)`.
    Sigmoid,
    /// -1, 0 or 1; slope 0.
    Sign,
    /// Sine of radians.
    Sine,
    /// `ln(1 + e^x)`.
    Softplus,
    /// `x / (1 + |x|)`.
    Softsign,
    /// Square root.
    SquareRoot,
    /// `x / (1 + e^(-alpha x))`.
    Swish {
        /// Steepness of the sigmoid.
        alpha: f32,
    },
    /// Hyperbolic tangent.
    Tanh,
    /// `x` above `alpha`, else 0.
    ThresholdedRelu {
        /// The threshold.
        alpha: f32,
    },
    /// The next whole number towards 0; slope 0.
    Truncate,
}

impl UnaryFunction {
    /// Whether its slope is not 0 everywhere.
    pub fn has_slope(self) -> bool {
        !matches!(
            self,
            Self::Ceil
                | Self::Floor
                | Self::IsInfinite { .. }
                | Self::IsNan
                | Self::IsZero
                | Self::NotZero
                | Self::Round
                | Self::Sign
                | Self::Truncate
        )
    }

    /// The slope, where it is the same everywhere.
    pub fn constant_slope(self) -> Option<f32> {
        match self {
            Self::Affine { factor, .. } => Some(factor),
            _ => None,
        }
    }

    /// The slope at `x` where it is not that of the values, but stands for it.
    pub fn stand_in_slope(self, x: f64) -> Option<f64> {
        match self {
            Self::RoundWithin { low, high } => {
                let rounded = x.round_ties_even();
                let inside = f64::from(low) <= rounded && rounded <= f64::from(high);
                Some(f64::from(u8::from(inside)))
            }
            _ => None,
        }
    }

    /// In double precision: for numbers on the host, and for devices to be tested against.
    pub fn value(self, x: f64) -> f64 {
        let truth = |holds: bool| f64::from(u8::from(holds));
        match self {
            Self::Absolute => x.abs(),
            Self::Affine { factor, offset } => f64::from(factor) * x + f64::from(offset),
            Self::Ceil => x.ceil(),
            Self::Celu { alpha } => {
                let alpha = f64::from(alpha);
                if x > 0.0 {
                    x
                } else {
                    alpha * (x / alpha).exp_m1()
                }
            }
            Self::Cosine => x.cos(),
            Self::Divide { divisor } => x / f64::from(divisor),
            Self::Elu { alpha, scale } => {
                let negative = f64::from(alpha) * x.exp_m1();
                f64::from(scale) * if x > 0.0 { x } else { negative }
            }
            Self::Erf => error_function(x),
            Self::Exponential => x.exp(),
            Self::Floor => x.floor(),
            Self::Gelu => 0.5 * x * (1.0 + error_function(x * FRAC_1_SQRT_2)),
            Self::GeluTanh => {
                let inner = (2.0 / PI).sqrt() * (x + 0.044715 * x * x * x);
                0.5 * x * (1.0 + inner.tanh())
            }
            Self::HardSigmoid { alpha, beta } => {
                (f64::from(alpha) * x + f64::from(beta)).clamp(0.0, 1.0)
            }
            Self::HardSwish => x * (x / 6.0 + 0.5).clamp(0.0, 1.0),
            Self::Inverse { numerator } => f64::from(numerator) / x,
            Self::IsInfinite { positive, negative } => {
                truth(x.is_infinite() && if x > 0.0 { positive } else { negative })
            }
            Self::IsNan => truth(x.is_nan()),
            Self::IsZero => truth(x == 0.0),
            Self::LeakyRelu { alpha } => {
                if x > 0.0 {
                    x
                } else {
                    f64::from(alpha) * x
                }
            }
            Self::Logarithm => x.ln(),
            Self::Mish => x * softplus(x).tanh(),
            Self::NotZero => truth(x != 0.0),
            Self::Power { exponent } => x.powf(f64::from(exponent)),
            Self::Round => x.round_ties_even(),
            Self::RoundWithin { low, high } => {
                x.round_ties_even().max(f64::from(low)).min(f64::from(high))
            }
            Self::Sigmoid => 1.0 / (1.0 + (-x).exp()),
            Self::Sign if x == 0.0 => 0.0,
            Self::Sign => x.signum(),
            Self::Sine => x.sin(),
            Self::Softplus => softplus(x),
            Self::Softsign => x / (1.0 + x.abs()),
            Self::SquareRoot => x.sqrt(),
            Self::Swish { alpha } => x / (1.0 + (-f64::from(alpha) * x).exp()),
            Self::Tanh => x.tanh(),
            Self::ThresholdedRelu { alpha } => {
                if x > f64::from(alpha) {
                    x
                } else {
                    0.0
                }
            }
            Self::Truncate => x.trunc(),
        }
    }
}

fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// Its series of positive terms, `2 / sqrt(pi) * exp(-x^2) * sum 2^n x^(2n+1) / (2n+1)!!`.
fn error_function(x: f64) -> f64 {
    if x.is_nan() || x.abs() > 6.0 {
        return if x.is_nan() { x } else { x.signum() };
    }
    let (mut term, mut sum) = (x, x);
    let mut odd = 1.0;
    while term.abs() > 1e-17 * sum.abs() {
        odd += 2.0;
        term *= 2.0 * x * x / odd;
        sum += term;
    }
    2.0 / PI.sqrt() * (-x * x).exp() * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tabulated values of the error function.
    #[test]
    fn error_function_at_known_points() {
        for (x, value) in [
            (0.0, 0.0),
            (0.5, 0.520_499_877_813_046_5),
            (1.0, 0.842_700_792_949_714_9),
            (-2.0, -0.995_322_265_018_952_7),
            (4.0, 0.999_999_984_582_742_1),
        ] {
            assert!((error_function(x) - value).abs() < 1e-14, "{x}");
        }
        assert_eq!(error_function(f64::INFINITY), 1.0);
        assert!(error_function(f64::NAN).is_nan());
    }

    #[test]
    fn halves_round_to_even_and_zero_has_no_sign() {
        assert_eq!(UnaryFunction::Round.value(2.5), 2.0);
        assert_eq!(UnaryFunction::Sign.value(-0.0), 0.0);
        assert_eq!(UnaryFunction::Truncate.value(-1.7), -1.0);
    }
}
