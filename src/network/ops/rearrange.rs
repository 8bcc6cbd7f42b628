//! Operators that only move, repeat, drop or blend values: each is a list of moves that depends on
//! shapes and host values alone, applied forwards, backwards, on the host, or to a shape.

use std::{cell::RefCell, rc::Rc};

use burn_backend::{Shape, TensorMetadata, tensor::FloatTensor};

use super::arguments::strides;
use crate::{
    network::{
        kernels::{DeviceRows, Kernels, SparseRows},
        operator::{Backward, BuildContext, Forward, Operator},
        value::{HostTensor, Inferred, Value},
    },
    onnx::limits::{elements, host_elements},
};

/// One step of moving values.
#[derive(Clone, Debug, PartialEq)]
pub enum Move {
    /// The same values in another shape of as many.
    Reshape(Vec<usize>),
    /// Axes in another order.
    Permute(Vec<usize>),
    /// Values along an axis picked, repeated or blended.
    Combine {
        /// The axis, counted from the front.
        axis: usize,
        /// Which outputs come from which inputs.
        rows: SparseRows,
        /// What rows without entries give.
        fill: f64,
    },
}

impl Move {
    /// Picks along an axis; `None` where the pick changes nothing.
    ///
    /// # Errors
    /// A source outside the axis.
    pub fn pick(
        axis: usize,
        sources: impl IntoIterator<Item = Option<usize>>,
        length: usize,
        fill: f64,
    ) -> Result<Option<Self>, String> {
        let rows = SparseRows::selecting(sources, length)?;
        Ok((!rows.is_identity()).then_some(Self::Combine { axis, rows, fill }))
    }

    fn shape(&self, before: &[usize]) -> Result<Vec<usize>, String> {
        let misfit = || format!("a tensor of shape {before:?} cannot be rearranged so");
        let after = match self {
            Self::Reshape(shape) => shape.clone(),
            Self::Permute(axes) => axes
                .iter()
                .map(|&axis| before.get(axis).copied())
                .collect::<Option<_>>()
                .ok_or_else(misfit)?,
            Self::Combine { axis, rows, .. } => {
                let mut shape = before.to_vec();
                let length = shape.get_mut(*axis).ok_or_else(misfit)?;
                if *length != rows.width() {
                    return Err(misfit());
                }
                *length = rows.rows();
                shape
            }
        };
        let kept = elements(&after)? == elements(before)?;
        if !kept && !matches!(self, Self::Combine { .. }) {
            return Err(misfit());
        }
        Ok(after)
    }

    fn on_host(&self, tensor: HostTensor) -> Result<HostTensor, String> {
        let shape = self.shape(&tensor.shape)?;
        let values = match self {
            Self::Reshape(_) => tensor.values,
            Self::Permute(axes) => permuted(&tensor, axes),
            Self::Combine { axis, rows, fill } => {
                let inner = tensor.shape.iter().skip(axis + 1).product();
                host_elements(&shape)?;
                rows.apply(&tensor.values, inner, *fill)
            }
        };
        Ok(HostTensor {
            kind: tensor.kind,
            shape,
            values,
        })
    }
}

/// Values of a row-major tensor with its axes in another order.
fn permuted(tensor: &HostTensor, axes: &[usize]) -> Vec<f64> {
    let strides = strides(&tensor.shape);
    let shape: Vec<usize> = axes.iter().map(|&axis| tensor.shape[axis]).collect();
    let strides: Vec<usize> = axes.iter().map(|&axis| strides[axis]).collect();
    (0..tensor.values.len())
        .map(|mut index| {
            let mut from = 0;
            for (&length, &stride) in shape.iter().zip(&strides).rev() {
                from += index % length * stride;
                index /= length;
            }
            tensor.values[from]
        })
        .collect()
}

/// Which moves make the output, from the shape of input 0 and the inputs after it, which are on the
/// host; index 0 of the latter is always `None`.
pub type Plan = Box<dyn Fn(&[usize], &[Option<HostTensor>]) -> Result<Vec<Move>, String>>;

/// An operator whose output is input 0, rearranged.
pub struct Rearrange<B: Kernels> {
    plan: Plan,
    /// Number of inputs it looks at.
    inputs: usize,
    device: B::Device,
    /// The moves of the last call, which are those of the next one unless shapes change.
    ready: RefCell<Option<Ready<B>>>,
}

struct Ready<B: Kernels> {
    shape: Vec<usize>,
    arguments: Vec<Option<HostTensor>>,
    steps: Rc<Vec<Step<B>>>,
}

/// A move on the device.
enum Step<B: Kernels> {
    Reshape {
        before: Vec<usize>,
        after: Vec<usize>,
    },
    Permute {
        axes: Vec<usize>,
        inverse: Vec<usize>,
    },
    Combine {
        axis: usize,
        rows: DeviceRows<B>,
        fill: f32,
    },
}

