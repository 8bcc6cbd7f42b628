// A convolution, or its input gradient, as a matrix product: rows are the channels written, columns the pixels written of all
// images, and the depth runs over taps and the channels read.

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;
@group(0) @binding(4) var<storage, read> numbers: array<u32>;

// Along one axis: where a tap reads for four pixels that are written, and whether there is something.
struct Places {
    at: vec4<u32>,
    fits: vec4<bool>,
}

// `tap` is the tap's distance from the first, `size` how much there is to be read.
fn places(pixels: vec4<u32>, tap: u32, stride: u32, pad: u32, size: u32) -> Places {
    // Before the first pixel these differences wrap around to something beyond the last.
    if (!conv.backwards) {
        let at = pixels * stride + (tap - pad);
        return Places(at, at < vec4<u32>(size));
    }
    let corner = pixels + (pad - tap);
    if (stride == 1u) {
        return Places(corner, corner < vec4<u32>(size));
    }
    // Only a window that starts exactly there has this tap over this pixel. Divided as floats, which is exact for sizes below
    // a million and faster.
    let window = vec4<u32>((vec4<f32>(corner) + 0.5) / f32(stride));
    return Places(window, (window * stride == corner) & (window < vec4<u32>(size)));
}

// Four columns.
struct Columns {
    // First value of the image's first channel that is read.
    start: vec4<u32>,
    // The pixel.
    y: vec4<u32>,
    x: vec4<u32>,
    // Where the group's first channel is written.
    output: vec4<u32>,
}

fn columns_at(columns: vec4<u32>, group: u32) -> Columns {
    let pixels = conv.height_out * conv.width_out;
    let image = columns / pixels;
    let pixel = columns - image * pixels;
    let y = pixel / conv.width_out;
    let channels = image * conv.groups + group;
    return Columns(
        channels * (conv.channels * conv.height * conv.width),
        y,
        pixel - y * conv.width_out,
        channels * (conv.rows * pixels) + pixel,
    );
}

// Where a tap reads in the first channel, and whether there is something.
fn read_at(columns: Columns, tap: vec2<u32>) -> Places {
    let y = places(columns.y, tap.x, conv.stride.x, conv.pad.x, conv.height);
    let x = places(columns.x, tap.y, conv.stride.y, conv.pad.y, conv.width);
    let fits = y.fits & x.fits;
    return Places(columns.start + select(vec4<u32>(0u), y.at * conv.width + x.at, fits), fits);
}

fn gather(places: Places) -> vec4<f32> {
    let at = places.at;
    return select(vec4<f32>(0.0), vec4<f32>(x[at.x], x[at.y], x[at.z], x[at.w]), places.fits);
}

@compute @workgroup_size({{ threads }})
fn main(
    @builtin(workgroup_id) workgroup_at: vec3<u32>,
    @builtin(num_workgroups) workgroup_count: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    read_conv();
    let pixels = conv.height_out * conv.width_out;
    let plane = conv.height * conv.width;
    let columns = conv.images * pixels;
    // The grid is folded into two dimensions, because each may have 65535 workgroups only.
    let index = (workgroup_at.y * workgroup_count.x + workgroup_at.x) * {{ threads }}u + thread;
    let tile = tile_at(index, conv.rows, columns, conv.groups);
    if (!tile.exists) {
        return;
    }
    // Columns beyond the last are computed as the last, and not stored.
    let first = columns_at(min(tile.column + FOUR, vec4<u32>(columns - 1u)), tile.product);
    let last = columns_at(min(tile.column + LAST_FOUR, vec4<u32>(columns - 1u)), tile.product);

    var sums: Sums;
    let taps = conv.kernel.x * conv.kernel.y;
    var weight_at = (tile.product * taps * conv.channels * conv.pitch + tile.row) / 4u;
    for (var i = 0u; i < conv.kernel.x; i += 1u) {
        for (var j = 0u; j < conv.kernel.y; j += 1u) {
            let tap = vec2<u32>(i, j) * conv.dilation;
            var from_first = read_at(first, tap);
            var from_last = read_at(last, tap);
            for (var channel = 0u; channel < conv.channels; channel += 1u) {
                add_product(
                    &sums,
                    weight[weight_at],
                    weight[weight_at + 1u],
                    gather(from_first),
                    gather(from_last),
                );
                from_first.at += plane;
                from_last.at += plane;
                weight_at += conv.pitch / 4u;
            }
        }
    }

    let range = range_at(RANGE_AT);
    for (var i = 0u; i < min(TILE, conv.rows - tile.row); i += 1u) {
        let row = tile.row + i;
        var offset = 0.0;
        if (conv.has_bias) {
            offset = bias[tile.product * conv.rows + row];
        }
        store_row(
            row * pixels,
            first.output,
            last.output,
            columns - tile.column,
            clamped_four(sums[2u * i] + offset, range),
            clamped_four(sums[2u * i + 1u] + offset, range),
        );
    }
}
