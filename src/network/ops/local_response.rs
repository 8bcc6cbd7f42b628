//! `LRN` (<https://onnx.ai/onnx/operators/onnx__LRN.html>): each value divided by a power of the
//! mean square of its neighbours along the channels.

use burn_backend::{TensorMetadata, tensor::FloatTensor};

use super::{
    axes::{elements, inferred_shape, reshape, work},
    window::LARGEST_WINDOW,
};
use crate::{
    network::{
        kernels::{Kernels, PoolGeometry},
        operator::{Backward, BuildContext, Forward, Operator, device_input},
        value::{Inferred, Value},
    },
    onnx::Node,
};

struct LocalResponse {
    size: usize,
    alpha: f32,
    beta: f32,
    bias: f32,
}

/// # Errors
/// A size that is missing or not above 0.
pub fn build<B: Kernels>(
    node: &Node,
    _context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    let size = node.attributes.int("size", 0)?;
    Ok(Box::new(LocalResponse {
        size: usize::try_from(size)
            .ok()
            .filter(|size| (1..=LARGEST_WINDOW).contains(size))
            .ok_or_else(|| {
                format!("size is {size}, but a number from 1 to {LARGEST_WINDOW} is needed")
            })?,
        alpha: node.attributes.float("alpha", 1e-4)?,
        beta: node.attributes.float("beta", 0.75)?,
        bias: node.attributes.float("bias", 1.0)?,
    }))
}

impl LocalResponse {
    /// Channels as rows of a plane, pixels as its columns.
    fn plane(shape: &[usize]) -> Result<[usize; 4], String> {
        match shape {
            [images, channels, rest @ ..] => Ok([*images, 1, *channels, elements(rest)]),
            _ => Err(format!(
                "the input has shape {shape:?}, but channels are needed"
            )),
        }
    }

    /// The window over neighbouring channels; padding counts, so that it always divides by its size.
    fn window(&self) -> PoolGeometry {
        let before = (self.size - 1) / 2;
        PoolGeometry {
            kernel: [self.size, 1],
            stride: [1, 1],
            dilation: [1, 1],
            pad_begin: [before, 0],
            pad_end: [self.size - 1 - before, 0],
            ceil_mode: false,
            count_include_pad: true,
        }
    }
}

impl<B: Kernels> Operator<B> for LocalResponse {
    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let x = device_input(inputs, 0)?;
        let shape = x.shape().to_vec();
        let plane = Self::plane(&shape)?;
        let window = self.window();
        let (alpha, beta) = (self.alpha, self.beta);
        let x = reshape::<B>(x, &plane);
        let mean = B::average_pool2d(B::float_mul(x.clone(), x.clone()), &window);
        let mean = B::float_mul_scalar(mean, alpha.into());
        let base = B::float_add_scalar(mean, self.bias.into());
        let factor: FloatTensor<B> = B::float_powf_scalar(base.clone(), (-beta).into());
        let output = reshape::<B>(B::float_mul(x.clone(), factor.clone()), &shape);
        let backward = track.then(|| {
            let back: Backward<B> = Box::new(move |grad, _| {
                let grad = reshape::<B>(grad, &plane);
                // By way of the neighbours: -2 alpha beta x mean'(grad x base^(-beta - 1)).
                let through = B::float_mul(B::float_mul(grad.clone(), x.clone()), factor.clone());
                let through = B::float_div(through, base);
                let hw = [plane[2], plane[3]];
                let through = B::average_pool2d_gradient(through, hw, &window);
                let through = B::float_mul(through, x);
                let through = B::float_mul_scalar(through, (-2.0 * alpha * beta).into());
                let grad = B::float_add(B::float_mul(grad, factor), through);
                vec![Some(reshape::<B>(grad, &shape))]
            });
            back
        });
        Ok(Forward {
            output: Value::Device(output),
            backward,
        })
    }

    fn infer(&self, inputs: &[Option<Inferred>]) -> Result<Inferred, String> {
        let shape = inferred_shape(inputs, 0)?;
        Self::plane(shape)?;
        Ok(Inferred::Device(shape.to_vec()))
    }

    fn multiply_adds(&self, _inputs: &[Option<Inferred>], output: &Inferred) -> u64 {
        work(output.shape(), self.size + 2)
    }
}