impl<B: Kernels> Rearrange<B> {
    /// `inputs` counts the data and the arguments behind it.
    pub fn boxed(
        inputs: usize,
        context: &BuildContext<'_, B>,
        plan: impl Fn(&[usize], &[Option<HostTensor>]) -> Result<Vec<Move>, String> + 'static,
    ) -> Box<dyn Operator<B>> {
        Box::new(Self {
            plan: Box::new(plan),
            inputs,
            device: context.device.clone(),
            ready: RefCell::new(None),
        })
    }

    fn steps(
        &self,
        shape: &[usize],
        arguments: Vec<Option<HostTensor>>,
    ) -> Result<Rc<Vec<Step<B>>>, String> {
        if let Some(ready) = &*self.ready.borrow()
            && ready.shape == shape
            && ready.arguments == arguments
        {
            return Ok(ready.steps.clone());
        }
        let mut before = shape.to_vec();
        let mut steps = Vec::new();
        for step in (self.plan)(shape, &arguments)? {
            let after = step.shape(&before)?;
            steps.push(match step {
                Move::Reshape(_) => Step::Reshape {
                    before,
                    after: after.clone(),
                },
                Move::Permute(axes) => {
                    let mut inverse = vec![0; axes.len()];
                    for (to, &from) in axes.iter().enumerate() {
                        inverse[from] = to;
                    }
                    Step::Permute { axes, inverse }
                }
                Move::Combine { axis, rows, fill } => Step::Combine {
                    axis,
                    rows: DeviceRows::new(rows, &self.device),
                    fill: fill as f32,
                },
            });
            before = after;
        }
        let steps = Rc::new(steps);
        *self.ready.borrow_mut() = Some(Ready {
            shape: shape.to_vec(),
            arguments,
            steps: steps.clone(),
        });
        Ok(steps)
    }

    /// The inputs after the first, which must be on the host.
    fn arguments(&self, inputs: &[Option<Inferred>]) -> Result<Vec<Option<HostTensor>>, String> {
        (0..self.inputs)
            .map(|index| match inputs.get(index) {
                Some(Some(Inferred::Host(tensor))) if index > 0 => Ok(Some(tensor.clone())),
                Some(Some(Inferred::Device(_))) if index > 0 => Err(format!(
                    "input {index} depends on the image, but must be known beforehand"
                )),
                _ => Ok(None),
            })
            .collect()
    }
}

fn forwards<B: Kernels>(step: &Step<B>, x: FloatTensor<B>) -> FloatTensor<B> {
    match step {
        Step::Reshape { after, .. } => B::float_reshape(x, Shape::from(after.clone())),
        Step::Permute { axes, .. } => B::float_permute(x, axes),
        Step::Combine { axis, rows, fill } => {
            <B as Kernels>::combine_rows(x, rows.forward(), *axis, *fill)
        }
    }
}

fn backwards<B: Kernels>(step: &Step<B>, grad: FloatTensor<B>) -> FloatTensor<B> {
    match step {
        Step::Reshape { before, .. } => B::float_reshape(grad, Shape::from(before.clone())),
        Step::Permute { inverse, .. } => B::float_permute(grad, inverse),
        Step::Combine { axis, rows, .. } => {
            <B as Kernels>::combine_rows(grad, rows.backward(), *axis, 0.0)
        }
    }
}

impl<B: Kernels> Operator<B> for Rearrange<B> {
    fn reads(&self, index: usize) -> bool {
        index < self.inputs
    }

    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let known: Vec<Option<Inferred>> = inputs
            .iter()
            .map(|input| input.as_ref().map(Inferred::of))
            .collect();
        let x = match inputs.first() {
            Some(Some(Value::Device(x))) => x.clone(),
            _ => {
                return match self.infer(&known)? {
                    Inferred::Host(tensor) => Ok(Forward {
                        output: Value::Host(tensor),
                        backward: None,
                    }),
                    Inferred::Device(_) => Err("input 0 is missing".to_owned()),
                };
            }
        };
        let steps = self.steps(&x.shape().to_vec(), self.arguments(&known)?)?;
        let output = steps.iter().fold(x, |x, step| forwards(step, x));
        let backward = track.then(|| {
            let back: Backward<B> = Box::new(move |grad, _| {
                let grad = steps.iter().rev().fold(grad, |g, step| backwards(step, g));
                vec![Some(grad)]
            });
            back
        });
        Ok(Forward {
            output: Value::Device(output),
            backward,
        })
    }

    fn infer(&self, inputs: &[Option<Inferred>]) -> Result<Inferred, String> {
        let arguments = self.arguments(inputs)?;
        let Some(Some(x)) = inputs.first() else {
            return Err("input 0 is missing".to_owned());
        };
        let moves = (self.plan)(x.shape(), &arguments)?;
        match x {
            Inferred::Host(tensor) => moves
                .iter()
                .try_fold(tensor.clone(), |tensor, step| step.on_host(tensor))
                .map(Inferred::Host),
            Inferred::Device(shape) => moves
                .iter()
                .try_fold(shape.clone(), |shape, step| step.shape(&shape))
                .map(Inferred::Device),
        }
    }
}
