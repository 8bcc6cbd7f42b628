//! Sums and maxima along one axis, and factors and offsets along one axis.

use super::super::AxisView;
use super::parallel::for_each_chunk;

/// Values added in single precision before they are added up in double precision.
const BLOCK: usize = 512;
/// Sums kept side by side, so that they become vector instructions.
const LANES: usize = 16;

fn sum_of(values: &[f32]) -> f32 {
    let total: f64 = values
        .chunks(BLOCK)
        .map(|block| {
            let (groups, rest) = block.as_chunks::<LANES>();
            let mut lanes = [0.0f32; LANES];
            for group in groups {
                for (lane, value) in lanes.iter_mut().zip(group) {
                    *lane += value;
                }
            }
            lanes.iter().chain(rest).map(|&v| f64::from(v)).sum::<f64>()
        })
        .sum();
    total as f32
}

/// Outputs in one piece of work, so that each piece reads some ten thousand values.
fn outputs_at_once(view: AxisView) -> usize {
    (16384 / view.length.max(1)).max(1)
}

/// See [`crate::network::kernels::Kernels::reduce_sum`].
pub fn sum(x: &[f32], view: AxisView) -> Vec<f32> {
    let AxisView {
        outer,
        length,
        inner,
    } = view;
    let mut out = vec![0.0; outer * inner];
    if inner == 1 {
        let at_once = outputs_at_once(view);
        for_each_chunk(&mut out, at_once, |chunk, out| {
            for (row, out) in out.iter_mut().enumerate() {
                let start = (chunk * at_once + row) * length;
                *out = sum_of(&x[start..start + length]);
            }
        });
        return out;
    }
    for_each_chunk(&mut out, inner, |plane, out| {
        let x = &x[plane * length * inner..(plane + 1) * length * inner];
        // Blocks of rows, so that long sums round like short ones.
        for block in x.chunks(BLOCK * inner) {
            let mut partial = vec![0.0f32; inner];
            for row in block.chunks_exact(inner) {
                for (partial, value) in partial.iter_mut().zip(row) {
                    *partial += value;
                }
            }
            for (out, partial) in out.iter_mut().zip(partial) {
                *out += partial;
            }
        }
    });
    out
}

/// See [`crate::network::kernels::Kernels::reduce_max`].
pub fn max(x: &[f32], view: AxisView) -> (Vec<f32>, Vec<f32>) {
    let AxisView {
        outer,
        length,
        inner,
    } = view;
    let mut argmax = vec![0.0; outer * inner];
    let at_once = outputs_at_once(view);
    for_each_chunk(&mut argmax, at_once, |chunk, argmax| {
        for (index, argmax) in argmax.iter_mut().enumerate() {
            let output = chunk * at_once + index;
            let start = output / inner * length * inner + output % inner;
            let (mut best, mut at) = (f32::NEG_INFINITY, 0);
            // There is nothing from `start` on where the axis has length 0.
            let row = x.get(start..).unwrap_or_default();
            for (index, &value) in row.iter().step_by(inner).take(length).enumerate() {
                if value > best || (value.is_nan() && !best.is_nan()) {
                    (best, at) = (value, index);
                }
            }
            *argmax = at as f32;
        }
    });
    let values = argmax
        .iter()
        .enumerate()
        .map(|(output, &at)| {
            let start = output / inner * length * inner + output % inner;
            x.get(start + at as usize * inner)
                .copied()
                .unwrap_or(f32::NEG_INFINITY)
        })
        .collect();
    (values, argmax)
}

/// See [`crate::network::kernels::Kernels::reduce_max_gradient`].
pub fn max_gradient(grad: &[f32], argmax: &[f32], view: AxisView) -> Vec<f32> {
    let mut out = vec![0.0; view.elements()];
    for (output, (&g, &at)) in grad.iter().zip(argmax).enumerate() {
        let start = output / view.inner * view.length * view.inner + output % view.inner;
        if let Some(to) = out.get_mut(start + at as usize * view.inner) {
            *to = g;
        }
    }
    out
}

/// See [`crate::network::kernels::Kernels::scale_shift`].
pub fn scale_shift(x: &[f32], scale: &[f32], shift: Option<&[f32]>, view: AxisView) -> Vec<f32> {
    let AxisView { length, inner, .. } = view;
    let mut out = vec![0.0; x.len()];
    if inner == 1 {
        // Many short rows at once; each is `length` long like the factors.
        let at_once = length * outputs_at_once(view);
        for_each_chunk(&mut out, at_once, |chunk, out| {
            let x = &x[chunk * at_once..chunk * at_once + out.len()];
            for (out, x) in out.chunks_exact_mut(length).zip(x.chunks_exact(length)) {
                match shift {
                    Some(shift) => {
                        for (((out, x), scale), shift) in
                            out.iter_mut().zip(x).zip(scale).zip(shift)
                        {
                            *out = x * scale + shift;
                        }
                    }
                    None => {
                        for ((out, x), scale) in out.iter_mut().zip(x).zip(scale) {
                            *out = x * scale;
                        }
                    }
                }
            }
        });
        return out;
    }
    for_each_chunk(&mut out, inner, |plane, out| {
        let index = plane % length;
        let scale = scale[index];
        let shift = shift.map_or(0.0, |shift| shift[index]);
        let x = &x[plane * inner..(plane + 1) * inner];
        for (out, x) in out.iter_mut().zip(x) {
            *out = x * scale + shift;
        }
    });
    out
}
