// A convolution with few channels a group, depthwise above all, or its input gradient: one thread for four pixels of a row
// that is written. Compiled by itself for groups of one channel.

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;
@group(0) @binding(4) var<storage, read> numbers: array<u32>;

const ONE_CHANNEL: bool = {{ variant }}u == 1u;

// Along one axis: the taps that read for a pixel, and where they do. On the way back the host sees to it that strides or
// dilations are 1.
struct Taps {
    first: u32,
    step: u32,
    // Where the first one reads, and how much further the next. Outside both wrap around to something beyond the last pixel.
    at: u32,
    at_step: u32,
}

fn taps_of(pixel: u32, stride: u32, dilation: u32, pad: u32) -> Taps {
    if (!conv.backwards) {
        return Taps(0u, 1u, pixel * stride - pad, dilation);
    }
    // The first whose window starts at a window's place.
    let first = (pixel + pad) % stride;
    return Taps(first, stride, (pixel + pad) / stride, 0u - dilation);
}

@compute @workgroup_size({{ threads }})
fn main(
    @builtin(workgroup_id) workgroup_at: vec3<u32>,
    @builtin(num_workgroups) workgroup_count: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    read_conv();
    let index = (workgroup_at.y * workgroup_count.x + workgroup_at.x) * {{ threads }}u + thread;
    // On the way back a thread's pixels are a stride apart, so that the same taps read for all of them, and read neighbours. On
    // the way there the pixels are neighbours, and what is read is a stride apart.
    let apart = select(1u, conv.stride.y, conv.backwards);
    let spread = select(conv.stride.y, 1u, conv.backwards);
    let fours = ((conv.width_out + apart - 1u) / apart + 3u) / 4u;
    let row = index / (fours * apart);
    let four = index % (fours * apart);
    let column = (four % fours) * 4u * apart + four / fours;
    let channel = (row / conv.height_out) % (conv.groups * conv.rows);
    let image = row / (conv.height_out * conv.groups * conv.rows);
    if (image >= conv.images || column >= conv.width_out) {
        return;
    }
    let channels = conv.channels;
    let height = conv.height;
    let width = conv.width;
    let plane = height * width;
    let group = channel / conv.rows;
    let start = (image * conv.groups + group) * channels * plane;
    // From a tap's weight to the next one's.
    let tap_step = channels * conv.pitch;
    let row_step = conv.kernel.y * tap_step;
    let weights = group * conv.kernel.x * row_step + channel % conv.rows;

    var sum = vec4<f32>(0.0);
    if (conv.has_bias) {
        sum = vec4<f32>(bias[channel]);
    }
    var down = taps_of(row % conv.height_out, conv.stride.x, conv.dilation.x, conv.pad.x);
    let across = taps_of(column, conv.stride.y, conv.dilation.y, conv.pad.y);
    for (var i = down.first; i < conv.kernel.x; i += down.step) {
        let row_at = start + min(down.at, height - 1u) * width;
        // No column of a row outside is read.
        let limit = vec4<u32>(select(0u, width, down.at < height));
        var columns = across.at + spread * FOUR;
        for (var j = across.first; j < conv.kernel.y; j += across.step) {
            let fits = columns < limit;
            var at = row_at + min(columns, vec4<u32>(width - 1u));
            var weight_at = weights + i * row_step + j * tap_step;
            if (ONE_CHANNEL) {
                let values = vec4<f32>(x[at.x], x[at.y], x[at.z], x[at.w]);
                sum += weight[weight_at] * select(vec4<f32>(0.0), values, fits);
            } else {
                for (var c = 0u; c < channels; c += 1u) {
                    let values = vec4<f32>(x[at.x], x[at.y], x[at.z], x[at.w]);
                    sum += weight[weight_at] * select(vec4<f32>(0.0), values, fits);
                    at += plane;
                    weight_at += conv.pitch;
                }
            }
            columns += across.at_step;
        }
        down.at += down.at_step;
    }

    let columns_out = column + apart * FOUR;
    let result = clamped_four(sum, range_at(RANGE_AT));
    store_four(row * conv.width_out + columns_out, columns_out < vec4<u32>(conv.width_out), result);
}
