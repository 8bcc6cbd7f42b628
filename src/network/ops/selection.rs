//! `Where` with broadcasting (<https://onnx.ai/onnx/operators/onnx__Where.html>).

use super::{
    arithmetic::{broadcast, combine},
    gradient_sum::reduce_to,
    host,
};
use crate::{
    network::{
        kernels::{BinaryFunction, Kernels},
        operator::{Backward, BuildContext, Forward, Operator},
        value::{HostKind, HostTensor, Inferred, Value},
    },
    onnx::Node,
};

struct Where<B: Kernels> {
    /// The second and third input are constants of the graph: nobody asks for their gradients.
    constant: [bool; 2],
    device: B::Device,
}

/// # Errors
/// None; the signature is that of every operator.
pub fn build<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    Ok(Box::new(Where::<B> {
        constant: [1, 2].map(|index| context.graph.constant(node.input(index)).is_some()),
        device: context.device.clone(),
    }))
}

/// # Errors
/// Shapes that do not go together or are too large for arguments.
fn on_host(
    condition: &HostTensor,
    yes: &HostTensor,
    no: &HostTensor,
) -> Result<HostTensor, String> {
    // Positions are chosen first, so that any value may be: from 0 in `yes`, from -1 down in `no`.
    let positions = |tensor: &HostTensor| HostTensor {
        kind: HostKind::Integer,
        shape: tensor.shape.clone(),
        values: (0..tensor.values.len()).map(|at| at as f64).collect(),
    };
    let (in_yes, in_no) = (positions(yes), positions(no));
    let of_yes = host::zip(condition, &in_yes, HostKind::Integer, |holds, at| {
        Ok(if holds != 0.0 { at } else { -1.0 })
    })?;
    let of_both = host::zip(&of_yes, &in_no, HostKind::Integer, |yes, at| {
        Ok(if yes >= 0.0 { yes } else { -1.0 - at })
    })?;
    let kind = if yes.kind == no.kind {
        yes.kind
    } else {
        HostKind::Float
    };
    Ok(host::map(&of_both, kind, |at| {
        let value = if at >= 0.0 {
            yes.values.get(at as usize)
        } else {
            no.values.get((-1.0 - at) as usize)
        };
        value.copied().unwrap_or(f64::NAN)
    }))
}

impl<B: Kernels> Operator<B> for Where<B> {
    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let [Some(condition), Some(yes), Some(no)] = inputs else {
            return Err("three inputs are needed".to_owned());
        };
        if let (Value::Host(condition), Value::Host(yes), Value::Host(no)) = (condition, yes, no) {
            return Ok(Forward {
                output: Value::Host(on_host(condition, yes, no)?),
                backward: None,
            });
        }
        let shapes = [yes.shape(), no.shape()];
        let host = [yes, no].map(|value| matches!(value, Value::Host(_)));
        let constant = [0, 1].map(|side| self.constant[side] || host[side]);
        let [condition, yes, no] = [condition, yes, no].map(|value| value.to_device(&self.device));
        let kept = combine::<B>(yes, condition.clone(), BinaryFunction::Keep)?;
        let other = combine::<B>(no, condition.clone(), BinaryFunction::Drop)?;
        let output = combine::<B>(kept, other, BinaryFunction::Add)?;
        let backward = (track && constant != [true, true]).then(|| {
            let back: Backward<B> = Box::new(move |grad, _| {
                let by = |side: usize, function| {
                    if constant[side] {
                        return None;
                    }
                    let full = combine::<B>(grad.clone(), condition.clone(), function).ok()?;
                    Some(reduce_to::<B>(full, &shapes[side]))
                };
                vec![
                    None,
                    by(0, BinaryFunction::Keep),
                    by(1, BinaryFunction::Drop),
                ]
            });
            back
        });
        Ok(Forward {
            output: Value::Device(output),
            backward,
        })
    }

    fn infer(&self, inputs: &[Option<Inferred>]) -> Result<Inferred, String> {
        match inputs {
            [
                Some(Inferred::Host(condition)),
                Some(Inferred::Host(yes)),
                Some(Inferred::Host(no)),
            ] => on_host(condition, yes, no).map(Inferred::Host),
            [Some(condition), Some(yes), Some(no)] => {
                let shape = broadcast(condition.shape(), yes.shape())?;
                broadcast(&shape, no.shape()).map(Inferred::Device)
            }
            _ => Err("three inputs are needed".to_owned()),
        }
    }
}
