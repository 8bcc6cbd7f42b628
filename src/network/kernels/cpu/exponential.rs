//! The exponential function in a form that compilers turn into vector instructions.

/// Below this, `exp` is smaller than any normal number.
const LEAST: f32 = -87.0;
/// Above this, `exp` overflows.
const LARGEST: f32 = 88.0;
/// Adding and taking off this number rounds to a whole one, which then stands in the lowest bits.
const ROUNDING: f32 = 12_582_912.0;

/// `e^x` within two units in the last place; 0 below -87, infinite above 88.
#[inline]
pub fn exp(x: f32) -> f32 {
    let bounded = if x < LEAST { LEAST } else { x };
    let bounded = if bounded > LARGEST { LARGEST } else { bounded };
    // x = n ln 2 + r with |r| <= ln(2) / 2; ln 2 in two parts, so that n times the first is exact.
    let shifted = bounded * std::f32::consts::LOG2_E + ROUNDING;
    let n = shifted - ROUNDING;
    let r = (bounded - n * 0.693_359_375) + n * 2.121_944_4e-4;
    // The series, economised for this interval.
    let p = 1.987_569_1e-4f32;
    let p = p * r + 1.398_199_9e-3;
    let p = p * r + 8.333_451_9e-3;
    let p = p * r + 4.166_579_6e-2;
    let p = p * r + 1.666_666_5e-1;
    let p = p * r + 5e-1;
    let series = p * r * r + r + 1.0;
    let power = f32::from_bits(shifted.to_bits().wrapping_add(127) << 23);
    let value = series * power;
    let value = if x < LEAST { 0.0 } else { value };
    if x > LARGEST { f32::INFINITY } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_double_precision() {
        let worst = (-8700..=8800)
            .map(|i| i as f32 * 0.01)
            .map(|x| (f64::from(exp(x)) / f64::from(x).exp() - 1.0).abs())
            .fold(0.0, f64::max);
        assert!(worst < 2.5e-7, "{worst}");
    }

    #[test]
    fn ends_of_the_range() {
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp(f32::NEG_INFINITY), 0.0);
        assert_eq!(exp(-100.0), 0.0);
        assert_eq!(exp(f32::INFINITY), f32::INFINITY);
        assert!(exp(f32::NAN).is_nan());
    }
}
