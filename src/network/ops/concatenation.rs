//! `Concat` (<https://onnx.ai/onnx/operators/onnx__Concat.html>).

use burn_backend::Slice;

use super::arguments::axis_of;
use crate::{
    network::{
        kernels::Kernels,
        operator::{Backward, BuildContext, Forward, Operator},
        value::{HostKind, HostTensor, Inferred, Value},
    },
    onnx::Node,
};

struct Concat<B: Kernels> {
    axis: i64,
    device: B::Device,
}

/// # Errors
/// Its axis is missing.
pub fn build<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    // Which may be left out before operator set 4 only, and means 1 then.
    if context.graph.opset >= 4 && node.attributes.get("axis").is_none() {
        return Err("its axis is missing".to_owned());
    }
    Ok(Box::new(Concat::<B> {
        axis: node.attributes.int("axis", 1)?,
        device: context.device.clone(),
    }))
}

const MISSING: &str = "an input is missing";

/// The axis from the front and the joint shape.
fn joined(axis: i64, shapes: &[Vec<usize>]) -> Result<(usize, Vec<usize>), String> {
    let first = shapes.first().ok_or(MISSING)?;
    let axis = axis_of(axis, first.len())?;
    let mut joint = first.clone();
    for shape in &shapes[1..] {
        let fits = shape.len() == joint.len()
            && (0..joint.len()).all(|other| other == axis || shape[other] == joint[other]);
        if !fits {
            return Err(format!(
                "shapes {first:?} and {shape:?} differ beside axis {axis}"
            ));
        }
        joint[axis] = joint[axis]
            .checked_add(shape[axis])
            .ok_or_else(|| format!("shapes {shapes:?} are too large together"))?;
    }
    Ok((axis, joint))
}

fn on_host(axis: i64, parts: &[&HostTensor]) -> Result<HostTensor, String> {
    let shapes: Vec<_> = parts.iter().map(|part| part.shape.clone()).collect();
    let (axis, shape) = joined(axis, &shapes)?;
    let outer: usize = shape[..axis].iter().product();
    let mut values = Vec::with_capacity(parts.iter().map(|part| part.values.len()).sum());
    for block in 0..outer {
        for part in parts {
            let run: usize = part.shape[axis..].iter().product();
            values.extend(part.values.iter().skip(block * run).take(run));
        }
    }
    Ok(HostTensor {
        kind: parts.first().map_or(HostKind::Integer, |part| part.kind),
        shape,
        values,
    })
}

impl<B: Kernels> Operator<B> for Concat<B> {
    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let parts: Vec<&Value<B>> = inputs
            .iter()
            .map(|input| input.as_ref().ok_or(MISSING))
            .collect::<Result<_, _>>()?;
        let hosts: Option<Vec<&HostTensor>> = parts
            .iter()
            .map(|part| match part {
                Value::Host(tensor) => Some(tensor),
                Value::Device(_) => None,
            })
            .collect();
        if let Some(hosts) = hosts {
            return Ok(Forward {
                output: Value::Host(on_host(self.axis, &hosts)?),
                backward: None,
            });
        }
        let shapes: Vec<Vec<usize>> = parts.iter().map(|part| part.shape()).collect();
        let (axis, joint) = joined(self.axis, &shapes)?;
        // Empty parts would be buffers without a byte.
        let tensors = parts
            .iter()
            .filter(|part| !part.shape().contains(&0))
            .map(|part| part.to_device(&self.device))
            .collect();
        let output = B::float_cat(tensors, axis);
        let backward = track.then(|| {
            let back: Backward<B> = Box::new(move |grad, _| {
                let mut start = 0;
                shapes
                    .iter()
                    .map(|shape| {
                        let mut slices: Vec<Slice> =
                            joint.iter().map(|&length| Slice::from(0..length)).collect();
                        let end = start + shape[axis];
                        slices[axis] = Slice::from(start..end);
                        start = end;
                        (!shape.contains(&0)).then(|| B::float_slice(grad.clone(), &slices))
                    })
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
        let parts: Vec<&Inferred> = inputs
            .iter()
            .map(|input| input.as_ref().ok_or(MISSING))
            .collect::<Result<_, _>>()?;
        let hosts: Option<Vec<&HostTensor>> = parts
            .iter()
            .map(|part| match part {
                Inferred::Host(tensor) => Some(tensor),
                Inferred::Device(_) => None,
            })
            .collect();
        if let Some(hosts) = hosts {
            return on_host(self.axis, &hosts).map(Inferred::Host);
        }
        let shapes: Vec<Vec<usize>> = parts.iter().map(|part| part.shape().to_vec()).collect();
        let (_, joint) = joined(self.axis, &shapes)?;
        Ok(Inferred::Device(joint))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_values_are_joined_along_any_axis() {
        let tensor = |shape: &[usize], values: &[f64]| HostTensor {
            kind: HostKind::Integer,
            shape: shape.to_vec(),
            values: values.to_vec(),
        };
        let left = tensor(&[2, 1], &[1.0, 2.0]);
        let right = tensor(&[2, 2], &[3.0, 4.0, 5.0, 6.0]);
        let joint = on_host(-1, &[&left, &right]).unwrap();
        assert_eq!(joint, tensor(&[2, 3], &[1.0, 3.0, 4.0, 2.0, 5.0, 6.0]));
        assert!(on_host(0, &[&left, &right]).is_err());
        assert!(on_host(2, &[&left]).is_err());
    }
}
