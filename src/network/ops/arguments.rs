//! Axes, sizes and positions that operators read from attributes or from host values.

use crate::{network::value::HostTensor, onnx::limits::MAX_RANK};

/// `axis` counted from the front, where negative ones count from the back.
///
/// # Errors
/// It lies outside the rank.
pub fn axis_of(axis: i64, rank: usize) -> Result<usize, String> {
    let counted = if axis < 0 { axis + rank as i64 } else { axis };
    usize::try_from(counted)
        .ok()
        .filter(|&counted| counted < rank)
        .ok_or_else(|| format!("axis {axis} lies outside a tensor of {rank} axes"))
}

/// Axes counted from the front.
///
/// # Errors
/// One lies outside the rank, or is named twice.
pub fn axes_of(axes: &[i64], rank: usize) -> Result<Vec<usize>, String> {
    if axes.len() > MAX_RANK {
        return Err(format!("{} axes are named", axes.len()));
    }
    let counted: Vec<usize> = axes
        .iter()
        .map(|&axis| axis_of(axis, rank))
        .collect::<Result<_, _>>()?;
    for (index, axis) in counted.iter().enumerate() {
        if counted[..index].contains(axis) {
            return Err(format!("axis {axis} is named twice in {axes:?}"));
        }
    }
    Ok(counted)
}

/// Whole numbers of argument `index`; `None` where it is left out or empty by name.
pub fn integers(arguments: &[Option<HostTensor>], index: usize) -> Option<Vec<i64>> {
    let tensor = arguments.get(index)?.as_ref()?;
    Some(tensor.values.iter().map(|&value| value as i64).collect())
}

/// Real numbers of argument `index`.
pub fn numbers(arguments: &[Option<HostTensor>], index: usize) -> Option<Vec<f64>> {
    Some(arguments.get(index)?.as_ref()?.values.clone())
}

/// Positions along an axis of this length, where negative ones count from the end.
///
/// # Errors
/// One lies outside.
pub fn position(position: i64, length: usize) -> Result<usize, String> {
    let counted = if position < 0 {
        position + length as i64
    } else {
        position
    };
    usize::try_from(counted)
        .ok()
        .filter(|&counted| counted < length)
        .ok_or_else(|| format!("position {position} lies outside an axis of length {length}"))
}

/// Lengths and positions that must not be negative.
///
/// # Errors
/// Names what is negative.
pub fn lengths(values: &[i64], of_what: &str) -> Result<Vec<usize>, String> {
    values
        .iter()
        .map(|&value| {
            usize::try_from(value).map_err(|_| format!("{of_what} {values:?} holds {value}"))
        })
        .collect()
}

/// Checks that a shape asked for has a sensible number of axes.
///
/// # Errors
/// It has too many.
pub fn few_axes(target: &[i64]) -> Result<(), String> {
    if target.len() > MAX_RANK {
        return Err(format!(
            "a shape of {} axes is asked for, but at most {MAX_RANK} are possible",
            target.len()
        ));
    }
    Ok(())
}

/// Distance in values between neighbours along each axis of a row-major tensor.
pub fn strides(shape: &[usize]) -> Vec<usize> {
    let mut strides = vec![1; shape.len()];
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis] * shape[axis];
    }
    strides
}
