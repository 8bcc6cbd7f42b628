// A convolution as a matrix product: rows are output channels, columns output pixels of all images,
// and the depth runs over input channels and taps.

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;
@group(0) @binding(4) var<storage, read> numbers: array<u32>;

const LEFT_DEPTH_FIRST: bool = true;

struct Column {
    // First value of the image's first channel.
    image: u32,
    // Top left corner of the window, padding counted.
    corner: vec2<u32>,
}

// Of each k of this round: where its channel starts, and how far its tap is from the corner.
var<workgroup> channel_starts: array<u32, TILE_DEPTH>;
var<workgroup> tap_offsets: array<vec2<u32>, TILE_DEPTH>;

fn sizes() -> vec4<u32> {
    let c = conv_numbers();
    return vec4<u32>(
        c.channels_out,
        c.images * c.height_out * c.width_out,
        c.channels_in * c.kernel.x * c.kernel.y,
        c.groups,
    );
}

fn left(group: u32, row: u32, k: u32) -> f32 {
    let c = conv_numbers();
    let depth = c.channels_in * c.kernel.x * c.kernel.y;
    return weight[(group * c.channels_out + row) * depth + k];
}

fn column_of(column: u32) -> Column {
    let c = conv_numbers();
    let pixels = c.height_out * c.width_out;
    let pixel = column % pixels;
    let window = vec2<u32>(pixel / c.width_out, pixel % c.width_out);
    let image = (column / pixels) * c.groups * c.channels_in * c.height_in * c.width_in;
    return Column(image, window * c.stride);
}

fn prepare(slot: u32, k: u32) {
    let c = conv_numbers();
    let taps = c.kernel.x * c.kernel.y;
    let tap = k % taps;
    channel_starts[slot] = (k / taps) * c.height_in * c.width_in;
    tap_offsets[slot] = vec2<u32>(tap / c.kernel.y, tap % c.kernel.y) * c.dilation;
}

fn right(group: u32, at: Column, slot: u32, k: u32) -> f32 {
    let c = conv_numbers();
    // Above and left of the image the difference wraps around to something beyond it.
    let pixel = at.corner + tap_offsets[slot] - c.pad;
    if (pixel.x >= c.height_in || pixel.y >= c.width_in) {
        return 0.0;
    }
    let plane = at.image + group * c.channels_in * c.height_in * c.width_in + channel_starts[slot];
    return x[plane + pixel.x * c.width_in + pixel.y];
}

fn store(group: u32, row: u32, column: u32, sum: f32) {
    let c = conv_numbers();
    let pixels = c.height_out * c.width_out;
    let channel = group * c.channels_out + row;
    var value = sum;
    if (numbers[16] != 0u) {
        value += bias[channel];
    }
    let image = column / pixels;
    let to = (image * c.groups * c.channels_out + channel) * pixels + column % pixels;
    output[to] = clamped(value, range_at(17u));
}
