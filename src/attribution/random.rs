//! Counter-based random numbers that are the same to the bit on every machine.
//!
//! The generator is Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
//! 2011); normal numbers come from it through the inverse distribution function of Wichura
//! (AS 241, 1988). Only additions, products, quotients and square roots are used, which IEEE 754
//! defines exactly; the platform's own logarithm, which it does not, is never called.

/// What random numbers are for: each purpose has its own stream under one seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Noise added to images.
    Noise = 0,
    /// Baselines of integrated gradients.
    Baseline = 1,
    /// Control maps.
    Control = 2,
    /// Weights of a model that is to be randomised.
    Weights = 3,
}

/// Fills `out` with unit normal numbers; number `i` depends on nothing but the seed, the purpose,
/// `sample` and `i`.
pub fn fill_normal(seed: u64, purpose: Purpose, sample: u64, out: &mut [f32]) {
    fill(seed, purpose, sample, out, |u| inverse_normal(u) as f32);
}

/// Fills `out` with numbers uniform in 0 to 1, both ends excluded before rounding.
pub fn fill_uniform(seed: u64, purpose: Purpose, sample: u64, out: &mut [f32]) {
    fill(seed, purpose, sample, out, |u| u as f32);
}

fn fill(seed: u64, purpose: Purpose, sample: u64, out: &mut [f32], shape: impl Fn(f64) -> f32) {
    let key = [seed as u32, (seed >> 32) as u32];
    for (block, four) in out.chunks_mut(4).enumerate() {
        let counter = [
            block as u32,
            sample as u32,
            (sample >> 32) as u32,
            purpose as u32,
        ];
        for (value, bits) in four.iter_mut().zip(philox(counter, key)) {
            *value = shape((f64::from(bits) + 0.5) / 4_294_967_296.0);
        }
    }
}

/// Ten rounds of Philox4x32.
fn philox(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    for _ in 0..10 {
        let [c0, c1, c2, c3] = counter;
        let a = u64::from(c0) * 0xD251_1F53;
        let b = u64::from(c2) * 0xCD9E_8D57;
        counter = [
            (b >> 32) as u32 ^ c1 ^ key[0],
            b as u32,
            (a >> 32) as u32 ^ c3 ^ key[1],
            a as u32,
        ];
        key = [
            key[0].wrapping_add(0x9E37_79B9),
            key[1].wrapping_add(0xBB67_AE85),
        ];
    }
    counter
}

/// The unit normal quantile of `p`, to about 1e-15, for `p` at least 1e-11 away from 0 and 1.
///
/// AS 241's third region, farther out than a 32-bit uniform number reaches, is left away.
fn inverse_normal(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * polynomial(&CENTRE_ABOVE, r) / polynomial(&CENTRE_BELOW, r);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    let r = (-ln(tail)).sqrt() - 1.6;
    let distance = polynomial(&TAIL_ABOVE, r) / polynomial(&TAIL_BELOW, r);
    if q < 0.0 { -distance } else { distance }
}

/// Natural logarithm of a positive normal number, to about 1e-15.
fn ln(x: f64) -> f64 {
    let bits = x.to_bits();
    let mut exponent = ((bits >> 52) as i32 & 0x7ff) - 1023;
    let mut mantissa = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) | 0x3ff0_0000_0000_0000);
    if mantissa > std::f64::consts::SQRT_2 {
        mantissa *= 0.5;
        exponent += 1;
    }
    // ln m = 2 atanh s; at most 0.1716 in size, so eleven terms reach the last bit.
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let square = s * s;
    let mut sum = 0.0;
    for k in (0..12).rev() {
        sum = sum * square + 1.0 / f64::from(2 * k + 1);
    }
    2.0 * s * sum + f64::from(exponent) * std::f64::consts::LN_2
}

