//! Operators that other operators are written out with and that hand values on: without a gradient, only in a given
//! number of axes, through a gate, by choice, or shaped to broadcast.

use burn_backend::Shape;

use super::{arguments::axis_of, rearrange::Rearrange};
use crate::{
    network::{
        kernels::{DeviceRows, Kernels, SparseRows},
        operator::{Backward, BuildContext, Forward, Operator},
        value::{HostTensor, Inferred, Value},
    },
    onnx::{Node, OPEN_WHEN, WHOLE},
};

/// Hands a value on and no gradient back.
struct Detach {
    /// The value is one for all images of a batch.
    of_all_images: bool,
}

/// # Errors
/// An attribute of the wrong kind.
pub fn build_detach<B: Kernels>(
    node: &Node,
    _context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    Ok(Box::new(Detach {
        of_all_images: node.attributes.int(WHOLE, 0)? != 0,
    }))
}

fn first<T: Clone>(inputs: &[Option<T>]) -> Result<T, String> {
    match inputs.first() {
        Some(Some(input)) => Ok(input.clone()),
        _ => Err("input 0 is missing".to_owned()),
    }
}

impl<B: Kernels> Operator<B> for Detach {
    fn forward(&self, inputs: &[Option<Value<B>>], _track: bool) -> Result<Forward<B>, String> {
        Ok(Forward {
            output: first(inputs)?,
            backward: None,
        })
    }

    fn infer(&self, inputs: &[Option<Inferred>]) -> Result<Inferred, String> {
        first(inputs)
    }

    fn mixes_images(&self) -> bool {
        self.of_all_images
    }
}

/// Hands a value of a given number of axes on.
///
/// # Errors
/// An attribute of the wrong kind.
pub fn build_of_rank<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    let rank = node.attributes.int("rank", 0)?;
    let what = node.attributes.text("what", "its input")?.to_owned();
    Ok(Rearrange::boxed(1, context, move |shape, _| {
        if shape.len() as i64 == rank {
            return Ok(vec![]);
        }
        Err(format!(
            "of {what} {rank} axes are supported, but the shape is {shape:?}"
        ))
    }))
}

/// Hands input 0 on where input 1 is as it should be.
struct Gate {
    when: bool,
}

/// # Errors
/// An attribute of the wrong kind.
pub fn build_gate<B: Kernels>(
    node: &Node,
    _context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    Ok(Box::new(Gate {
        when: node.attributes.int(OPEN_WHEN, 1)? != 0,
    }))
}

impl<B: Kernels> Operator<B> for Gate {
    fn gate(&self) -> Option<(usize, bool)> {
        Some((1, self.when))
    }

    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let back: Backward<B> = Box::new(|grad, _| vec![Some(grad)]);
        let output = first(inputs)?;
        let on_device = matches!(output, Value::Device(_));
        Ok(Forward {
            output,
            backward: (track && on_device).then_some(back),
        })
    }

    fn infer(&self, inputs: &[Option<Inferred>]) -> Result<Inferred, String> {
        first(inputs)
    }
}

/// Gives input 1 where input 0 is true, else input 2.
struct Choose;

/// # Errors
/// None; the signature is that of every operator.
pub fn build_choose<B: Kernels>(
    _node: &Node,
    _context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    Ok(Box::new(Choose))
}

/// What is true or false, from a value on the host.
///
/// # Errors
/// It depends on the image, or is not one value.
pub fn decision(condition: Option<&HostTensor>) -> Result<bool, String> {
    match condition.map(|tensor| tensor.values.as_slice()) {
        Some(&[value]) => Ok(value != 0.0),
        Some(values) => Err(format!("its condition has {} values", values.len())),
        None => Err(
            "what it does is decided by the values of the image; export the model by tracing it, \
             not by scripting it"
                .to_owned(),
        ),
    }
}

fn chosen(condition: Option<&HostTensor>) -> Result<usize, String> {
    Ok(if decision(condition)? { 1 } else { 2 })
}

fn taken<T: Clone>(inputs: &[Option<T>], index: usize) -> Result<T, String> {
    let input = inputs.get(index).cloned().flatten();
    input.ok_or_else(|| "the branch that is taken computes nothing".to_owned())
}

impl<B: Kernels> Operator<B> for Choose {
    fn can_miss(&self, index: usize) -> bool {
        index > 0
    }

    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let index = chosen(super::axes::host_value(inputs, 0))?;
        let output = taken(inputs, index)?;
        let on_device = matches!(output, Value::Device(_));
        let back: Backward<B> = Box::new(move |grad, _| {
            let mut gradients = vec![None; 3];
            gradients[index] = Some(grad);
            gradients
        });
        Ok(Forward {
            output,
            backward: (track && on_device).then_some(back),
        })
    }

    fn infer(&self, inputs: &[Option<Inferred>]) -> Result<Inferred, String> {
        taken(inputs, chosen(super::axes::host_inferred(inputs, 0))?)
    }
}

