//! Cases of convolutions and transposed convolutions.

use super::{Argument, OperatorCase, Random, Tensor64, unravel, windows::Windows};
use crate::onnx::Attribute;

/// Cases of one seed.
pub fn cases(random: &mut Random) -> Vec<OperatorCase> {
    let mut cases = Vec::new();
    for rank in [1, 2] {
        for groups in [1, 2, 3] {
            for computed in [false, true] {
                cases.push(conv(random, rank, groups, computed));
            }
            for output_shape in [false, true] {
                for computed in [false, true] {
                    cases.push(conv_transpose(
                        random,
                        [rank, groups],
                        output_shape,
                        computed,
                    ));
                }
            }
        }
    }
    cases
}

/// Channels in and out of each group: several, or one each, which makes it depthwise.
fn channels(random: &mut Random) -> [usize; 2] {
    if random.coin() {
        [1, 1]
    } else {
        [random.whole(1, 2), random.whole(1, 2)]
    }
}

/// Calls `visit` for every image, channel of a window's side, channel of the input's side that goes
/// with it, and place of a weight: `[out, in, taps]` of sides that have `outputs` and `inputs`
/// channels in each group.
fn for_each_pair(
    images: usize,
    groups: usize,
    [outputs, inputs]: [usize; 2],
    mut visit: impl FnMut([usize; 2], [usize; 2]),
) {
    for image in 0..images {
        for output in 0..groups * outputs {
            for input in 0..inputs {
                let from = output / outputs * inputs + input;
                visit(
                    [
                        image * groups * outputs + output,
                        image * groups * inputs + from,
                    ],
                    [output, input],
                );
            }
        }
    }
}

/// With weights that are constants, or `computed` from the image, by which the gradient is then taken too.
fn conv(random: &mut Random, rank: usize, groups: usize, computed: bool) -> OperatorCase {
    let weight = if computed {
        Argument::Differentiable
    } else {
        Argument::Constant
    };
    let windows = Windows::random(random, rank);
    let [inputs, outputs] = channels(random);
    let images = random.whole(1, 2);
    let shape = [&[images, groups * inputs], windows.input.as_slice()].concat();
    let weights = [&[groups * outputs, inputs], windows.kernel.as_slice()].concat();
    let links = windows.links();
    let [places, pixels, taps] = windows.counts_of_each();
    let mut attributes = windows.attributes();
    attributes.push(("group", Attribute::Int(groups as i64)));
    let mut arguments = vec![
        Argument::Differentiable(random.tensor(&shape, -1.0, 1.0)),
        weight(random.tensor(&weights, -1.0, 1.0)),
    ];
    if random.coin() {
        let bias = random.tensor(&[groups * outputs], -1.0, 1.0);
        arguments.push(weight(bias));
    }
    OperatorCase {
        name: format!("{shape:?} by {weights:?}, computed: {computed}, {attributes:?}"),
        op: "Conv",
        opset: 11,
        attributes,
        arguments,
        reference: Box::new(move |arguments| {
            let (x, weight) = (&arguments[0], &arguments[1]);
            let out = [&[images, groups * outputs], windows.output.as_slice()].concat();
            let mut out = Tensor64::from_fn(&out, |_| 0.0);
            for_each_pair(images, groups, [outputs, inputs], |[to, from], [o, i]| {
                for &[window, tap, at] in &links {
                    let by = weight.values[(o * inputs + i) * taps + tap];
                    out.values[to * places + window] += x.values[from * pixels + at] * by;
                }
            });
            biased(out, arguments.get(2))
        }),
    }
}

/// With a number added to each channel.
fn biased(mut out: Tensor64, bias: Option<&Tensor64>) -> Tensor64 {
    if let Some(bias) = bias {
        for flat in 0..out.values.len() {
            out.values[flat] += bias.values[unravel(flat, &out.shape)[1]];
        }
    }
    out
}

