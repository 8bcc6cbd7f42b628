//! `Cast` (<https://onnx.ai/onnx/operators/onnx__Cast.html>) and `CastLike`. On the device everything is
//! a single-precision number: casts between real numbers do nothing there.

use super::{host, pointwise};
use crate::{
    network::{
        kernels::{Kernels, UnaryFunction},
        operator::{Backward, BuildContext, Forward, Operator},
        value::{HostKind, HostTensor, Inferred, Value},
    },
    onnx::{ElementType, Node, cast_target},
};

/// What is cast to.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Target {
    /// An element type.
    Type(ElementType),
    /// That of input 1.
    Like,
}

/// # Errors
/// A type that is neither a number nor a truth value.
pub fn build<B: Kernels>(
    node: &Node,
    _context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    if node.op == "CastLike" {
        return Ok(Box::new(Target::Like));
    }
    let target = cast_target(node)?;
    if matches!(target, ElementType::U4 | ElementType::I4) {
        return Err(format!("casts to {target} are not supported"));
    }
    Ok(Box::new(Target::Type(target)))
}

impl Target {
    /// The type, where input 1 is on the host in this kind, or on the device (`None`).
    fn resolve(self, like: Option<HostKind>) -> ElementType {
        match (self, like) {
            (Self::Type(target), _) => target,
            (Self::Like, Some(HostKind::Bool)) => ElementType::Bool,
            (Self::Like, Some(HostKind::Integer)) => ElementType::I64,
            (Self::Like, Some(HostKind::Float) | None) => ElementType::F32,
        }
    }
}

/// What a cast does to a tensor on the device; `None` where nothing.
fn on_device(target: ElementType) -> Option<UnaryFunction> {
    if target.is_float() {
        None
    } else if target == ElementType::Bool {
        Some(UnaryFunction::NotZero)
    } else {
        Some(UnaryFunction::Truncate)
    }
}

/// Whole numbers wrap around at the size of their type.
fn on_host(tensor: &HostTensor, target: ElementType) -> HostTensor {
    let wrapped = |wrap: fn(i64) -> f64| host::map(tensor, HostKind::Integer, |v| wrap(v as i64));
    match target {
        ElementType::F64 => host::map(tensor, HostKind::Float, |v| v),
        ElementType::F32 | ElementType::F16 | ElementType::Bf16 => {
            host::map(tensor, HostKind::Float, |v| f64::from(v as f32))
        }
        ElementType::Bool => host::unary(tensor, UnaryFunction::NotZero),
        ElementType::U4 => wrapped(|v| f64::from(v as u8 & 15)),
        ElementType::I4 => wrapped(|v| f64::from((v as i8) << 4 >> 4)),
        ElementType::U8 => wrapped(|v| f64::from(v as u8)),
        ElementType::I8 => wrapped(|v| f64::from(v as i8)),
        ElementType::U16 => wrapped(|v| f64::from(v as u16)),
        ElementType::I16 => wrapped(|v| f64::from(v as i16)),
        ElementType::U32 => wrapped(|v| f64::from(v as u32)),
        ElementType::I32 => wrapped(|v| f64::from(v as i32)),
        ElementType::I64 | ElementType::U64 => host::map(tensor, HostKind::Integer, f64::trunc),
    }
}

impl<B: Kernels> Operator<B> for Target {
    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let like = match inputs.get(1) {
            Some(Some(Value::Host(tensor))) => Some(tensor.kind),
            _ => None,
        };
        let target = self.resolve(like);
        let (output, backward) = match inputs.first() {
            Some(Some(Value::Host(tensor))) => (Value::Host(on_host(tensor, target)), None),
            Some(Some(input)) => match on_device(target) {
                Some(function) => return Ok(pointwise::apply(input, function, track)),
                None => {
                    let back: Backward<B> = Box::new(|grad, _| vec![Some(grad)]);
                    (input.clone(), track.then_some(back))
                }
            },
            _ => return Err("input 0 is missing".to_owned()),
        };
        Ok(Forward { output, backward })
    }

    fn infer(&self, inputs: &[Option<Inferred>]) -> Result<Inferred, String> {
        let like = match inputs.get(1) {
            Some(Some(Inferred::Host(tensor))) => Some(tensor.kind),
            _ => None,
        };
        match inputs.first() {
            Some(Some(Inferred::Host(tensor))) => {
                Ok(Inferred::Host(on_host(tensor, self.resolve(like))))
            }
            Some(Some(Inferred::Device(shape))) => Ok(Inferred::Device(shape.clone())),
            _ => Err("input 0 is missing".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_wrap_and_real_ones_are_cut() {
        let tensor = HostTensor {
            kind: HostKind::Float,
            shape: vec![4],
            values: vec![-1.7, 2.9, 300.0, 0.0],
        };
        let cast = |target| on_host(&tensor, target);
        assert_eq!(cast(ElementType::I64).values, [-1.0, 2.0, 300.0, 0.0]);
        assert_eq!(cast(ElementType::U8).values, [255.0, 2.0, 44.0, 0.0]);
        assert_eq!(cast(ElementType::Bool).values, [1.0, 1.0, 1.0, 0.0]);
        assert_eq!(cast(ElementType::Bool).kind, HostKind::Bool);
        assert_eq!(cast(ElementType::F32).values[0], f64::from(-1.7f32));
    }
}
