// Gradient of a softmax of rows, or of its logarithm, from its output: some threads a row.

@group(0) @binding(0) var<storage, read> grad: array<f32>;
@group(0) @binding(1) var<storage, read> softmax_output: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;
@group(0) @binding(3) var<storage, read> numbers: array<u32>;

@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) workgroup_at: vec3<u32>,
    @builtin(num_workgroups) workgroup_count: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let rows = numbers[0];
    let length = numbers[1];
    let lanes = numbers[2];
    let logarithm = numbers[3] != 0u;
    let lane = thread % lanes;
    let row = (workgroup_at.y * workgroup_count.x + workgroup_at.x) * (256u / lanes) + thread / lanes;
    let first = row * length;
    // Threads without a row take part in the barriers all the same.
    let count = select(0u, length, row < rows);

    var sum = 0.0;
    for (var i = lane; i < count; i += lanes) {
        let g = grad[first + i];
        sum += select(g * softmax_output[first + i], g, logarithm);
    }
    sum = lane_sum(thread, lanes, sum);
    for (var i = lane; i < count; i += lanes) {
        let g = grad[first + i];
        let y = softmax_output[first + i];
        if (logarithm) {
            output[first + i] = g - exp(y) * sum;
        } else {
            output[first + i] = y * (g - sum);
        }
    }
}
