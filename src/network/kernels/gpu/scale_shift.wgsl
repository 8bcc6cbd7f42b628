// A factor and an offset for each place along the middle one of three axes: one thread a value.

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> scale: array<f32>;
@group(0) @binding(2) var<storage, read> shift: array<f32>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;
@group(0) @binding(4) var<storage, read> numbers: array<u32>;

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
    let place = (index / numbers[2]) % numbers[1];
    var value = x[index] * scale[place];
    if (numbers[3] != 0u) {
        value += shift[place];
    }
    output[index] = value;
}
