//! How matrix products are cut into tiles on WebGPU, one a thread.

use super::launch::FEW_THREADS;

/// What tiles consist of, for shaders that compute products.
pub const TILES: &str = include_str!("tile.wgsl");

/// Rows and columns of a tile.
pub const TILE: usize = 8;

/// Workgroups for the tiles of `products` products.
pub fn workgroups(rows: usize, columns: usize, products: usize) -> u64 {
    let tiles = rows.div_ceil(TILE) as u64 * columns.div_ceil(TILE) as u64 * products as u64;
    tiles.div_ceil(u64::from(FEW_THREADS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_cover_every_value() {
        for (rows, columns, products, expected) in [
            (1, 1, 1, 1),
            (8, 8 * 64, 1, 1),
            (9, 8 * 64, 1, 2),
            (8, 8 * 64 + 1, 1, 2),
            (8, 8, 65, 2),
        ] {
            let found = workgroups(rows, columns, products);
            assert_eq!(found, expected, "{products} of {rows} x {columns}");
        }
    }
}
