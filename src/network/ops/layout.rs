//! Operators that keep every value and change its place: `Identity`, inference-time `Dropout`,
//! `Flatten` (<https://onnx.ai/onnx/operators/onnx__Flatten.html>), `Reshape`
//! (<https://onnx.ai/onnx/operators/onnx__Reshape.html>), `Squeeze`, `Unsqueeze`, `Transpose`,
//! `DepthToSpace` (<https://onnx.ai/onnx/operators/onnx__DepthToSpace.html>) and `SpaceToDepth`.

use super::{
    arguments::{axes_of, axis_of, few_axes, integers},
    outputs::only_first,
    rearrange::{Move, Rearrange},
};
use crate::{
    network::{
        kernels::Kernels,
        operator::{BuildContext, Operator},
    },
    onnx::{Node, limits::elements},
};

/// # Errors
/// An attribute of the wrong kind.
pub fn build<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    let attributes = &node.attributes;
    only_first(node, context.graph)?;
    // Before operator set 7 a dropout says whether it is at rest; where it says nothing, nobody wants random scores.
    if node.op == "Dropout" && context.graph.opset < 7 && attributes.int("is_test", 1)? == 0 {
        return Err(
            "is_test is 0, so that it draws random numbers; export the model for inference"
                .to_owned(),
        );
    }
    if node.op == "Dropout" && node.input(2).is_some() {
        let training = context.graph.constant(node.input(2));
        let at_rest = training.is_some_and(|flag| flag.integers().iter().all(|&flag| flag == 0));
        if !at_rest {
            return Err("training_mode may be set; export the model for inference".to_owned());
        }
    }
    Ok(match node.op.as_str() {
        "Flatten" => {
            let axis = attributes.int("axis", 1)?;
            Rearrange::boxed(1, context, move |shape, _| flatten(shape, axis))
        }
        "Reshape" => {
            let allow_zero = attributes.int("allowzero", 0)? != 0;
            // Before operator set 5.
            let given = attributes.ints("shape")?.map(<[i64]>::to_vec);
            Rearrange::boxed(2, context, move |shape, arguments| {
                let target = integers(arguments, 1).or_else(|| given.clone());
                let target = target.ok_or("its target shape is missing")?;
                Ok(vec![Move::Reshape(resolve(shape, &target, allow_zero)?)])
            })
        }
        "Squeeze" | "Unsqueeze" => {
            let given = attributes.ints("axes")?.map(<[i64]>::to_vec);
            let squeezes = node.op == "Squeeze";
            Rearrange::boxed(2, context, move |shape, arguments| {
                let axes = integers(arguments, 1).or_else(|| given.clone());
                let shape = if squeezes {
                    squeezed(shape, axes.as_deref())?
                } else {
                    unsqueezed(shape, &axes.ok_or("its axes are missing")?)?
                };
                Ok(vec![Move::Reshape(shape)])
            })
        }
        "Transpose" => {
            let order = attributes.ints("perm")?.map(<[i64]>::to_vec);
            Rearrange::boxed(1, context, move |shape, _| {
                let rank = shape.len();
                let axes = match &order {
                    Some(order) if order.len() == rank => axes_of(order, rank)?,
                    Some(order) => {
                        return Err(format!("perm {order:?} does not fit the shape {shape:?}"));
                    }
                    None => (0..rank).rev().collect(),
                };
                Ok(vec![Move::Permute(axes)])
            })
        }
        "DepthToSpace" => {
            let block = block_size(node)?;
            let depth_first = is_depth_first(node)?;
            Rearrange::boxed(1, context, move |shape, _| {
                depth_to_space(shape, block, depth_first)
            })
        }
        "SpaceToDepth" => {
            let block = block_size(node)?;
            let depth_first = is_depth_first(node)?;
            Rearrange::boxed(1, context, move |shape, _| {
                space_to_depth(shape, block, depth_first)
            })
        }
        _ => Rearrange::boxed(1, context, |_, _| Ok(vec![])),
    })
}

fn block_size(node: &Node) -> Result<usize, String> {
    let block = node.attributes.int("blocksize", 0)?;
    usize::try_from(block)
        .ok()
        .filter(|block| (1..=1 << 12).contains(block))
        .ok_or_else(|| format!("its blocksize is {block}"))
}

/// Whether the channels of a block lie apart (`CRD`) instead of its pixels (`DCR`).
fn is_depth_first(node: &Node) -> Result<bool, String> {
    match node.attributes.text("mode", "DCR")? {
        "DCR" => Ok(false),
        "CRD" => Ok(true),
        mode => Err(format!("its mode {mode} is not known")),
    }
}

fn flatten(shape: &[usize], axis: i64) -> Result<Vec<Move>, String> {
    // One past the last axis is allowed.
    let axis = if axis == shape.len() as i64 {
        shape.len()
    } else {
        axis_of(axis, shape.len())?
    };
    let (rows, columns) = shape.split_at(axis);
    let flat = vec![elements(rows)?, elements(columns)?];
    Ok(vec![Move::Reshape(flat)])
}

