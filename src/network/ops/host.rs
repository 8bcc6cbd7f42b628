//! Element-wise computations on host values: shapes, axes and other arguments. `forward` and `infer`
//! of an operator both call them.

use crate::network::{
    kernels::{BinaryFunction, Broadcast, UnaryFunction},
    value::{HostKind, HostTensor},
};

/// Arguments are small, and weights that are computed beforehand not much larger; what is larger comes from a
/// damaged or a hostile file.
const MOST_ELEMENTS: usize = 1 << 23;

/// `function` of every value.
pub fn map(tensor: &HostTensor, kind: HostKind, function: impl Fn(f64) -> f64) -> HostTensor {
    HostTensor {
        kind,
        shape: tensor.shape.clone(),
        values: tensor.values.iter().map(|&v| function(v)).collect(),
    }
}

/// A function of one number; truth values come of questions, everything else stays what it is.
pub fn unary(tensor: &HostTensor, function: UnaryFunction) -> HostTensor {
    let kind = match function {
        UnaryFunction::IsInfinite { .. }
        | UnaryFunction::IsNan
        | UnaryFunction::IsZero
        | UnaryFunction::NotZero => HostKind::Bool,
        _ => tensor.kind,
    };
    map(tensor, kind, |v| function.value(v))
}

/// `function` of the values that broadcasting puts side by side.
///
/// # Errors
/// Shapes that do not go together or are too large for arguments, and what `function` says.
pub fn zip(
    left: &HostTensor,
    right: &HostTensor,
    kind: HostKind,
    function: impl Fn(f64, f64) -> Result<f64, String>,
) -> Result<HostTensor, String> {
    let broadcast = Broadcast::new(&left.shape, &right.shape)?;
    let count = broadcast
        .shape
        .iter()
        .try_fold(1usize, |product, &length| product.checked_mul(length))
        .filter(|&count| count <= MOST_ELEMENTS);
    let Some(count) = count else {
        return Err(format!(
            "its constants broadcast to the shape {:?}, which is too large",
            broadcast.shape
        ));
    };
    let values = (0..count)
        .map(|index| {
            let [l, r] = Broadcast::positions(&broadcast.axes, index);
            match (left.values.get(l), right.values.get(r)) {
                (Some(&a), Some(&b)) => function(a, b),
                _ => Err("a constant has fewer values than its shape says".to_owned()),
            }
        })
        .collect::<Result<_, _>>()?;
    Ok(HostTensor {
        kind,
        shape: broadcast.shape,
        values,
    })
}

/// A function of two numbers. Quotients and powers of whole numbers are whole: quotients are cut
/// towards 0.
///
/// # Errors
/// As [`zip`], and a whole number divided by 0.
pub fn binary(
    left: &HostTensor,
    right: &HostTensor,
    function: BinaryFunction,
) -> Result<HostTensor, String> {
    use BinaryFunction as F;
    let whole = left.kind != HostKind::Float && right.kind != HostKind::Float;
    let kind = match function {
        _ if function.is_predicate() => HostKind::Bool,
        F::Power => left.kind,
        _ if whole => left.kind,
        _ => HostKind::Float,
    };
    let divides = matches!(
        function,
        F::Divide | F::FloorRemainder | F::TruncateRemainder
    );
    zip(left, right, kind, |a, b| {
        if whole && divides && b == 0.0 {
            return Err("a whole number is divided by 0".to_owned());
        }
        let value = function.value(a, b);
        let cut = kind == HostKind::Integer && matches!(function, F::Divide | F::Power);
        Ok(if cut { value.trunc() } else { value })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(shape: &[usize], values: &[i32]) -> HostTensor {
        HostTensor {
            kind: HostKind::Integer,
            shape: shape.to_vec(),
            values: values.iter().map(|&v| f64::from(v)).collect(),
        }
    }

    #[test]
    fn whole_numbers_divide_as_onnx_says() {
        let (a, b) = (whole(&[4], &[7, -7, 7, -7]), whole(&[4], &[2, 2, -2, -2]));
        let values = |function| binary(&a, &b, function).unwrap().values;
        assert_eq!(values(BinaryFunction::Divide), [3.0, -3.0, -3.0, 3.0]);
        assert_eq!(
            values(BinaryFunction::FloorRemainder),
            [1.0, 1.0, -1.0, -1.0]
        );
        assert_eq!(
            values(BinaryFunction::TruncateRemainder),
            [1.0, -1.0, 1.0, -1.0]
        );
        let zero = whole(&[], &[0]);
        assert!(binary(&a, &zero, BinaryFunction::Divide).is_err());
    }

    #[test]
    fn comparisons_are_truth_values_and_shapes_broadcast() {
        let (a, b) = (whole(&[2, 1], &[1, 3]), whole(&[3], &[1, 2, 3]));
        let less = binary(&a, &b, BinaryFunction::Less).unwrap();
        assert_eq!((less.kind, &less.shape[..]), (HostKind::Bool, &[2, 3][..]));
        assert_eq!(less.values, [0.0, 1.0, 1.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn hostile_shapes_are_refused() {
        let (a, b) = (whole(&[4096, 1], &[0; 4096]), whole(&[1, 4096], &[0; 4096]));
        let error = binary(&a, &b, BinaryFunction::Add).unwrap_err();
        assert!(error.contains("[4096, 4096]"), "{error}");
    }
}
