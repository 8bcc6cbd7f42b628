// The mean under each window: one thread a window.

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> output: array<f32>;
@group(0) @binding(2) var<storage, read> numbers: array<u32>;

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
    let window = vec2<u32>((index % windows) / p.width_out, index % p.width_out);
    let corner = window * p.stride;

    var sum = 0.0;
    for (var i = 0u; i < p.kernel.x; i += 1u) {
        // Above and left of the image the difference wraps around to something beyond it.
        let row = corner.x + i * p.dilation.x - p.pad_begin.x;
        if (row >= p.height_in) {
            continue;
        }
        for (var j = 0u; j < p.kernel.y; j += 1u) {
            let column = corner.y + j * p.dilation.y - p.pad_begin.y;
            if (column < p.width_in) {
                sum += x[plane + row * p.width_in + column];
            }
        }
    }
    output[index] = sum / divisor(window, p);
}
