//! The computations a network spends its time in, as one trait over burn's devices; everything else
//! an operator needs comes from burn's own [`Backend`] interface.

mod axis_view;
mod binary;
mod broadcast;
mod cpu;
mod filter;
mod geometry;
#[cfg(feature = "webgpu")]
pub mod gpu;
mod grid;
mod normalisation;
#[cfg(feature = "suite")]
pub mod reference;
mod sparse_rows;
#[cfg(feature = "suite")]
pub mod suite;
mod unary;

pub use axis_view::{AxisView, Transposed};
pub use binary::BinaryFunction;
pub use broadcast::{Broadcast, BroadcastAxis};
pub use filter::{Filter, Finish};
pub use geometry::{ConvGeometry, PoolGeometry};
pub use grid::{GridGeometry, Sampling, Surroundings};
pub use normalisation::Normalisation;
pub use sparse_rows::{DeviceRows, RowBuffers, SparseRows};
pub use unary::UnaryFunction;

use burn_backend::{Backend, Shape, TensorMetadata, tensor::FloatTensor};

use crate::classifier::GuidedSign;

/// A convolution's output is clamped to this range before it is stored: `Relu` is `(0, inf)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// Lower bound; may be negative infinity.
    pub low: f32,
    /// Upper bound; may be infinity.
    pub high: f32,
}

impl Range {
    /// No clamping.
    pub const ALL: Self = Self {
        low: f32::NEG_INFINITY,
        high: f32::INFINITY,
    };
    /// `Relu`.
    pub const POSITIVE: Self = Self {
        low: 0.0,
        high: f32::INFINITY,
    };
}

/// Kernels of a device. Tensors are contiguous `f32`; images are `[n, c, h, w]`.
///
/// Every function is tested against the slow, obvious version in `reference`, on every device.
pub trait Kernels: Backend {
    /// A convolution's constants as the device wants them.
    type Filter;

    /// Puts a convolution's constants on `device`.
    fn filter(filter: Filter, device: &Self::Device) -> Self::Filter;

    /// Most bytes that passes add to a filter, once, to have its weights in other layouts.
    fn layout_bytes(_filter: &Self::Filter) -> u64 {
        0
    }

    /// Whether tensors without axes can be on the device. Where not, one number is a tensor of one axis,
    /// and a network that computes one without axes is refused.
    const HOLDS_SCALARS: bool = true;

    /// Whether images can be sampled at computed places.
    const SAMPLES_GRIDS: bool = false;

    /// `x`, `[n, c, h, w]`, at the places of `grid`, `[n, height, width, 2]`; `None` where the device cannot.
    fn grid_sample(
        _x: FloatTensor<Self>,
        _grid: FloatTensor<Self>,
        _geometry: &GridGeometry,
    ) -> Option<FloatTensor<Self>> {
        None
    }

    /// Gradients of [`Kernels::grid_sample`] by the image and by the grid; `None` where the device cannot.
    fn grid_sample_gradient(
        _grad: FloatTensor<Self>,
        _x: FloatTensor<Self>,
        _grid: FloatTensor<Self>,
        _geometry: &GridGeometry,
    ) -> Option<[FloatTensor<Self>; 2]> {
        None
    }

    /// Convolution of `x`, `[n, c_in, h, w]`, with bias or factors, clamped to `range`.
    fn conv2d(
        x: FloatTensor<Self>,
        filter: &Self::Filter,
        geometry: &ConvGeometry,
        range: Range,
    ) -> FloatTensor<Self>;

    /// Gradient of a convolution (without its clamp) by its input, whose height and width are
    /// `input_hw`. `grad` is `[n, c_out, h_out, w_out]`.
    fn conv2d_input_gradient(
        grad: FloatTensor<Self>,
        filter: &Self::Filter,
        input_hw: [usize; 2],
        geometry: &ConvGeometry,
    ) -> FloatTensor<Self>;

    /// `x` clamped to `range`.
    fn clamp(x: FloatTensor<Self>, range: Range) -> FloatTensor<Self>;

    /// Gradient of a clamp, from its *output*: `grad` where `low < output < high`, else 0, then
    /// cut by `sign` ([`GuidedSign::Both`] leaves it alone).
    fn clamp_gradient(
        grad: FloatTensor<Self>,
        output: FloatTensor<Self>,
        range: Range,
        sign: GuidedSign,
    ) -> FloatTensor<Self>;

    /// Maximum over windows; padding never wins. Also the position of each maximum as
    /// `row * w + column` of the input plane, the first in scan order on ties, stored as `f32`
    /// (exact up to planes of 2^24 pixels).
    fn max_pool2d(
        x: FloatTensor<Self>,
        geometry: &PoolGeometry,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);

    /// Gradient of [`Kernels::max_pool2d`]: each `grad` goes to the position in `argmax`.
    fn max_pool2d_gradient(
        grad: FloatTensor<Self>,
        argmax: FloatTensor<Self>,
        input_hw: [usize; 2],
        geometry: &PoolGeometry,
    ) -> FloatTensor<Self>;

