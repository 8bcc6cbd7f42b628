//! `BatchNormalization` that no convolution could take in
//! (<https://onnx.ai/onnx/operators/onnx__BatchNormalization.html>), as a scale and a shift.

use burn_backend::{TensorMetadata, tensor::FloatTensor};

use crate::{
    network::{
        kernels::Kernels,
        operator::{Backward, BuildContext, Forward, Operator, device_input},
        value::{Value, upload},
    },
    onnx::Node,
};

struct BatchNorm<B: Kernels> {
    /// `[1, c, 1, 1]`.
    scale: FloatTensor<B>,
    /// `[1, c, 1, 1]`.
    shift: FloatTensor<B>,
    channels: usize,
}

/// # Errors
/// Parameters that are not constant or of different lengths, or training mode.
pub fn build<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    if node.attributes.int("training_mode", 0)? != 0 {
        return Err("training_mode is set; export the model for inference".to_owned());
    }
    let parameter = |index: usize| -> Result<Vec<f32>, String> {
        let tensor = context
            .graph
            .constant(node.input(index))
            .ok_or_else(|| format!("its input {index} is computed at run time"))?;
        Ok(tensor.floats())
    };
    let (scale, shift, mean, variance) =
        (parameter(1)?, parameter(2)?, parameter(3)?, parameter(4)?);
    let channels = scale.len();
    if [&shift, &mean, &variance]
        .iter()
        .any(|p| p.len() != channels)
    {
        return Err("its parameters have different lengths".to_owned());
    }
    let epsilon = f64::from(node.attributes.float("epsilon", 1e-5)?);
    let factor: Vec<f64> = (0..channels)
        .map(|c| f64::from(scale[c]) / (f64::from(variance[c]) + epsilon).sqrt())
        .collect();
    let offset = (0..channels)
        .map(|c| (f64::from(shift[c]) - f64::from(mean[c]) * factor[c]) as f32)
        .collect();
    let shape = [1, channels, 1, 1];
    let scale = factor.iter().map(|&f| f as f32).collect();
    Ok(Box::new(BatchNorm::<B> {
        scale: upload::<B>(scale, &shape, context.device),
        shift: upload::<B>(offset, &shape, context.device),
        channels,
    }))
}

impl<B: Kernels> Operator<B> for BatchNorm<B> {
    fn reads(&self, index: usize) -> bool {
        index == 0
    }

    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let x = device_input(inputs, 0)?;
        let shape = x.shape().to_vec();
        if shape.len() != 4 || shape[1] != self.channels {
            return Err(format!(
                "the input has shape {shape:?}, but [n, {}, h, w] is needed",
                self.channels
            ));
        }
        let output = B::float_add(B::float_mul(x, self.scale.clone()), self.shift.clone());
        let backward = track.then(|| {
            let scale = self.scale.clone();
            let back: Backward<B> = Box::new(move |grad, _| vec![Some(B::float_mul(grad, scale))]);
            back
        });
        Ok(Forward {
            output: Value::Device(output),
            backward,
        })
    }
}
