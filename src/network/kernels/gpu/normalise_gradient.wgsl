// Gradient of the normalisation of rows, from its outputs: some threads a row.

@group(0) @binding(0) var<storage, read> grad: array<f32>;
@group(0) @binding(1) var<storage, read> normalised: array<f32>;
@group(0) @binding(2) var<storage, read> factors: array<f32>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;
@group(0) @binding(4) var<storage, read> numbers: array<u32>;

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

    var mean = 0.0;
    if (numbers[3] != 0u) {
        var sum = 0.0;
        for (var i = lane; i < count; i += lanes) {
            sum += grad[first + i];
        }
        mean = lane_sum(thread, lanes, sum) / f32(length);
    }
    var along = 0.0;
    for (var i = lane; i < count; i += lanes) {
        along += grad[first + i] * normalised[first + i];
    }
    along = lane_sum(thread, lanes, along) / f32(length);
    for (var i = lane; i < count; i += lanes) {
        output[first + i] = factors[row] * (grad[first + i] - mean - normalised[first + i] * along);
    }
}
