// Sparse rows along an axis: one thread an output value of [outer, rows, inner].

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> starts: array<i32>;
@group(0) @binding(2) var<storage, read> columns: array<i32>;
@group(0) @binding(3) var<storage, read> weights: array<f32>;
@group(0) @binding(4) var<storage, read_write> output: array<f32>;
@group(0) @binding(5) var<storage, read> numbers: array<u32>;

@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) workgroup_at: vec3<u32>,
    @builtin(num_workgroups) workgroup_count: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let values = numbers[0];
    let rows = numbers[1];
    let width = numbers[2];
    let inner = numbers[3];
    let index = (workgroup_at.y * workgroup_count.x + workgroup_at.x) * 256u + thread;
    if (index >= values) {
        return;
    }
    let within = index % inner;
    let row = (index / inner) % rows;
    let block = index / (inner * rows);
    let first = starts[row];
    let end = starts[row + 1u];
    if (first == end) {
        output[index] = bitcast<f32>(numbers[4]);
        return;
    }
    var sum = 0.0;
    for (var entry = first; entry < end; entry += 1) {
        sum += weights[entry] * x[(block * width + u32(columns[entry])) * inner + within];
    }
    output[index] = sum;
}