/// Coefficients from the constant term upwards.
fn polynomial(coefficients: &[f64; 8], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

const CENTRE_ABOVE: [f64; 8] = [
    3.387_132_872_796_366_6,
    1.331_416_678_917_843_8e2,
    1.971_590_950_306_551_3e3,
    1.373_169_376_550_946e4,
    4.592_195_393_154_987e4,
    6.726_577_092_700_87e4,
    3.343_057_558_358_813e4,
    2.509_080_928_730_122_7e3,
];
const CENTRE_BELOW: [f64; 8] = [
    1.0,
    4.231_333_070_160_091e1,
    6.871_870_074_920_579e2,
    5.394_196_021_424_751e3,
    2.121_379_430_158_659_7e4,
    3.930_789_580_009_271e4,
    2.872_908_573_572_194_3e4,
    5.226_495_278_852_854e3,
];
const TAIL_ABOVE: [f64; 8] = [
    1.423_437_110_749_683_5,
    4.630_337_846_156_546,
    5.769_497_221_460_691,
    3.647_848_324_763_204_5,
    1.270_458_252_452_368_4,
    2.417_807_251_774_506e-1,
    2.272_384_498_926_918_4e-2,
    7.745_450_142_783_414e-4,
];
const TAIL_BELOW: [f64; 8] = [
    1.0,
    2.053_191_626_637_759,
    1.676_384_830_183_803_8,
    6.897_673_349_851e-1,
    1.481_039_764_274_800_8e-1,
    1.519_866_656_361_645_7e-2,
    5.475_938_084_995_345e-4,
    1.050_750_071_644_416_9e-9,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn philox_gives_the_published_answers() {
        // Known-answer file of the Random123 distribution.
        assert_eq!(
            philox([0; 4], [0; 2]),
            [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
        );
        assert_eq!(
            philox([u32::MAX; 4], [u32::MAX; 2]),
            [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
        );
        assert_eq!(
            philox(
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
                [0xa409_3822, 0x299f_31d0]
            ),
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        );
    }

    #[test]
    fn quantiles_of_the_normal_distribution() {
        for (p, z) in [
            (0.5, 0.0),
            (0.75, 0.674_489_750_196_081_7),
            (0.975, 1.959_963_984_540_054),
            (0.001, -3.090_232_306_167_813_6),
            (1e-9, -5.997_807_015_007_68),
        ] {
            assert!((inverse_normal(p) - z).abs() < 2e-14, "{p}");
        }
    }

    #[test]
    fn logarithms_agree_with_the_platform() {
        for x in [1e-12, 0.075, 0.5, 0.999, 1.0, 1.5, 7.0] {
            assert!(
                (ln(x) - x.ln()).abs() <= 4e-15 * x.ln().abs().max(1.0),
                "{x}"
            );
        }
    }

    #[test]
    fn noise_has_the_moments_of_the_unit_normal() {
        let mut noise = vec![0.0; 100_000];
        fill_normal(7, Purpose::Noise, 3, &mut noise);
        let n = noise.len() as f64;
        let power = |k: i32| noise.iter().map(|&z| f64::from(z).powi(k)).sum::<f64>() / n;
        // Four standard errors.
        assert!(power(1).abs() < 4.0 / n.sqrt());
        assert!((power(2) - 1.0).abs() < 4.0 * (2.0 / n).sqrt());
        assert!(power(3).abs() < 4.0 * (15.0 / n).sqrt());
        assert!((power(4) - 3.0).abs() < 4.0 * (96.0 / n).sqrt());
    }

    #[test]
    fn the_same_bits_everywhere() {
        let mut noise = [0.0; 5];
        fill_normal(42, Purpose::Noise, 1, &mut noise);
        let bits = noise.map(f32::to_bits);
        assert_eq!(
            bits,
            [
                0xbf23_b7c2,
                0xbcb4_b0b6,
                0xbf63_7823,
                0xbe57_4df7,
                0xbf8e_74f8
            ]
        );
    }

    #[test]
    fn seeds_samples_and_purposes_are_apart() {
        let draw = |seed, purpose, sample| {
            let mut out = [0.0; 8];
            fill_uniform(seed, purpose, sample, &mut out);
            out
        };
        let one = draw(1, Purpose::Noise, 0);
        assert_eq!(one, draw(1, Purpose::Noise, 0));
        assert_ne!(one, draw(2, Purpose::Noise, 0));
        assert_ne!(one, draw(1, Purpose::Noise, 1));
        assert_ne!(one, draw(1, Purpose::Baseline, 0));
        assert!(one.iter().all(|u| (0.0..=1.0).contains(u)));
    }
}
