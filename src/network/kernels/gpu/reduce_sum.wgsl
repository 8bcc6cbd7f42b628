// Sums along the middle one of three axes: some threads an output.

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> output: array<f32>;
@group(0) @binding(2) var<storage, read> numbers: array<u32>;

@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) workgroup_at: vec3<u32>,
    @builtin(num_workgroups) workgroup_count: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let outputs = numbers[0];
    let length = numbers[1];
    let lanes = numbers[2];
    let inner = numbers[3];
    let lane = thread % lanes;
    let index = (workgroup_at.y * workgroup_count.x + workgroup_at.x) * (256u / lanes) + thread / lanes;
    let first = (index / inner) * length * inner + index % inner;
    // Threads without an output take part in the barriers all the same.
    let count = select(0u, length, index < outputs);

    var sum = 0.0;
    for (var i = lane; i < count; i += lanes) {
        sum += x[first + i * inner];
    }
    sum = lane_sum(thread, lanes, sum);
    if (lane == 0u && index < outputs) {
        output[index] = sum;
    }
}
