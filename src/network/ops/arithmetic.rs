//! `Add` with broadcasting (<https://onnx.ai/onnx/operators/onnx__Add.html>).

use burn_backend::{Shape, TensorMetadata, tensor::FloatTensor};

use crate::{
    network::{
        kernels::Kernels,
        operator::{Backward, BuildContext, Forward, Operator},
        value::{Inferred, Value, upload},
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

    fn infer(&self, inputs: &[Option<Inferred>]) -> Result<Inferred, String> {
        let [Some(left), Some(right)] = inputs else {
            return Err("two inputs are needed".to_owned());
        };
        broadcast(left.shape(), right.shape()).map(Inferred::Device)
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
            tensor = sum_axis::<B>(tensor, axis);
        }
    }
    if missing > 0 {
        tensor = B::float_reshape(tensor, Shape::from(shape.to_vec()));
    }
    tensor
}

/// Sums over one axis, which stays with length 1: a product with a column of ones, since burn's own
/// reductions would bring a family of kernels with them that nothing else needs.
fn sum_axis<B: Kernels>(tensor: FloatTensor<B>, axis: usize) -> FloatTensor<B> {
    let mut shape = tensor.shape().to_vec();
    let (last, length) = (shape.len() - 1, shape[axis]);
    let device = tensor.device();
    let tensor = B::float_swap_dims(tensor, axis, last);
    let rows = shape.iter().product::<usize>() / length.max(1);
    let tensor = B::float_reshape(tensor, Shape::from(vec![rows, length]));
    let sums = B::matmul(
        tensor,
        upload::<B>(vec![1.0; length], &[length, 1], &device),
        false,
    );
    shape[axis] = 1;
    let mut swapped = shape.clone();
    swapped.swap(axis, last);
    let sums = B::float_reshape(sums, Shape::from(swapped));
    B::float_swap_dims(sums, axis, last)
}

#[cfg(test)]
mod tests {
    use burn_flex::{Flex, FlexDevice};

    use super::*;

    #[test]
    fn shapes_broadcast_as_onnx_says() {
        assert_eq!(broadcast(&[2, 3, 4], &[3, 1]), Ok(vec![2, 3, 4]));
        assert_eq!(broadcast(&[], &[5]), Ok(vec![5]));
        assert!(broadcast(&[2, 3], &[2]).is_err());
    }

    #[test]
    fn gradients_are_summed_over_broadcast_axes() {
        let values: Vec<f32> = (0..24).map(|v| v as f32).collect();
        let sum = |shape: &[usize]| {
            let tensor = upload::<Flex>(values.clone(), &[2, 3, 4], &FlexDevice);
            let reduced = reduce_to::<Flex>(tensor, shape);
            assert_eq!(reduced.shape().to_vec(), shape);
            reduced.into_data().as_slice::<f32>().unwrap().to_vec()
        };
        assert_eq!(sum(&[3, 1]), [60.0, 92.0, 124.0]);
        assert_eq!(sum(&[4]), [60.0, 66.0, 72.0, 78.0]);
        assert_eq!(
            sum(&[2, 1, 4]),
            [12.0, 15.0, 18.0, 21.0, 48.0, 51.0, 54.0, 57.0]
        );
        assert_eq!(sum(&[1, 3, 4])[..2], [12.0, 14.0]);
    }
}
