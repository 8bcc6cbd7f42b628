//! `MatMul` (<https://onnx.ai/onnx/operators/onnx__MatMul.html>): products of the last two axes, the
//! others broadcast, as NumPy does it.

use burn_backend::{Shape, TensorMetadata, tensor::FloatTensor};

use super::{
    arithmetic::broadcast,
    axes::{elements, host_inferred, inferred_shape, reshape, work},
    gradient_sum::reduce_to,
    host_product::{products, tensor},
};
use crate::{
    network::{
        kernels::{Kernels, Transposed},
        operator::{Backward, BuildContext, Forward, Operator},
        value::{HostTensor, Inferred, Value},
    },
    onnx::Node,
};

struct MatMul<B: Kernels> {
    device: B::Device,
    /// Whether a factor is a constant, which needs no gradient.
    constant: [bool; 2],
}

/// # Errors
/// None; the signature is that of every operator.
pub fn build<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    Ok(Box::new(MatMul::<B> {
        device: context.device.clone(),
        constant: [0, 1].map(|index| context.graph.constant(node.input(index)).is_some()),
    }))
}

/// Sizes of one product.
#[derive(Clone, Debug, PartialEq)]
struct Plan {
    /// Shapes of the factors, with the axis of length 1 that a list stands for.
    factors: [Vec<usize>; 2],
    /// The axes in front, broadcast.
    batch: Vec<usize>,
    /// Shape of the output.
    output: Vec<usize>,
    /// The factors as `[b, m, k]` and `[b, k, n]`.
    stacked: [[usize; 3]; 2],
    /// Whether a factor is repeated in memory before the product.
    repeated: bool,
}

impl Plan {
    fn new(left: &[usize], right: &[usize]) -> Result<Self, String> {
        let misfit = || format!("matrices of shapes {left:?} and {right:?} cannot be multiplied");
        if left.is_empty() || right.is_empty() {
            return Err(misfit());
        }
        let (left_list, right_list) = (left.len() == 1, right.len() == 1);
        let a = if left_list {
            vec![1, left[0]]
        } else {
            left.to_vec()
        };
        let b = if right_list {
            vec![right[0], 1]
        } else {
            right.to_vec()
        };
        let (a_batch, [m, k]) = split(&a).ok_or_else(misfit)?;
        let (b_batch, [shared, n]) = split(&b).ok_or_else(misfit)?;
        if k != shared {
            return Err(misfit());
        }
        let batch = broadcast(a_batch, b_batch).map_err(|_| misfit())?;
        let (a_count, b_count, products) = (elements(a_batch), elements(b_batch), elements(&batch));
        // One matrix for all rows is one large product; otherwise each factor has one matrix, or as
        // many as there are products.
        let (stacked, repeated) = if b_count == 1 {
            ([[1, a_count.saturating_mul(m), k], [1, k, n]], false)
        } else if a_count == 1 {
            ([[1, m, k], [b_count, k, n]], false)
        } else {
            let repeated = a_count != products || b_count != products;
            ([[products, m, k], [products, k, n]], repeated)
        };
        let mut output = batch.clone();
        if !left_list {
            output.push(m);
        }
        if !right_list {
            output.push(n);
        }
        Ok(Self {
            factors: [a, b],
            batch,
            output,
            stacked,
            repeated,
        })
    }

    /// The product of constants.
    fn on_host(&self, left: &HostTensor, right: &HostTensor) -> Result<HostTensor, String> {
        if self.repeated {
            return Err("constants that broadcast are not multiplied beforehand".to_owned());
        }
        let [[a_count, m, k], [b_count, _, n]] = self.stacked;
        let values = products(
            [&left.values, &right.values],
            a_count.max(b_count),
            [m, k, n],
            [[k, 1], [n, 1]],
        )?;
        Ok(tensor(self.output.clone(), values))
    }

    /// One factor, repeated where it has to be.
    fn stack<B: Kernels>(&self, factor: FloatTensor<B>, side: usize) -> FloatTensor<B> {
        let mut factor = reshape::<B>(factor, &self.factors[side]);
        if self.repeated {
            let matrix = &self.stacked[side][1..];
            let shape = [self.batch.as_slice(), matrix].concat();
            let own = factor.shape().to_vec();
            let padded = [vec![1; shape.len() - own.len()], own].concat();
            factor = reshape::<B>(factor, &padded);
            factor = B::float_expand(factor, Shape::from(shape));
        }
        reshape::<B>(factor, &self.stacked[side])
    }

