//! Functions of two numbers over two tensors that broadcast, one pass each.

use super::{
    super::{BinaryFunction, Broadcast},
    parallel::for_each_chunk,
};

/// Values that one core works on at a time, where both tensors are read straight through.
const CHUNK: usize = 1 << 14;

/// Fills a row of the output from where its operands begin, of which one may stay on its first value.
type FillRow = fn(&mut [f32], &[f32], &[f32], [usize; 2]);

/// `function` of the values that lie side by side.
pub fn forward(
    left: &[f32],
    right: &[f32],
    broadcast: &Broadcast,
    function: BinaryFunction,
) -> Vec<f32> {
    let fill = row(function);
    let mut out = vec![0.0; broadcast.elements()];
    let Some((inner, outer)) = broadcast.axes.split_last() else {
        fill(&mut out, left, right, [1, 1]);
        return out;
    };
    let length = if outer.is_empty() {
        CHUNK
    } else {
        inner.length
    };
    for_each_chunk(&mut out, length, |index, out| {
        let [l, r] = if outer.is_empty() {
            inner.strides.map(|stride| index * length * stride)
        } else {
            Broadcast::positions(outer, index)
        };
        let left = left.get(l..).unwrap_or_default();
        let right = right.get(r..).unwrap_or_default();
        fill(out, left, right, inner.strides);
    });
    out
}

/// A loop of its own for each function and each operand that may stay.
#[inline(always)]
fn fill(
    out: &mut [f32],
    left: &[f32],
    right: &[f32],
    strides: [usize; 2],
    function: impl Fn(f32, f32) -> f32,
) {
    match (strides, left.first(), right.first()) {
        ([0, _], Some(&a), _) => {
            for (out, &b) in out.iter_mut().zip(right) {
                *out = function(a, b);
            }
        }
        ([_, 0], _, Some(&b)) => {
            for (out, &a) in out.iter_mut().zip(left) {
                *out = function(a, b);
            }
        }
        _ => {
            for ((out, &a), &b) in out.iter_mut().zip(left).zip(right) {
                *out = function(a, b);
            }
        }
    }
}

fn truth(holds: bool) -> f32 {
    f32::from(u8::from(holds))
}

fn row(function: BinaryFunction) -> FillRow {
    use BinaryFunction as F;
    macro_rules! row {
        ($function:expr) => {
            |out, left, right, strides| fill(out, left, right, strides, $function)
        };
    }
    match function {
        F::Add => row!(|a, b| a + b),
        F::Subtract => row!(|a, b| a - b),
        F::Multiply => row!(|a, b| a * b),
        F::Divide => row!(|a, b| a / b),
        F::Power => row!(f32::powf),
        F::Minimum => row!(|a: f32, b: f32| if b < a || b.is_nan() { b } else { a }),
        F::Maximum => row!(|a: f32, b: f32| if b > a || b.is_nan() { b } else { a }),
        F::FloorRemainder => row!(|a: f32, b: f32| a - b * (a / b).floor()),
        F::TruncateRemainder => row!(|a, b| a % b),
        F::Equal => row!(|a, b| truth(a == b)),
        F::Less => row!(|a, b| truth(a < b)),
        F::LessOrEqual => row!(|a, b| truth(a <= b)),
        F::Greater => row!(|a, b| truth(a > b)),
        F::GreaterOrEqual => row!(|a, b| truth(a >= b)),
        F::And => row!(|a, b| truth(a != 0.0 && b != 0.0)),
        F::Or => row!(|a, b| truth(a != 0.0 || b != 0.0)),
        F::Xor => row!(|a, b| truth((a != 0.0) != (b != 0.0))),
        F::Keep => row!(|a, b| if b == 0.0 { 0.0 } else { a }),
        F::Drop => row!(|a, b| if b == 0.0 { a } else { 0.0 }),
        F::ParametricRelu => row!(|a, b| if a > 0.0 { a } else { a * b }),
        F::ParametricReluSlope => row!(|a, b| if a > 0.0 { 1.0 } else { b }),
        F::DivideSlope => row!(|a: f32, b: f32| -a / (b * b)),
        F::PowerSlope => row!(|a: f32, b: f32| b * a.powf(b - 1.0)),
        F::ExponentSlope => {
            row!(|a: f32, b: f32| if a > 0.0 { a.powf(b) * a.ln() } else { 0.0 })
        }
        F::FloorRemainderSlope => row!(|a: f32, b: f32| -(a / b).floor()),
        F::TruncateRemainderSlope => row!(|a: f32, b: f32| -(a / b).trunc()),
    }
}
