// Products of matrices, stored in any order that steps of one length can follow.

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;
@group(0) @binding(3) var<storage, read> numbers: array<u32>;

fn left(at: vec4<u32>) -> vec4<f32> {
    return vec4<f32>(a[at.x], a[at.y], a[at.z], a[at.w]);
}

fn right(at: vec4<u32>) -> vec4<f32> {
    return vec4<f32>(b[at.x], b[at.y], b[at.z], b[at.w]);
}

@compute @workgroup_size({{ threads }})
fn main(
    @builtin(workgroup_id) workgroup_at: vec3<u32>,
    @builtin(num_workgroups) workgroup_count: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let rows = numbers[0];
    let columns = numbers[1];
    let depth = numbers[2];
    // From a value of each factor to the next: along rows or columns, along the depth, and to the next product.
    let left_row = numbers[4];
    let left_depth = numbers[5];
    let right_column = numbers[7];
    let right_depth = numbers[8];

    let index = (workgroup_at.y * workgroup_count.x + workgroup_at.x) * {{ threads }}u + thread;
    let tile = tile_at(index, rows, columns, numbers[3]);
    if (!tile.exists) {
        return;
    }
    // Rows and columns beyond the last are computed as the last, and not stored.
    let last_row = vec4<u32>(rows - 1u);
    let last_column = vec4<u32>(columns - 1u);
    let left_start = tile.product * numbers[6];
    let right_start = tile.product * numbers[9];
    var top = left_start + min(tile.row + FOUR, last_row) * left_row;
    var bottom = left_start + min(tile.row + LAST_FOUR, last_row) * left_row;
    var first = right_start + min(tile.column + FOUR, last_column) * right_column;
    var last = right_start + min(tile.column + LAST_FOUR, last_column) * right_column;

    var sums: Sums;
    for (var k = 0u; k < depth; k += 1u) {
        add_product(&sums, left(top), left(bottom), right(first), right(last));
        top += left_depth;
        bottom += left_depth;
        first += right_depth;
        last += right_depth;
    }

    for (var i = 0u; i < min(TILE, rows - tile.row); i += 1u) {
        store_row(
            (tile.product * rows + tile.row + i) * columns,
            tile.column + FOUR,
            tile.column + LAST_FOUR,
            columns - tile.column,
            sums[2u * i],
            sums[2u * i + 1u],
        );
    }
}
