//! Clamping and its gradient, one pass each.

use super::super::Range;
use crate::classifier::GuidedSign;

/// `x` clamped to `range`.
pub fn forward(x: &[f32], range: Range) -> Vec<f32> {
    x.iter().map(|&v| clamped(v, range)).collect()
}

/// Written as comparisons so that a NaN stays one: `f32::max` would turn it into a bound.
fn clamped(value: f32, range: Range) -> f32 {
    let value = if value < range.low { range.low } else { value };
    if value > range.high {
        range.high
    } else {
        value
    }
}

/// Adds `bias` and clamps, in place.
pub fn finish(values: &mut [f32], bias: f32, range: Range) {
    for value in values {
        *value = clamped(*value + bias, range);
    }
}

/// Scales, shifts and clamps, in place and in double precision: one rounding instead of four.
pub fn finish_normalised(values: &mut [f32], scale: f64, shift: f64, range: Range) {
    for value in values {
        *value = clamped((f64::from(*value) * scale + shift) as f32, range);
    }
}

/// `grad` where `output` lies strictly inside `range`, else 0, then cut by `sign`.
pub fn gradient(grad: &[f32], output: &[f32], range: Range, sign: GuidedSign) -> Vec<f32> {
    let pairs = grad.iter().zip(output);
    // Without the jump that `&&` asks for: which way it would go cannot be foreseen.
    let inside = |y: f32| (range.low < y) & (y < range.high);
    match sign {
        GuidedSign::Both => pairs
            .map(|(&g, &y)| if inside(y) { g } else { 0.0 })
            .collect(),
        GuidedSign::Positive => pairs
            .map(|(&g, &y)| if inside(y) { g.max(0.0) } else { 0.0 })
            .collect(),
        GuidedSign::Negative => pairs
            .map(|(&g, &y)| if inside(y) { g.min(0.0) } else { 0.0 })
            .collect(),
        GuidedSign::Absolute => pairs
            .map(|(&g, &y)| if inside(y) { g.abs() } else { 0.0 })
            .collect(),
    }
}
