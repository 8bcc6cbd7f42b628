//! `Gemm` (<https://onnx.ai/onnx/operators/onnx__Gemm.html>): `alpha A B + beta C`, each matrix
//! possibly stored transposed.

use burn_backend::tensor::FloatTensor;

use super::{
    alignment::{Alignment, NUMPY_SINCE},
    arithmetic::broadcast,
    axes::{inferred_shape, reshape, work},
    gradient_sum::reduce_to,
};
use crate::{
    network::{
        kernels::{Kernels, Transposed},
        operator::{Backward, BuildContext, Forward, Operator},
        value::{Inferred, Value},
    },
    onnx::Node,
};

struct Gemm<B: Kernels> {
    device: B::Device,
    /// Which inputs are constants, which need no gradient.
    constant: [bool; 3],
    stored: Transposed,
    alpha: f32,
    beta: f32,
    /// What is added must have the output's own shape: an operator set before 7, without `broadcast`.
    full_addend: bool,
}

/// # Errors
/// Attributes of the wrong kind.
pub fn build<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    Ok(Box::new(Gemm::<B> {
        device: context.device.clone(),
        constant: [0, 1, 2].map(|index| context.graph.constant(node.input(index)).is_some()),
        stored: Transposed {
            left: node.attributes.int("transA", 0)? != 0,
            right: node.attributes.int("transB", 0)? != 0,
        },
        alpha: node.attributes.float("alpha", 1.0)?,
        beta: node.attributes.float("beta", 1.0)?,
        full_addend: context.graph.opset < NUMPY_SINCE && node.attributes.int("broadcast", 0)? == 0,
    }))
}

/// Rows, shared axis and columns.
fn sizes(a: &[usize], b: &[usize], stored: Transposed) -> Result<[usize; 3], String> {
    if let (&[a_rows, a_columns], &[b_rows, b_columns]) = (a, b) {
        let (m, k) = if stored.left {
            (a_columns, a_rows)
        } else {
            (a_rows, a_columns)
        };
        let (shared, n) = if stored.right {
            (b_columns, b_rows)
        } else {
            (b_rows, b_columns)
        };
        if k == shared {
            return Ok([m, k, n]);
        }
    }
    Err(format!(
        "matrices of shapes {a:?} and {b:?} cannot be multiplied"
    ))
}

fn check_addend(shape: &[usize], m: usize, n: usize, full: bool) -> Result<(), String> {
    if full {
        return Alignment::Same.of(&[m, n], shape).map(|_| ());
    }
    match broadcast(shape, &[m, n]) {
        Ok(full) if full == [m, n] => Ok(()),
        _ => Err(format!(
            "its bias has shape {shape:?}, which does not broadcast to [{m}, {n}]"
        )),
    }
}

fn scaled<B: Kernels>(tensor: FloatTensor<B>, factor: f32) -> FloatTensor<B> {
    if factor == 1.0 {
        return tensor;
    }
    B::float_mul_scalar(tensor, factor.into())
}

/// One product of matrices.
fn product<B: Kernels>(a: FloatTensor<B>, b: FloatTensor<B>, stored: [bool; 2]) -> FloatTensor<B> {
    let [left, right] = stored;
    B::batched_matmul(a, b, Transposed { left, right })
}

impl<B: Kernels> Operator<B> for Gemm<B> {
    fn joined_axes(&self, _inputs: &[Option<Inferred>]) -> Vec<usize> {
        vec![usize::from(!self.stored.left)]
    }

    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let (Some(Some(left)), Some(Some(right))) = (inputs.first(), inputs.get(1)) else {
            return Err("two matrices are needed".to_owned());
        };
        let shapes = [left.shape(), right.shape()];
        let [m, _, n] = sizes(&shapes[0], &shapes[1], self.stored)?;
        let matrix = |value: &Value<B>, shape: &[usize]| {
            reshape::<B>(value.to_device(&self.device), &[&[1], shape].concat())
        };
        let a = matrix(left, &shapes[0]);
        let b = matrix(right, &shapes[1]);
        let Transposed {
            left: left_stored,
            right: right_stored,
        } = self.stored;
        let output = product::<B>(a.clone(), b.clone(), [left_stored, right_stored]);
        let mut output = scaled::<B>(reshape::<B>(output, &[m, n]), self.alpha);
        let addend = match inputs.get(2) {
            Some(Some(addend)) => {
                let shape = addend.shape();
                check_addend(&shape, m, n, self.full_addend)?;
                let padded = [vec![1; 2 - shape.len()], shape.clone()].concat();
                let addend = reshape::<B>(addend.to_device(&self.device), &padded);
                output = B::float_add(output, scaled::<B>(addend, self.beta));
                Some(shape)
            }
            _ => None,
        };
        let backward = track.then(|| {
            let right = (!self.constant[0]).then_some(b);
            let left = (!self.constant[1]).then_some(a);
            let addend = addend.filter(|_| !self.constant[2]);
            let (alpha, beta) = (self.alpha, self.beta);
            let back: Backward<B> = Box::new(move |grad, _| {
                let by_addend =
                    addend.map(|shape| reduce_to::<B>(scaled::<B>(grad.clone(), beta), &shape));
                let grad = scaled::<B>(reshape::<B>(grad, &[1, m, n]), alpha);
                // Each comes out as its matrix is stored.
                let by_left = right.map(|right| {
                    let by = if left_stored {
                        product::<B>(right, grad.clone(), [right_stored, true])
                    } else {
                        product::<B>(grad.clone(), right, [false, !right_stored])
                    };
                    reshape::<B>(by, &shapes[0])
                });
                let by_right = left.map(|left| {
                    let by = if right_stored {
                        product::<B>(grad, left, [true, left_stored])
                    } else {
                        product::<B>(left, grad, [!left_stored, false])
                    };
                    reshape::<B>(by, &shapes[1])
                });
                vec![by_left, by_right, by_addend]
            });
            back
        });
        Ok(Forward {
            output: Value::Device(output),
            backward,
        })
    }

    fn infer(&self, inputs: &[Option<Inferred>]) -> Result<Inferred, String> {
        let (a, b) = (inferred_shape(inputs, 0)?, inferred_shape(inputs, 1)?);
        let [m, _, n] = sizes(a, b, self.stored)?;
        if let Some(Some(addend)) = inputs.get(2) {
            check_addend(addend.shape(), m, n, self.full_addend)?;
        }
        Ok(Inferred::Device(vec![m, n]))
    }

    fn multiply_adds(&self, inputs: &[Option<Inferred>], output: &Inferred) -> u64 {
        let columns = output.shape().last().copied().unwrap_or(0);
        inferred_shape(inputs, 0).map_or(0, |left| work(left, columns))
    }
}
