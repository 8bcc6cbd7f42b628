//! How the second operand of a function of two numbers is laid beside the first, before shapes broadcast as
//! NumPy's do: operator sets before 7 have attributes of their own for it
//! (<https://onnx.ai/onnx/operators/onnx__Add.html#add-6>).

use burn_backend::tensor::FloatTensor;

use super::{
    arithmetic::broadcast,
    axes::{elements, inferred_shape, reshape},
};
use crate::{
    network::{
        kernels::Kernels,
        operator::{Backward, Forward, Operator},
        value::{HostTensor, Inferred, Value},
    },
    onnx::Node,
};

/// The first operator set in which shapes broadcast as NumPy's do.
pub const NUMPY_SINCE: i64 = 7;
/// The same for functions of any number of tensors.
pub const NUMPY_SINCE_FOR_MANY: i64 = 8;

/// Where the second operand lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Alignment {
    /// Both have one shape.
    Same,
    /// Its axes are the last ones of the first operand.
    Last,
    /// Its axes begin at this one of the first operand.
    From(i64),
    /// It is one slope for each channel, or as [`Alignment::Last`].
    Slope,
    /// It is as [`Alignment::Last`], one slope a channel spelled out by further axes.
    NumpySlope,
}

impl Alignment {
    /// Of a function of two numbers; `None` where both operands broadcast.
    ///
    /// # Errors
    /// Attributes of the wrong kind.
    pub fn read(node: &Node, opset: i64) -> Result<Option<Self>, String> {
        if node.op == "PRelu" {
            let old = opset < NUMPY_SINCE;
            return Ok(Some(if old { Self::Slope } else { Self::NumpySlope }));
        }
        if opset >= NUMPY_SINCE {
            return Ok(None);
        }
        let axis = node.attributes.int("axis", i64::MIN)?;
        if node.attributes.int("broadcast", 0)? == 0 {
            return Ok(Some(Self::Same));
        }
        Ok(Some(match axis {
            i64::MIN => Self::Last,
            axis => Self::From(axis),
        }))
    }

    /// The shape the second operand is given, so that it broadcasts to the first.
    ///
    /// # Errors
    /// Both shapes, and what to do.
    pub fn of(self, left: &[usize], right: &[usize]) -> Result<Vec<usize>, String> {
        let misfit = |why: &str| {
            Err(format!(
                "operands of shapes {left:?} and {right:?} do not go together: {why}"
            ))
        };
        let aligned = match self {
            Self::Same if left == right => return Ok(right.to_vec()),
            Self::Same => {
                return misfit(
                    "without broadcast both have one shape in this operator set; \
                     convert the model to operator set 7 or newer",
                );
            }
            // One number goes with any shape.
            _ if elements(right) == 1 && right.len() > left.len() => vec![1; left.len()],
            _ if elements(right) == 1 => right.to_vec(),
            Self::Slope if right.len() == 1 && left.len() > 1 => begin(left, right, 1),
            Self::From(axis) if axis < 0 => begin(left, right, axis + left.len() as i64),
            Self::From(axis) => begin(left, right, axis),
            Self::Last | Self::Slope | Self::NumpySlope => right.to_vec(),
        };
        match broadcast(left, &aligned) {
            Ok(shape) if shape == left => Ok(aligned),
            _ => match (self, left, right) {
                (Self::NumpySlope, [_, channels, rest @ ..], [slopes]) if channels == slopes => {
                    let full = [vec![*channels], vec![1; rest.len()]].concat();
                    misfit(&format!(
                        "where one slope a channel is meant, export it in the shape {full:?}"
                    ))
                }
                _ => misfit("the second does not broadcast to the first"),
            },
        }
    }
}

/// `right` with as many axes of length 1 behind it that it begins at `axis` of `left`.
fn begin(left: &[usize], right: &[usize], axis: i64) -> Vec<usize> {
    let behind = usize::try_from(axis)
        .ok()
        .and_then(|axis| left.len().checked_sub(axis + right.len()));
    // What does not fit stays as long as it is, and is refused for that.
    let Some(behind) = behind else {
        return vec![0; left.len() + 1];
    };
    [right.to_vec(), vec![1; behind]].concat()
}

/// A function of two operands, of which the second is laid out first.
pub struct Aligned<B: Kernels> {
    /// The function, with broadcasting.
    pub inner: Box<dyn Operator<B>>,
    /// Where the second operand lies.
    pub alignment: Alignment,
}