    /// Mean over windows; see [`PoolGeometry::count_include_pad`].
    fn average_pool2d(x: FloatTensor<Self>, geometry: &PoolGeometry) -> FloatTensor<Self>;

    /// Gradient of [`Kernels::average_pool2d`].
    fn average_pool2d_gradient(
        grad: FloatTensor<Self>,
        input_hw: [usize; 2],
        geometry: &PoolGeometry,
    ) -> FloatTensor<Self>;

    /// Matrix product `[m, k] x [k, n]`, where `transposed` says `b` is stored as `[n, k]`.
    fn matmul(a: FloatTensor<Self>, b: FloatTensor<Self>, transposed: bool) -> FloatTensor<Self> {
        let one = |tensor: FloatTensor<Self>| {
            let shape = [&[1], tensor.shape().as_slice()].concat();
            Self::float_reshape(tensor, Shape::from(shape))
        };
        let stored = Transposed {
            left: false,
            right: transposed,
        };
        let output = Self::batched_matmul(one(a), one(b), stored);
        let shape = output.shape()[1..].to_vec();
        Self::float_reshape(output, Shape::from(shape))
    }

    /// Matrix products `[b, m, k] x [b, k, n]`, one for each `b`; a factor of a single matrix goes
    /// with every matrix of the other. `stored` says which factors are stored transposed.
    fn batched_matmul(
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
        stored: Transposed,
    ) -> FloatTensor<Self>;

    /// Sums along the middle axis of `view`, `[outer, inner]`.
    fn reduce_sum(x: FloatTensor<Self>, view: AxisView) -> FloatTensor<Self>;

    /// Maxima along the middle axis of `view`, `[outer, inner]`, and the index of each along that
    /// axis, the first on ties, stored as `f32` (exact up to a length of 2^24).
    fn reduce_max(x: FloatTensor<Self>, view: AxisView) -> (FloatTensor<Self>, FloatTensor<Self>);

    /// Gradient of [`Kernels::reduce_max`], `[outer, length, inner]`: each `grad` goes to the
    /// position in `argmax`.
    fn reduce_max_gradient(
        grad: FloatTensor<Self>,
        argmax: FloatTensor<Self>,
        view: AxisView,
    ) -> FloatTensor<Self>;

    /// `scale[i] * x + shift[i]` in the shape of `x`, where `i` counts along the middle axis of
    /// `view`.
    fn scale_shift(
        x: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        shift: Option<FloatTensor<Self>>,
        view: AxisView,
    ) -> FloatTensor<Self>;

    /// Softmax of rows of `length` neighbouring values, or its logarithm.
    fn softmax_rows(x: FloatTensor<Self>, length: usize, logarithm: bool) -> FloatTensor<Self>;

    /// Gradient of [`Kernels::softmax_rows`], from its *output*.
    fn softmax_rows_gradient(
        grad: FloatTensor<Self>,
        output: FloatTensor<Self>,
        length: usize,
        logarithm: bool,
    ) -> FloatTensor<Self>;

    /// Rows of `length` neighbouring values, divided by the square root of their mean square plus
    /// `epsilon`, after their mean is taken off where `centred`. Also what each row was multiplied
    /// by, `[rows]`.
    fn normalise_rows(
        x: FloatTensor<Self>,
        length: usize,
        epsilon: f32,
        centred: bool,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);

    /// Gradient of [`Kernels::normalise_rows`], from both its *outputs*.
    fn normalise_rows_gradient(
        grad: FloatTensor<Self>,
        output: FloatTensor<Self>,
        factors: FloatTensor<Self>,
        length: usize,
        centred: bool,
    ) -> FloatTensor<Self>;

    /// `rows` applied along `axis` of `x`, whose length there is `rows.width`; a row without entries
    /// gives `fill`. Picks, repeats, pads, resizes, and with the transpose takes gradients back.
    fn combine_rows(
        x: FloatTensor<Self>,
        rows: &RowBuffers<Self>,
        axis: usize,
        fill: f32,
    ) -> FloatTensor<Self>;

    /// `function` of every value.
    fn unary(x: FloatTensor<Self>, function: UnaryFunction) -> FloatTensor<Self>;

    /// Gradient of [`Kernels::unary`]: `grad` times the slope of `function` at `x`.
    fn unary_gradient(
        grad: FloatTensor<Self>,
        x: FloatTensor<Self>,
        function: UnaryFunction,
    ) -> FloatTensor<Self>;

    /// `function` of the values that lie side by side; `broadcast` is that of the tensors' shapes.
    fn binary(
        left: FloatTensor<Self>,
        right: FloatTensor<Self>,
        broadcast: &Broadcast,
        function: BinaryFunction,
    ) -> FloatTensor<Self>;
}
