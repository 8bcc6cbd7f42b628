//! How matrix products are cut into tiles on WebGPU, one a thread.

/// What tiles consist of, for shaders that compute products; they need [`super::launch::FOUR`] too.
pub const TILES: &str = include_str!("tile.wgsl");

/// Rows and columns of a tile.
pub const TILE: usize = 8;

/// Tiles of `products` products.
pub fn tiles(rows: usize, columns: usize, products: usize) -> usize {
    rows.div_ceil(TILE) * columns.div_ceil(TILE) * products
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_cover_every_value() {
        for (rows, columns, products, expected) in [
            (1, 1, 1, 1),
            (8, 8 * 64, 1, 64),
            (9, 8 * 64, 1, 128),
            (8, 8 * 64 + 1, 1, 65),
            (8, 8, 65, 65),
        ] {
            let found = tiles(rows, columns, products);
            assert_eq!(found, expected, "{products} of {rows} x {columns}");
        }
    }
}
