// The products of matrices, the second of each stored as it is or transposed. Whether the first is
// stored transposed says LEFT_DEPTH_FIRST, which the host puts in front.

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;
@group(0) @binding(3) var<storage, read> numbers: array<u32>;

struct Column {
    column: u32,
}

fn sizes() -> vec4<u32> {
    return vec4<u32>(numbers[0], numbers[1], numbers[2], numbers[3]);
}

fn left(group: u32, row: u32, k: u32) -> f32 {
    if (LEFT_DEPTH_FIRST) {
        return a[group * numbers[5] + row * numbers[2] + k];
    }
    return a[group * numbers[5] + k * numbers[0] + row];
}

fn column_of(column: u32) -> Column {
    return Column(column);
}

fn prepare(slot: u32, k: u32) {}

fn right(group: u32, at: Column, slot: u32, k: u32) -> f32 {
    if (numbers[4] != 0u) {
        return b[group * numbers[6] + at.column * numbers[2] + k];
    }
    return b[group * numbers[6] + k * numbers[1] + at.column];
}

fn store(group: u32, row: u32, column: u32, sum: f32) {
    output[(group * numbers[0] + row) * numbers[1] + column] = sum;
}