/// Fills in 0 (copied from the input) and -1 (what is left over).
fn resolve(shape: &[usize], target: &[i64], allow_zero: bool) -> Result<Vec<usize>, String> {
    few_axes(target)?;
    let misfit = || format!("an input of shape {shape:?} cannot be given the shape {target:?}");
    let mut resolved = Vec::with_capacity(target.len());
    let mut open = None;
    for (axis, &length) in target.iter().enumerate() {
        resolved.push(match length {
            0 if !allow_zero => *shape.get(axis).ok_or_else(misfit)?,
            -1 if open.is_none() => {
                open = Some(axis);
                1
            }
            length => usize::try_from(length).map_err(|_| misfit())?,
        });
    }
    let (given, known) = (elements(shape)?, elements(&resolved)?);
    if let Some(axis) = open {
        if known == 0 || !given.is_multiple_of(known) {
            return Err(misfit());
        }
        resolved[axis] = given / known;
    } else if known != given {
        return Err(misfit());
    }
    Ok(resolved)
}

fn squeezed(shape: &[usize], axes: Option<&[i64]>) -> Result<Vec<usize>, String> {
    let dropped = match axes {
        Some(axes) => axes_of(axes, shape.len())?,
        None => (0..shape.len()).filter(|&axis| shape[axis] == 1).collect(),
    };
    if let Some(axis) = dropped.iter().find(|&&axis| shape[axis] != 1) {
        return Err(format!(
            "axis {axis} of the shape {shape:?} is not 1 long, so it cannot be dropped"
        ));
    }
    let kept = (0..shape.len()).filter(|axis| !dropped.contains(axis));
    Ok(kept.map(|axis| shape[axis]).collect())
}

fn unsqueezed(shape: &[usize], axes: &[i64]) -> Result<Vec<usize>, String> {
    let rank = shape.len() + axes.len();
    let added = axes_of(axes, rank)?;
    let mut lengths = shape.iter();
    Ok((0..rank)
        .map(|axis| {
            if added.contains(&axis) {
                1
            } else {
                lengths.next().copied().unwrap_or(1)
            }
        })
        .collect())
}

fn image(shape: &[usize]) -> Result<[usize; 4], String> {
    shape
        .try_into()
        .map_err(|_| format!("an image is needed, but the input has shape {shape:?}"))
}

fn depth_to_space(shape: &[usize], block: usize, depth_first: bool) -> Result<Vec<Move>, String> {
    let [n, c, h, w] = image(shape)?;
    let depth = c / (block * block);
    if depth * block * block != c {
        return Err(format!(
            "{c} channels do not divide into blocks of {block} x {block}"
        ));
    }
    let (split, order) = if depth_first {
        (vec![n, depth, block, block, h, w], vec![0, 1, 4, 2, 5, 3])
    } else {
        (vec![n, block, block, depth, h, w], vec![0, 3, 4, 1, 5, 2])
    };
    Ok(vec![
        Move::Reshape(split),
        Move::Permute(order),
        Move::Reshape(vec![n, depth, h * block, w * block]),
    ])
}

fn space_to_depth(shape: &[usize], block: usize, depth_first: bool) -> Result<Vec<Move>, String> {
    let [n, c, h, w] = image(shape)?;
    if h % block != 0 || w % block != 0 {
        return Err(format!(
            "{h} x {w} pixels do not divide into blocks of {block} x {block}"
        ));
    }
    let (rows, columns) = (h / block, w / block);
    Ok(vec![
        Move::Reshape(vec![n, c, rows, block, columns, block]),
        Move::Permute(if depth_first {
            vec![0, 1, 3, 5, 2, 4]
        } else {
            vec![0, 3, 5, 1, 2, 4]
        }),
        Move::Reshape(vec![n, c * block * block, rows, columns]),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn target_shapes_are_completed() {
        assert_eq!(resolve(&[2, 3, 4], &[0, -1], false), Ok(vec![2, 12]));
        assert_eq!(resolve(&[2, 3, 4], &[-1], false), Ok(vec![24]));
        assert_eq!(resolve(&[0, 3], &[3, 0], true), Ok(vec![3, 0]));
        assert!(resolve(&[2, 3], &[4, -1], false).is_err());
        assert!(resolve(&[2, 3], &[-1, -1], false).is_err());
        assert!(resolve(&[2, 3], &[i64::MAX, i64::MAX], false).is_err());
    }

    #[test]
    fn axes_come_and_go() {
        assert_eq!(squeezed(&[1, 3, 1], None), Ok(vec![3]));
        assert_eq!(squeezed(&[1, 3, 1], Some(&[-1])), Ok(vec![1, 3]));
        assert!(squeezed(&[1, 3, 1], Some(&[1])).is_err());
        assert_eq!(unsqueezed(&[3, 4], &[0, -1]), Ok(vec![1, 3, 4, 1]));
        assert!(unsqueezed(&[3], &[0, 0]).is_err());
    }
}