impl<B: Kernels> Operator<B> for Aligned<B> {
    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let [Some(left), Some(right)] = inputs else {
            return Err("two inputs are needed".to_owned());
        };
        let own = right.shape();
        let shape = self.alignment.of(&left.shape(), &own)?;
        if shape == own {
            return self.inner.forward(inputs, track);
        }
        let right = match right {
            Value::Device(tensor) => Value::Device(reshape::<B>(tensor.clone(), &shape)),
            Value::Host(tensor) => Value::Host(reshaped(tensor, shape)),
        };
        let mut forward = self
            .inner
            .forward(&[Some(left.clone()), Some(right)], track)?;
        forward.backward = forward.backward.map(|backward| {
            let back: Backward<B> = Box::new(move |grad, rule| {
                let mut by_inputs = backward(grad, rule);
                if let Some(right) = by_inputs.get_mut(1) {
                    *right = right
                        .take()
                        .map(|grad: FloatTensor<B>| reshape::<B>(grad, &own));
                }
                by_inputs
            });
            back
        });
        Ok(forward)
    }

    fn infer(&self, inputs: &[Option<Inferred>]) -> Result<Inferred, String> {
        let shape = self
            .alignment
            .of(inferred_shape(inputs, 0)?, inferred_shape(inputs, 1)?)?;
        let right = inputs.get(1).cloned().flatten().map(|right| match right {
            Inferred::Host(tensor) => Inferred::Host(reshaped(&tensor, shape)),
            Inferred::Device(_) => Inferred::Device(shape),
        });
        self.inner
            .infer(&[inputs.first().cloned().flatten(), right])
    }
}

fn reshaped(tensor: &HostTensor, shape: Vec<usize>) -> HostTensor {
    HostTensor {
        shape,
        ..tensor.clone()
    }
}

/// A function of tensors that must all have one shape.
pub struct SameShapes<B: Kernels>(pub Box<dyn Operator<B>>);

impl<B: Kernels> Operator<B> for SameShapes<B> {
    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let shapes: Vec<Vec<usize>> = inputs.iter().flatten().map(Value::shape).collect();
        same(&shapes)?;
        self.0.forward(inputs, track)
    }

    fn infer(&self, inputs: &[Option<Inferred>]) -> Result<Inferred, String> {
        let inputs_there = inputs.iter().flatten();
        let shapes: Vec<Vec<usize>> = inputs_there.map(|input| input.shape().to_vec()).collect();
        same(&shapes)?;
        self.0.infer(inputs)
    }
}

fn same(shapes: &[Vec<usize>]) -> Result<(), String> {
    for pair in shapes.windows(2) {
        if let [first, second] = pair {
            Alignment::Same.of(first, second)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_operands_lie_where_their_axis_says() {
        let left = [2, 3, 4, 4];
        let of = |alignment: Alignment, right: &[usize]| alignment.of(&left, right).ok();
        assert_eq!(of(Alignment::From(1), &[3]), Some(vec![3, 1, 1]));
        assert_eq!(of(Alignment::From(1), &[3, 4]), Some(vec![3, 4, 1]));
        assert_eq!(of(Alignment::From(-1), &[4]), Some(vec![4]));
        assert_eq!(of(Alignment::From(2), &[3]), None);
        assert_eq!(of(Alignment::From(3), &[4, 4]), None);
        assert_eq!(of(Alignment::From(4), &[4]), None);
        assert_eq!(of(Alignment::Last, &[4, 4]), Some(vec![4, 4]));
        assert_eq!(of(Alignment::Last, &[3]), None);
        assert_eq!(of(Alignment::Last, &[1]), Some(vec![1]));
        assert_eq!(Alignment::Last.of(&[3], &[1, 1]), Ok(vec![1]));
        assert_eq!(of(Alignment::Same, &[2, 3, 4, 4]), Some(left.to_vec()));
        assert_eq!(of(Alignment::Same, &[4]), None);
        assert_eq!(of(Alignment::Slope, &[3]), Some(vec![3, 1, 1]));
        assert_eq!(of(Alignment::Slope, &[3, 1, 1]), Some(vec![3, 1, 1]));
        assert_eq!(of(Alignment::NumpySlope, &[4]), Some(vec![4]));
        let error = Alignment::NumpySlope.of(&left, &[3]).unwrap_err();
        assert!(error.contains("[3, 1, 1]"), "{error}");
    }
}
