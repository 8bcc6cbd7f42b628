//! `BatchNormalization` that no convolution could take in
//! (<https://onnx.ai/onnx/operators/onnx__BatchNormalization.html>), as a scale and a shift. One that takes the
//! statistics of the batch itself is in `row_normalization.rs`.

use burn_backend::{TensorMetadata, tensor::FloatTensor};

use super::{
    axes::{elements, inferred_shape, work},
    outputs::only_first,
    row_normalization,
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
    /// One number for each place.
    scale: FloatTensor<B>,
    /// One number for each place.
    shift: FloatTensor<B>,
    /// Places of an image that have numbers of their own: the channels, or all its values.
    places: usize,
    by: By,
}

/// What has a mean and a variance of its own.
#[derive(Clone, Copy, Debug, PartialEq)]
enum By {
    /// Every channel.
    Channel,
    /// Every value of an image, as operator sets before 9 do where `spatial` is 0.
    Value,
}

/// # Errors
/// Parameters that are not constant or of different lengths.
pub fn build<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    only_first(node, context.graph)?;
    let spatial = node.attributes.int("spatial", 1)? != 0;
    // With one output alone it is at rest in these operator sets; saying otherwise leaves open what is meant.
    let tests = context.graph.opset >= 7 || node.attributes.int("is_test", 1)? != 0;
    if node.attributes.int("training_mode", 0)? != 0 {
        if !spatial {
            return Err(
                "it takes the statistics of the batch with spatial = 0, which is not supported; \
                 export the model for inference"
                    .to_owned(),
            );
        }
        return row_normalization::of_batch(node, context);
    }
    if !tests {
        return Err(
            "is_test is 0, but it puts out no statistics: it is open whether it takes those of the batch; \
             export the model for inference"
                .to_owned(),
        );
    }
    let parameter = |index: usize| -> Result<Vec<f64>, String> {
        let tensor = context
            .graph
            .constant(node.input(index))
            .ok_or_else(|| format!("its input {index} is computed at run time"))?;
        Ok(tensor.doubles())
    };
    let (scale, shift, mean, variance) =
        (parameter(1)?, parameter(2)?, parameter(3)?, parameter(4)?);
    let places = scale.len();
    if [&shift, &mean, &variance].iter().any(|p| p.len() != places) {
        return Err("its parameters have different lengths".to_owned());
    }
    let epsilon = f64::from(node.attributes.float("epsilon", 1e-5)?);
    let factor: Vec<f64> = (0..places)
        .map(|c| scale[c] / (variance[c] + epsilon).sqrt())
        .collect();
    let offset = (0..places)
        .map(|c| (shift[c] - mean[c] * factor[c]) as f32)
        .collect();
    let scale = factor.iter().map(|&f| f as f32).collect();
    Ok(Box::new(BatchNorm::<B> {
        scale: upload::<B>(scale, &[places], context.device),
        shift: upload::<B>(offset, &[places], context.device),
        places,
        by: if spatial { By::Channel } else { By::Value },
    }))
}

impl<B: Kernels> BatchNorm<B> {
    fn view(&self, shape: &[usize]) -> Result<AxisView, String> {
        let view = match (self.by, shape) {
            (By::Channel, [images, channels, rest @ ..]) => AxisView {
                outer: *images,
                length: *channels,
                inner: elements(rest),
            },
            (By::Value, [images, rest @ ..]) => AxisView {
                outer: *images,
                length: elements(rest),
                inner: 1,
            },
            _ => AxisView::rows(0, 0),
        };
        if view.length == self.places && shape.len() > 1 {
            return Ok(view);
        }
        let needed = match self.by {
            By::Channel => format!("[n, {}, ...] is needed", self.places),
            By::Value => format!(
                "spatial is 0 and it has {} factors, one for each value of an image; where one a channel is \
                 meant, export the model without spatial",
                self.places
            ),
        };
        Err(format!("the input has shape {shape:?}, but {needed}"))
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
