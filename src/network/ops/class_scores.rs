//! Scores whose softmax was left out at the end of a graph: handed on where it ran over the classes alone, and refused
//! where it did not, as what it put out were no probabilities of classes then.

use super::{arguments::axis_of, rearrange::Rearrange};
use crate::{
    network::{
        kernels::Kernels,
        operator::{BuildContext, Operator},
    },
    onnx::Node,
};

/// # Errors
/// An attribute of the wrong kind.
pub fn build<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    let axes = node.attributes.ints("axes")?.map(<[i64]>::to_vec);
    let largest = node.attributes.ints("largest")?.map(<[i64]>::to_vec);
    let flattens = node.attributes.int("flattens", 0)? != 0;
    let scores = node.attributes.text("scores", "")?.to_owned();
    Ok(Rearrange::boxed(1, context, move |shape, _| {
        let fits = runs_over_classes(shape, axes.as_deref(), flattens)?;
        // The largest is one for all classes, or it is no shift.
        if fits && (largest.is_none() || runs_over_classes(shape, largest.as_deref(), false)?) {
            return Ok(vec![]);
        }
        let along = axes.as_deref().unwrap_or_default();
        Err(format!(
            "it takes axes {along:?} of scores of shape {shape:?} together, so that what it puts out are no \
             probabilities of classes, and along an axis of length 1 they are 1 whatever the image; its scores are \
             in {scores}"
        ))
    }))
}

/// Whether the numbers of one image that are taken together are all of its classes at one place.
///
/// # Errors
/// An axis that is not there.
fn runs_over_classes(
    shape: &[usize],
    axes: Option<&[i64]>,
    flattens: bool,
) -> Result<bool, String> {
    let rank = shape.len();
    let mut together = vec![axes.is_none(); rank];
    for &axis in axes.unwrap_or_default() {
        // A flattened axis may also lie behind the last one.
        if flattens && axis == rank as i64 {
            continue;
        }
        let axis = axis_of(axis, rank)?;
        let end = if flattens { rank } else { axis + 1 };
        together[axis..end].fill(true);
    }
    // The first axis is the batch's, unless it is the only one.
    let first = usize::from(rank > 1);
    let long: Vec<usize> = (first..rank).filter(|&axis| shape[axis] > 1).collect();
    let taken: Vec<usize> = long
        .iter()
        .copied()
        .filter(|&axis| together[axis])
        .collect();
    Ok(match (long.as_slice(), taken.as_slice()) {
        // Scores of one image; of one class there is nothing to share out.
        ([_], [_]) => true,
        // A map: its classes are in front of its places or behind them.
        (_, &[axis]) => axis == 1 || axis + 1 == rank,
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_axes_of_classes_will_do() {
        let fits = |shape: &[usize], axes: &[i64], flattens| {
            runs_over_classes(shape, Some(axes), flattens).unwrap()
        };
        for (shape, axes) in [
            (&[1, 5][..], &[1][..]),
            (&[3, 5], &[-1]),
            (&[5], &[0]),
            (&[1, 1, 1, 5], &[3]),
            (&[1, 5, 1, 1], &[1, 2, 3]),
            (&[1, 5], &[0, 1]),
            (&[1, 5, 8, 8], &[1]),
            (&[1, 8, 8, 5], &[-1]),
        ] {
            assert!(fits(shape, axes, false), "{shape:?} {axes:?}");
        }
        for (shape, axes) in [
            (&[1, 5][..], &[0][..]),
            (&[3, 5], &[0]),
            (&[1, 5, 1, 1], &[3]),
            (&[1, 1], &[1]),
            (&[1, 5, 8, 8], &[2]),
            (&[1, 5, 8, 8], &[2, 3]),
            (&[1, 5, 8, 8], &[1, 2, 3]),
        ] {
            assert!(!fits(shape, axes, false), "{shape:?} {axes:?}");
        }
        assert!(fits(&[1, 5, 1, 1], &[1], true));
        assert!(!fits(&[1, 5, 8, 8], &[1], true));
        assert!(!fits(&[1, 5], &[2], true));
        assert!(runs_over_classes(&[1, 5], None, false).unwrap());
        assert!(runs_over_classes(&[1, 5], Some(&[2]), false).is_err());
    }
}
