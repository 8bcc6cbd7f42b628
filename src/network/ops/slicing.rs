//! Operators that keep part of an axis: `Slice` (<https://onnx.ai/onnx/operators/onnx__Slice.html>),
//! one part of a `Split` (<https://onnx.ai/onnx/operators/onnx__Split.html>), and `Trilu`
//! (<https://onnx.ai/onnx/operators/onnx__Trilu.html>), which keeps a triangle of two axes.

use super::{
    arguments::{axes_of, axis_of, integers, lengths},
    rearrange::{Move, Rearrange},
};
use crate::{
    network::{
        kernels::Kernels,
        operator::{BuildContext, Operator},
    },
    onnx::{Node, SPLIT_PART, SPLIT_PARTS, limits::elements},
};

/// `Slice`, its bounds attributes before opset 10 and inputs since.
///
/// # Errors
/// Attributes of the wrong kind.
pub fn build_slice<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    let list = |name: &str| -> Result<Option<Vec<i64>>, String> {
        Ok(node.attributes.ints(name)?.map(<[i64]>::to_vec))
    };
    let given = [list("starts")?, list("ends")?, list("axes")?];
    Ok(Rearrange::boxed(5, context, move |shape, arguments| {
        let list = |index: usize| integers(arguments, index + 1).or_else(|| given[index].clone());
        let starts = list(0).ok_or("its starts are missing")?;
        let ends = list(1).ok_or("its ends are missing")?;
        let count = starts.len();
        let axes = list(2).unwrap_or_else(|| (0..count as i64).collect());
        let steps = integers(arguments, 4).unwrap_or_else(|| vec![1; count]);
        if ends.len() != count || axes.len() != count || steps.len() != count {
            return Err(format!(
                "starts {starts:?}, ends {ends:?}, axes {axes:?} and steps {steps:?} do not go together"
            ));
        }
        let mut moves = Vec::new();
        for (index, axis) in axes_of(&axes, shape.len())?.into_iter().enumerate() {
            let sources = sliced(shape[axis], starts[index], ends[index], steps[index])?;
            moves.extend(Move::pick(axis, sources.map(Some), shape[axis], 0.0)?);
        }
        Ok(moves)
    }))
}

/// The positions from `start` to before `end` in steps that may be negative; both are cut to what
/// there is.
fn sliced(
    length: usize,
    start: i64,
    end: i64,
    step: i64,
) -> Result<impl Iterator<Item = usize>, String> {
    if step == 0 {
        return Err("it goes forward in steps of 0".to_owned());
    }
    let length = length as i64;
    let from_front = |bound: i64| {
        if bound < 0 {
            bound.saturating_add(length)
        } else {
            bound
        }
    };
    let (lowest, highest) = if step > 0 {
        (0, length)
    } else {
        (-1, length - 1)
    };
    let start = from_front(start).clamp(lowest.max(0), highest.max(0));
    let end = from_front(end).clamp(lowest, highest);
    let distance = if step > 0 { end - start } else { start - end };
    let stride = step.unsigned_abs();
    let count = if distance > 0 && length > 0 {
        (distance as u64).div_ceil(stride)
    } else {
        0
    };
    Ok((0..count as i64).map(move |index| (start + index * step) as usize))
}

/// One part of a `Split`; simplifying makes a node of each.
///
/// # Errors
/// Attributes of the wrong kind, or more than one output.
pub fn build_split<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    if node.outputs.len() > 1 {
        return Err("its parts were not taken apart: simplify the graph first".to_owned());
    }
    let axis = node.attributes.int("axis", 0)?;
    let given = node.attributes.ints("split")?.map(<[i64]>::to_vec);
    let part = node.attributes.int(SPLIT_PART, 0)? as usize;
    let parts = node.attributes.int(SPLIT_PARTS, 1)?.max(1) as usize;
    let asked = node.attributes.int("num_outputs", parts as i64)?;
    if asked != parts as i64 {
        return Err(format!(
            "num_outputs is {asked}, but it has {parts} outputs"
        ));
    }
    Ok(Rearrange::boxed(2, context, move |shape, arguments| {
        let axis = axis_of(axis, shape.len())?;
        let length = shape[axis];
        let sizes = match integers(arguments, 1).or_else(|| given.clone()) {
            Some(sizes) => lengths(&sizes, "its split")?,
            // Equal parts, of which the last is smaller where they do not come out even.
            None => {
                let size = length.div_ceil(parts);
                let rest = |index: usize| length.saturating_sub(index * size).min(size);
                (0..parts).map(rest).collect()
            }
        };
        let sum = sizes.iter().try_fold(0_usize, |sum, &n| sum.checked_add(n));
        let (Some(&size), Some(true)) = (sizes.get(part), sum.map(|sum| sum == length)) else {
            return Err(format!(
                "parts {sizes:?} do not make up axis {axis} of the shape {shape:?}"
            ));
        };
        let start: usize = sizes[..part].iter().sum();
        let sources = (start..start + size).map(Some);
        Ok(Move::pick(axis, sources, length, 0.0)?
            .into_iter()
            .collect())
    }))
}

/// `Trilu`: values on one side of a diagonal, zeros on the other.
///
/// # Errors
/// Attributes of the wrong kind.
pub fn build_triangle<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    let upper = node.attributes.int("upper", 1)? != 0;
    Ok(Rearrange::boxed(2, context, move |shape, arguments| {
        let &[.., rows, columns] = shape else {
            return Err(format!("two axes are needed, but the shape is {shape:?}"));
        };
        let diagonal = integers(arguments, 1).and_then(|k| k.first().copied());
        let diagonal = diagonal.unwrap_or(0);
        let kept = |index: usize| {
            let [row, column] = [index / columns.max(1), index % columns.max(1)].map(|i| i as i64);
            let right = column - row;
            let keeps = if upper {
                right >= diagonal
            } else {
                right <= diagonal
            };
            keeps.then_some(index)
        };
        let plane = elements(&[rows, columns])?;
        let outer = shape[..shape.len() - 2].iter().product();
        let mut moves = vec![Move::Reshape(vec![outer, plane])];
        moves.extend(Move::pick(1, (0..plane).map(kept), plane, 0.0)?);
        moves.push(Move::Reshape(shape.to_vec()));
        Ok(moves)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_counted_and_cut_as_onnx_says() {
        let of = |start, end, step| sliced(5, start, end, step).unwrap().collect::<Vec<_>>();
        assert_eq!(of(1, 4, 1), [1, 2, 3]);
        assert_eq!(of(-2, i64::MAX, 1), [3, 4]);
        assert_eq!(of(0, 5, 2), [0, 2, 4]);
        assert_eq!(of(-1, i64::MIN, -1), [4, 3, 2, 1, 0]);
        assert_eq!(of(20, 0, -2), [4, 2]);
        // Bounds are cut to the axis before anything is counted.
        assert_eq!(of(-20, -20, -1), [0]);
        assert_eq!(of(3, 2, 1), Vec::<usize>::new().as_slice());
        assert_eq!(of(0, 5, i64::MAX), [0]);
        assert_eq!(of(4, i64::MIN, i64::MIN), [4]);
        assert!(sliced(5, 0, 5, 0).is_err());
        assert_eq!(sliced(0, 0, 9, 1).unwrap().count(), 0);
    }
}
