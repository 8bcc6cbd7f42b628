// The numbers of a convolution or of its input gradient, in the order in which the host writes them.
//
// Both gather: every value that is written is a sum over the channels of its group and the taps of the window. `weight` is
// laid out in the order it is read in, for either way: [groups, taps, channels read, pitch], of which a row is a channel
// written.

struct Conv {
    // Of the tensor that is read: images, channels of one group, height, width.
    images: u32,
    channels: u32,
    height: u32,
    width: u32,
    // Of the tensor that is written: channels of one group, height, width.
    rows: u32,
    height_out: u32,
    width_out: u32,
    groups: u32,
    kernel: vec2<u32>,
    stride: vec2<u32>,
    dilation: vec2<u32>,
    pad: vec2<u32>,
    // Weights of one tap and channel; rows, and what fills them up.
    pitch: u32,
    // The gradient, whose windows are those that the convolution reads a pixel by.
    backwards: bool,
    has_bias: bool,
}

// Read once a thread: where functions read them from the buffer again and again, some systems do so too.
var<private> conv: Conv;

fn read_conv() {
    conv = Conv(
        numbers[0], numbers[1], numbers[2], numbers[3],
        numbers[4], numbers[5], numbers[6], numbers[7],
        vec2<u32>(numbers[8], numbers[9]),
        vec2<u32>(numbers[10], numbers[11]),
        vec2<u32>(numbers[12], numbers[13]),
        vec2<u32>(numbers[14], numbers[15]),
        numbers[16],
        numbers[17] != 0u,
        numbers[18] != 0u,
    );
}

// The first of the range's numbers.
const RANGE_AT: u32 = 19u;
