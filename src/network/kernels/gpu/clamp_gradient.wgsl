// Gradients passed where a clamp's output lies strictly inside its range, then cut by sign: four
// values a thread, so that what all of them need is read once.

@group(0) @binding(0) var<storage, read> grad: array<f32>;
@group(0) @binding(1) var<storage, read> clamped_output: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;
@group(0) @binding(3) var<storage, read> numbers: array<u32>;

const POSITIVE: u32 = 1u;
const NEGATIVE: u32 = 2u;
const ABSOLUTE: u32 = 3u;

@compute @workgroup_size({{ threads }})
fn main(
    @builtin(workgroup_id) workgroup_at: vec3<u32>,
    @builtin(num_workgroups) workgroup_count: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let index = (workgroup_at.y * workgroup_count.x + workgroup_at.x) * {{ threads }}u + thread;
    let values = numbers[0];
    let first = 4u * index;
    if (first >= values) {
        return;
    }
    let at = min(first + FOUR, vec4<u32>(values - 1u));
    let range = range_at(1u);
    let passed = vec4<f32>(
        clamped_output[at.x],
        clamped_output[at.y],
        clamped_output[at.z],
        clamped_output[at.w],
    );
    let above = vec4<bool>((range.flags & HAS_LOW) == 0u) | (vec4<f32>(range.low) < passed);
    let below = vec4<bool>((range.flags & HAS_HIGH) == 0u) | (passed < vec4<f32>(range.high));
    var g = vec4<f32>(grad[at.x], grad[at.y], grad[at.z], grad[at.w]);
    g = select(vec4<f32>(0.0), g, above & below);
    switch (numbers[4]) {
        case POSITIVE: {
            g = select(g, vec4<f32>(0.0), g < vec4<f32>(0.0));
        }
        case NEGATIVE: {
            g = select(g, vec4<f32>(0.0), g > vec4<f32>(0.0));
        }
        case ABSOLUTE: {
            g = abs(g);
        }
        default: {}
    }
    store_four(at, first + FOUR < vec4<u32>(values), g);
}
