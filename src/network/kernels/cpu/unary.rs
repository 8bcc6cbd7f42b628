//! Functions of one number over a tensor and their gradients, one pass each.

use std::f32::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};

use super::{
    super::UnaryFunction,
    exponential::{erf, exp, sigmoid, tanh, tanh_of_softplus},
    parallel::for_each_chunk,
};

/// Values that one core works on at a time.
const CHUNK: usize = 1 << 14;

/// `sqrt(2 / pi)`, of the tanh formula of `Gelu`.
const SQRT_2_OVER_PI: f32 = 0.797_884_6;

/// Fills `out` from as many inputs.
type Fill = Box<dyn Fn(&mut [f32], &[f32]) + Send + Sync>;

/// Fills `out` from as many gradients and inputs.
type FillGradient = Box<dyn Fn(&mut [f32], &[f32], &[f32]) + Send + Sync>;

/// `function` of every value.
pub fn forward(x: &[f32], function: UnaryFunction) -> Vec<f32> {
    let fill = values(function);
    let mut out = vec![0.0; x.len()];
    for_each_chunk(&mut out, CHUNK, |index, out| {
        fill(out, x.get(index * CHUNK..).unwrap_or_default());
    });
    out
}

/// `grad` times the slope of `function` at `x`.
pub fn gradient(grad: &[f32], x: &[f32], function: UnaryFunction) -> Vec<f32> {
    let fill = slopes(function);
    let mut out = vec![0.0; grad.len()];
    for_each_chunk(&mut out, CHUNK, |index, out| {
        let from = index * CHUNK;
        fill(
            out,
            grad.get(from..).unwrap_or_default(),
            x.get(from..).unwrap_or_default(),
        );
    });
    out
}

/// A loop of its own for each function: what it does inside is known when it is compiled.
fn each(function: impl Fn(f32) -> f32 + Send + Sync + 'static) -> Fill {
    Box::new(move |out, x| {
        for (out, &x) in out.iter_mut().zip(x) {
            *out = function(x);
        }
    })
}

fn each_slope(slope: impl Fn(f32) -> f32 + Send + Sync + 'static) -> FillGradient {
    Box::new(move |out, grad, x| {
        for ((out, &g), &x) in out.iter_mut().zip(grad).zip(x) {
            *out = g * slope(x);
        }
    })
}

fn truth(holds: bool) -> f32 {
    f32::from(u8::from(holds))
}

/// Written as comparisons so that a NaN stays one.
fn unit_clamped(value: f32) -> f32 {
    let value = if value < 0.0 { 0.0 } else { value };
    if value > 1.0 { 1.0 } else { value }
}

/// A NaN stays one here too.
fn within(value: f32, low: f32, high: f32) -> f32 {
    let value = if value < low { low } else { value };
    if value > high { high } else { value }
}

fn gelu_inner(x: f32) -> f32 {
    SQRT_2_OVER_PI * (x + 0.044_715 * x * x * x)
}

/// Whole exponents that are frequent need no logarithm.
fn power(exponent: f32) -> Fill {
    if exponent == 2.0 {
        each(|x| x * x)
    } else if exponent == 3.0 {
        each(|x| x * x * x)
    } else {
        each(move |x| x.powf(exponent))
    }
}

fn power_slope(exponent: f32) -> FillGradient {
    if exponent == 2.0 {
        each_slope(|x| 2.0 * x)
    } else if exponent == 3.0 {
        each_slope(|x| 3.0 * x * x)
    } else {
        each_slope(move |x| exponent * x.powf(exponent - 1.0))
    }
}

fn values(function: UnaryFunction) -> Fill {
    use UnaryFunction as F;
    match function {
        F::Absolute => each(f32::abs),
        F::Affine { factor, offset } => each(move |x| factor * x + offset),
        F::Ceil => each(f32::ceil),
        F::Celu { alpha } => each(move |x| {
            if x > 0.0 {
                x
            } else {
                alpha * (x / alpha).exp_m1()
            }
        }),
        F::Cosine => each(f32::cos),
        F::Divide { divisor } => each(move |x| x / divisor),
        F::Elu { alpha, scale } => {
            each(move |x| scale * if x > 0.0 { x } else { alpha * x.exp_m1() })
        }
        F::Erf => each(erf),
        F::Exponential => each(exp),
        F::Floor => each(f32::floor),
        F::Gelu => each(|x| 0.5 * x * (1.0 + erf(x * FRAC_1_SQRT_2))),
        F::GeluTanh => each(|x| 0.5 * x * (1.0 + tanh(gelu_inner(x)))),
        F::HardSigmoid { alpha, beta } => each(move |x| unit_clamped(alpha * x + beta)),
        F::HardSwish => each(|x| x * unit_clamped(x * (1.0 / 6.0) + 0.5)),
        F::Inverse { numerator } => each(move |x| numerator / x),
        F::IsInfinite { positive, negative } => each(move |x| {
            truth((positive && x == f32::INFINITY) || (negative && x == f32::NEG_INFINITY))
        }),
        F::IsNan => each(|x| truth(x.is_nan())),
        F::IsZero => each(|x| truth(x == 0.0)),
        F::LeakyRelu { alpha } => each(move |x| if x > 0.0 { x } else { alpha * x }),
        F::Logarithm => each(f32::ln),
        F::Mish => each(|x| x * tanh_of_softplus(x)),
        F::NotZero => each(|x| truth(x != 0.0)),
        F::Power { exponent } => power(exponent),
        F::Round => each(f32::round_ties_even),
        F::RoundWithin { low, high } => each(move |x| within(x.round_ties_even(), low, high)),
        F::Sigmoid => each(sigmoid),
        F::Sign => each(|x| if x == 0.0 { 0.0 } else { x.signum() }),
        F::Sine => each(f32::sin),
        F::Softplus => each(|x| {
            let positive = if x < 0.0 { 0.0 } else { x };
            positive + exp(-x.abs()).ln_1p()
        }),
        F::Softsign => each(|x| x / (1.0 + x.abs())),
        F::SquareRoot => each(f32::sqrt),
        F::Swish { alpha } => each(move |x| x * sigmoid(alpha * x)),
        F::Tanh => each(tanh),
        F::ThresholdedRelu { alpha } => each(move |x| if x > alpha { x } else { 0.0 }),
        F::Truncate => each(f32::trunc),
    }
}

