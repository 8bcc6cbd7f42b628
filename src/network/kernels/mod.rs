//! The computations a network spends its time in, as one trait over burn's devices; everything else
//! an operator needs comes from burn's own [`Backend`] interface.

mod cpu;
mod geometry;
#[cfg(feature = "webgpu")]
pub mod gpu;
mod normalisation;
pub mod reference;
mod sparse_rows;
pub mod suite;

pub use geometry::{ConvGeometry, PoolGeometry};
pub use normalisation::Normalisation;
pub use sparse_rows::{DeviceRows, RowBuffers, SparseRows};

use burn_backend::{Backend, TensorData, TensorMetadata, tensor::FloatTensor};

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
    /// Convolution with bias, clamped to `range`.
    ///
    /// `x` is `[n, c_in, h, w]`, `weight` `[c_out, c_in / groups, kh, kw]`, `bias` `[c_out]`.
    fn conv2d(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: Option<FloatTensor<Self>>,
        geometry: &ConvGeometry,
        range: Range,
    ) -> FloatTensor<Self>;

    /// [`Kernels::conv2d_normalised`] is as fast as [`Kernels::conv2d`] and more exact than folding
    /// the factors into the weights beforehand.
    const NORMALISES_OUTPUT: bool = false;

    /// Convolution without bias, whose output channel `c` is then `scale[c] * y + shift[c]`, clamped
    /// to `range`. What a BatchNorm behind a convolution does.
    fn conv2d_normalised(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        normalisation: &Normalisation,
        geometry: &ConvGeometry,
        range: Range,
    ) -> FloatTensor<Self> {
        let device = weight.device();
        let weight = Self::float_mul(weight, normalisation.scale_tensor::<Self>(&device));
        let shift = normalisation.shift.iter().map(|&v| v as f32).collect();
        let shift = TensorData::new::<f32, _>(shift, [normalisation.shift.len()]);
        let bias = Self::float_from_data(shift, &device);
        <Self as Kernels>::conv2d(x, weight, Some(bias), geometry, range)
    }

    /// Gradient of a convolution (without its clamp) by its input, whose height and width are
    /// `input_hw`. `grad` is `[n, c_out, h_out, w_out]`.
    fn conv2d_input_gradient(
        grad: FloatTensor<Self>,
        weight: FloatTensor<Self>,
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
    fn matmul(a: FloatTensor<Self>, b: FloatTensor<Self>, transposed: bool) -> FloatTensor<Self>;

    /// `rows` applied along `axis` of `x`, whose length there is `rows.width`; a row without entries
    /// gives `fill`. Picks, repeats, pads, resizes, and with the transpose takes gradients back.
    fn combine_rows(
        x: FloatTensor<Self>,
        rows: &RowBuffers<Self>,
        axis: usize,
        fill: f32,
    ) -> FloatTensor<Self>;
}
