//! `Col2Im` (<https://onnx.ai/onnx/operators/onnx__Col2Im.html>), which adds patches up to an image, and `CenterCropPad`
//! (<https://onnx.ai/onnx/operators/onnx__CenterCropPad.html>), which keeps the middle.

use super::{
    arguments::{axes_of, integers, lengths},
    rearrange::{Move, Rearrange},
};
use crate::{
    network::{
        kernels::{Kernels, SparseRows},
        operator::{BuildContext, Operator},
    },
    onnx::{
        Node,
        limits::{elements, host_elements},
    },
};

/// `Col2Im`.
///
/// # Errors
/// Attributes of the wrong kind.
pub fn build_sum<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    let list = |name: &str| -> Result<Option<Vec<usize>>, String> {
        let values = node.attributes.ints(name)?;
        values.map(|values| lengths(values, name)).transpose()
    };
    let (dilations, pads, steps) = (list("dilations")?, list("pads")?, list("strides")?);
    Ok(Rearrange::boxed(3, context, move |shape, arguments| {
        let given = |index: usize, what: &str| {
            let values =
                integers(arguments, index).ok_or_else(|| format!("its {what} is missing"))?;
            lengths(&values, what)
        };
        let (image, block) = (given(1, "image_shape")?, given(2, "block_shape")?);
        let axes = image.len();
        let ones = vec![1; axes];
        let dilations = dilations.as_ref().unwrap_or(&ones);
        let steps = steps.as_ref().unwrap_or(&ones);
        let zeros = vec![0; 2 * axes];
        let pads = pads.as_ref().unwrap_or(&zeros);
        let fits = block.len() == axes
            && dilations.len() == axes
            && steps.len() == axes
            && pads.len() == 2 * axes
            && steps.iter().chain(dilations).chain(&block).all(|&n| n > 0);
        if !fits {
            return Err(format!(
                "an image of shape {image:?}, blocks {block:?}, pads {pads:?}, dilations \
                 {dilations:?} and strides {steps:?} do not go together"
            ));
        }
        // How many blocks lie along each axis.
        let counts: Option<Vec<usize>> = (0..axes)
            .map(|axis| {
                let extent = dilations[axis]
                    .checked_mul(block[axis] - 1)?
                    .checked_add(1)?;
                let padded = image[axis]
                    .checked_add(pads[axis])?
                    .checked_add(pads[axes + axis])?;
                Some(padded.checked_sub(extent)? / steps[axis] + 1)
            })
            .collect();
        let counts = counts.ok_or_else(|| {
            format!("blocks of shape {block:?} do not fit an image of shape {image:?}")
        })?;
        let (taps, blocks) = (host_elements(&block)?, host_elements(&counts)?);
        let pixels = host_elements(&image)?;
        let &[images, columns, width] = shape else {
            return Err(format!("three axes are needed, but the shape is {shape:?}"));
        };
        if width != blocks || columns % taps.max(1) != 0 {
            return Err(format!(
                "an input of shape {shape:?} does not hold {blocks} blocks of {taps} values"
            ));
        }
        let channels = columns / taps.max(1);
        let sources = host_elements(&[taps, blocks])?;
        let mut rows = vec![Vec::new(); pixels];
        for source in 0..sources {
            let (mut tap, mut at) = (source / blocks, source % blocks);
            let mut pixel = Some(0);
            let mut stride = 1;
            for axis in (0..axes).rev() {
                let start = at % counts[axis] * steps[axis];
                let place = start + tap % block[axis] * dilations[axis];
                tap /= block[axis];
                at /= counts[axis];
                let inside = place
                    .checked_sub(pads[axis])
                    .filter(|&place| place < image[axis]);
                pixel = pixel
                    .zip(inside)
                    .map(|(pixel, place)| pixel + place * stride);
                stride *= image[axis];
            }
            if let Some(pixel) = pixel {
                rows[pixel].push((source, 1.0));
            }
        }
        let rows = SparseRows::blending(rows, sources)?;
        let mut target = vec![images, channels];
        target.extend(&image);
        Ok(vec![
            Move::Reshape(vec![images, channels, sources]),
            Move::Combine {
                axis: 2,
                rows,
                fill: 0.0,
            },
            Move::Reshape(target),
        ])
    }))
}

/// `CenterCropPad`.
///
/// # Errors
/// Attributes of the wrong kind.
pub fn build_centre<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    let axes = node.attributes.ints("axes")?.map(<[i64]>::to_vec);
    Ok(Rearrange::boxed(2, context, move |shape, arguments| {
        let target = integers(arguments, 1).ok_or("its target shape is missing")?;
        let target = lengths(&target, "its target shape")?;
        let all: Vec<i64> = (0..shape.len() as i64).collect();
        let axes = axes_of(axes.as_ref().unwrap_or(&all), shape.len())?;
        if axes.len() != target.len() {
            return Err(format!(
                "a shape of {} axes is asked for, but {} are named",
                target.len(),
                axes.len()
            ));
        }
        let mut moves = Vec::new();
        let mut after = shape.to_vec();
        for (&axis, &wanted) in axes.iter().zip(&target) {
            let length = shape[axis];
            after[axis] = wanted;
            elements(&after)?;
            // Of an odd difference the larger half lies behind.
            let (cut, pad) = (
                length.saturating_sub(wanted) / 2,
                wanted.saturating_sub(length) / 2,
            );
            let sources = (0..wanted).map(|at| {
                let place = (at + cut).checked_sub(pad)?;
                (place < length).then_some(place)
            });
            moves.extend(Move::pick(axis, sources, length, 0.0)?);
        }
        Ok(moves)
    }))
}
