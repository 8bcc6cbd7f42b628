// The gradient by its input of a convolution with few channels a group: one thread an input value,
// which gathers what the windows over it send back.

@group(0) @binding(0) var<storage, read> grad: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;
@group(0) @binding(3) var<storage, read> numbers: array<u32>;

@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) workgroup_at: vec3<u32>,
    @builtin(num_workgroups) workgroup_count: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let c = conv_numbers();
    let index = (workgroup_at.y * workgroup_count.x + workgroup_at.x) * 256u + thread;
    let pixels = c.height_in * c.width_in;
    let channels = c.groups * c.channels_in;
    if (index >= c.images * channels * pixels) {
        return;
    }
    let pixel = index % pixels;
    let channel = (index / pixels) % channels;
    let image = index / (pixels * channels);
    let group = channel / c.channels_in;
    let padded = vec2<u32>(pixel / c.width_in, pixel % c.width_in) + c.pad;
    let taps = c.kernel.x * c.kernel.y;

    var sum = 0.0;
    for (var i = 0u; i < c.kernel.x; i += 1u) {
        // Above the first window the difference wraps around to something beyond the last.
        let corner_row = padded.x - i * c.dilation.x;
        let row = corner_row / c.stride.x;
        if (row >= c.height_out || row * c.stride.x != corner_row) {
            continue;
        }
        for (var j = 0u; j < c.kernel.y; j += 1u) {
            let corner_column = padded.y - j * c.dilation.y;
            let column = corner_column / c.stride.y;
            if (column >= c.width_out || column * c.stride.y != corner_column) {
                continue;
            }
            var channel_out = group * c.channels_out;
            let first_weight = (channel % c.channels_in) * taps + i * c.kernel.y + j;
            for (var o = 0u; o < c.channels_out; o += 1u) {
                let plane = (image * c.groups * c.channels_out + channel_out) * c.height_out;
                sum += weight[channel_out * c.channels_in * taps + first_weight]
                    * grad[(plane + row) * c.width_out + column];
                channel_out += 1u;
            }
        }
    }
    output[index] = sum;
}