/// Gives a list, or one value for each block along an axis, the axes to broadcast against input 1.
struct Along<B: Kernels> {
    axis: i64,
    block: usize,
    device: B::Device,
}

/// # Errors
/// An attribute of the wrong kind.
pub fn build_along<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    let block = node.attributes.int("block", 0)?;
    Ok(Box::new(Along::<B> {
        axis: node.attributes.int("axis", 1)?,
        block: usize::try_from(block).map_err(|_| format!("its block_size is {block}"))?,
        device: context.device.clone(),
    }))
}

/// What is done to the list.
enum Reshaping {
    /// One value serves all.
    None,
    To(Vec<usize>),
    /// Each value along the axis serves a block.
    Repeat {
        axis: usize,
        rows: SparseRows,
    },
}

impl<B: Kernels> Along<B> {
    fn plan(&self, own: &[usize], other: &[usize]) -> Result<Reshaping, String> {
        let count: usize = own.iter().product();
        if count == 1 && self.block == 0 {
            return Ok(Reshaping::To(vec![1; own.len().min(other.len())]));
        }
        let axis = axis_of(self.axis, other.len())?;
        let length = other[axis];
        if self.block == 0 {
            if own != [length] {
                return Err(format!(
                    "its scales or zero points of shape {own:?} do not fit axis {axis} of the shape {other:?}"
                ));
            }
            let mut shape = vec![1; other.len()];
            shape[axis] = length;
            return Ok(Reshaping::To(shape));
        }
        let mut blocks = other.to_vec();
        blocks[axis] = length.div_ceil(self.block);
        if own != blocks {
            return Err(format!(
                "its scales or zero points of shape {own:?} are not one for each {} of axis {axis} of the shape {other:?}",
                self.block
            ));
        }
        let sources = (0..length).map(|at| Some(at / self.block));
        let rows = SparseRows::selecting(sources, blocks[axis])?;
        if rows.is_identity() {
            return Ok(Reshaping::None);
        }
        Ok(Reshaping::Repeat { axis, rows })
    }

    fn on_host(plan: &Reshaping, tensor: HostTensor) -> HostTensor {
        match plan {
            Reshaping::None => tensor,
            Reshaping::To(shape) => HostTensor {
                shape: shape.clone(),
                ..tensor
            },
            Reshaping::Repeat { axis, rows } => {
                let inner = tensor.shape.iter().skip(axis + 1).product();
                let values = rows.apply(&tensor.values, inner, 0.0);
                let mut shape = tensor.shape.clone();
                shape[*axis] = rows.rows();
                HostTensor {
                    shape,
                    values,
                    kind: tensor.kind,
                }
            }
        }
    }
}

impl<B: Kernels> Operator<B> for Along<B> {
    fn forward(&self, inputs: &[Option<Value<B>>], _track: bool) -> Result<Forward<B>, String> {
        let [Some(list), Some(other)] = inputs else {
            return Err("two inputs are needed".to_owned());
        };
        let plan = self.plan(&list.shape(), &other.shape())?;
        let output = match list {
            Value::Host(tensor) => Value::Host(Self::on_host(&plan, tensor.clone())),
            Value::Device(tensor) => Value::Device(match plan {
                Reshaping::None => tensor.clone(),
                Reshaping::To(shape) => B::float_reshape(tensor.clone(), Shape::from(shape)),
                Reshaping::Repeat { axis, rows } => {
                    let rows = DeviceRows::<B>::new(rows, &self.device);
                    <B as Kernels>::combine_rows(tensor.clone(), rows.forward(), axis, 0.0)
                }
            }),
        };
        Ok(Forward {
            output,
            backward: None,
        })
    }

    fn infer(&self, inputs: &[Option<Inferred>]) -> Result<Inferred, String> {
        let [Some(list), Some(other)] = inputs else {
            return Err("two inputs are needed".to_owned());
        };
        let plan = self.plan(list.shape(), other.shape())?;
        Ok(match list {
            Inferred::Host(tensor) => Inferred::Host(Self::on_host(&plan, tensor.clone())),
            Inferred::Device(shape) => Inferred::Device(match plan {
                Reshaping::None => shape.clone(),
                Reshaping::To(shape) => shape,
                Reshaping::Repeat { axis, rows } => {
                    let mut shape = shape.clone();
                    shape[axis] = rows.rows();
                    shape
                }
            }),
        })
    }
}
