//! Operators that repeat values or put others around them: `Expand`
//! (<https://onnx.ai/onnx/operators/onnx__Expand.html>), `Tile`
//! (<https://onnx.ai/onnx/operators/onnx__Tile.html>) and `Pad`
//! (<https://onnx.ai/onnx/operators/onnx__Pad.html>).

use super::{
    arguments::{axes_of, axis_of, few_axes, integers, lengths, numbers},
    arithmetic::broadcast,
    rearrange::{Move, Rearrange},
};
use crate::{
    network::{
        kernels::Kernels,
        operator::{BuildContext, Operator},
        value::HostTensor,
    },
    onnx::{Node, limits::elements},
};

/// `Expand`.
///
/// # Errors
/// None while building.
pub fn build_expand<B: Kernels>(
    _node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    Ok(Rearrange::boxed(2, context, |shape, arguments| {
        let target = integers(arguments, 1).ok_or("its target shape is missing")?;
        few_axes(&target)?;
        let target = lengths(&target, "its target shape")?;
        let full = broadcast(shape, &target)?;
        elements(&full)?;
        let mut padded = vec![1; full.len() - shape.len()];
        padded.extend(shape);
        let mut moves = vec![Move::Reshape(padded.clone())];
        for (axis, (&before, &after)) in padded.iter().zip(&full).enumerate() {
            if before != after {
                let repeated = (0..after).map(|_| Some(0));
                moves.extend(Move::pick(axis, repeated, before, 0.0)?);
            }
        }
        Ok(moves)
    }))
}

/// `Tile`.
///
/// # Errors
/// None while building.
pub fn build_tile<B: Kernels>(
    _node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    if context.graph.opset < TILE_ALL_AXES_SINCE {
        return Ok(Rearrange::boxed(3, context, |shape, arguments| {
            let number = |index: usize, what: &str| {
                let number = integers(arguments, index).and_then(|list| list.first().copied());
                number.ok_or_else(|| format!("its {what} is missing"))
            };
            let axis = axis_of(number(2, "axis")?, shape.len())?;
            let mut repeats = vec![1; shape.len()];
            repeats[axis] = number(1, "number of tiles")?;
            tiled(shape, &repeats)
        }));
    }
    Ok(Rearrange::boxed(2, context, |shape, arguments| {
        let repeats = integers(arguments, 1).ok_or("its repeats are missing")?;
        if repeats.len() != shape.len() {
            return Err(format!(
                "{} repeats are given for an input of shape {shape:?}",
                repeats.len()
            ));
        }
        tiled(shape, &repeats)
    }))
}

/// Before this operator set, one axis alone is tiled.
const TILE_ALL_AXES_SINCE: i64 = 6;

/// Every axis repeated so many times.
fn tiled(shape: &[usize], repeats: &[i64]) -> Result<Vec<Move>, String> {
    let repeats = lengths(repeats, "its repeats")?;
    let mut moves = Vec::new();
    for (axis, (&length, &count)) in shape.iter().zip(&repeats).enumerate() {
        let total = elements(&[length, count])?;
        let sources = (0..total).map(|index| Some(index % length));
        moves.extend(Move::pick(axis, sources, length, 0.0)?);
    }
    Ok(moves)
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Mode {
    Constant,
    Reflect,
    Edge,
    Wrap,
}

impl Mode {
    /// Which of `length` values stands at `position`, which may lie outside.
    fn source(self, position: i64, length: i64) -> Option<usize> {
        let inside = (0..length).contains(&position);
        let source = match self {
            _ if inside => position,
            Self::Constant => return None,
            Self::Edge => position.clamp(0, length - 1),
            Self::Wrap => position.rem_euclid(length),
            Self::Reflect if length == 1 => 0,
            Self::Reflect => {
                let period = 2 * (length - 1);
                let within = position.rem_euclid(period);
                within.min(period - within)
            }
        };
        usize::try_from(source).ok()
    }
}

/// `Pad`, its amounts an attribute before opset 11 and an input since.
///
/// # Errors
/// An unknown mode or attributes of the wrong kind.
pub fn build_pad<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    let mode = match node.attributes.text("mode", "constant")? {
        "constant" => Mode::Constant,
        "reflect" => Mode::Reflect,
        "edge" => Mode::Edge,
        "wrap" => Mode::Wrap,
        mode => return Err(format!("its mode {mode} is not known")),
    };
    // Called paddings before operator set 2, and an input since 11.
    let name = if context.graph.opset < 2 {
        "paddings"
    } else {
        "pads"
    };
    let given = node.attributes.ints(name)?.map(<[i64]>::to_vec);
    let value = f64::from(node.attributes.float("value", 0.0)?);
    Ok(Rearrange::boxed(4, context, move |shape, arguments| {
        let pads = integers(arguments, 1).or_else(|| given.clone());
        let pads = pads.ok_or("its pads are missing")?;
        let fill = numbers(arguments, 2).and_then(|values| values.first().copied());
        pad(shape, arguments, &pads, mode, fill.unwrap_or(value))
    }))
}

fn pad(
    shape: &[usize],
    arguments: &[Option<HostTensor>],
    pads: &[i64],
    mode: Mode,
    fill: f64,
) -> Result<Vec<Move>, String> {
    let axes = match integers(arguments, 3) {
        Some(axes) => axes_of(&axes, shape.len())?,
        None => (0..shape.len()).collect(),
    };
    let misfit = || format!("pads {pads:?} do not fit an input of shape {shape:?}");
    let too_far = |&pad: &i64| pad.unsigned_abs() > 1 << 31;
    if pads.len() != 2 * axes.len() || pads.iter().any(too_far) {
        return Err(misfit());
    }
    let (begins, ends) = pads.split_at(axes.len());
    let mut moves = Vec::new();
    for ((&axis, &begin), &end) in axes.iter().zip(begins).zip(ends) {
        let length = shape[axis] as i64;
        let total = begin + end + length;
        if total < 0 || (length == 0 && total > 0 && mode != Mode::Constant) {
            return Err(misfit());
        }
        let sources = (0..total).map(|index| mode.source(index - begin, length));
        moves.extend(Move::pick(axis, sources, shape[axis], fill)?);
    }
    Ok(moves)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mode_finds_its_source() {
        let around = |mode: Mode| {
            (-4..7)
                .map(|position| mode.source(position, 3).map_or(-1, |s| s as i64))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            around(Mode::Constant),
            [-1, -1, -1, -1, 0, 1, 2, -1, -1, -1, -1]
        );
        assert_eq!(around(Mode::Edge), [0, 0, 0, 0, 0, 1, 2, 2, 2, 2, 2]);
        assert_eq!(around(Mode::Wrap), [2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0]);
        assert_eq!(around(Mode::Reflect), [0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2]);
        assert_eq!(Mode::Reflect.source(-5, 1), Some(0));
    }
}
