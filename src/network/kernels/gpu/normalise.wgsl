// Rows divided by their root mean square, after their mean was taken off: some threads a row.

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> output: array<f32>;
@group(0) @binding(2) var<storage, read_write> factors: array<f32>;
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
    let lane = thread % lanes;
    let row = (workgroup_at.y * workgroup_count.x + workgroup_at.x) * (256u / lanes) + thread / lanes;
    let first = row * length;
    // Threads without a row take part in the barriers all the same.
    let count = select(0u, length, row < rows);

    var mean = 0.0;
    if (numbers[3] != 0u) {
        var sum = 0.0;
        for (var i = lane; i < count; i += lanes) {
            sum += x[first + i];
        }
        mean = lane_sum(thread, lanes, sum) / f32(length);
    }
    var square = 0.0;
    for (var i = lane; i < count; i += lanes) {
        let value = x[first + i] - mean;
        square += value * value;
    }
    square = lane_sum(thread, lanes, square) / f32(length);
    let factor = 1.0 / sqrt(square + bitcast<f32>(numbers[4]));
    for (var i = lane; i < count; i += lanes) {
        output[first + i] = (x[first + i] - mean) * factor;
    }
    if (lane == 0u && row < rows) {
        factors[row] = factor;
    }
}
