//! A convolution's constants on a GPU, its weights laid out in the order in which shaders read them.

use burn_backend::{TensorData, ops::FloatTensorOps};
use burn_cubecl::{CubeBackend, CubeDevice, tensor::CubeTensor};

use super::{launch::elements, tile::TILE};
use crate::network::kernels::Filter;

/// Weights for one way through a convolution: `[groups, taps, channels read, pitch]`.
pub struct Weights {
    /// On the device.
    pub values: CubeTensor,
    /// Channels of a group that are written.
    pub rows: usize,
    /// Channels of a group that are read.
    pub channels: usize,
    /// Whether the convolution is computed as a matrix product.
    pub is_product: bool,
    /// Numbers of a tap and a channel: one a row, and zeros up to whole tiles for products.
    pub pitch: usize,
}

/// A convolution's constants on the device, factors folded into the weights.
pub struct DeviceFilter {
    /// For the way there.
    pub forwards: Weights,
    /// For the way back.
    pub backwards: Weights,
    /// `[c_out]`.
    pub bias: Option<CubeTensor>,
}

impl DeviceFilter {
    /// Puts `filter` on `device`.
    pub fn new(filter: &Filter, device: &CubeDevice) -> Self {
        let upload = |values: Vec<f32>| {
            let length = values.len();
            CubeBackend::float_from_data(TensorData::new(values, [length]), device)
        };
        let [channels_out, channels_in, height, width] = filter.shape;
        let (groups, taps) = (filter.groups, height * width);
        let weight = filter.scaled();
        // The other shader knows no way back through strides and dilations at once.
        let mut steps = filter.stride.iter().zip(filter.dilation);
        let needs_product = steps.any(|(&stride, dilation)| stride > 1 && dilation > 1);
        let weights = |rows: usize, channels: usize, row_step: usize, channel_step: usize| {
            // With few rows most of a product's tile is empty; but where there is one group, as of an image's three
            // channels, the work lies in the depth.
            let is_product = groups == 1 || rows >= TILE || needs_product;
            let pitch = if is_product {
                rows.next_multiple_of(TILE)
            } else {
                rows
            };
            let laid_out = lay_out(
                &weight,
                [groups, taps, channels, rows],
                [channel_step, row_step],
                pitch,
            );
            Weights {
                values: upload(laid_out),
                rows,
                channels,
                is_product,
                pitch,
            }
        };
        let outputs = channels_out / groups;
        Self {
            forwards: weights(outputs, channels_in, channels_in * taps, taps),
            backwards: weights(channels_in, outputs, taps, channels_in * taps),
            bias: filter.bias().map(upload),
        }
    }

    /// Bytes of the weights for the way back, which are there from the start.
    pub fn layout_bytes(&self) -> u64 {
        (elements(&self.backwards.values) * size_of::<f32>()) as u64
    }
}

/// `weight`, whose groups follow each other and whose taps are neighbours, as `[groups, taps, channels, pitch]`; `steps` lead to
/// the next channel and the next row.
fn lay_out(
    weight: &[f32],
    [groups, taps, channels, rows]: [usize; 4],
    [channel_step, row_step]: [usize; 2],
    pitch: usize,
) -> Vec<f32> {
    let mut laid_out = vec![0.0; groups * taps * channels * pitch];
    let group_length = (channels * rows * taps).max(1);
    let group_pitch = (taps * channels * pitch).max(1);
    for (to, from) in laid_out
        .chunks_exact_mut(group_pitch)
        .zip(weight.chunks_exact(group_length))
    {
        for (place, to) in to.chunks_exact_mut(pitch.max(1)).enumerate() {
            let (tap, channel) = (place / channels, place % channels);
            for (row, to) in to.iter_mut().take(rows).enumerate() {
                *to = from[row * row_step + channel * channel_step + tap];
            }
        }
    }
    laid_out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_lie_as_they_are_read() {
        // Two groups of two outputs, one input and two taps.
        let weight = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0];
        let forwards = lay_out(&weight, [2, 2, 1, 2], [2, 2], 3);
        assert_eq!(
            forwards,
            [1.0, 3.0, 0.0, 2.0, 4.0, 0.0, 5.0, 7.0, 0.0, 6.0, 8.0, 0.0]
        );
        let backwards = lay_out(&weight, [2, 2, 2, 1], [2, 2], 1);
        assert_eq!(backwards, [1.0, 3.0, 2.0, 4.0, 5.0, 7.0, 6.0, 8.0]);
    }
}