    /// A gradient by a stacked factor, as one by the factor, which has shape `own`.
    fn unstack<B: Kernels>(
        &self,
        grad: FloatTensor<B>,
        side: usize,
        own: &[usize],
    ) -> FloatTensor<B> {
        let full = grad.shape().to_vec();
        if elements(&full) == elements(own) {
            return reshape::<B>(grad, own);
        }
        let shape = [self.batch.as_slice(), &full[1..]].concat();
        let grad = reduce_to::<B>(reshape::<B>(grad, &shape), &self.factors[side]);
        reshape::<B>(grad, own)
    }
}

/// The axes in front and the matrix behind them.
fn split(shape: &[usize]) -> Option<(&[usize], [usize; 2])> {
    match shape {
        [batch @ .., rows, columns] => Some((batch, [*rows, *columns])),
        _ => None,
    }
}

impl<B: Kernels> Operator<B> for MatMul<B> {
    fn joined_axes(&self, inputs: &[Option<Inferred>]) -> Vec<usize> {
        let rank = inferred_shape(inputs, 0).map_or(0, <[usize]>::len);
        rank.checked_sub(1).into_iter().collect()
    }

    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let [Some(left), Some(right), ..] = inputs else {
            return Err("two inputs are needed".to_owned());
        };
        let shapes = [left.shape(), right.shape()];
        let plan = Plan::new(&shapes[0], &shapes[1])?;
        if let (Value::Host(left), Value::Host(right)) = (left, right) {
            return Ok(Forward {
                output: Value::Host(plan.on_host(left, right)?),
                backward: None,
            });
        }
        let a = plan.stack::<B>(left.to_device(&self.device), 0);
        let b = plan.stack::<B>(right.to_device(&self.device), 1);
        let output = B::batched_matmul(a.clone(), b.clone(), Transposed::default());
        let output = reshape::<B>(output, &plan.output);
        let backward = track.then(|| {
            // Each gradient needs the other factor only.
            let right = (!self.constant[0]).then_some(b);
            let left = (!self.constant[1]).then_some(a);
            let back: Backward<B> = Box::new(move |grad, _| {
                let [_, m, _] = plan.stacked[0];
                let [b_count, _, n] = plan.stacked[1];
                let products = plan.stacked[0][0].max(b_count);
                let grad = reshape::<B>(grad, &[products, m, n]);
                let by_left = right.map(|right| {
                    let stored = Transposed {
                        left: false,
                        right: true,
                    };
                    let by = B::batched_matmul(grad.clone(), right, stored);
                    plan.unstack::<B>(by, 0, &shapes[0])
                });
                let by_right = left.map(|left| {
                    let stored = Transposed {
                        left: true,
                        right: false,
                    };
                    let by = B::batched_matmul(left, grad, stored);
                    plan.unstack::<B>(by, 1, &shapes[1])
                });
                vec![by_left, by_right]
            });
            back
        });
        Ok(Forward {
            output: Value::Device(output),
            backward,
        })
    }

    fn infer(&self, inputs: &[Option<Inferred>]) -> Result<Inferred, String> {
        let plan = Plan::new(inferred_shape(inputs, 0)?, inferred_shape(inputs, 1)?)?;
        if let (Some(left), Some(right)) = (host_inferred(inputs, 0), host_inferred(inputs, 1)) {
            return plan.on_host(left, right).map(Inferred::Host);
        }
        Ok(Inferred::Device(plan.output))
    }

    fn multiply_adds(&self, inputs: &[Option<Inferred>], output: &Inferred) -> u64 {
        let shared = inferred_shape(inputs, 0).ok().and_then(<[usize]>::last);
        work(output.shape(), shared.copied().unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_follow_numpy() {
        let output = |left: &[usize], right: &[usize]| Plan::new(left, right).map(|p| p.output);
        assert_eq!(output(&[2, 3], &[3, 4]), Ok(vec![2, 4]));
        assert_eq!(output(&[3], &[3, 4]), Ok(vec![4]));
        assert_eq!(output(&[5, 2, 3], &[3]), Ok(vec![5, 2]));
        assert_eq!(output(&[3], &[3]), Ok(vec![]));
        assert_eq!(output(&[2, 1, 4, 3], &[5, 3, 6]), Ok(vec![2, 5, 4, 6]));
        assert!(output(&[2, 3], &[2, 3]).is_err());
        assert!(output(&[2, 4, 3], &[3, 3, 2]).is_err());
        assert!(output(&[], &[3]).is_err());
    }
}
