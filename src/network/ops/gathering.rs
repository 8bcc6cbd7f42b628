//! Operators that pick values by position: `Gather`
//! (<https://onnx.ai/onnx/operators/onnx__Gather.html>), `GatherElements`
//! (<https://onnx.ai/onnx/operators/onnx__GatherElements.html>) and `GatherND`
//! (<https://onnx.ai/onnx/operators/onnx__GatherND.html>); and `CumSum`
//! (<https://onnx.ai/onnx/operators/onnx__CumSum.html>), which picks all before.

use super::{
    arguments::{axis_of, integers, position, strides},
    rearrange::{Move, Rearrange},
};
use crate::{
    network::{
        kernels::{Kernels, SparseRows},
        operator::{BuildContext, Operator},
        value::HostTensor,
    },
    onnx::{Node, limits::elements},
};

fn positions(arguments: &[Option<HostTensor>]) -> Result<(Vec<i64>, Vec<usize>), String> {
    match arguments.get(1) {
        Some(Some(tensor)) => {
            let positions = tensor.values.iter().map(|&value| value as i64).collect();
            Ok((positions, tensor.shape.clone()))
        }
        _ => Err("its positions are missing".to_owned()),
    }
}

/// `Gather`.
///
/// # Errors
/// Attributes of the wrong kind.
pub fn build_gather<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    let axis = node.attributes.int("axis", 0)?;
    Ok(Rearrange::boxed(2, context, move |shape, arguments| {
        let axis = axis_of(axis, shape.len())?;
        let (positions, positions_shape) = positions(arguments)?;
        let length = shape[axis];
        let sources = positions
            .iter()
            .map(|&at| position(at, length).map(Some))
            .collect::<Result<Vec<_>, _>>()?;
        let mut after = shape[..axis].to_vec();
        after.extend(positions_shape);
        after.extend(&shape[axis + 1..]);
        let mut moves: Vec<Move> = Move::pick(axis, sources, length, 0.0)?
            .into_iter()
            .collect();
        moves.push(Move::Reshape(after));
        Ok(moves)
    }))
}

/// Moves that pick single values of the whole tensor.
fn pick_anywhere(
    shape: &[usize],
    sources: impl Iterator<Item = usize>,
    after: Vec<usize>,
) -> Result<Vec<Move>, String> {
    let total = elements(shape)?;
    let mut moves = vec![Move::Reshape(vec![total])];
    moves.extend(Move::pick(0, sources.map(Some), total, 0.0)?);
    moves.push(Move::Reshape(after));
    Ok(moves)
}

/// `GatherElements`.
///
/// # Errors
/// Attributes of the wrong kind.
pub fn build_gather_elements<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    let axis = node.attributes.int("axis", 0)?;
    Ok(Rearrange::boxed(2, context, move |shape, arguments| {
        let axis = axis_of(axis, shape.len())?;
        let (positions, after) = positions(arguments)?;
        let sources = element_positions(shape, &positions, &after, axis)?;
        pick_anywhere(shape, sources.into_iter(), after)
    }))
}

/// Where in a tensor of `shape` each of the `positions` along `axis` points, the other axes as in
/// the positions' own shape.
///
/// # Errors
/// Shapes or positions that do not fit.
pub fn element_positions(
    shape: &[usize],
    positions: &[i64],
    positions_shape: &[usize],
    axis: usize,
) -> Result<Vec<usize>, String> {
    let fits = shape.len() == positions_shape.len()
        && (0..shape.len()).all(|other| other == axis || positions_shape[other] <= shape[other]);
    if !fits {
        return Err(format!(
            "positions of shape {positions_shape:?} do not fit an input of shape {shape:?}"
        ));
    }
    let strides = strides(shape);
    positions
        .iter()
        .enumerate()
        .map(|(mut index, &at)| {
            let mut from = position(at, shape[axis])? * strides[axis];
            for other in (0..shape.len()).rev() {
                let coordinate = index % positions_shape[other];
                index /= positions_shape[other];
                if other != axis {
                    from += coordinate * strides[other];
                }
            }
            Ok(from)
        })
        .collect()
}

/// `GatherND`.
///
/// # Errors
/// Attributes of the wrong kind.
pub fn build_gather_nd<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    let batch_axes = node.attributes.int("batch_dims", 0)?;
    let batch_axes =
        usize::try_from(batch_axes).map_err(|_| format!("batch_dims is {batch_axes}"))?;
    Ok(Rearrange::boxed(2, context, move |shape, arguments| {
        let (positions, positions_shape) = positions(arguments)?;
        let blocks = block_positions(shape, &positions, &positions_shape, batch_axes)?;
        let Blocks { starts, size, axes } = blocks;
        let mut after = positions_shape;
        after.pop();
        after.extend(&shape[axes..]);
        let sources = starts.into_iter().flat_map(|start| start..start + size);
        pick_anywhere(shape, sources, after)
    }))
}

/// Blocks of neighbouring values that tuples of positions point at.
pub struct Blocks {
    /// Where each block starts.
    pub starts: Vec<usize>,
    /// Values of each.
    pub size: usize,
    /// Number of leading axes that the positions settle.
    pub axes: usize,
}

/// Reads the last axis of the positions as coordinates of the axes behind `batch_axes`.
///
/// # Errors
/// Shapes or positions that do not fit.
pub fn block_positions(
    shape: &[usize],
    positions: &[i64],
    positions_shape: &[usize],
    batch_axes: usize,
) -> Result<Blocks, String> {
    let misfit =
        || format!("positions of shape {positions_shape:?} do not fit an input of shape {shape:?}");
    let &depth = positions_shape.last().ok_or_else(misfit)?;
    let axes = depth + batch_axes;
    let same_batch = shape.get(..batch_axes) == positions_shape.get(..batch_axes);
    if axes > shape.len() || batch_axes >= positions_shape.len() || !same_batch {
        return Err(misfit());
    }
    let tuples: usize = positions_shape[..positions_shape.len() - 1]
        .iter()
        .product();
    let batch: usize = shape[..batch_axes].iter().product();
    let per_batch = tuples / batch.max(1);
    let strides = strides(shape);
    let size = shape[axes..].iter().product();
    let batch_size: usize = shape[batch_axes..].iter().product();
    let starts = (0..tuples)
        .map(|tuple| {
            let mut start = tuple / per_batch.max(1) * batch_size;
            for (offset, &at) in positions.iter().skip(tuple * depth).take(depth).enumerate() {
                let axis = batch_axes + offset;
                start += position(at, shape[axis])? * strides[axis];
            }
            Ok(start)
        })
        .collect::<Result<_, String>>()?;
    Ok(Blocks { starts, size, axes })
}

/// `CumSum`.
///
/// # Errors
/// Attributes of the wrong kind.
pub fn build_running_sum<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    let exclusive = node.attributes.int("exclusive", 0)? != 0;
    let reverse = node.attributes.int("reverse", 0)? != 0;
    Ok(Rearrange::boxed(2, context, move |shape, arguments| {
        let axis = integers(arguments, 1).and_then(|axis| axis.first().copied());
        let axis = axis_of(axis.ok_or("its axis is missing")?, shape.len())?;
        let length = shape[axis];
        let summed = |row: usize| {
            let range = match (reverse, exclusive) {
                (false, false) => 0..row + 1,
                (false, true) => 0..row,
                (true, false) => row..length,
                (true, true) => row + 1..length,
            };
            range.map(|column| (column, 1.0))
        };
        let rows = SparseRows::blending((0..length).map(summed), length)?;
        let fill = 0.0;
        Ok(vec![Move::Combine { axis, rows, fill }])
    }))
}
