//! Functions of two numbers over tensors that broadcast, on WebGPU.

use burn_cubecl::tensor::CubeTensor;

use super::{
    launch::{Launch, Shader, THREADS, contiguous, narrow, one_thread_a_value, uninitialised},
    unary::POWER,
};
use crate::network::kernels::{BinaryFunction, Broadcast};

const BINARY: Shader = Shader {
    name: "binary",
    files: &[POWER, include_str!("binary.wgsl")],
    threads: THREADS,
    variant: 0,
};

/// A function as `binary.wgsl` numbers it.
fn number(function: BinaryFunction) -> u32 {
    use BinaryFunction as F;
    match function {
        F::Add => 0,
        F::Subtract => 1,
        F::Multiply => 2,
        F::Divide => 3,
        F::Power => 4,
        F::Minimum => 5,
        F::Maximum => 6,
        F::FloorRemainder => 7,
        F::TruncateRemainder => 8,
        F::Equal => 9,
        F::Less => 10,
        F::LessOrEqual => 11,
        F::Greater => 12,
        F::GreaterOrEqual => 13,
        F::And => 14,
        F::Or => 15,
        F::Xor => 16,
        F::Keep => 17,
        F::Drop => 18,
        F::ParametricRelu => 19,
        F::ParametricReluSlope => 20,
        F::DivideSlope => 21,
        F::PowerSlope => 22,
        F::ExponentSlope => 23,
        F::FloorRemainderSlope => 24,
        F::TruncateRemainderSlope => 25,
    }
}

/// See [`crate::network::kernels::Kernels::binary`].
pub fn binary(
    left: CubeTensor,
    right: CubeTensor,
    broadcast: &Broadcast,
    function: BinaryFunction,
) -> CubeTensor {
    let (left, right) = (contiguous(left), contiguous(right));
    let output = uninitialised(&left, &broadcast.shape);
    let axes = &broadcast.axes;
    let mut numbers = vec![narrow(broadcast.elements()), narrow(axes.len())];
    for axis in axes.iter().rev() {
        numbers.push(narrow(axis.length));
        numbers.extend(axis.strides.map(narrow));
    }
    Launch {
        shader: Shader {
            variant: number(function),
            ..BINARY
        },
        inputs: &[&left, &right],
        outputs: &[&output],
        numbers,
        workgroups: one_thread_a_value(&output),
    }
    .enqueue();
    output
}
