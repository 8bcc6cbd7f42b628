//! Convolutions and their input gradients on WebGPU: as matrix products in tiles, or four values a
//! thread where groups are too small for that.

use burn_cubecl::tensor::CubeTensor;

use super::{
    clamp::{RANGE, range_numbers},
    filter::{DeviceFilter, Weights},
    launch::{FEW_THREADS, FOUR, Launch, Shader, contiguous, narrow, sizes, uninitialised},
    tile::{TILES, tiles},
};
use crate::network::kernels::{ConvGeometry, Range};

const GEOMETRY: &str = include_str!("conv_geometry.wgsl");

const PRODUCT: Shader = Shader {
    name: "convolution",
    files: &[
        RANGE,
        GEOMETRY,
        FOUR,
        TILES,
        include_str!("conv_product.wgsl"),
    ],
    threads: FEW_THREADS,
    variant: 0,
};

const DIRECT: Shader = Shader {
    name: "direct convolution",
    files: &[RANGE, GEOMETRY, FOUR, include_str!("conv_direct.wgsl")],
    threads: FEW_THREADS,
    variant: 0,
};

/// Which way a convolution is passed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    There,
    Back,
}

/// See [`crate::network::kernels::Kernels::conv2d`].
pub fn conv2d(
    x: CubeTensor,
    filter: &DeviceFilter,
    geometry: &ConvGeometry,
    range: Range,
) -> CubeTensor {
    let [_, _, height, width] = sizes(&x);
    let hw_out = geometry.output_hw([height, width]).unwrap_or([0, 0]);
    let (weights, bias) = (&filter.forwards, filter.bias.as_ref());
    launch(x, weights, bias, geometry, Way::There, hw_out, range)
}

/// See [`crate::network::kernels::Kernels::conv2d_input_gradient`].
pub fn conv2d_input_gradient(
    grad: CubeTensor,
    filter: &DeviceFilter,
    input_hw: [usize; 2],
    geometry: &ConvGeometry,
) -> CubeTensor {
    let weights = &filter.backwards;
    launch(
        grad,
        weights,
        None,
        geometry,
        Way::Back,
        input_hw,
        Range::ALL,
    )
}

/// Puts either on the queue: every value that is written gathers what taps read of `x`.
fn launch(
    x: CubeTensor,
    weights: &Weights,
    bias: Option<&CubeTensor>,
    geometry: &ConvGeometry,
    way: Way,
    hw_out: [usize; 2],
    range: Range,
) -> CubeTensor {
    let x = contiguous(x);
    let [images, _, height, width] = sizes(&x);
    let [height_out, width_out] = hw_out;
    let channels_out = geometry.groups * weights.rows;
    let output = uninitialised(&x, &[images, channels_out, height_out, width_out]);

    // As `conv_geometry.wgsl` reads them.
    let mut numbers = vec![images, weights.channels, height, width];
    numbers.extend([weights.rows, height_out, width_out, geometry.groups]);
    numbers.extend(geometry.kernel);
    numbers.extend(geometry.stride);
    numbers.extend(geometry.dilation);
    numbers.extend(geometry.pad_begin);
    numbers.push(weights.pitch);
    let mut numbers: Vec<u32> = numbers.into_iter().map(narrow).collect();
    numbers.extend([u32::from(way == Way::Back), u32::from(bias.is_some())]);
    numbers.extend(range_numbers(range));

    let (shader, threads) = if weights.is_product {
        let columns = images * height_out * width_out;
        (PRODUCT, tiles(weights.rows, columns, geometry.groups))
    } else {
        // On the way back a thread's pixels are a stride apart.
        let apart = match way {
            Way::There => 1,
            Way::Back => geometry.stride[1],
        };
        let fours = width_out.div_ceil(apart).div_ceil(4) * apart;
        let shader = Shader {
            variant: u32::from(weights.channels == 1),
            ..DIRECT
        };
        (shader, images * channels_out * height_out * fours)
    };
    Launch {
        shader,
        // Something has to be bound in a missing bias's place.
        inputs: &[&x, &weights.values, bias.unwrap_or(&weights.values)],
        outputs: &[&output],
        numbers,
        workgroups: shader.workgroups(threads),
    }
    .enqueue();
    output
}
