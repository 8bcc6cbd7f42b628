//! `Add` with broadcasting (<https://onnx.ai/onnx/operators/onnx__Add.html>).

use burn_backend::{Shape, TensorMetadata, tensor::FloatTensor};

use crate::{
    network::{
        kernels::Kernels,
        operator::{Backward, BuildContext, Forward, Operator},
        value::Value,
    },
    onnx::Node,
};

struct Add<B: Kernels> {
    device: B::Device,
}

/// # Errors
/// None; the signature is that of every operator.
pub fn build<B: Kernels>(
    _node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    Ok(Box::new(Add::<B> {
        device: context.device.clone(),
    }))
}

impl<B: Kernels> Operator<B> for Add<B> {
    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let [Some(left), Some(right)] = inputs else {
            return Err("two inputs are needed".to_owned());
        };
        let shapes = [left.shape(), right.shape()];
        let shape = broadcast(&shapes[0], &shapes[1])?;
        let tensors = [left, right].map(|value| {
            let tensor = value.to_device(&self.device);
            with_rank::<B>(tensor, shape.len())
        });
        let [left, right] = tensors;
        let output = B::float_add(left, right);
        let backward = track.then(|| {
            let back: Backward<B> = Box::new(move |grad, _| {
                shapes
                    .iter()
                    .map(|shape| Some(reduce_to::<B>(grad.clone(), shape)))
                    .collect()
            });
            back
        });
        Ok(Forward {
            output: Value::Device(output),
            backward,
        })
    }
}

/// Shape two operands broadcast to
/// (<https://github.com/onnx/onnx/blob/main/docs/Broadcasting.md>).
///
/// # Errors
/// Names the shapes that do not go together.
pub fn broadcast(left: &[usize], right: &[usize]) -> Result<Vec<usize>, String> {
    let rank = left.len().max(right.len());
    let at = |shape: &[usize], axis: usize| {
        let missing = rank - shape.len();
        if axis < missing {
            1
        } else {
            shape[axis - missing]
        }
    };
    (0..rank)
        .map(|axis| match (at(left, axis), at(right, axis)) {
            (a, b) if a == b => Ok(a),
            (1, b) => Ok(b),
            (a, 1) => Ok(a),
            _ => Err(format!("shapes {left:?} and {right:?} do not broadcast")),
        })
        .collect()
}

/// `tensor` with axes of length 1 put in front up to `rank`.
pub fn with_rank<B: Kernels>(tensor: FloatTensor<B>, rank: usize) -> FloatTensor<B> {
    let shape = tensor.shape().to_vec();
    if shape.len() == rank {
        return tensor;
    }
    let mut padded = vec![1; rank.saturating_sub(shape.len())];
    padded.extend(shape);
    B::float_reshape(tensor, Shape::from(padded))
}

/// Sums `tensor` over the axes along which `shape` was broadcast.
pub fn reduce_to<B: Kernels>(mut tensor: FloatTensor<B>, shape: &[usize]) -> FloatTensor<B> {
    let full = tensor.shape().to_vec();
    let missing = full.len() - shape.len();
    for (axis, &length) in full.iter().enumerate() {
        let wanted = if axis < missing {
            1
        } else {
            shape[axis - missing]
        };
        if wanted != length {
            tensor = B::float_sum_dim(tensor, axis);
        }
    }
    if missing > 0 {
        tensor = B::float_reshape(tensor, Shape::from(shape.to_vec()));
    }
    tensor
}
