//! Sparse rows along an axis: picking, moving, repeating and blending values.

use super::parallel::for_each_chunk;

/// A matrix of few entries a row.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    /// Where each row's entries start, and their number.
    pub starts: &'a [i32],
    /// Columns of the entries.
    pub columns: &'a [i32],
    /// Weights of the entries.
    pub weights: &'a [f32],
    /// Number of columns.
    pub width: usize,
}

/// Applies `rows` to the middle axis of `x`, which is `[outer, width, inner]`.
pub fn combine(x: &[f32], rows: Rows<'_>, outer: usize, inner: usize, fill: f32) -> Vec<f32> {
    let count = rows.starts.len().saturating_sub(1);
    let mut out = vec![fill; outer * count * inner];
    let block_in = rows.width * inner;
    for_each_chunk(&mut out, count * inner, |block, out| {
        let x = x.get(block * block_in..).unwrap_or_default();
        if inner == 1 {
            blend_values(x, rows, out);
        } else {
            blend_runs(x, rows, inner, out);
        }
    });
    out
}

/// Columns and weights of each row.
fn entries(rows: Rows<'_>) -> impl Iterator<Item = (&[i32], &[f32])> {
    rows.starts.windows(2).map(move |pair| {
        let range = pair[0] as usize..pair[1] as usize;
        (
            rows.columns.get(range.clone()).unwrap_or_default(),
            rows.weights.get(range).unwrap_or_default(),
        )
    })
}

fn blend_values(x: &[f32], rows: Rows<'_>, out: &mut [f32]) {
    for ((columns, weights), out) in entries(rows).zip(out) {
        if !columns.is_empty() {
            *out = columns
                .iter()
                .zip(weights)
                .map(|(&column, weight)| weight * x[column as usize])
                .sum();
        }
    }
}

fn blend_runs(x: &[f32], rows: Rows<'_>, inner: usize, out: &mut [f32]) {
    for ((columns, weights), out) in entries(rows).zip(out.chunks_mut(inner.max(1))) {
        for (index, (&column, &weight)) in columns.iter().zip(weights).enumerate() {
            let from = column as usize * inner;
            let run = &x[from..from + inner];
            match (index, weight) {
                (0, 1.0) => out.copy_from_slice(run),
                (0, _) => out.iter_mut().zip(run).for_each(|(o, x)| *o = weight * x),
                _ => out.iter_mut().zip(run).for_each(|(o, x)| *o += weight * x),
            }
        }
    }
}
