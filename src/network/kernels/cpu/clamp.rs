//! Clamping and its gradient, one pass each.

use super::{super::Range, parallel::for_each_chunk, widest::widest};
use crate::classifier::GuidedSign;

/// Values that one core works on at a time.
const CHUNK: usize = 1 << 15;

/// `x` clamped to `range`.
pub fn forward(x: &[f32], range: Range) -> Vec<f32> {
    x.iter().map(|&v| clamped(v, range)).collect()
}

/// Written as comparisons so that a NaN stays one: `f32::max` would turn it into a bound.
#[inline(always)]
fn clamped(value: f32, range: Range) -> f32 {
    let value = if value < range.low { range.low } else { value };
    if value > range.high {
        range.high
    } else {
        value
    }
}

widest! {
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
}

/// Leaves `grad` where `output` lies strictly inside `range`, cut by `sign`, and makes it 0 elsewhere.
pub fn gradient(grad: &mut [f32], output: &[f32], range: Range, sign: GuidedSign) {
    for_each_chunk(grad, CHUNK, |chunk, grad| {
        let output = output.get(chunk * CHUNK..).unwrap_or_default();
        cut(grad, output, range, sign);
    });
}

widest! {
    /// [`gradient`], by one core.
    fn cut(grad: &mut [f32], output: &[f32], range: Range, sign: GuidedSign) {
        // By bits, without a jump: which way it would go cannot be foreseen.
        let kept = |g: f32, y: f32| {
            let inside = (range.low < y) & (y < range.high);
            f32::from_bits(g.to_bits() & u32::from(inside).wrapping_neg())
        };
        let all = grad.iter_mut().zip(output);
        match sign {
            GuidedSign::Both => all.for_each(|(g, &y)| *g = kept(*g, y)),
            GuidedSign::Positive => all.for_each(|(g, &y)| *g = kept(g.max(0.0), y)),
            GuidedSign::Negative => all.for_each(|(g, &y)| *g = kept(g.min(0.0), y)),
            GuidedSign::Absolute => all.for_each(|(g, &y)| *g = kept(g.abs(), y)),
        }
    }
}
