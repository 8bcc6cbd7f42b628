//! Products in tiles on WebGPU: how they are cut up, and those of matrices.

use burn_cubecl::tensor::CubeTensor;

use super::launch::{Launch, Shader, contiguous, narrow, sizes, uninitialised};
use crate::network::kernels::Transposed;

/// The loop over tiles that matrix products and convolutions share.
pub const PRODUCT: &str = include_str!("product.wgsl");

const MATMUL: Shader = Shader {
    name: "matrix product",
    files: &[
        PRODUCT,
        "const LEFT_DEPTH_FIRST: bool = true;\n",
        include_str!("matmul_product.wgsl"),
    ],
    thread_rows: 0,
};

/// The same for left matrices that are stored transposed.
const MATMUL_LEFT_TRANSPOSED: Shader = Shader {
    name: "matrix product, left one transposed",
    files: &[
        PRODUCT,
        "const LEFT_DEPTH_FIRST: bool = false;\n",
        include_str!("matmul_product.wgsl"),
    ],
    thread_rows: 0,
};

/// How a product is cut into tiles of 64 x 64, 32 x 128 or 16 x 256 values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tiling {
    /// A quarter of a tile's rows.
    pub thread_rows: u32,
    /// Workgroups for one group.
    pub tiles: u64,
}

impl Tiling {
    /// For a product of this many rows and columns: low tiles where few rows would leave much of a
    /// high one empty.
    pub fn new(rows: usize, columns: usize) -> Self {
        let thread_rows = match rows {
            0..=16 => 4,
            17..=32 => 8,
            _ => 16,
        };
        let tile_rows = 4 * thread_rows;
        let tile_columns = 4 * (256 / thread_rows);
        Self {
            thread_rows,
            tiles: (rows as u64).div_ceil(u64::from(tile_rows))
                * (columns as u64).div_ceil(u64::from(tile_columns)),
        }
    }
}

/// See [`crate::network::kernels::Kernels::batched_matmul`].
pub fn batched_matmul(a: CubeTensor, b: CubeTensor, stored: Transposed) -> CubeTensor {
    let (a, b) = (contiguous(a), contiguous(b));
    let [left, a_rows, a_columns] = sizes(&a);
    let [right, b_rows, b_columns] = sizes(&b);
    let (rows, depth, shader) = if stored.left {
        (a_columns, a_rows, MATMUL_LEFT_TRANSPOSED)
    } else {
        (a_rows, a_columns, MATMUL)
    };
    let columns = if stored.right { b_rows } else { b_columns };
    let products = left.max(right);
    let output = uninitialised(&a, &[products, rows, columns]);
    let tiling = Tiling::new(rows, columns);
    // From one product to the next; a single matrix goes with all.
    let step = |matrices: usize, values: usize| narrow(if matrices == 1 { 0 } else { values });
    Launch {
        shader: Shader {
            thread_rows: tiling.thread_rows,
            ..shader
        },
        inputs: &[&a, &b],
        outputs: &[&output],
        numbers: vec![
            narrow(rows),
            narrow(columns),
            narrow(depth),
            narrow(products),
            u32::from(stored.right),
            step(left, rows * depth),
            step(right, depth * columns),
        ],
        workgroups: tiling.tiles * products as u64,
    }
    .enqueue();
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_cover_every_value() {
        for (rows, columns, thread_rows, tiles) in [
            (1, 1, 4, 1),
            (16, 257, 4, 2),
            (17, 128, 8, 1),
            (64, 64, 16, 1),
            (65, 129, 16, 6),
        ] {
            let tiling = Tiling { thread_rows, tiles };
            assert_eq!(Tiling::new(rows, columns), tiling, "{rows} x {columns}");
        }
    }
}
