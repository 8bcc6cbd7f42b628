//! Cases of quantised values: rounded as ONNX says, differentiated as if they were not, but for what saturates.

use super::{GraphCase, Random, Tensor64, at};
use crate::{
    network::suite::unravel,
    onnx::{Attribute, ElementType},
};

/// Cases of one seed.
pub fn cases(random: &mut Random) -> Vec<GraphCase> {
    let mut cases = Vec::new();
    for (element_type, low, high) in [
        (ElementType::U8, 0, 255),
        (ElementType::I8, -128, 127),
        (ElementType::I16, -32768, 32767),
        (ElementType::U4, 0, 15),
    ] {
        for by_channel in [false, true] {
            cases.push(there_and_back(
                random,
                element_type,
                [low, high],
                by_channel,
            ));
        }
    }
    cases.push(blocks(random));
    cases.push(dynamic(random));
    cases.push(conv(random));
    cases
}

/// What one value becomes, and what stands for it on the way back.
fn rounded(x: f64, scale: f64, zero: f64, [low, high]: [i64; 2]) -> f64 {
    let halves = x / scale;
    let mut whole = halves.floor();
    let rest = halves - whole;
    if rest > 0.5 || (rest == 0.5 && whole.rem_euclid(2.0) == 1.0) {
        whole += 1.0;
    }
    ((whole + zero).clamp(low as f64, high as f64) - zero) * scale
}

fn straight(x: f64, scale: f64, zero: f64, [low, high]: [i64; 2]) -> f64 {
    let [low, high] = [low as f64 - 0.5, high as f64 + 0.5].map(|end| (end - zero) * scale);
    x.clamp(low, high)
}

/// Values that lie well between two roundings, some beyond what the type holds.
fn between(random: &mut Random, shape: &[usize], scale: f64, [low, high]: [i64; 2]) -> Tensor64 {
    let reach = (high - low) as f64;
    Tensor64::from_fn(shape, |_| {
        let whole = random
            .uniform(low as f64 - 0.2 * reach, high as f64 + 0.2 * reach)
            .round();
        (whole + random.uniform(-0.3, 0.3)) * scale
    })
}

/// Scales and zero points of a case.
#[derive(Clone)]
struct Grids {
    scales: Vec<f64>,
    zeros: Vec<i64>,
    range: [i64; 2],
}

impl Grids {
    fn new(random: &mut Random, count: usize, range: [i64; 2]) -> Self {
        let middle = (range[0] + range[1]) / 2;
        Self {
            scales: (0..count)
                .map(|_| f64::from(random.uniform(0.05, 0.3) as f32))
                .collect(),
            zeros: (0..count)
                .map(|_| middle + random.whole(0, 6) as i64 - 3)
                .collect(),
            range,
        }
    }

    /// `function` of every value with the scale and zero point of its place along axis 1.
    fn map(self, function: fn(f64, f64, f64, [i64; 2]) -> f64) -> impl Fn(&[Tensor64]) -> Tensor64 {
        move |inputs| {
            let x = &inputs[0];
            Tensor64::from_fn(&x.shape, |flat| {
                let channel = unravel(flat, &x.shape)[1].min(self.scales.len() - 1);
                let (scale, zero) = (self.scales[channel], self.zeros[channel] as f64);
                function(x.values[flat], scale, zero, self.range)
            })
        }
    }
}

fn list(values: &[f64]) -> Tensor64 {
    Tensor64 {
        shape: vec![values.len()],
        values: values.to_vec(),
    }
}

fn there_and_back(
    random: &mut Random,
    element_type: ElementType,
    range: [i64; 2],
    by_channel: bool,
) -> GraphCase {
    let shape: Vec<usize> = (0..3).map(|_| random.whole(2, 4)).collect();
    let count = if by_channel { shape[1] } else { 1 };
    let grids = Grids::new(random, count, range);
    let middle = grids.zeros[0];
    let mut x = between(random, &shape, 1.0, [range[0] - middle, range[1] - middle]);
    for flat in 0..x.values.len() {
        let channel = unravel(flat, &shape)[1].min(count - 1);
        x.values[flat] *= grids.scales[channel];
    }
    let name = format!("QuantizeLinear to {element_type}, {count} scales");
    let axis = || [("axis", Attribute::Int(1))];
    let grid = grids.clone();
    GraphCase::new(name, 21, vec![x], grids.clone().map(rounded))
        .with_slopes(grids.map(straight))
        .weight("scale", &list(&grid.scales))
        .whole("zero", element_type, &[count], &grid.zeros)
        .node("QuantizeLinear", &["x0", "scale", "zero"], &["q"], axis())
        .node("DequantizeLinear", &["q", "scale", "zero"], &["y"], axis())
}

