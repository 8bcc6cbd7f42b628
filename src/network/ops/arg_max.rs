//! `ArgMax` (<https://onnx.ai/onnx/operators/onnx__ArgMax.html>), which ends every gradient.

use burn_backend::TensorMetadata;

use super::{
    arguments::axis_of,
    axes::{Gathered, inferred_shape, reshape, without, work},
};
use crate::{
    network::{
        kernels::Kernels,
        operator::{BuildContext, Forward, Operator, device_input},
        value::{Inferred, Value},
    },
    onnx::Node,
};

struct ArgMax {
    axis: i64,
    keep: bool,
}

/// # Errors
/// The last of equal maxima is asked for.
pub fn build<B: Kernels>(
    node: &Node,
    _context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    if node.attributes.int("select_last_index", 0)? != 0 {
        return Err("select_last_index is set, but only the first maximum is supported".to_owned());
    }
    Ok(Box::new(ArgMax {
        axis: node.attributes.int("axis", 0)?,
        keep: node.attributes.int("keepdims", 1)? != 0,
    }))
}

impl<B: Kernels> Operator<B> for ArgMax {
    fn forward(&self, inputs: &[Option<Value<B>>], _track: bool) -> Result<Forward<B>, String> {
        let x = device_input(inputs, 0)?;
        let shape = x.shape().to_vec();
        let axes = [axis_of(self.axis, shape.len())?];
        let gathered = Gathered::along(&shape, &axes);
        let (_, argmax) = B::reduce_max(gathered.enter::<B>(x), gathered.view);
        Ok(Forward {
            output: Value::Device(reshape::<B>(argmax, &without(&shape, &axes, self.keep))),
            backward: None,
        })
    }

    fn infer(&self, inputs: &[Option<Inferred>]) -> Result<Inferred, String> {
        let shape = inferred_shape(inputs, 0)?;
        let axes = [axis_of(self.axis, shape.len())?];
        Ok(Inferred::Device(without(shape, &axes, self.keep)))
    }

    fn multiply_adds(&self, inputs: &[Option<Inferred>], _output: &Inferred) -> u64 {
        inferred_shape(inputs, 0).map_or(0, |shape| work(shape, 1))
    }
}
