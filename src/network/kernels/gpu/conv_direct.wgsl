// A convolution with few channels a group, depthwise above all: one thread an output value.

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;
@group(0) @binding(4) var<storage, read> numbers: array<u32>;

@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) workgroup_at: vec3<u32>,
    @builtin(num_workgroups) workgroup_count: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let c = conv_numbers();
    let index = (workgroup_at.y * workgroup_count.x + workgroup_at.x) * 256u + thread;
    let pixels = c.height_out * c.width_out;
    let channels = c.groups * c.channels_out;
    if (index >= c.images * channels * pixels) {
        return;
    }
    let pixel = index % pixels;
    let channel = (index / pixels) % channels;
    let image = index / (pixels * channels);
    let group = channel / c.channels_out;
    let corner = vec2<u32>(pixel / c.width_out, pixel % c.width_out) * c.stride;

    var sum = 0.0;
    if (numbers[16] != 0u) {
        sum = bias[channel];
    }
    var tap = channel * c.channels_in * c.kernel.x * c.kernel.y;
    var plane = (image * c.groups + group) * c.channels_in * c.height_in * c.width_in;
    for (var channel_in = 0u; channel_in < c.channels_in; channel_in += 1u) {
        for (var i = 0u; i < c.kernel.x; i += 1u) {
            // Above and left of the image the difference wraps around to something beyond it.
            let row = corner.x + i * c.dilation.x - c.pad.x;
            if (row >= c.height_in) {
                tap += c.kernel.y;
                continue;
            }
            for (var j = 0u; j < c.kernel.y; j += 1u) {
                let column = corner.y + j * c.dilation.y - c.pad.y;
                if (column < c.width_in) {
                    sum += weight[tap] * x[plane + row * c.width_in + column];
                }
                tap += 1u;
            }
        }
        plane += c.height_in * c.width_in;
    }
    output[index] = clamped(sum, range_at(17u));
}
