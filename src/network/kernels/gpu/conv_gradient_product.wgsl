// The gradient of a convolution by its input as a matrix product: rows are input channels, columns
// input pixels of all images, and the depth runs over output channels and taps. Every pixel gathers
// what the windows over it send back, so no two threads write one value.

@group(0) @binding(0) var<storage, read> grad: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;
@group(0) @binding(3) var<storage, read> numbers: array<u32>;

const LEFT_DEPTH_FIRST: bool = false;

struct Column {
    // First value of the image's first channel.
    image: u32,
    // The pixel, padding counted.
    pixel: vec2<u32>,
}

// Of each k of this round: where its channel starts, and how far its tap is from a window's corner.
var<workgroup> channel_starts: array<u32, TILE_DEPTH>;
var<workgroup> tap_offsets: array<vec2<u32>, TILE_DEPTH>;

fn sizes() -> vec4<u32> {
    let c = conv_numbers();
    return vec4<u32>(
        c.channels_in,
        c.images * c.height_in * c.width_in,
        c.channels_out * c.kernel.x * c.kernel.y,
        c.groups,
    );
}

fn left(group: u32, row: u32, k: u32) -> f32 {
    let c = conv_numbers();
    let taps = c.kernel.x * c.kernel.y;
    let channel = group * c.channels_out + k / taps;
    return weight[(channel * c.channels_in + row) * taps + k % taps];
}

fn column_of(column: u32) -> Column {
    let c = conv_numbers();
    let pixels = c.height_in * c.width_in;
    let pixel = column % pixels;
    let image = (column / pixels) * c.groups * c.channels_out * c.height_out * c.width_out;
    return Column(image, vec2<u32>(pixel / c.width_in, pixel % c.width_in) + c.pad);
}

fn prepare(slot: u32, k: u32) {
    let c = conv_numbers();
    let taps = c.kernel.x * c.kernel.y;
    let tap = k % taps;
    channel_starts[slot] = (k / taps) * c.height_out * c.width_out;
    tap_offsets[slot] = vec2<u32>(tap / c.kernel.y, tap % c.kernel.y) * c.dilation;
}

fn right(group: u32, at: Column, slot: u32, k: u32) -> f32 {
    let c = conv_numbers();
    let tap = tap_offsets[slot];
    if (any(at.pixel < tap)) {
        return 0.0;
    }
    let corner = at.pixel - tap;
    let window = corner / c.stride;
    // Only a window that starts exactly there has this tap over this pixel.
    if (any(window * c.stride != corner) || window.x >= c.height_out || window.y >= c.width_out) {
        return 0.0;
    }
    let plane = at.image + group * c.channels_out * c.height_out * c.width_out + channel_starts[slot];
    return grad[plane + window.x * c.width_out + window.y];
}

fn store(group: u32, row: u32, column: u32, sum: f32) {
    let c = conv_numbers();
    let pixels = c.height_in * c.width_in;
    let image = column / pixels;
    let channel = (image * c.groups + group) * c.channels_in + row;
    output[channel * pixels + column % pixels] = sum;
}
