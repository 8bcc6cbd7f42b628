//! Cases of pools.

use super::{Argument, OperatorCase, Random, Tensor64, windows::Windows};
use crate::onnx::Attribute;

/// Cases of one seed.
pub fn cases(random: &mut Random) -> Vec<OperatorCase> {
    let mut cases = Vec::new();
    for rank in [1, 2] {
        for _ in 0..3 {
            cases.push(pool(random, rank, "MaxPool", 0));
            cases.push(pool(random, rank, "AveragePool", 0));
        }
        for p in [1, 2, 3] {
            cases.push(pool(random, rank, "LpPool", p));
        }
    }
    cases
}

fn pool(random: &mut Random, rank: usize, op: &'static str, p: i64) -> OperatorCase {
    let mut windows = Windows::random(random, rank);
    let front = [random.whole(1, 2), random.whole(1, 3)];
    let shape = [front.as_slice(), &windows.input].concat();
    let mut attributes = windows.attributes();
    let count_pads = random.coin();
    // With automatic padding the number of outputs is given already.
    let ceil = windows.auto_pad.is_none() && random.coin();
    if ceil {
        attributes.push(("ceil_mode", Attribute::Int(1)));
        for axis in 0..rank {
            round_up(&mut windows, axis);
        }
    }
    if op == "AveragePool" {
        attributes.push(("count_include_pad", Attribute::Int(count_pads.into())));
    }
    if op == "LpPool" {
        attributes.push(("p", Attribute::Int(p)));
    }
    let x = match op {
        "MaxPool" => random.distinct(&shape),
        "LpPool" => random.tensor_away_from(&shape, -2.0, 2.0, &[0.0]),
        _ => random.tensor(&shape, -2.0, 2.0),
    };
    let (links, counts) = (windows.links(), windows.counts());
    OperatorCase {
        name: format!("{shape:?}, {attributes:?}"),
        op,
        opset: 22,
        attributes,
        arguments: vec![Argument::Differentiable(x)],
        reference: Box::new(move |arguments| {
            let x = &arguments[0];
            let out = [front.as_slice(), &windows.output].concat();
            let outputs: usize = windows.output.iter().product();
            let inputs: usize = windows.input.iter().product();
            Tensor64::from_fn(&out, |flat| {
                let (plane, window) = (flat / outputs, flat % outputs);
                let own = links.iter().filter(|link| link[0] == window);
                let values: Vec<f64> = own.map(|l| x.values[plane * inputs + l[2]]).collect();
                match op {
                    "MaxPool" => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
                    "AveragePool" => {
                        let counted = if count_pads {
                            counts[window]
                        } else {
                            values.len()
                        };
                        values.iter().sum::<f64>() / counted as f64
                    }
                    _ => {
                        let powers = values.iter().map(|v| v.abs().powi(p as i32));
                        powers.sum::<f64>().powf(1.0 / p as f64)
                    }
                }
            })
        }),
    }
}

/// One more window where a part of the input is left over, if it starts before the trailing padding.
fn round_up(windows: &mut Windows, axis: usize) {
    let extent = windows.dilation[axis] * (windows.kernel[axis] - 1) + 1;
    let room = windows.input[axis] + windows.begin[axis] + windows.end[axis] - extent;
    let next = windows.output[axis] * windows.stride[axis];
    if !room.is_multiple_of(windows.stride[axis])
        && next < windows.input[axis] + windows.begin[axis]
    {
        windows.output[axis] += 1;
    }
}
