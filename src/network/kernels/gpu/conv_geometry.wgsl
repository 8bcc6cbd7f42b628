// The numbers of a convolution, in the order in which the host writes them.

struct Conv {
    // Of the tensor on the input side: images, channels of one group, height, width.
    images: u32,
    channels_in: u32,
    height_in: u32,
    width_in: u32,
    // Of the tensor on the output side: channels of one group, height, width.
    channels_out: u32,
    height_out: u32,
    width_out: u32,
    groups: u32,
    kernel: vec2<u32>,
    stride: vec2<u32>,
    dilation: vec2<u32>,
    pad: vec2<u32>,
}

fn conv_numbers() -> Conv {
    return Conv(
        numbers[0], numbers[1], numbers[2], numbers[3],
        numbers[4], numbers[5], numbers[6], numbers[7],
        vec2<u32>(numbers[8], numbers[9]),
        vec2<u32>(numbers[10], numbers[11]),
        vec2<u32>(numbers[12], numbers[13]),
        vec2<u32>(numbers[14], numbers[15]),
    );
}
