//! Factors of sums of whole numbers: quantised values and weights without their zero points.

use super::{quantised::centred, writer::Writer};
use crate::onnx::Initializer;

/// Constant whole numbers without their zero points, which lie along `axis` where there are several.
///
/// # Errors
/// The zero points do not fit the shape.
pub fn centred_weight(
    writer: &mut Writer<'_>,
    tensor: &Initializer,
    zeros: &[f32],
    axis: usize,
) -> Result<String, String> {
    let length = tensor.shape.get(axis).copied().unwrap_or(1);
    if zeros.len() != 1 && zeros.len() != length {
        return Err(format!(
            "its weights have {} zero points for {length} channels",
            zeros.len()
        ));
    }
    let inner: usize = tensor.shape.iter().skip(axis + 1).product();
    let values = tensor.floats();
    let values: Vec<f32> = values
        .iter()
        .enumerate()
        .map(|(index, value)| {
            let channel = index / inner.max(1) % length.max(1);
            value - zeros.get(channel).unwrap_or(&zeros[0])
        })
        .collect();
    Ok(writer.floats(&tensor.shape, &values))
}

/// `value` without its zero points: a constant at once, and anything else with one zero point for all. The zero
/// points of a constant lie along its axis `axis`.
///
/// # Errors
/// Several zero points of what is computed, or as many as do not fit.
pub fn centred_factor(
    writer: &mut Writer<'_>,
    value: &str,
    zeros: &[f32],
    axis: usize,
    what: &str,
) -> Result<String, String> {
    if let Some(tensor) = writer.constant(Some(value)).cloned() {
        return centred_weight(writer, &tensor, zeros, axis);
    }
    match zeros {
        [zero, rest @ ..] if rest.iter().all(|other| other == zero) => {
            Ok(centred(writer, value, *zero))
        }
        _ => Err(format!("its {what} has several zero points")),
    }
}

/// The last axis of a constant matrix, along which its columns lie.
pub fn column_axis(writer: &Writer<'_>, name: &str) -> usize {
    let shape = writer.constant(Some(name)).map(|tensor| tensor.shape.len());
    shape.unwrap_or(1).saturating_sub(1)
}
