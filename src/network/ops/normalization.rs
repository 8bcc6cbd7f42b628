//! `BatchNormalization` that no convolution could take in
//! (<https://onnx.ai/onnx/operators/onnx__BatchNormalization.html>), as a scale and a shift.

use burn_backend::{TensorMetadata, tensor::FloatTensor};

use super::{
    axes::{elements, inferred_shape, work},
    outputs::only_first,
};
use crate::{
    network::{
        kernels::{AxisView, Kernels},
        operator::{Backward, BuildContext, Forward, Operator, device_input},
        value::{Inferred, Value, upload},
    },
    onnx::Node,
};

struct BatchNorm<B: Kernels> {
    /// `[c]`.
    scale: FloatTensor<B>,
    /// `[c]`.
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
    only_first(node, context.graph)?;
    let parameter = |index: usize| -> Result<Vec<f64>, String> {
        let tensor = context
            .graph
            .constant(node.input(index))
            .ok_or_else(|| format!("its input {index} is computed at run time"))?;
        Ok(tensor.doubles())
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
        .map(|c| scale[c] / (variance[c] + epsilon).sqrt())
        .collect();
    let offset = (0..channels)
        .map(|c| (shift[c] - mean[c] * factor[c]) as f32)
        .collect();
    let scale = factor.iter().map(|&f| f as f32).collect();
    Ok(Box::new(BatchNorm::<B> {
        scale: upload::<B>(scale, &[channels], context.device),
        shift: upload::<B>(offset, &[channels], context.device),
        channels,
    }))
}

impl<B: Kernels> BatchNorm<B> {
    fn view(&self, shape: &[usize]) -> Result<AxisView, String> {
        match shape {
            [images, channels, rest @ ..] if *channels == self.channels => Ok(AxisView {
                outer: *images,
                length: *channels,
                inner: elements(rest),
            }),
            _ => Err(format!(
                "the input has shape {shape:?}, but [n, {}, ...] is needed",
                self.channels
            )),
        }
    }
}

impl<B: Kernels> Operator<B> for BatchNorm<B> {
    fn reads(&self, index: usize) -> bool {
        index == 0
    }

    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let x = device_input(inputs, 0)?;
        let view = self.view(&x.shape().to_vec())?;
        let output = B::scale_shift(x, self.scale.clone(), Some(self.shift.clone()), view);
        let backward = track.then(|| {
            let scale = self.scale.clone();
            let back: Backward<B> =
                Box::new(move |grad, _| vec![Some(B::scale_shift(grad, scale, None, view))]);
            back
        });
        Ok(Forward {
            output: Value::Device(output),
            backward,
        })
    }

    fn infer(&self, inputs: &[Option<Inferred>]) -> Result<Inferred, String> {
        let shape = inferred_shape(inputs, 0)?;
        self.view(shape)?;
        Ok(Inferred::Device(shape.to_vec()))
    }

    fn multiply_adds(&self, _inputs: &[Option<Inferred>], output: &Inferred) -> u64 {
        work(output.shape(), 1)
    }
}
