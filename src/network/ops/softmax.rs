//! `Softmax` (<https://onnx.ai/onnx/operators/onnx__Softmax.html>) and `LogSoftmax`
//! (<https://onnx.ai/onnx/operators/onnx__LogSoftmax.html>).

use burn_backend::TensorMetadata;

use super::{
    arguments::axis_of,
    axes::{Gathered, elements, inferred_shape, work},
};
use crate::{
    network::{
        kernels::{AxisView, Kernels},
        operator::{Backward, BuildContext, Forward, Operator, device_input},
        value::{Inferred, Value},
    },
    onnx::{FLATTENS, Node},
};

struct Softmax {
    axis: i64,
    /// The operator set is older than 13: everything from the axis on is one row.
    flattens: bool,
    logarithm: bool,
}

/// # Errors
/// An axis that is not a number.
pub fn build<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    let old = context.graph.opset < 13;
    let flattens = old || node.attributes.int(FLATTENS, 0)? != 0;
    Ok(Box::new(Softmax {
        axis: node.attributes.int("axis", if old { 1 } else { -1 })?,
        flattens,
        logarithm: node.op == "LogSoftmax",
    }))
}

impl Softmax {
    fn layout(&self, shape: &[usize]) -> Result<Gathered, String> {
        let rank = shape.len();
        // A flattened axis may also lie behind the last one.
        if self.flattens && self.axis == rank as i64 {
            let rows = elements(shape);
            return Ok(Gathered::neighbours(shape, AxisView::rows(rows, 1)));
        }
        let axis = axis_of(self.axis, rank)?;
        if !self.flattens {
            return Ok(Gathered::rows(shape, &[axis]));
        }
        let rows = elements(&shape[..axis]);
        let view = AxisView::rows(rows, elements(&shape[axis..]));
        Ok(Gathered::neighbours(shape, view))
    }
}

impl<B: Kernels> Operator<B> for Softmax {
    fn joined_axes(&self, inputs: &[Option<Inferred>]) -> Vec<usize> {
        let rank = inferred_shape(inputs, 0).map_or(0, <[usize]>::len);
        match axis_of(self.axis, rank) {
            Ok(axis) if self.flattens => (axis..rank).collect(),
            Ok(axis) => vec![axis],
            Err(_) => Vec::new(),
        }
    }

    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let x = device_input(inputs, 0)?;
        let layout = self.layout(&x.shape().to_vec())?;
        let (length, logarithm) = (layout.view.length, self.logarithm);
        let rows = B::softmax_rows(layout.enter::<B>(x), length, logarithm);
        let output = layout.leave::<B>(rows.clone());
        let backward = track.then(|| {
            let back: Backward<B> = Box::new(move |grad, _| {
                let grad = layout.enter::<B>(grad);
                let grad = B::softmax_rows_gradient(grad, rows, length, logarithm);
                vec![Some(layout.leave::<B>(grad))]
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
        self.layout(shape)?;
        Ok(Inferred::Device(shape.to_vec()))
    }

    fn multiply_adds(&self, _inputs: &[Option<Inferred>], output: &Inferred) -> u64 {
        // An exponential, a sum and a division a value.
        work(output.shape(), 3)
    }
}
