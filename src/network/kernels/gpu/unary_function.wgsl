// What functions of one number share: their numbers, as `unary.rs` gives them, and the functions that
// shaders lack or may compute badly. Arguments of `exp` are bounded, since infinities need not exist.

const FUNCTION: u32 = {{ variant }}u;

const ABSOLUTE: u32 = 0u;
const AFFINE: u32 = 1u;
const CEIL: u32 = 2u;
const CELU: u32 = 3u;
const COSINE: u32 = 4u;
const DIVIDE: u32 = 5u;
const ELU: u32 = 6u;
const ERF: u32 = 7u;
const EXPONENTIAL: u32 = 8u;
const FLOOR: u32 = 9u;
const GELU: u32 = 10u;
const GELU_TANH: u32 = 11u;
const HARD_SIGMOID: u32 = 12u;
const HARD_SWISH: u32 = 13u;
const INVERSE: u32 = 14u;
const IS_INFINITE: u32 = 15u;
const IS_NAN: u32 = 16u;
const IS_ZERO: u32 = 17u;
const LEAKY_RELU: u32 = 18u;
const LOGARITHM: u32 = 19u;
const MISH: u32 = 20u;
const NOT_ZERO: u32 = 21u;
const POWER: u32 = 22u;
const ROUND: u32 = 23u;
const SIGMOID: u32 = 24u;
const SIGN: u32 = 25u;
const SINE: u32 = 26u;
const SOFTPLUS: u32 = 27u;
const SOFTSIGN: u32 = 28u;
const SQUARE_ROOT: u32 = 29u;
const SWISH: u32 = 30u;
const TANH: u32 = 31u;
const THRESHOLDED_RELU: u32 = 32u;
const TRUNCATE: u32 = 33u;
const ROUND_WITHIN: u32 = 34u;

const SQRT_1_2: f32 = 0.70710678;
const SQRT_2_OVER_PI: f32 = 0.7978846;
const TWO_OVER_SQRT_PI: f32 = 1.1283792;
const ONE_OVER_SQRT_2_PI: f32 = 0.3989423;

const MAGNITUDE_BITS: u32 = 0x7fffffffu;
const SIGN_BIT: u32 = 0x80000000u;
const INFINITY_BITS: u32 = 0x7f800000u;

fn bounded_exp(x: f32) -> f32 {
    return exp(min(x, 88.0));
}

fn sigmoid(x: f32) -> f32 {
    return 1.0 / (1.0 + bounded_exp(-x));
}

fn hyperbolic_tangent(x: f32) -> f32 {
    return 1.0 - 2.0 / (bounded_exp(2.0 * x) + 1.0);
}

// Abramowitz and Stegun, 7.1.26.
fn error_function(x: f32) -> f32 {
    let t = 1.0 / (1.0 + 0.3275911 * abs(x));
    let series = ((((1.0614054 * t - 1.453152) * t + 1.4214138) * t - 0.28449672) * t + 0.2548296) * t;
    let positive = 1.0 - series * exp(max(-x * x, -88.0));
    return select(positive, -positive, x < 0.0);
}

fn softplus(x: f32) -> f32 {
    return max(x, 0.0) + log(1.0 + exp(max(-abs(x), -88.0)));
}

// tanh(ln(1 + e^x)) by its closed form; 1 where e^x squared would overflow.
fn tanh_of_softplus(x: f32) -> f32 {
    let e = exp(min(x, 20.0));
    let n = e * (e + 2.0);
    return n / (n + 2.0);
}

// Sine and cosine by polynomials (Cephes) within a quarter of a turn around a multiple of it: WGSL asks
// its own for 11 bits only. The multiple is taken off in three parts, the first two exact.
fn sine_and_cosine(x: f32) -> vec2<f32> {
    let quarters = round(x * 0.63661977);
    let r = ((x - quarters * 1.5703125) - quarters * 4.837512969970703e-4) - quarters * 7.549789954891882e-8;
    let square = r * r;
    let sine = r + r * square * (-0.16666654611 + square * (8.3321608736e-3 - square * 1.9515295891e-4));
    let cosine = 1.0 - 0.5 * square
        + square * square * (4.166664568298827e-2 + square * (-1.388731625493765e-3 + square * 2.443315711809948e-5));
    switch (i32(quarters) & 3) {
        case 0: { return vec2(sine, cosine); }
        case 1: { return vec2(cosine, -sine); }
        case 2: { return vec2(-sine, -cosine); }
        default: { return vec2(-cosine, sine); }
    }
}

fn gelu_inner(x: f32) -> f32 {
    return SQRT_2_OVER_PI * (x + 0.044715 * x * x * x);
}

fn truth(holds: bool) -> f32 {
    return select(0.0, 1.0, holds);
}
