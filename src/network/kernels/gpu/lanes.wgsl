// Sums over some neighbouring threads of a workgroup, the lanes, which work on one row together.
// `lanes` is a power of two and the same for all threads.

var<workgroup> lane_values: array<f32, 256>;

// Every thread of the workgroup has to call this.
fn lane_sum(thread: u32, lanes: u32, value: f32) -> f32 {
    // Whoever still reads what the last call left is waited for.
    workgroupBarrier();
    lane_values[thread] = value;
    workgroupBarrier();
    let lane = thread % lanes;
    for (var reach = lanes / 2u; reach > 0u; reach /= 2u) {
        if (lane < reach) {
            lane_values[thread] += lane_values[thread + reach];
        }
        workgroupBarrier();
    }
    return lane_values[thread - lane];
}

// Every thread of the workgroup has to call this.
fn lane_max(thread: u32, lanes: u32, value: f32) -> f32 {
    workgroupBarrier();
    lane_values[thread] = value;
    workgroupBarrier();
    let lane = thread % lanes;
    for (var reach = lanes / 2u; reach > 0u; reach /= 2u) {
        if (lane < reach) {
            lane_values[thread] = max(lane_values[thread], lane_values[thread + reach]);
        }
        workgroupBarrier();
    }
    return lane_values[thread - lane];
}
