// Softmax of rows, or its logarithm: some threads a row.

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> output: array<f32>;
@group(0) @binding(2) var<storage, read> numbers: array<u32>;

// Stands for negative infinity, which a shader cannot write down.
const LEAST: f32 = -3.4028234e38;

@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) workgroup_at: vec3<u32>,
    @builtin(num_workgroups) workgroup_count: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let rows = numbers[0];
    let length = numbers[1];
    let lanes = numbers[2];
    let lane = thread % lanes;
    let row = (workgroup_at.y * workgroup_count.x + workgroup_at.x) * (256u / lanes) + thread / lanes;
    let first = row * length;
    // Threads without a row take part in the barriers all the same.
    let count = select(0u, length, row < rows);

    var largest = LEAST;
    for (var i = lane; i < count; i += lanes) {
        largest = max(largest, x[first + i]);
    }
    largest = lane_max(thread, lanes, largest);
    var sum = 0.0;
    for (var i = lane; i < count; i += lanes) {
        sum += exp(x[first + i] - largest);
    }
    sum = lane_sum(thread, lanes, sum);
    for (var i = lane; i < count; i += lanes) {
        let value = x[first + i] - largest;
        if (numbers[3] != 0u) {
            output[first + i] = value - log(sum);
        } else {
            output[first + i] = exp(value) / sum;
        }
    }
}
