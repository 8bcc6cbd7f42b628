// The largest value under each window and where it lies: one thread a window.

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> output: array<f32>;
@group(0) @binding(2) var<storage, read_write> argmax: array<f32>;
@group(0) @binding(3) var<storage, read> numbers: array<u32>;

// Stands for negative infinity, which a shader cannot write down.
const LEAST: f32 = -3.4028234e38;

@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) workgroup_at: vec3<u32>,
    @builtin(num_workgroups) workgroup_count: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let p = pool_numbers();
    let index = (workgroup_at.y * workgroup_count.x + workgroup_at.x) * 256u + thread;
    let windows = p.height_out * p.width_out;
    if (index >= p.planes * windows) {
        return;
    }
    let plane = (index / windows) * p.height_in * p.width_in;
    let window = index % windows;
    let corner = vec2<u32>(window / p.width_out, window % p.width_out) * p.stride;

    var found = false;
    var best = LEAST;
    var position = 0u;
    for (var i = 0u; i < p.kernel.x; i += 1u) {
        // Above and left of the image the difference wraps around to something beyond it.
        let row = corner.x + i * p.dilation.x - p.pad_begin.x;
        if (row >= p.height_in) {
            continue;
        }
        for (var j = 0u; j < p.kernel.y; j += 1u) {
            let column = corner.y + j * p.dilation.y - p.pad_begin.y;
            if (column >= p.width_in) {
                continue;
            }
            let here = row * p.width_in + column;
            let value = x[plane + here];
            if (!found || value > best) {
                found = true;
                best = value;
                position = here;
            }
        }
    }
    output[index] = best;
    argmax[index] = f32(position);
}
