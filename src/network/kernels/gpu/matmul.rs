//! Products of matrices on WebGPU.

use burn_cubecl::tensor::CubeTensor;

use super::{
    launch::{FEW_THREADS, FOUR, Launch, Shader, contiguous, narrow, sizes, uninitialised},
    tile::{TILES, tiles},
};
use crate::network::kernels::Transposed;

const MATMUL: Shader = Shader {
    name: "matrix product",
    files: &[FOUR, TILES, include_str!("matmul.wgsl")],
    threads: FEW_THREADS,
    variant: 0,
};

/// See [`crate::network::kernels::Kernels::batched_matmul`].
pub fn batched_matmul(a: CubeTensor, b: CubeTensor, stored: Transposed) -> CubeTensor {
    let (a, b) = (contiguous(a), contiguous(b));
    let [left, a_rows, a_columns] = sizes(&a);
    let [right, b_rows, b_columns] = sizes(&b);
    let (rows, depth, left_steps) = if stored.left {
        (a_columns, a_rows, [1, a_columns])
    } else {
        (a_rows, a_columns, [a_columns, 1])
    };
    let (columns, right_steps) = if stored.right {
        (b_rows, [b_columns, 1])
    } else {
        (b_columns, [1, b_columns])
    };
    let products = left.max(right);
    let output = uninitialised(&a, &[products, rows, columns]);
    // From one product to the next; a single matrix goes with all.
    let step = |matrices: usize, values: usize| if matrices == 1 { 0 } else { values };
    let mut numbers = vec![rows, columns, depth, products];
    numbers.extend(left_steps);
    numbers.push(step(left, rows * depth));
    numbers.extend(right_steps);
    numbers.push(step(right, depth * columns));
    Launch {
        shader: MATMUL,
        inputs: &[&a, &b],
        outputs: &[&output],
        numbers: numbers.into_iter().map(narrow).collect(),
        workgroups: MATMUL.workgroups(tiles(rows, columns, products)),
    }
    .enqueue();
    output
}
