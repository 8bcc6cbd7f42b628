// A matrix product in tiles: rows of the left factor times columns of the right one, summed over
// `depth`. What the factors are is said by the functions of the file appended to this one:
//   fn sizes() -> vec4<u32>                         rows, columns, depth, groups
//   fn left(group: u32, row: u32, k: u32) -> f32
//   fn prepare(slot: u32, k: u32)                   what all columns need to know about one k
//   fn right(group: u32, at: Column, slot: u32, k: u32) -> f32
//   fn column_of(column: u32) -> Column
//   fn store(group: u32, row: u32, column: u32, sum: f32)
//   const LEFT_DEPTH_FIRST: bool                    whether neighbouring k are neighbours in memory
//
// 256 threads hold 4 x 4 sums each. A thread's columns are spread, so that neighbouring threads read
// and write neighbouring values.

const THREAD_ROWS: u32 = {{ thread_rows }}u;
const THREAD_COLUMNS: u32 = 256u / THREAD_ROWS;
const TILE_ROWS: u32 = 4u * THREAD_ROWS;
const TILE_COLUMNS: u32 = 4u * THREAD_COLUMNS;
// Wide tiles are shallow: the memory of a workgroup is 16 KiB, unless a device has more.
const TILE_DEPTH: u32 = min(16u, 2u * THREAD_ROWS);
// One more than needed, so that writes down a column fall into different memory banks.
const LEFT_PITCH: u32 = TILE_ROWS + 1u;

var<workgroup> left_tile: array<f32, TILE_DEPTH * LEFT_PITCH>;
var<workgroup> right_tile: array<f32, TILE_DEPTH * TILE_COLUMNS>;

@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) workgroup_at: vec3<u32>,
    @builtin(num_workgroups) workgroup_count: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let size = sizes();
    let rows = size.x;
    let columns = size.y;
    let depth = size.z;
    let row_tiles = (rows + TILE_ROWS - 1u) / TILE_ROWS;
    let column_tiles = (columns + TILE_COLUMNS - 1u) / TILE_COLUMNS;
    // The grid is folded into two dimensions, because each may have 65535 workgroups only.
    let tile = workgroup_at.y * workgroup_count.x + workgroup_at.x;
    if (tile >= row_tiles * column_tiles * size.w) {
        return;
    }
    // Neighbouring workgroups share their columns, which are the larger factor.
    let first_row = (tile % row_tiles) * TILE_ROWS;
    let first_column = ((tile / row_tiles) % column_tiles) * TILE_COLUMNS;
    let group = tile / (row_tiles * column_tiles);

    let thread_row = thread / THREAD_COLUMNS;
    let thread_column = thread % THREAD_COLUMNS;
    let load_column = thread % TILE_COLUMNS;
    let load_column_fits = first_column + load_column < columns;
    let at = column_of(min(first_column + load_column, columns - 1u));

    var sums_0 = vec4<f32>(0.0);
    var sums_1 = vec4<f32>(0.0);
    var sums_2 = vec4<f32>(0.0);
    var sums_3 = vec4<f32>(0.0);

    if (thread < TILE_DEPTH) {
        prepare(thread, thread);
    }
    workgroupBarrier();

    for (var first_k = 0u; first_k < depth; first_k += TILE_DEPTH) {
        for (var i = thread; i < TILE_DEPTH * TILE_ROWS; i += 256u) {
            var slot = i / TILE_ROWS;
            var row = i % TILE_ROWS;
            if (LEFT_DEPTH_FIRST) {
                slot = i % TILE_DEPTH;
                row = i / TILE_DEPTH;
            }
            var value = 0.0;
            if (first_row + row < rows && first_k + slot < depth) {
                value = left(group, first_row + row, first_k + slot);
            }
            left_tile[slot * LEFT_PITCH + row] = value;
        }
        for (var slot = thread / TILE_COLUMNS; slot < TILE_DEPTH; slot += 256u / TILE_COLUMNS) {
            var value = 0.0;
            if (load_column_fits && first_k + slot < depth) {
                value = right(group, at, slot, first_k + slot);
            }
            right_tile[slot * TILE_COLUMNS + load_column] = value;
        }
        workgroupBarrier();
        // What the next round needs is prepared while this one computes.
        if (thread < TILE_DEPTH) {
            prepare(thread, first_k + TILE_DEPTH + thread);
        }
        for (var slot = 0u; slot < TILE_DEPTH; slot += 1u) {
            let l = slot * LEFT_PITCH + 4u * thread_row;
            let r = slot * TILE_COLUMNS + thread_column;
            let right_values = vec4<f32>(
                right_tile[r],
                right_tile[r + THREAD_COLUMNS],
                right_tile[r + 2u * THREAD_COLUMNS],
                right_tile[r + 3u * THREAD_COLUMNS],
            );
            sums_0 += left_tile[l] * right_values;
            sums_1 += left_tile[l + 1u] * right_values;
            sums_2 += left_tile[l + 2u] * right_values;
            sums_3 += left_tile[l + 3u] * right_values;
        }
        workgroupBarrier();
    }

    let row = first_row + 4u * thread_row;
    let column = first_column + thread_column;
    store_row(group, row, column, rows, columns, sums_0);
    store_row(group, row + 1u, column, rows, columns, sums_1);
    store_row(group, row + 2u, column, rows, columns, sums_2);
    store_row(group, row + 3u, column, rows, columns, sums_3);
}

fn store_row(group: u32, row: u32, column: u32, rows: u32, columns: u32, sums: vec4<f32>) {
    if (row >= rows) {
        return;
    }
    if (column < columns) {
        store(group, row, column, sums.x);
    }
    if (column + THREAD_COLUMNS < columns) {
        store(group, row, column + THREAD_COLUMNS, sums.y);
    }
    if (column + 2u * THREAD_COLUMNS < columns) {
        store(group, row, column + 2u * THREAD_COLUMNS, sums.z);
    }
    if (column + 3u * THREAD_COLUMNS < columns) {
        store(group, row, column + 3u * THREAD_COLUMNS, sums.w);
    }
}
