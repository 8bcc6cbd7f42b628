// Gradients of maxima along the middle one of three axes: one thread an input value.

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
    let index = (workgroup_at.y * workgroup_count.x + workgroup_at.x) * 256u + thread;
    if (index >= numbers[0]) {
        return;
    }
    let length = numbers[1];
    let inner = numbers[2];
    let from_output = index / (length * inner) * inner + index % inner;
    let position = (index / inner) % length;
    output[index] = select(0.0, grad[from_output], u32(argmax[from_output]) == position);
}
