// Gradients passed where a clamp's output lies strictly inside its range, then cut by sign.

@group(0) @binding(0) var<storage, read> grad: array<f32>;
@group(0) @binding(1) var<storage, read> clamped_output: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;
@group(0) @binding(3) var<storage, read> numbers: array<u32>;

const POSITIVE: u32 = 1u;
const NEGATIVE: u32 = 2u;
const ABSOLUTE: u32 = 3u;

@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) workgroup_at: vec3<u32>,
    @builtin(num_workgroups) workgroup_count: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let index = (workgroup_at.y * workgroup_count.x + workgroup_at.x) * 256u + thread;
    if (index >= numbers[0]) {
        return;
    }
    let range = range_at(1u);
    let value = clamped_output[index];
    let above = (range.flags & HAS_LOW) == 0u || range.low < value;
    let below = (range.flags & HAS_HIGH) == 0u || value < range.high;
    var g = 0.0;
    if (above && below) {
        g = grad[index];
    }
    switch (numbers[4]) {
        case POSITIVE: {
            g = select(g, 0.0, g < 0.0);
        }
        case NEGATIVE: {
            g = select(g, 0.0, g > 0.0);
        }
        case ABSOLUTE: {
            g = abs(g);
        }
        default: {}
    }
    output[index] = g;
}
