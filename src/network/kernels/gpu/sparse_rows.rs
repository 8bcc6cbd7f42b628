//! Sparse rows along an axis on WebGPU.

use burn_backend::TensorMetadata;
use burn_cubecl::{CubeBackend, tensor::CubeTensor};

use super::launch::{
    Launch, Shader, THREADS, contiguous, elements, narrow, one_thread_a_value, uninitialised,
};
use crate::network::kernels::RowBuffers;

const COMBINE: Shader = Shader {
    name: "combine rows",
    files: &[include_str!("combine_rows.wgsl")],
    threads: THREADS,
    variant: 0,
};

/// See [`crate::network::kernels::Kernels::combine_rows`].
pub fn combine(
    x: CubeTensor,
    rows: &RowBuffers<CubeBackend>,
    axis: usize,
    fill: f32,
) -> CubeTensor {
    let x = contiguous(x);
    let mut shape = x.shape().to_vec();
    let inner: usize = shape.iter().skip(axis + 1).product();
    if let Some(length) = shape.get_mut(axis) {
        *length = rows.rows;
    }
    let output = uninitialised(&x, &shape);
    Launch {
        shader: COMBINE,
        inputs: &[&x, &rows.starts, &rows.columns, &rows.weights],
        outputs: &[&output],
        numbers: vec![
            narrow(elements(&output)),
            narrow(rows.rows),
            narrow(rows.width),
            narrow(inner),
            fill.to_bits(),
        ],
        workgroups: one_thread_a_value(&output),
    }
    .enqueue();
    output
}
