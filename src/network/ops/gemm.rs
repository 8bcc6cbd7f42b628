//! Products with a constant matrix: `Gemm` (<https://onnx.ai/onnx/operators/onnx__Gemm.html>) and
//! `MatMul` (<https://onnx.ai/onnx/operators/onnx__MatMul.html>).

use burn_backend::{Shape, TensorMetadata, tensor::FloatTensor};

use crate::{
    network::{
        kernels::Kernels,
        operator::{Backward, BuildContext, Forward, Operator, device_input},
        value::{Value, upload},
    },
    onnx::{Initializer, Node},
};

struct Linear<B: Kernels> {
    weight: FloatTensor<B>,
    /// The weight is stored `[outputs, inputs]`.
    transposed: bool,
    inputs: usize,
    outputs: usize,
    bias: Option<FloatTensor<B>>,
}

/// # Errors
/// A matrix or bias that is computed at run time, a transposed left side, or shapes that do not fit.
pub fn build<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    let weight = context
        .graph
        .constant(node.input(1))
        .ok_or("its matrix is computed at run time")?;
    let &[rows, columns] = weight.shape.as_slice() else {
        return Err(format!(
            "its matrix has shape {:?}, but two axes are needed",
            weight.shape
        ));
    };
    if node.attributes.int("transA", 0)? != 0 {
        return Err("transA is set, which is not supported".to_owned());
    }
    let transposed = node.attributes.int("transB", 0)? != 0;
    let (inputs, outputs) = if transposed {
        (columns, rows)
    } else {
        (rows, columns)
    };
    // Factors go into the constants once, instead of into every product.
    let scaled = |tensor: &Initializer, factor: f32| -> Vec<f32> {
        tensor.floats().iter().map(|v| v * factor).collect()
    };
    let alpha = node.attributes.float("alpha", 1.0)?;
    let beta = node.attributes.float("beta", 1.0)?;
    let bias = match node.input(2) {
        None => None,
        Some(name) => {
            let bias = context
                .graph
                .constant(Some(name))
                .ok_or("its bias is computed at run time")?;
            let values = scaled(bias, beta);
            let row = match values.len() {
                1 => vec![values[0]; outputs],
                n if n == outputs => values,
                _ => {
                    return Err(format!(
                        "its bias has shape {:?}, but [{outputs}] is needed",
                        bias.shape
                    ));
                }
            };
            Some(upload::<B>(row, &[1, outputs], context.device))
        }
    };
    Ok(Box::new(Linear::<B> {
        weight: upload::<B>(scaled(weight, alpha), &[rows, columns], context.device),
        transposed,
        inputs,
        outputs,
        bias,
    }))
}

impl<B: Kernels> Operator<B> for Linear<B> {
    fn reads(&self, index: usize) -> bool {
        index == 0
    }

    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let x = device_input(inputs, 0)?;
        let shape = x.shape().to_vec();
        let last = shape.last().copied().unwrap_or(0);
        if last != self.inputs || shape.len() < 2 {
            return Err(format!(
                "the input has shape {shape:?}, but the last axis must be {}",
                self.inputs
            ));
        }
        let rows = shape[..shape.len() - 1].iter().product::<usize>();
        let x = B::float_reshape(x, Shape::from(vec![rows, self.inputs]));
        let mut output = B::matmul(x, self.weight.clone(), self.transposed);
        if let Some(bias) = &self.bias {
            output = B::float_add(output, bias.clone());
        }
        let mut out_shape = shape.clone();
        out_shape.pop();
        out_shape.push(self.outputs);
        let output = B::float_reshape(output, Shape::from(out_shape));
        let backward = track.then(|| {
            let (weight, transposed, outputs) =
                (self.weight.clone(), self.transposed, self.outputs);
            let back: Backward<B> = Box::new(move |grad, _| {
                let grad = B::float_reshape(grad, Shape::from(vec![rows, outputs]));
                let grad = B::matmul(grad, weight, !transposed);
                vec![Some(B::float_reshape(grad, Shape::from(shape)))]
            });
            back
        });
        Ok(Forward {
            output: Value::Device(output),
            backward,
        })
    }
}
