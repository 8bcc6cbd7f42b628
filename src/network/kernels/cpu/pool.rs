//! Maximum and average over windows, and their gradients, plane by plane.

use super::super::PoolGeometry;
use super::parallel::for_each_chunk;

/// Taps of one window along one axis that fall inside `0..length`, as input positions.
fn taps(
    output: usize,
    axis: usize,
    length: usize,
    geometry: &PoolGeometry,
) -> impl Iterator<Item = usize> + Clone {
    let start = (output * geometry.stride[axis]) as isize - geometry.pad_begin[axis] as isize;
    let dilation = geometry.dilation[axis] as isize;
    (0..geometry.kernel[axis] as isize)
        .map(move |tap| start + tap * dilation)
        .filter(move |&position| position >= 0 && position < length as isize)
        .map(|position| position as usize)
}

/// Maxima and their positions, each `[planes, ho, wo]`.
pub fn max_forward(
    x: &[f32],
    planes: usize,
    [h, w]: [usize; 2],
    [ho, wo]: [usize; 2],
    geometry: &PoolGeometry,
) -> (Vec<f32>, Vec<f32>) {
    let mut argmax = vec![0.0; planes * ho * wo];
    for_each_chunk(&mut argmax, ho * wo, |plane, argmax| {
        let x = &x[plane * h * w..(plane + 1) * h * w];
        for (index, argmax) in argmax.iter_mut().enumerate() {
            let columns = taps(index % wo, 1, w, geometry);
            let (mut best, mut at) = (f32::NEG_INFINITY, usize::MAX);
            for row in taps(index / wo, 0, h, geometry) {
                for column in columns.clone() {
                    let value = x[row * w + column];
                    if value > best || at == usize::MAX || value.is_nan() {
                        (best, at) = (value, row * w + column);
                    }
                }
            }
            *argmax = if at == usize::MAX { 0.0 } else { at as f32 };
        }
    });
    let values = argmax
        .iter()
        .enumerate()
        .map(|(index, &at)| x[index / (ho * wo) * h * w + at as usize])
        .collect();
    (values, argmax)
}

/// `[planes, h, w]` from `grad` and `argmax`, each `[planes, ho, wo]`.
pub fn max_gradient(grad: &[f32], argmax: &[f32], planes: usize, [h, w]: [usize; 2]) -> Vec<f32> {
    let mut out = vec![0.0; planes * h * w];
    let windows = grad.len() / planes.max(1);
    for_each_chunk(&mut out, h * w, |plane, out| {
        let range = plane * windows..(plane + 1) * windows;
        for (g, at) in grad[range.clone()].iter().zip(&argmax[range]) {
            out[*at as usize] += g;
        }
    });
    out
}

/// Number a window's sum is divided by.
fn divisor(oy: usize, ox: usize, [h, w]: [usize; 2], geometry: &PoolGeometry) -> f32 {
    let along = |output: usize, axis: usize, length: usize| {
        if !geometry.count_include_pad {
            return taps(output, axis, length, geometry).count();
        }
        let padded = length + geometry.pad_begin[axis] + geometry.pad_end[axis];
        (0..geometry.kernel[axis])
            .filter(|tap| output * geometry.stride[axis] + tap * geometry.dilation[axis] < padded)
            .count()
    };
    (along(oy, 0, h) * along(ox, 1, w)).max(1) as f32
}

/// Means, `[planes, ho, wo]`.
pub fn average_forward(
    x: &[f32],
    planes: usize,
    [h, w]: [usize; 2],
    [ho, wo]: [usize; 2],
    geometry: &PoolGeometry,
) -> Vec<f32> {
    let mut out = vec![0.0; planes * ho * wo];
    for_each_chunk(&mut out, ho * wo, |plane, out| {
        let x = &x[plane * h * w..(plane + 1) * h * w];
        for (index, out) in out.iter_mut().enumerate() {
            let (oy, ox) = (index / wo, index % wo);
            let columns = taps(ox, 1, w, geometry);
            let sum: f32 = taps(oy, 0, h, geometry)
                .map(|row| {
                    columns
                        .clone()
                        .map(|column| x[row * w + column])
                        .sum::<f32>()
                })
                .sum();
            *out = sum / divisor(oy, ox, [h, w], geometry);
        }
    });
    out
}

/// `[planes, h, w]` from `grad`, `[planes, ho, wo]`.
pub fn average_gradient(
    grad: &[f32],
    planes: usize,
    [h, w]: [usize; 2],
    [ho, wo]: [usize; 2],
    geometry: &PoolGeometry,
) -> Vec<f32> {
    let mut out = vec![0.0; planes * h * w];
    for_each_chunk(&mut out, h * w, |plane, out| {
        let grad = &grad[plane * ho * wo..(plane + 1) * ho * wo];
        for (index, g) in grad.iter().enumerate() {
            let (oy, ox) = (index / wo, index % wo);
            let share = g / divisor(oy, ox, [h, w], geometry);
            let columns = taps(ox, 1, w, geometry);
            for row in taps(oy, 0, h, geometry) {
                for column in columns.clone() {
                    out[row * w + column] += share;
                }
            }
        }
    });
    out
}