/// Every input value goes with every tap to the output under it; what lies in the padding is cut off. Weights are
/// constants, or `computed` as those of [`conv`] are.
fn conv_transpose(
    random: &mut Random,
    [rank, groups]: [usize; 2],
    output_shape: bool,
    computed: bool,
) -> OperatorCase {
    let weight = if computed {
        Argument::Differentiable
    } else {
        Argument::Constant
    };
    // These windows lie over the output; their places are the input.
    let mut windows = Windows::random(random, rank);
    let [inputs, outputs] = channels(random);
    let mut attributes = windows.attributes();
    attributes.push(("group", Attribute::Int(groups as i64)));
    let list = |values: &[usize]| Attribute::Ints(values.iter().map(|&v| v as i64).collect());
    let covered = |windows: &Windows, axis: usize| {
        let extent = windows.dilation[axis] * (windows.kernel[axis] - 1) + 1;
        (windows.output[axis] - 1) * windows.stride[axis] + extent
    };
    match (output_shape, windows.auto_pad) {
        // The size is asked for; the padding follows.
        (true, _) => {
            attributes.push(("output_shape", list(&windows.input)));
            for axis in 0..rank {
                let total = covered(&windows, axis).saturating_sub(windows.input[axis]);
                let (less, more) = (total / 2, total - total / 2);
                let upper = windows.auto_pad == Some("SAME_UPPER");
                (windows.begin[axis], windows.end[axis]) =
                    if upper { (less, more) } else { (more, less) };
            }
        }
        // The size is that of the input times the step.
        (false, Some("SAME_UPPER" | "SAME_LOWER")) => {
            for axis in 0..rank {
                windows.input[axis] = windows.output[axis] * windows.stride[axis];
                let total = covered(&windows, axis).saturating_sub(windows.input[axis]);
                let (less, more) = (total / 2, total - total / 2);
                let upper = windows.auto_pad == Some("SAME_UPPER");
                (windows.begin[axis], windows.end[axis]) =
                    if upper { (less, more) } else { (more, less) };
            }
        }
        // The padding is given; the size follows.
        (false, _) => {
            let added: Vec<usize> = (0..rank)
                .map(|axis| random.whole(0, windows.stride[axis] - 1))
                .collect();
            attributes.push(("output_padding", list(&added)));
            for (axis, added) in added.iter().enumerate() {
                let cut = windows.begin[axis] + windows.end[axis];
                windows.input[axis] = covered(&windows, axis) + added - cut;
            }
        }
    }
    let links = windows.links();
    let [places, pixels, taps] = windows.counts_of_each();
    let images = random.whole(1, 2);
    let shape = [&[images, groups * inputs], windows.output.as_slice()].concat();
    let weights = [&[groups * inputs, outputs], windows.kernel.as_slice()].concat();
    let mut arguments = vec![
        Argument::Differentiable(random.tensor(&shape, -1.0, 1.0)),
        weight(random.tensor(&weights, -1.0, 1.0)),
    ];
    if random.coin() {
        let bias = random.tensor(&[groups * outputs], -1.0, 1.0);
        arguments.push(weight(bias));
    }
    OperatorCase {
        name: format!("{shape:?} by {weights:?}, computed: {computed}, {attributes:?}"),
        op: "ConvTranspose",
        opset: 11,
        attributes,
        arguments,
        reference: Box::new(move |arguments| {
            let (x, weight) = (&arguments[0], &arguments[1]);
            let out = [&[images, groups * outputs], windows.input.as_slice()].concat();
            let mut out = Tensor64::from_fn(&out, |_| 0.0);
            for_each_pair(images, groups, [inputs, outputs], |[from, to], [i, o]| {
                for &[window, tap, at] in &links {
                    let by = weight.values[(i * outputs + o) * taps + tap];
                    out.values[to * pixels + at] += x.values[from * places + window] * by;
                }
            });
            biased(out, arguments.get(2))
        }),
    }
}
