// What one thread of a matrix product holds: the sums of 8 rows by 8 columns. Each step reads 16 numbers for 64 products,
// and no thread waits for another: sharing tiles between threads cost more than the reads it saved.

const TILE: u32 = 8u;
// The other half of a tile's rows or columns.
const LAST_FOUR: vec4<u32> = FOUR + 4u;

// Two vectors a row: its first four columns, and its last.
alias Sums = array<vec4<f32>, 16>;

// Adds one column of the left factor, rows 0 to 3 and 4 to 7, times one row of the right one, columns 0 to 3 and 4 to 7.
fn add_product(
    sums: ptr<function, Sums>,
    top: vec4<f32>,
    bottom: vec4<f32>,
    first: vec4<f32>,
    last: vec4<f32>,
) {
    (*sums)[0] += top.x * first;
    (*sums)[1] += top.x * last;
    (*sums)[2] += top.y * first;
    (*sums)[3] += top.y * last;
    (*sums)[4] += top.z * first;
    (*sums)[5] += top.z * last;
    (*sums)[6] += top.w * first;
    (*sums)[7] += top.w * last;
    (*sums)[8] += bottom.x * first;
    (*sums)[9] += bottom.x * last;
    (*sums)[10] += bottom.y * first;
    (*sums)[11] += bottom.y * last;
    (*sums)[12] += bottom.z * first;
    (*sums)[13] += bottom.z * last;
    (*sums)[14] += bottom.w * first;
    (*sums)[15] += bottom.w * last;
}

// Where a thread's tile lies.
struct Tile {
    // Which product of several.
    product: u32,
    row: u32,
    column: u32,
    // Not beyond the last one.
    exists: bool,
}

// The tile of a thread: neighbours share their columns.
fn tile_at(index: u32, rows: u32, columns: u32, products: u32) -> Tile {
    let row_tiles = (rows + TILE - 1u) / TILE;
    let column_tiles = (columns + TILE - 1u) / TILE;
    let tile = index / row_tiles;
    return Tile(
        tile / column_tiles,
        (index % row_tiles) * TILE,
        (tile % column_tiles) * TILE,
        index < row_tiles * column_tiles * products,
    );
}

// Stores a row's columns, as many as there are.
fn store_row(row_at: u32, first_at: vec4<u32>, last_at: vec4<u32>, columns: u32, first: vec4<f32>, last: vec4<f32>) {
    store_four(row_at + first_at, FOUR < vec4<u32>(columns), first);
    store_four(row_at + last_at, LAST_FOUR < vec4<u32>(columns), last);
}
