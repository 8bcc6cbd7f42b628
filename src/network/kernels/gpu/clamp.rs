//! Clamps and their gradients on WebGPU.

use burn_cubecl::tensor::CubeTensor;

use super::launch::{
    FOUR, Launch, Shader, THREADS, contiguous, elements, narrow, one_thread_a_value, uninitialised,
};
use crate::{classifier::GuidedSign, network::kernels::Range};

/// Functions for shaders that clamp.
pub const RANGE: &str = include_str!("range.wgsl");

const CLAMP: Shader = Shader {
    name: "clamp",
    files: &[RANGE, include_str!("clamp.wgsl")],
    threads: THREADS,
    variant: 0,
};

const CLAMP_GRADIENT: Shader = Shader {
    name: "clamp gradient",
    files: &[RANGE, FOUR, include_str!("clamp_gradient.wgsl")],
    threads: THREADS,
    variant: 0,
};

/// A range as the numbers `range.wgsl` reads: which sides are finite, and their bits.
pub fn range_numbers(range: Range) -> [u32; 3] {
    let side = |bound: f32, infinity: f32, flag: u32| {
        if bound == infinity {
            (0, 0)
        } else {
            (flag, bound.to_bits())
        }
    };
    let (low_flag, low) = side(range.low, f32::NEG_INFINITY, 1);
    let (high_flag, high) = side(range.high, f32::INFINITY, 2);
    [low_flag | high_flag, low, high]
}

/// See [`crate::network::kernels::Kernels::clamp`].
pub fn clamp(x: CubeTensor, range: Range) -> CubeTensor {
    let x = contiguous(x);
    let output = uninitialised(&x, &x.meta.shape().to_vec());
    let mut numbers = vec![narrow(elements(&x))];
    numbers.extend(range_numbers(range));
    Launch {
        shader: CLAMP,
        inputs: &[&x],
        outputs: &[&output],
        numbers,
        workgroups: one_thread_a_value(&output),
    }
    .enqueue();
    output
}

/// See [`crate::network::kernels::Kernels::clamp_gradient`].
pub fn clamp_gradient(
    grad: CubeTensor,
    clamped: CubeTensor,
    range: Range,
    sign: GuidedSign,
) -> CubeTensor {
    let (grad, clamped) = (contiguous(grad), contiguous(clamped));
    let output = uninitialised(&grad, &grad.meta.shape().to_vec());
    let mut numbers = vec![narrow(elements(&grad))];
    numbers.extend(range_numbers(range));
    numbers.push(match sign {
        GuidedSign::Both => 0,
        GuidedSign::Positive => 1,
        GuidedSign::Negative => 2,
        GuidedSign::Absolute => 3,
    });
    Launch {
        shader: CLAMP_GRADIENT,
        inputs: &[&grad, &clamped],
        outputs: &[&output],
        numbers,
        workgroups: CLAMP_GRADIENT.workgroups(elements(&output).div_ceil(4)),
    }
    .enqueue();
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn infinite_sides_are_left_out() {
        let range = |low, high| range_numbers(Range { low, high });
        let infinity = f32::INFINITY;
        assert_eq!(range(-infinity, infinity), [0, 0, 0]);
        assert_eq!(range(0.0, infinity), [1, 0, 0]);
        assert_eq!(range(-infinity, 6.0), [2, 0, 6.0f32.to_bits()]);
        assert_eq!(range(-1.0, 1.0), [3, (-1.0f32).to_bits(), 1.0f32.to_bits()]);
    }
}
