//! Products in tiles on WebGPU: how they are cut up, and that of two matrices.

use burn_cubecl::tensor::CubeTensor;

use super::launch::{Launch, Shader, contiguous, narrow, sizes, uninitialised};

/// The loop over tiles that matrix products and convolutions share.
pub const PRODUCT: &str = include_str!("product.wgsl");

const MATMUL: Shader = Shader {
    name: "matrix product",
    files: &[PRODUCT, include_str!("matmul_product.wgsl")],
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

/// See [`crate::network::kernels::Kernels::matmul`].
pub fn matmul(a: CubeTensor, b: CubeTensor, transposed: bool) -> CubeTensor {
    let (a, b) = (contiguous(a), contiguous(b));
    let [rows, depth] = sizes(&a);
    let [b_rows, b_columns] = sizes(&b);
    let columns = if transposed { b_rows } else { b_columns };
    let output = uninitialised(&a, &[rows, columns]);
    let tiling = Tiling::new(rows, columns);
    Launch {
        shader: Shader {
            thread_rows: tiling.thread_rows,
            ..MATMUL
        },
        inputs: &[&a, &b],
        outputs: &[&output],
        numbers: vec![
            narrow(rows),
            narrow(columns),
            narrow(depth),
            u32::from(transposed),
        ],
        workgroups: tiling.tiles,
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
