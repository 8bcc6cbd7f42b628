// Gradients of maxima sent back to where the maxima lay: one thread an input value, which looks
// through the windows over it.

@group(0) @binding(0) var<storage, read> grad: array<f32>;
@group(0) @binding(1) var<storage, read> argmax: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;
@group(0) @binding(3) var<storage, read> numbers: array<u32>;

@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) workgroup_at: vec3<u32>,
    @builtin(num_workgroups) workgroup_count: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let p = pool_numbers();
    let index = (workgroup_at.y * workgroup_count.x + workgroup_at.x) * 256u + thread;
    let pixels = p.height_in * p.width_in;
    if (index >= p.planes * pixels) {
        return;
    }
    let pixel = index % pixels;
    let plane = (index / pixels) * p.height_out * p.width_out;
    let padded = vec2<u32>(pixel / p.width_in, pixel % p.width_in) + p.pad_begin;

    var sum = 0.0;
    for (var i = 0u; i < p.kernel.x; i += 1u) {
        // Above the first window the difference wraps around to something beyond the last.
        let corner_row = padded.x - i * p.dilation.x;
        let row = corner_row / p.stride.x;
        if (row >= p.height_out || row * p.stride.x != corner_row) {
            continue;
        }
        for (var j = 0u; j < p.kernel.y; j += 1u) {
            let corner_column = padded.y - j * p.dilation.y;
            let column = corner_column / p.stride.y;
            if (column >= p.width_out || column * p.stride.y != corner_column) {
                continue;
            }
            let source = plane + row * p.width_out + column;
            if (u32(argmax[source]) == pixel) {
                sum += grad[source];
            }
        }
    }
    output[index] = sum;
}
