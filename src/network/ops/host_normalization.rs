//! Rows normalised on the host, in double precision: weights that are standardised before the network runs.

use super::axes::elements;
use crate::{
    network::kernels::{AxisView, Broadcast},
    onnx::Initializer,
};

/// Divides every row of `length` neighbouring values by the square root of its mean square plus `epsilon`, after its
/// mean is taken off where `centred`.
pub fn normalise_rows(values: &mut [f64], length: usize, epsilon: f64, centred: bool) {
    for row in values.chunks_mut(length.max(1)) {
        let count = row.len() as f64;
        let mean = if centred {
            row.iter().sum::<f64>() / count
        } else {
            0.0
        };
        let square = row.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count;
        let factor = 1.0 / (square + epsilon).sqrt();
        for value in row {
            *value = (*value - mean) * factor;
        }
    }
}

/// Multiplies by the scale and adds the shift of the place along the middle axis of `view`.
pub fn scale_shift(values: &mut [f64], [scale, shift]: [Option<Vec<f64>>; 2], view: AxisView) {
    let of = |list: &Option<Vec<f64>>, at: usize, default: f64| {
        let value = list.as_ref().and_then(|list| list.get(at).copied());
        value.unwrap_or(default)
    };
    for (index, value) in values.iter_mut().enumerate() {
        let at = index / view.inner.max(1) % view.length.max(1);
        *value = *value * of(&scale, at, 1.0) + of(&shift, at, 0.0);
    }
}

/// Factors as a list of as many values as `shape` has, broadcast where they are fewer.
///
/// # Errors
/// Shapes that do not go together.
pub fn spread(factors: &Initializer, shape: &[usize]) -> Result<Vec<f64>, String> {
    let values = factors.doubles();
    let length = elements(shape);
    if values.len() == length {
        return Ok(values);
    }
    let broadcast = Broadcast::new(&factors.shape, shape)?;
    Ok((0..length)
        .map(|index| {
            let [own, _] = Broadcast::positions(&broadcast.axes, index);
            values.get(own).copied().unwrap_or(f64::NAN)
        })
        .collect())
}
