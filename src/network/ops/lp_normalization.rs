//! `LpNormalization` (<https://onnx.ai/onnx/operators/onnx__LpNormalization.html>): values divided by
//! the norm along one axis.

use burn_backend::TensorMetadata;

use super::{
    arguments::axis_of,
    axes::{Gathered, inferred_shape, work},
    reduction::at_least,
};
use crate::{
    network::{
        kernels::Kernels,
        operator::{Backward, BuildContext, Forward, Operator, device_input},
        value::{Inferred, Value},
    },
    onnx::Node,
};

/// Norms below this are treated as this, so that zeros stay zeros.
const SMALLEST_NORM: f32 = 1e-12;

struct LpNormalization {
    axis: i64,
    /// The norm is the sum of magnitudes instead of the root of the sum of squares.
    magnitudes: bool,
}

/// # Errors
/// A norm other than the first and the second.
pub fn build<B: Kernels>(
    node: &Node,
    _context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    let p = node.attributes.int("p", 2)?;
    if p != 1 && p != 2 {
        return Err(format!("p is {p}, but only 1 and 2 are defined"));
    }
    Ok(Box::new(LpNormalization {
        axis: node.attributes.int("axis", -1)?,
        magnitudes: p == 1,
    }))
}

impl<B: Kernels> Operator<B> for LpNormalization {
    fn joined_axes(&self, inputs: &[Option<Inferred>]) -> Vec<usize> {
        let rank = inferred_shape(inputs, 0).map_or(0, <[usize]>::len);
        axis_of(self.axis, rank).into_iter().collect()
    }

    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let x = device_input(inputs, 0)?;
        let shape = x.shape().to_vec();
        let layout = Gathered::along(&shape, &[axis_of(self.axis, shape.len())?]);
        let magnitudes = self.magnitudes;
        let x = layout.enter::<B>(x);
        let norm = if magnitudes {
            B::reduce_sum(B::float_abs(x.clone()), layout.view)
        } else {
            let squares = B::float_mul(x.clone(), x.clone());
            B::float_sqrt(B::reduce_sum(squares, layout.view))
        };
        let norm = layout.broadcastable::<B>(at_least::<B>(norm, SMALLEST_NORM));
        let normalised = B::float_div(x.clone(), norm.clone());
        let output = layout.leave::<B>(normalised.clone());
        let backward = track.then(|| {
            let back: Backward<B> = Box::new(move |grad, _| {
                let grad = layout.enter::<B>(grad);
                // (grad - direction sum(grad y)) / norm
                let along = B::float_mul(grad.clone(), normalised.clone());
                let along = layout.broadcastable::<B>(B::reduce_sum(along, layout.view));
                let direction = if magnitudes {
                    B::float_sign(x)
                } else {
                    normalised
                };
                let grad = B::float_sub(grad, B::float_mul(direction, along));
                vec![Some(layout.leave::<B>(B::float_div(grad, norm)))]
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
        axis_of(self.axis, shape.len())?;
        Ok(Inferred::Device(shape.to_vec()))
    }

    fn multiply_adds(&self, _inputs: &[Option<Inferred>], output: &Inferred) -> u64 {
        work(output.shape(), 2)
    }
}
