//! The kernels on WebGPU: shaders of our own, launched through burn's device, which keeps memory,
//! queue and everything that is not a kernel here.
//!
//! burn's own convolutions and matrix products are never called, so they are not linked either:
//! they would multiply the size of a worker.

#[cfg(target_family = "wasm")]
mod adapter_name;
mod binary;
mod clamp;
mod conv;
mod device;
mod filter;
mod launch;
mod matmul;
mod pool;
mod reduction;
mod rows;
mod sparse_rows;
#[cfg(target_family = "wasm")]
mod static_constructors;
#[cfg(all(test, not(target_family = "wasm")))]
mod tests;
mod tile;
mod unary;

pub use burn_cubecl::{CubeBackend, CubeDevice};
pub use device::{GpuDevice, GpuError, GpuLimits, open_adapter};
#[cfg(target_family = "wasm")]
pub use static_constructors::run_static_constructors_once;

use burn_backend::tensor::FloatTensor;

use super::{
    AxisView, BinaryFunction, Broadcast, ConvGeometry, Filter, Kernels, PoolGeometry, Range,
    RowBuffers, Transposed, UnaryFunction,
};
use crate::classifier::GuidedSign;

impl Kernels for CubeBackend {
    // CubeCL's allocator counts axes down from the last and stops at none with a panic.
    const HOLDS_SCALARS: bool = false;

    type Filter = filter::DeviceFilter;

    fn filter(filter: Filter, device: &CubeDevice) -> filter::DeviceFilter {
        filter::DeviceFilter::new(&filter, device)
    }

    fn layout_bytes(filter: &filter::DeviceFilter) -> u64 {
        filter.layout_bytes()
    }

    fn conv2d(
        x: FloatTensor<Self>,
        filter: &filter::DeviceFilter,
        geometry: &ConvGeometry,
        range: Range,
    ) -> FloatTensor<Self> {
        conv::conv2d(x, filter, geometry, range)
    }

    fn conv2d_input_gradient(
        grad: FloatTensor<Self>,
        filter: &filter::DeviceFilter,
        input_hw: [usize; 2],
        geometry: &ConvGeometry,
    ) -> FloatTensor<Self> {
        conv::conv2d_input_gradient(grad, filter, input_hw, geometry)
    }

    fn clamp(x: FloatTensor<Self>, range: Range) -> FloatTensor<Self> {
        clamp::clamp(x, range)
    }

    fn clamp_gradient(
        grad: FloatTensor<Self>,
        output: FloatTensor<Self>,
        range: Range,
        sign: GuidedSign,
    ) -> FloatTensor<Self> {
        clamp::clamp_gradient(grad, output, range, sign)
    }

    fn max_pool2d(
        x: FloatTensor<Self>,
        geometry: &PoolGeometry,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        pool::max_pool2d(x, geometry)
    }

    fn max_pool2d_gradient(
        grad: FloatTensor<Self>,
        argmax: FloatTensor<Self>,
        input_hw: [usize; 2],
        geometry: &PoolGeometry,
    ) -> FloatTensor<Self> {
        pool::max_pool2d_gradient(grad, argmax, input_hw, geometry)
    }

    fn average_pool2d(x: FloatTensor<Self>, geometry: &PoolGeometry) -> FloatTensor<Self> {
        pool::average_pool2d(x, geometry)
    }

    fn average_pool2d_gradient(
        grad: FloatTensor<Self>,
        input_hw: [usize; 2],
        geometry: &PoolGeometry,
    ) -> FloatTensor<Self> {
        pool::average_pool2d_gradient(grad, input_hw, geometry)
    }

    fn batched_matmul(
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
        stored: Transposed,
    ) -> FloatTensor<Self> {
        matmul::batched_matmul(a, b, stored)
    }

    fn reduce_sum(x: FloatTensor<Self>, view: AxisView) -> FloatTensor<Self> {
        reduction::sum(x, view)
    }

    fn reduce_max(x: FloatTensor<Self>, view: AxisView) -> (FloatTensor<Self>, FloatTensor<Self>) {
        reduction::max(x, view)
    }

    fn reduce_max_gradient(
        grad: FloatTensor<Self>,
        argmax: FloatTensor<Self>,
        view: AxisView,
    ) -> FloatTensor<Self> {
        reduction::max_gradient(grad, argmax, view)
    }

    fn scale_shift(
        x: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        shift: Option<FloatTensor<Self>>,
        view: AxisView,
    ) -> FloatTensor<Self> {
        reduction::scale_shift(x, scale, shift, view)
    }

    fn softmax_rows(x: FloatTensor<Self>, length: usize, logarithm: bool) -> FloatTensor<Self> {
        rows::softmax(x, length, logarithm)
    }

    fn softmax_rows_gradient(
        grad: FloatTensor<Self>,
        output: FloatTensor<Self>,
        length: usize,
        logarithm: bool,
    ) -> FloatTensor<Self> {
        rows::softmax_gradient(grad, output, length, logarithm)
    }

    fn normalise_rows(
        x: FloatTensor<Self>,
        length: usize,
        epsilon: f32,
        centred: bool,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        rows::normalise(x, length, epsilon, centred)
    }

    fn normalise_rows_gradient(
        grad: FloatTensor<Self>,
        output: FloatTensor<Self>,
        factors: FloatTensor<Self>,
        length: usize,
        centred: bool,
    ) -> FloatTensor<Self> {
        rows::normalise_gradient(grad, output, factors, length, centred)
    }

    fn combine_rows(
        x: FloatTensor<Self>,
        rows: &RowBuffers<Self>,
        axis: usize,
        fill: f32,
    ) -> FloatTensor<Self> {
        sparse_rows::combine(x, rows, axis, fill)
    }

    fn unary(x: FloatTensor<Self>, function: UnaryFunction) -> FloatTensor<Self> {
        unary::unary(x, function)
    }

    fn unary_gradient(
        grad: FloatTensor<Self>,
        x: FloatTensor<Self>,
        function: UnaryFunction,
    ) -> FloatTensor<Self> {
        unary::unary_gradient(grad, x, function)
    }

    fn binary(
        left: FloatTensor<Self>,
        right: FloatTensor<Self>,
        broadcast: &Broadcast,
        function: BinaryFunction,
    ) -> FloatTensor<Self> {
        binary::binary(left, right, broadcast, function)
    }
}
