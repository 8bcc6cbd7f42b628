// The numbers of a pool, in the order in which the host writes them.

struct Pool {
    planes: u32,
    height_in: u32,
    width_in: u32,
    height_out: u32,
    width_out: u32,
    count_pads: u32,
    kernel: vec2<u32>,
    stride: vec2<u32>,
    dilation: vec2<u32>,
    pad_begin: vec2<u32>,
    pad_end: vec2<u32>,
}

fn pool_numbers() -> Pool {
    return Pool(
        numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5],
        vec2<u32>(numbers[6], numbers[7]),
        vec2<u32>(numbers[8], numbers[9]),
        vec2<u32>(numbers[10], numbers[11]),
        vec2<u32>(numbers[12], numbers[13]),
        vec2<u32>(numbers[14], numbers[15]),
    );
}

// Taps of a window that fall below `end`, padding counted.
fn taps_before(corner: vec2<u32>, end: vec2<u32>, p: Pool) -> vec2<u32> {
    let room = max(end, corner) - corner;
    return min((room + p.dilation - 1u) / p.dilation, p.kernel);
}

// By how many taps the average over a window divides.
fn divisor(window: vec2<u32>, p: Pool) -> f32 {
    let corner = window * p.stride;
    let inside = p.pad_begin + vec2<u32>(p.height_in, p.width_in);
    var counts = taps_before(corner, inside + p.pad_end, p);
    if (p.count_pads == 0u) {
        counts = taps_before(corner, inside, p) - taps_before(corner, p.pad_begin, p);
    }
    return f32(max(counts.x * counts.y, 1u));
}
