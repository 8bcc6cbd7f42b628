//! Operators that only change the shape: `Flatten`
//! (<https://onnx.ai/onnx/operators/onnx__Flatten.html>), `Reshape`
//! (<https://onnx.ai/onnx/operators/onnx__Reshape.html>), `Identity` and inference-time `Dropout`.

use burn_backend::{Shape, TensorMetadata};

use crate::{
    network::{
        kernels::Kernels,
        operator::{Backward, BuildContext, Forward, Operator, device_input},
        value::Value,
    },
    onnx::Node,
};

enum Target {
    Same,
    Flatten { axis: i64 },
    Reshape { allow_zero: bool },
}

/// # Errors
/// An attribute of the wrong kind.
pub fn build<B: Kernels>(
    node: &Node,
    _context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    Ok(Box::new(match node.op.as_str() {
        "Flatten" => Target::Flatten {
            axis: node.attributes.int("axis", 1)?,
        },
        "Reshape" => Target::Reshape {
            allow_zero: node.attributes.int("allowzero", 0)? != 0,
        },
        _ => Target::Same,
    }))
}

impl Target {
    fn shape<B: Kernels>(
        &self,
        shape: &[usize],
        inputs: &[Option<Value<B>>],
    ) -> Result<Vec<usize>, String> {
        match self {
            Self::Same => Ok(shape.to_vec()),
            Self::Flatten { axis } => {
                let rank = shape.len() as i64;
                let axis = if *axis < 0 { axis + rank } else { *axis };
                let axis = usize::try_from(axis)
                    .ok()
                    .filter(|&axis| axis <= shape.len())
                    .ok_or_else(|| format!("axis {axis} lies outside the shape {shape:?}"))?;
                Ok(vec![
                    shape[..axis].iter().product(),
                    shape[axis..].iter().product(),
                ])
            }
            Self::Reshape { allow_zero } => match inputs.get(1) {
                Some(Some(Value::Host(target))) => resolve(shape, &target.values, *allow_zero),
                _ => Err("its target shape is not known on the host".to_owned()),
            },
        }
    }
}

/// Fills in 0 (copied from the input) and -1 (what is left over).
fn resolve(shape: &[usize], target: &[f64], allow_zero: bool) -> Result<Vec<usize>, String> {
    let misfit = || format!("an input of shape {shape:?} cannot be given the shape {target:?}");
    let elements: usize = shape.iter().product();
    let mut resolved = Vec::with_capacity(target.len());
    let mut open = None;
    for (axis, &length) in target.iter().enumerate() {
        resolved.push(match length as i64 {
            0 if !allow_zero => *shape.get(axis).ok_or_else(misfit)?,
            -1 if open.is_none() => {
                open = Some(axis);
                1
            }
            length => usize::try_from(length).map_err(|_| misfit())?,
        });
    }
    let known: usize = resolved.iter().product();
    if let Some(axis) = open {
        if known == 0 || !elements.is_multiple_of(known) {
            return Err(misfit());
        }
        resolved[axis] = elements / known;
    } else if known != elements {
        return Err(misfit());
    }
    Ok(resolved)
}

impl<B: Kernels> Operator<B> for Target {
    fn reads(&self, index: usize) -> bool {
        index == 0 || matches!(self, Self::Reshape { .. })
    }

    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let x = device_input(inputs, 0)?;
        let before = x.shape().to_vec();
        let after = self.shape(&before, inputs)?;
        let output = B::float_reshape(x, Shape::from(after));
        let backward = track.then(|| {
            let back: Backward<B> =
                Box::new(move |grad, _| vec![Some(B::float_reshape(grad, Shape::from(before)))]);
            back
        });
        Ok(Forward {
            output: Value::Device(output),
            backward,
        })
    }
}
