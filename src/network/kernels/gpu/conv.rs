//! Convolutions and their input gradients on WebGPU: as matrix products in tiles, or one thread a
//! value where groups are too small for that.

use burn_backend::{TensorData, ops::FloatTensorOps};
use burn_cubecl::{CubeBackend, CubeDevice, tensor::CubeTensor};

use super::{
    clamp::{RANGE, range_numbers},
    launch::{Launch, Shader, contiguous, narrow, one_thread_a_value, sizes, uninitialised},
    matmul::{PRODUCT, Tiling},
};
use crate::network::kernels::{ConvGeometry, Filter, Range};

const GEOMETRY: &str = include_str!("conv_geometry.wgsl");

const PRODUCT_FORWARD: Shader = Shader {
    name: "convolution",
    files: &[PRODUCT, RANGE, GEOMETRY, include_str!("conv_product.wgsl")],
    thread_rows: 0,
};

const DIRECT_FORWARD: Shader = Shader {
    name: "direct convolution",
    files: &[RANGE, GEOMETRY, include_str!("conv_direct.wgsl")],
    thread_rows: 0,
};

const PRODUCT_GRADIENT: Shader = Shader {
    name: "convolution gradient",
    files: &[
        PRODUCT,
        GEOMETRY,
        include_str!("conv_gradient_product.wgsl"),
    ],
    thread_rows: 0,
};

const DIRECT_GRADIENT: Shader = Shader {
    name: "direct convolution gradient",
    files: &[GEOMETRY, include_str!("conv_gradient_direct.wgsl")],
    thread_rows: 0,
};

/// Below this many rows a product's tile would be mostly empty.
const FEWEST_PRODUCT_ROWS: usize = 8;

/// Shapes on both sides of a convolution.
struct Sides {
    images: usize,
    /// Channels of one group.
    channels_in: usize,
    hw_in: [usize; 2],
    /// Channels of one group.
    channels_out: usize,
    hw_out: [usize; 2],
}

impl Sides {
    /// The numbers `conv_geometry.wgsl` reads.
    fn numbers(&self, geometry: &ConvGeometry) -> Vec<u32> {
        let [height_in, width_in] = self.hw_in;
        let [height_out, width_out] = self.hw_out;
        let mut numbers = vec![
            self.images,
            self.channels_in,
            height_in,
            width_in,
            self.channels_out,
            height_out,
            width_out,
            geometry.groups,
        ];
        numbers.extend(geometry.kernel);
        numbers.extend(geometry.stride);
        numbers.extend(geometry.dilation);
        numbers.extend(geometry.pad_begin);
        numbers.into_iter().map(narrow).collect()
    }
}

/// The product shader with its workgroups, or the direct one where the product has few rows.
fn choose(
    product: Shader,
    direct: Shader,
    [rows, columns]: [usize; 2],
    groups: usize,
    output: &CubeTensor,
) -> (Shader, u64) {
    if rows < FEWEST_PRODUCT_ROWS {
        return (direct, one_thread_a_value(output));
    }
    let tiling = Tiling::new(rows, columns);
    let shader = Shader {
        thread_rows: tiling.thread_rows,
        ..product
    };
    (shader, tiling.tiles * groups as u64)
}

/// A convolution's constants on the device, factors folded into the weights.
pub struct DeviceFilter {
    /// `[c_out, c_in / groups, kh, kw]`.
    weight: CubeTensor,
    /// `[c_out]`.
    bias: Option<CubeTensor>,
}

impl DeviceFilter {
    /// Puts `filter` on `device`.
    pub fn new(filter: &Filter, device: &CubeDevice) -> Self {
        let upload = |values, shape: &[usize]| {
            CubeBackend::float_from_data(TensorData::new(values, shape.to_vec()), device)
        };
        Self {
            weight: upload(filter.scaled().into_owned(), &filter.shape),
            bias: filter.bias().map(|bias| upload(bias, &filter.shape[..1])),
        }
    }
}

/// See [`crate::network::kernels::Kernels::conv2d`].
pub fn conv2d(
    x: CubeTensor,
    filter: &DeviceFilter,
    geometry: &ConvGeometry,
    range: Range,
) -> CubeTensor {
    let x = contiguous(x);
    let DeviceFilter { weight, bias } = filter;
    let [images, _, height, width] = sizes(&x);
    let [channels_out, channels_in, _, _] = sizes(weight);
    let hw_out = geometry.output_hw([height, width]).unwrap_or([0, 0]);
    let sides = Sides {
        images,
        channels_in,
        hw_in: [height, width],
        channels_out: channels_out / geometry.groups,
        hw_out,
    };
    let output = uninitialised(&x, &[images, channels_out, hw_out[0], hw_out[1]]);
    let mut numbers = sides.numbers(geometry);
    numbers.push(u32::from(bias.is_some()));
    numbers.extend(range_numbers(range));
    let (shader, workgroups) = choose(
        PRODUCT_FORWARD,
        DIRECT_FORWARD,
        [sides.channels_out, images * hw_out[0] * hw_out[1]],
        geometry.groups,
        &output,
    );
    Launch {
        shader,
        // Something has to be bound in a missing bias's place.
        inputs: &[&x, weight, bias.as_ref().unwrap_or(weight)],
        outputs: &[&output],
        numbers,
        workgroups,
    }
    .enqueue();
    output
}

/// See [`crate::network::kernels::Kernels::conv2d_input_gradient`].
pub fn conv2d_input_gradient(
    grad: CubeTensor,
    filter: &DeviceFilter,
    input_hw: [usize; 2],
    geometry: &ConvGeometry,
) -> CubeTensor {
    let grad = contiguous(grad);
    let weight = &filter.weight;
    let [images, channels_out, height_out, width_out] = sizes(&grad);
    let [_, channels_in, _, _] = sizes(weight);
    let sides = Sides {
        images,
        channels_in,
        hw_in: input_hw,
        channels_out: channels_out / geometry.groups,
        hw_out: [height_out, width_out],
    };
    let [height, width] = input_hw;
    let output = uninitialised(
        &grad,
        &[images, channels_in * geometry.groups, height, width],
    );
    // An image has three channels, but most of the work of a first layer's gradient lies in its
    // depth: the product is worth it from there on.
    let rows = if geometry.groups == 1 {
        channels_in.max(FEWEST_PRODUCT_ROWS)
    } else {
        channels_in
    };
    let (shader, workgroups) = choose(
        PRODUCT_GRADIENT,
        DIRECT_GRADIENT,
        [rows, images * height * width],
        geometry.groups,
        &output,
    );
    Launch {
        shader,
        inputs: &[&grad, weight],
        outputs: &[&output],
        numbers: sides.numbers(geometry),
        workgroups,
    }
    .enqueue();
    output
}
