//! Pools and their gradients on WebGPU.

use burn_cubecl::tensor::CubeTensor;

use super::launch::{
    Launch, Shader, THREADS, contiguous, narrow, one_thread_a_value, sizes, uninitialised,
};
use crate::network::kernels::PoolGeometry;

const GEOMETRY: &str = include_str!("pool_geometry.wgsl");

const MAX: Shader = Shader {
    name: "max pool",
    files: &[GEOMETRY, include_str!("max_pool.wgsl")],
    threads: THREADS,
    variant: 0,
};

const MAX_GRADIENT: Shader = Shader {
    name: "max pool gradient",
    files: &[GEOMETRY, include_str!("max_pool_gradient.wgsl")],
    threads: THREADS,
    variant: 0,
};

const AVERAGE: Shader = Shader {
    name: "average pool",
    files: &[GEOMETRY, include_str!("average_pool.wgsl")],
    threads: THREADS,
    variant: 0,
};

const AVERAGE_GRADIENT: Shader = Shader {
    name: "average pool gradient",
    files: &[GEOMETRY, include_str!("average_pool_gradient.wgsl")],
    threads: THREADS,
    variant: 0,
};

/// The numbers `pool_geometry.wgsl` reads.
fn numbers(
    planes: usize,
    hw_in: [usize; 2],
    hw_out: [usize; 2],
    geometry: &PoolGeometry,
) -> Vec<u32> {
    let mut numbers = vec![planes];
    numbers.extend(hw_in);
    numbers.extend(hw_out);
    numbers.push(usize::from(geometry.count_include_pad));
    numbers.extend(geometry.kernel);
    numbers.extend(geometry.stride);
    numbers.extend(geometry.dilation);
    numbers.extend(geometry.pad_begin);
    numbers.extend(geometry.pad_end);
    numbers.into_iter().map(narrow).collect()
}

/// One thread a window, over `x`, into as many outputs as the shader has.
fn forward<const OUTPUTS: usize>(
    shader: Shader,
    x: CubeTensor,
    geometry: &PoolGeometry,
) -> [CubeTensor; OUTPUTS] {
    let x = contiguous(x);
    let [images, channels, height, width] = sizes(&x);
    let hw_out = geometry.output_hw([height, width]).unwrap_or([0, 0]);
    let outputs: [CubeTensor; OUTPUTS] =
        std::array::from_fn(|_| uninitialised(&x, &[images, channels, hw_out[0], hw_out[1]]));
    Launch {
        shader,
        inputs: &[&x],
        workgroups: outputs.first().map_or(0, one_thread_a_value),
        outputs: &outputs.each_ref(),
        numbers: numbers(images * channels, [height, width], hw_out, geometry),
    }
    .enqueue();
    outputs
}

/// One thread an input value, over `grad` and the rest of `inputs`.
fn backward(
    shader: Shader,
    grad: CubeTensor,
    argmax: Option<CubeTensor>,
    input_hw: [usize; 2],
    geometry: &PoolGeometry,
) -> CubeTensor {
    let (grad, argmax) = (contiguous(grad), argmax.map(contiguous));
    let [images, channels, height_out, width_out] = sizes(&grad);
    let output = uninitialised(&grad, &[images, channels, input_hw[0], input_hw[1]]);
    let mut inputs = vec![&grad];
    inputs.extend(&argmax);
    Launch {
        shader,
        inputs: &inputs,
        outputs: &[&output],
        numbers: numbers(
            images * channels,
            input_hw,
            [height_out, width_out],
            geometry,
        ),
        workgroups: one_thread_a_value(&output),
    }
    .enqueue();
    output
}

/// See [`crate::network::kernels::Kernels::max_pool2d`].
pub fn max_pool2d(x: CubeTensor, geometry: &PoolGeometry) -> (CubeTensor, CubeTensor) {
    let [output, argmax] = forward(MAX, x, geometry);
    (output, argmax)
}

/// See [`crate::network::kernels::Kernels::max_pool2d_gradient`].
pub fn max_pool2d_gradient(
    grad: CubeTensor,
    argmax: CubeTensor,
    input_hw: [usize; 2],
    geometry: &PoolGeometry,
) -> CubeTensor {
    backward(MAX_GRADIENT, grad, Some(argmax), input_hw, geometry)
}

/// See [`crate::network::kernels::Kernels::average_pool2d`].
pub fn average_pool2d(x: CubeTensor, geometry: &PoolGeometry) -> CubeTensor {
    let [output] = forward(AVERAGE, x, geometry);
    output
}

/// See [`crate::network::kernels::Kernels::average_pool2d_gradient`].
pub fn average_pool2d_gradient(
    grad: CubeTensor,
    input_hw: [usize; 2],
    geometry: &PoolGeometry,
) -> CubeTensor {
    backward(AVERAGE_GRADIENT, grad, None, input_hw, geometry)
}