/// One scale for each block along an axis.
fn blocks(random: &mut Random) -> GraphCase {
    let block = random.whole(2, 3);
    let shape = [random.whole(1, 3), random.whole(3, 7)];
    let of_blocks = [shape[0], shape[1].div_ceil(block)];
    let scales = random.tensor(&of_blocks, 0.05, 0.3);
    let range = [-128, 127];
    let mut x = between(random, &shape, 1.0, range);
    for flat in 0..x.values.len() {
        let index = unravel(flat, &shape);
        x.values[flat] *= at(&scales, &[index[0], index[1] / block]);
    }
    let of = |function: fn(f64, f64, f64, [i64; 2]) -> f64| {
        let scales = scales.clone();
        move |inputs: &[Tensor64]| {
            Tensor64::from_fn(&shape, |flat| {
                let index = unravel(flat, &shape);
                let scale = at(&scales, &[index[0], index[1] / block]);
                function(inputs[0].values[flat], scale, 0.0, range)
            })
        }
    };
    let zeros = vec![0; scales.values.len()];
    let attributes = || {
        [
            ("axis", Attribute::Int(1)),
            ("block_size", Attribute::Int(block as i64)),
        ]
    };
    GraphCase::new("QuantizeLinear by blocks", 21, vec![x], of(rounded))
        .with_slopes(of(straight))
        .weight("scale", &scales)
        .whole("zero", ElementType::I8, &of_blocks, &zeros)
        .node(
            "QuantizeLinear",
            &["x0", "scale", "zero"],
            &["q"],
            attributes(),
        )
        .node(
            "DequantizeLinear",
            &["q", "scale", "zero"],
            &["y"],
            attributes(),
        )
}

/// To the range there is, whose own gradient is not asked for.
fn dynamic(random: &mut Random) -> GraphCase {
    let shape = random.shape(2, 3);
    let x = random.tensor(&shape, -1.0, 2.0);
    let reference = |inputs: &[Tensor64]| {
        let x = &inputs[0];
        let largest = x.values.iter().fold(0.0, |m: f64, &v| m.max(v));
        let smallest = x.values.iter().fold(0.0, |m: f64, &v| m.min(v));
        let scale = f64::from(((largest - smallest) / 255.0) as f32);
        let zero = (-smallest / scale).round().clamp(0.0, 255.0);
        let value = |&v: &f64| rounded(v, scale, zero, [0, 255]);
        Tensor64 {
            shape: x.shape.clone(),
            values: x.values.iter().map(value).collect(),
        }
    };
    let mut case = GraphCase::new("DynamicQuantizeLinear", 13, vec![x], reference)
        .with_slopes(|inputs| inputs[0].clone())
        .node(
            "DynamicQuantizeLinear",
            &["x0"],
            &["q", "scale", "zero"],
            [],
        )
        .node("DequantizeLinear", &["q", "scale", "zero"], &["y"], []);
    case.computes_scalars = true;
    case
}

/// A convolution of quantised values by one pixel, so that the reference is a product.
fn conv(random: &mut Random) -> GraphCase {
    let [images, inner, outer] = [1, random.whole(1, 4), random.whole(1, 3)];
    let (height, width) = (random.whole(1, 3), random.whole(1, 3));
    let range = [0, 255];
    let (x_scale, x_zero) = (f64::from(random.uniform(0.05, 0.1) as f32), 120_i64);
    let (y_scale, y_zero) = (f64::from(random.uniform(0.5, 0.9) as f32), 131_i64);
    let shape = [images, inner, height, width];
    let x = between(random, &shape, x_scale, [-110, 120]);
    let weights: Vec<i64> = (0..outer * inner)
        .map(|_| random.whole(0, 100) as i64 - 50)
        .collect();
    let bias: Vec<i64> = (0..outer)
        .map(|_| random.whole(0, 200) as i64 - 100)
        .collect();
    let scales: Vec<f64> = (0..outer)
        .map(|_| f64::from(random.uniform(0.01, 0.05) as f32))
        .collect();
    let (w, b, s) = (weights.clone(), bias.clone(), scales.clone());
    let of = move |rounds: fn(f64, f64, f64, [i64; 2]) -> f64| {
        let (w, b, s) = (w.clone(), b.clone(), s.clone());
        move |inputs: &[Tensor64]| {
            let output = [images, outer, height, width];
            Tensor64::from_fn(&output, |flat| {
                let index = unravel(flat, &output);
                let sum: f64 = (0..inner)
                    .map(|i| {
                        let x = at(&inputs[0], &[index[0], i, index[2], index[3]]);
                        let whole = rounds(x, x_scale, x_zero as f64, range) / x_scale;
                        whole * w[index[1] * inner + i] as f64
                    })
                    .sum();
                let sum = (sum + b[index[1]] as f64) * x_scale * s[index[1]];
                rounds(sum, y_scale, y_zero as f64, range)
            })
        }
    };
    let number = |value: f64| Tensor64 {
        shape: vec![],
        values: vec![value],
    };
    let kernel = [outer, inner, 1, 1];
    GraphCase::new("QLinearConv", 13, vec![x], of(rounded))
        .with_slopes(of(straight))
        .weight("xs", &number(x_scale))
        .whole("xz", ElementType::U8, &[], &[x_zero])
        .whole("w", ElementType::I8, &kernel, &weights)
        .weight("ws", &list(&scales))
        .whole("wz", ElementType::I8, &[outer], &vec![0; outer])
        .weight("ys", &number(y_scale))
        .whole("yz", ElementType::U8, &[], &[y_zero])
        .whole("b", ElementType::I32, &[outer], &bias)
        .node("QuantizeLinear", &["x0", "xs", "xz"], &["q"], [])
        .node(
            "QLinearConv",
            &["q", "xs", "xz", "w", "ws", "wz", "ys", "yz", "b"],
            &["p"],
            [],
        )
        .node("DequantizeLinear", &["p", "ys", "yz"], &["y"], [])
}
