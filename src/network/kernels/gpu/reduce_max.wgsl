// Maxima along the middle one of three axes and where they lie: some threads an output.

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> output: array<f32>;
@group(0) @binding(2) var<storage, read_write> argmax: array<f32>;
@group(0) @binding(3) var<storage, read> numbers: array<u32>;

// Stands for negative infinity, which a shader cannot write down.
const LEAST: f32 = -3.4028234e38;

var<workgroup> positions: array<u32, 256>;

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

    var best = LEAST;
    // Beyond every position, for threads that saw no value.
    var position = length;
    for (var i = lane; i < count; i += lanes) {
        let value = x[first + i * inner];
        if (position == length || value > best) {
            best = value;
            position = i;
        }
    }
    lane_values[thread] = best;
    positions[thread] = position;
    workgroupBarrier();
    for (var reach = lanes / 2u; reach > 0u; reach /= 2u) {
        if (lane < reach) {
            let value = lane_values[thread + reach];
            let at = positions[thread + reach];
            let better = value > lane_values[thread];
            let earlier = value == lane_values[thread] && at < positions[thread];
            if (at < length && (better || earlier || positions[thread] == length)) {
                lane_values[thread] = value;
                positions[thread] = at;
            }
        }
        workgroupBarrier();
    }
    if (lane == 0u && index < outputs) {
        output[index] = lane_values[thread];
        argmax[index] = f32(positions[thread]);
    }
}