fn slopes(function: UnaryFunction) -> FillGradient {
    use UnaryFunction as F;
    match function {
        F::Absolute => each_slope(|x| if x == 0.0 { 0.0 } else { x.signum() }),
        F::Affine { factor, .. } => each_slope(move |_| factor),
        F::Celu { alpha } => each_slope(move |x| if x > 0.0 { 1.0 } else { exp(x / alpha) }),
        F::Cosine => each_slope(|x| -x.sin()),
        // Divided, not multiplied by an inverse, as the forward pass does.
        F::Divide { divisor } => Box::new(move |out, grad, _| {
            for (out, &g) in out.iter_mut().zip(grad) {
                *out = g / divisor;
            }
        }),
        F::Elu { alpha, scale } => {
            each_slope(move |x| scale * if x > 0.0 { 1.0 } else { alpha * exp(x) })
        }
        F::Erf => each_slope(|x| FRAC_2_SQRT_PI * exp(-x * x)),
        F::Exponential => each_slope(exp),
        F::Gelu => each_slope(|x| {
            let density = 0.5 * FRAC_1_SQRT_2 * FRAC_2_SQRT_PI * exp(-0.5 * x * x);
            0.5 * (1.0 + erf(x * FRAC_1_SQRT_2)) + x * density
        }),
        F::GeluTanh => each_slope(|x| {
            let t = tanh(gelu_inner(x));
            let inner_slope = SQRT_2_OVER_PI * (1.0 + 0.134_145 * x * x);
            0.5 * (1.0 + t) + 0.5 * x * (1.0 - t * t) * inner_slope
        }),
        F::HardSigmoid { alpha, beta } => each_slope(move |x| {
            let y = alpha * x + beta;
            if 0.0 < y && y < 1.0 { alpha } else { 0.0 }
        }),
        F::HardSwish => each_slope(|x| {
            let inside = x * (1.0 / 3.0) + 0.5;
            let right = if x < 3.0 { inside } else { 1.0 };
            if x > -3.0 { right } else { 0.0 }
        }),
        F::Inverse { numerator } => each_slope(move |x| -numerator / (x * x)),
        F::LeakyRelu { alpha } => each_slope(move |x| if x > 0.0 { 1.0 } else { alpha }),
        F::Logarithm => each_slope(|x| 1.0 / x),
        F::Mish => each_slope(|x| {
            let t = tanh_of_softplus(x);
            t + x * (1.0 - t * t) * sigmoid(x)
        }),
        F::Power { exponent } => power_slope(exponent),
        F::RoundWithin { low, high } => each_slope(move |x| {
            let rounded = x.round_ties_even();
            truth(low <= rounded && rounded <= high)
        }),
        F::Sigmoid => each_slope(|x| {
            let s = sigmoid(x);
            s * (1.0 - s)
        }),
        F::Sine => each_slope(f32::cos),
        F::Softplus => each_slope(sigmoid),
        F::Softsign => each_slope(|x| {
            let d = 1.0 + x.abs();
            1.0 / (d * d)
        }),
        F::SquareRoot => each_slope(|x| 0.5 / x.sqrt()),
        F::Swish { alpha } => each_slope(move |x| {
            let s = sigmoid(alpha * x);
            s + alpha * x * s * (1.0 - s)
        }),
        F::Tanh => each_slope(|x| {
            let t = tanh(x);
            1.0 - t * t
        }),
        F::ThresholdedRelu { alpha } => each_slope(move |x| truth(x > alpha)),
        F::Ceil
        | F::Floor
        | F::IsInfinite { .. }
        | F::IsNan
        | F::IsZero
        | F::NotZero
        | F::Round
        | F::Sign
        | F::Truncate => Box::new(|out, _, _| out.fill(0.0)),
    }
}
