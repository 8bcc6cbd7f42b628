// The product of two matrices, the second stored as it is or transposed.

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;
@group(0) @binding(3) var<storage, read> numbers: array<u32>;

const LEFT_DEPTH_FIRST: bool = true;

struct Column {
    column: u32,
}

fn sizes() -> vec4<u32> {
    return vec4<u32>(numbers[0], numbers[1], numbers[2], 1u);
}

fn left(group: u32, row: u32, k: u32) -> f32 {
    return a[row * numbers[2] + k];
}

fn column_of(column: u32) -> Column {
    return Column(column);
}

fn prepare(slot: u32, k: u32) {}

fn right(group: u32, at: Column, slot: u32, k: u32) -> f32 {
    if (numbers[3] != 0u) {
        return b[at.column * numbers[2] + k];
    }
    return b[k * numbers[1] + at.column];
}

fn store(group: u32, row: u32, column: u32, sum: f32) {
    output[row * numbers[1] + column] = sum;
}
