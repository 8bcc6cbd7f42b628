//! Softmax and normalisation of rows on WebGPU, and their gradients.

use burn_cubecl::tensor::CubeTensor;

use super::{
    launch::{Launch, Shader, THREADS, contiguous, elements, narrow, uninitialised},
    reduction::{LANES, lanes, workgroups},
};

const SOFTMAX: Shader = Shader {
    name: "softmax",
    files: &[LANES, include_str!("softmax.wgsl")],
    threads: THREADS,
    variant: 0,
};

const SOFTMAX_GRADIENT: Shader = Shader {
    name: "softmax gradient",
    files: &[LANES, include_str!("softmax_gradient.wgsl")],
    threads: THREADS,
    variant: 0,
};

const NORMALISE: Shader = Shader {
    name: "normalisation of rows",
    files: &[LANES, include_str!("normalise.wgsl")],
    threads: THREADS,
    variant: 0,
};

const NORMALISE_GRADIENT: Shader = Shader {
    name: "normalisation of rows, gradient",
    files: &[LANES, include_str!("normalise_gradient.wgsl")],
    threads: THREADS,
    variant: 0,
};

/// Puts a shader on the queue that works on rows of `length` values of `inputs[0]`; `flags` are
/// the numbers behind those that all of them read.
fn launch(
    shader: Shader,
    inputs: &[&CubeTensor],
    outputs: &[&CubeTensor],
    length: usize,
    flags: &[u32],
) {
    let rows = inputs.first().map_or(0, |x| elements(x)) / length.max(1);
    let lanes = lanes(length);
    let mut numbers = vec![narrow(rows), narrow(length), lanes];
    numbers.extend(flags);
    Launch {
        shader,
        inputs,
        outputs,
        numbers,
        workgroups: workgroups(rows, lanes),
    }
    .enqueue();
}

/// See [`crate::network::kernels::Kernels::softmax_rows`].
pub fn softmax(x: CubeTensor, length: usize, logarithm: bool) -> CubeTensor {
    let x = contiguous(x);
    let output = uninitialised(&x, &x.meta.shape().to_vec());
    launch(SOFTMAX, &[&x], &[&output], length, &[u32::from(logarithm)]);
    output
}

/// See [`crate::network::kernels::Kernels::softmax_rows_gradient`].
pub fn softmax_gradient(
    grad: CubeTensor,
    softmax: CubeTensor,
    length: usize,
    logarithm: bool,
) -> CubeTensor {
    let (grad, softmax) = (contiguous(grad), contiguous(softmax));
    let output = uninitialised(&grad, &grad.meta.shape().to_vec());
    launch(
        SOFTMAX_GRADIENT,
        &[&grad, &softmax],
        &[&output],
        length,
        &[u32::from(logarithm)],
    );
    output
}

/// See [`crate::network::kernels::Kernels::normalise_rows`].
pub fn normalise(
    x: CubeTensor,
    length: usize,
    epsilon: f32,
    centred: bool,
) -> (CubeTensor, CubeTensor) {
    let x = contiguous(x);
    let output = uninitialised(&x, &x.meta.shape().to_vec());
    let factors = uninitialised(&x, &[elements(&x) / length.max(1)]);
    launch(
        NORMALISE,
        &[&x],
        &[&output, &factors],
        length,
        &[u32::from(centred), epsilon.to_bits()],
    );
    (output, factors)
}

/// See [`crate::network::kernels::Kernels::normalise_rows_gradient`].
pub fn normalise_gradient(
    grad: CubeTensor,
    normalised: CubeTensor,
    factors: CubeTensor,
    length: usize,
    centred: bool,
) -> CubeTensor {
    let (grad, normalised) = (contiguous(grad), contiguous(normalised));
    let factors = contiguous(factors);
    let output = uninitialised(&grad, &grad.meta.shape().to_vec());
    launch(
        NORMALISE_GRADIENT,
        &[&grad, &normalised, &factors],
        &[&output],
        length,
        &[u32::from(centred)],
    );
    output
}
