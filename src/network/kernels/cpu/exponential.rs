//! The exponential function and what follows from it, without branches and calls, so that loops over
//! them use vector instructions.

/// `1.5 * 2^23`: added to a small number, it leaves the nearest whole number in the lowest bits.
const TO_WHOLE: f32 = 12_582_912.0;

/// `ln 2` in two parts, the first of so few bits that its products with whole numbers are exact.
const LN_2_HIGH: f32 = 0.693_359_4;
const LN_2_LOW: f32 = -2.121_944_4e-4;

/// Beyond these the result is infinite or 0.
const LARGEST: f32 = 88.37;
const SMALLEST: f32 = -87.33;

/// `e^x` within two units of the last place.
///
/// `x = n ln 2 + r` with `|r| < 0.35`; `e^r` by its series, `2^n` by the exponent's bits.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    let shifted = x * std::f32::consts::LOG2_E + TO_WHOLE;
    let n = shifted - TO_WHOLE;
    let r = x - n * LN_2_HIGH - n * LN_2_LOW;
    let mut series = 1.0 / 5040.0;
    for coefficient in [
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
        1.0,
    ] {
        series = series * r + coefficient;
    }
    let power = f32::from_bits((shifted.to_bits() << 23).wrapping_add(0x3f80_0000));
    let result = series * power;
    let result = if x > LARGEST { f32::INFINITY } else { result };
    if x < SMALLEST { 0.0 } else { result }
}

/// `1 / (1 + e^-x)`.
#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// Hyperbolic tangent: by its series near 0, where the difference below would lose its digits.
#[inline(always)]
pub fn tanh(x: f32) -> f32 {
    let square = x * x;
    let mut series = 0.021_869_488;
    for coefficient in [-0.053_968_254, 0.133_333_33, -0.333_333_33, 1.0] {
        series = series * square + coefficient;
    }
    let far = 1.0 - 2.0 / (exp(2.0 * x) + 1.0);
    if x.abs() < 0.25 { x * series } else { far }
}

/// The error function within 5e-7 (Abramowitz and Stegun, 7.1.26).
#[inline(always)]
pub fn erf(x: f32) -> f32 {
    let t = 1.0 / (1.0 + 0.327_591_1 * x.abs());
    let mut series = 1.061_405_4;
    for coefficient in [-1.453_152, 1.421_413_8, -0.284_496_72, 0.254_829_6, 0.0] {
        series = series * t + coefficient;
    }
    (1.0 - series * exp(-x * x)).copysign(x)
}

/// `tanh(ln(1 + e^x))` by its closed form.
#[inline(always)]
pub fn tanh_of_softplus(x: f32) -> f32 {
    // Where `e^x` squared would overflow, the result is 1.
    let e = exp(if x > 20.0 { 20.0 } else { x });
    let n = e * (e + 2.0);
    n / (n + 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tangents_keep_their_digits_near_0() {
        for step in -4000..4000 {
            let x = step as f32 * 1.003e-4;
            let exact = f64::from(x).tanh();
            let off = (f64::from(tanh(x)) - exact).abs();
            assert!(off <= 1e-6 * exact.abs(), "{x}: {off}");
        }
    }

    #[test]
    fn exponentials_are_exact_to_two_units() {
        for step in -8700..8800 {
            let x = step as f32 * 0.01 + 0.0037;
            let exact = f64::from(x).exp();
            let off = (f64::from(exp(x)) - exact).abs() / exact;
            assert!(off < 2.4e-7, "{x}: {off}");
        }
        assert_eq!((exp(0.0), exp(-100.0)), (1.0, 0.0));
        assert_eq!((exp(f32::NEG_INFINITY), exp(100.0)), (0.0, f32::INFINITY));
        assert_eq!(exp(f32::INFINITY), f32::INFINITY);
        assert!(exp(f32::NAN).is_nan());
    }

    #[test]
    fn what_follows_from_them() {
        for step in -1000..1000 {
            let x = step as f32 * 0.02;
            let wide = f64::from(x);
            let off = |found: f32, exact: f64| (f64::from(found) - exact).abs();
            assert!(off(tanh(x), wide.tanh()) < 3e-7, "tanh {x}");
            assert!(
                off(sigmoid(x), 1.0 / (1.0 + (-wide).exp())) < 3e-7,
                "sigmoid {x}"
            );
            let mish = wide.exp().ln_1p().tanh();
            assert!(
                off(tanh_of_softplus(x), mish) < 3e-7,
                "tanh of softplus {x}"
            );
            let exact = crate::network::kernels::UnaryFunction::Erf.value(wide);
            assert!(off(erf(x), exact) < 5e-7, "erf {x}");
        }
        assert_eq!((tanh(200.0), tanh(-200.0)), (1.0, -1.0));
        assert_eq!((sigmoid(200.0), sigmoid(-200.0)), (1.0, 0.0));
        assert_eq!((erf(10.0), erf(-10.0)), (1.0, -1.0));
        assert!(tanh(f32::NAN).is_nan() && erf(f32::NAN).is_nan());
    }
}
