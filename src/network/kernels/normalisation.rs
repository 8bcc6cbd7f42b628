//! The factor and offset that a BatchNorm gives each channel.

use burn_backend::{TensorData, tensor::FloatTensor};

use super::Kernels;

/// One factor and one offset for each output channel of a convolution.
#[derive(Clone, Debug, PartialEq)]
pub struct Normalisation {
    /// Factors.
    pub scale: Vec<f64>,
    /// Offsets, as many.
    pub shift: Vec<f64>,
}

impl Normalisation {
    /// The factors as a tensor that multiplies convolution weights, `[c_out, 1, 1, 1]`.
    pub fn scale_tensor<B: Kernels>(&self, device: &B::Device) -> FloatTensor<B> {
        let scale: Vec<f32> = self.scale.iter().map(|&v| v as f32).collect();
        let shape = [self.scale.len(), 1, 1, 1];
        B::float_from_data(TensorData::new(scale, shape), device)
    }
}
