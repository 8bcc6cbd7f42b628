//! Functions of one number and their gradients on WebGPU.

use burn_cubecl::tensor::CubeTensor;

use super::launch::{
    Launch, Shader, THREADS, contiguous, elements, narrow, one_thread_a_value, uninitialised,
};
use crate::network::kernels::UnaryFunction;

const FUNCTION: &str = include_str!("unary_function.wgsl");

/// Powers, for shaders that need them.
pub const POWER: &str = include_str!("power.wgsl");

const UNARY: Shader = Shader {
    name: "unary",
    files: &[FUNCTION, POWER, include_str!("unary.wgsl")],
    threads: THREADS,
    variant: 0,
};

const UNARY_GRADIENT: Shader = Shader {
    name: "unary gradient",
    files: &[FUNCTION, POWER, include_str!("unary_gradient.wgsl")],
    threads: THREADS,
    variant: 0,
};

/// A function as `unary_function.wgsl` numbers it, and its parameters.
fn described(function: UnaryFunction) -> (u32, [f32; 2]) {
    use UnaryFunction as F;
    let truth = |holds: bool| f32::from(u8::from(holds));
    match function {
        F::Absolute => (0, [0.0; 2]),
        F::Affine { factor, offset } => (1, [factor, offset]),
        F::Ceil => (2, [0.0; 2]),
        F::Celu { alpha } => (3, [alpha, 0.0]),
        F::Cosine => (4, [0.0; 2]),
        F::Divide { divisor } => (5, [divisor, 0.0]),
        F::Elu { alpha, scale } => (6, [alpha, scale]),
        F::Erf => (7, [0.0; 2]),
        F::Exponential => (8, [0.0; 2]),
        F::Floor => (9, [0.0; 2]),
        F::Gelu => (10, [0.0; 2]),
        F::GeluTanh => (11, [0.0; 2]),
        F::HardSigmoid { alpha, beta } => (12, [alpha, beta]),
        F::HardSwish => (13, [0.0; 2]),
        F::Inverse { numerator } => (14, [numerator, 0.0]),
        F::IsInfinite { positive, negative } => (15, [truth(positive), truth(negative)]),
        F::IsNan => (16, [0.0; 2]),
        F::IsZero => (17, [0.0; 2]),
        F::LeakyRelu { alpha } => (18, [alpha, 0.0]),
        F::Logarithm => (19, [0.0; 2]),
        F::Mish => (20, [0.0; 2]),
        F::NotZero => (21, [0.0; 2]),
        F::Power { exponent } => (22, [exponent, 0.0]),
        F::Round => (23, [0.0; 2]),
        F::Sigmoid => (24, [0.0; 2]),
        F::Sign => (25, [0.0; 2]),
        F::Sine => (26, [0.0; 2]),
        F::Softplus => (27, [0.0; 2]),
        F::Softsign => (28, [0.0; 2]),
        F::SquareRoot => (29, [0.0; 2]),
        F::Swish { alpha } => (30, [alpha, 0.0]),
        F::Tanh => (31, [0.0; 2]),
        F::ThresholdedRelu { alpha } => (32, [alpha, 0.0]),
        F::Truncate => (33, [0.0; 2]),
        F::RoundWithin { low, high } => (34, [low, high]),
    }
}

/// `shader` for one function, and the numbers it reads.
fn specialised(shader: Shader, tensor: &CubeTensor, function: UnaryFunction) -> (Shader, Vec<u32>) {
    let (variant, parameters) = described(function);
    let mut numbers = vec![narrow(elements(tensor))];
    numbers.extend(parameters.map(f32::to_bits));
    (Shader { variant, ..shader }, numbers)
}

/// See [`crate::network::kernels::Kernels::unary`].
pub fn unary(x: CubeTensor, function: UnaryFunction) -> CubeTensor {
    let x = contiguous(x);
    let output = uninitialised(&x, &x.meta.shape().to_vec());
    let (shader, numbers) = specialised(UNARY, &x, function);
    Launch {
        shader,
        inputs: &[&x],
        outputs: &[&output],
        numbers,
        workgroups: one_thread_a_value(&output),
    }
    .enqueue();
    output
}

/// See [`crate::network::kernels::Kernels::unary_gradient`].
pub fn unary_gradient(grad: CubeTensor, x: CubeTensor, function: UnaryFunction) -> CubeTensor {
    let (grad, x) = (contiguous(grad), contiguous(x));
    let output = uninitialised(&grad, &grad.meta.shape().to_vec());
    let (shader, numbers) = specialised(UNARY_GRADIENT, &x, function);
    Launch {
        shader,
        inputs: &[&grad, &x],
        outputs: &[&output],
        numbers,
        workgroups: one_thread_a_value(&output),
    }
    .enqueue();
    output
}
