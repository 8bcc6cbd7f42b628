//! Cases of what ONNX Runtime's optimiser fuses, and of operators that are a formula.

use super::{GraphCase, Random, Tensor64, at};
use crate::{
    network::suite::{activations::normal_below, unravel},
    onnx::Attribute,
};

/// Cases of one seed.
pub fn cases(random: &mut Random) -> Vec<GraphCase> {
    let mut cases = vec![
        conv(random, "LeakyRelu", true),
        conv(random, "Tanh", false),
        bias_gelu(random),
        skip_norm(random, false),
        skip_norm(random, true),
        shrink(random),
        affine_grid(random, 0),
        affine_grid(random, 1),
    ];
    for flags in 0..4 {
        cases.push(matmul(random, [flags & 1, flags >> 1]));
    }
    for mode in ["linear", "cubic", "nearest"] {
        for surroundings in ["zeros", "border", "reflection"] {
            cases.push(grid_sample(random, mode, surroundings));
        }
    }
    cases
}

/// By one pixel, with another value added before the activation.
fn conv(random: &mut Random, activation: &'static str, adds: bool) -> GraphCase {
    let [inner, outer, height, width] = [(); 4].map(|()| random.whole(1, 3));
    let x = random.tensor(&[1, inner, height, width], 0.2, 1.0);
    let z = random.tensor(&[1, outer, height, width], 0.2, 1.0);
    let weight = random.tensor(&[outer, inner, 1, 1], 0.1, 1.0);
    let w = weight.clone();
    let reference = move |inputs: &[Tensor64]| {
        let shape = [1, outer, height, width];
        Tensor64::from_fn(&shape, |flat| {
            let index = unravel(flat, &shape);
            let sum: f64 = (0..inner)
                .map(|i| at(&inputs[0], &[0, i, index[2], index[3]]) * at(&w, &[index[1], i]))
                .sum();
            let sum = if adds {
                sum + inputs[1].values[flat]
            } else {
                sum
            };
            match activation {
                "Tanh" => sum.tanh(),
                _ if sum > 0.0 => sum,
                _ => 0.25 * sum,
            }
        })
    };
    let mut attributes = vec![("activation", Attribute::Text(activation.to_owned()))];
    if activation == "LeakyRelu" {
        attributes.push(("activation_params", Attribute::Floats(vec![0.25])));
    }
    let inputs: &[&str] = if adds {
        &["x0", "w", "", "x1"]
    } else {
        &["x0", "w"]
    };
    let given = if adds { vec![x, z] } else { vec![x] };
    GraphCase::new(format!("FusedConv, {activation}"), 13, given, reference)
        .weight("w", &weight)
        .node("com.microsoft.FusedConv", inputs, &["y"], attributes)
}

fn matmul(random: &mut Random, [left, right]: [i64; 2]) -> GraphCase {
    let [batch, m, k, n] = [(); 4].map(|()| random.whole(1, 4));
    let turned = |shape: [usize; 3], flag: i64| match flag {
        0 => shape,
        _ => [shape[0], shape[2], shape[1]],
    };
    let inputs = vec![
        random.tensor(&turned([batch, m, k], left), -1.0, 1.0),
        random.tensor(&turned([batch, k, n], right), -1.0, 1.0),
    ];
    let reference = move |inputs: &[Tensor64]| {
        let shape = [batch, m, n];
        Tensor64::from_fn(&shape, |flat| {
            let index = unravel(flat, &shape);
            let product = |i: usize| {
                let a = turned([index[0], index[1], i], left);
                let b = turned([index[0], i, index[2]], right);
                at(&inputs[0], &a) * at(&inputs[1], &b)
            };
            0.5 * (0..k).map(product).sum::<f64>()
        })
    };
    let attributes = [
        ("transA", Attribute::Int(left)),
        ("transB", Attribute::Int(right)),
        ("alpha", Attribute::Float(0.5)),
    ];
    GraphCase::new(
        format!("FusedMatMul, {left} {right}"),
        13,
        inputs,
        reference,
    )
    .node(
        "com.microsoft.FusedMatMul",
        &["x0", "x1"],
        &["y"],
        attributes,
    )
}

fn bias_gelu(random: &mut Random) -> GraphCase {
    let shape = [random.whole(1, 3), random.whole(1, 4)];
    let x = random.tensor(&shape, -2.0, 2.0);
    let bias = random.tensor(&[shape[1]], -1.0, 1.0);
    let b = bias.clone();
    let reference = move |inputs: &[Tensor64]| {
        Tensor64::from_fn(&shape, |flat| {
            let sum = inputs[0].values[flat] + b.values[flat % shape[1]];
            sum * normal_below(sum)
        })
    };
    GraphCase::new("BiasGelu", 17, vec![x], reference)
        .weight("b", &bias)
        .node("com.microsoft.BiasGelu", &["x0", "b"], &["y"], [])
}

/// The sum is put out as well, and used once more.
fn skip_norm(random: &mut Random, simplified: bool) -> GraphCase {
    let shape = [random.whole(1, 2), random.whole(1, 3), random.whole(5, 8)];
    let inputs = vec![
        random.tensor(&shape, -2.0, 2.0),
        random.tensor(&shape, -2.0, 2.0),
    ];
    let scale = random.tensor(&[shape[2]], 0.5, 2.0);
    let g = scale.clone();
    let epsilon = 1e-3_f32;
    let reference = move |inputs: &[Tensor64]| {
        let sum = Tensor64::from_fn(&shape, |flat| {
            inputs[0].values[flat] + inputs[1].values[flat]
        });
        Tensor64::from_fn(&shape, |flat| {
            let length = shape[2];
            let row = &sum.values[flat / length * length..][..length];
            let mean = if simplified {
                0.0
            } else {
                row.iter().sum::<f64>() / length as f64
            };
            let square: f64 = row.iter().map(|v| (v - mean).powi(2)).sum();
            let root = (square / length as f64 + f64::from(epsilon)).sqrt();
            (sum.values[flat] - mean) / root * g.values[flat % length] + sum.values[flat]
        })
    };
    let (op, outputs) = if simplified {
        (
            "com.microsoft.SkipSimplifiedLayerNormalization",
            ["n", "", "", "s"],
        )
    } else {
        ("com.microsoft.SkipLayerNormalization", ["n", "", "", "s"])
    };
    let epsilon = [("epsilon", Attribute::Float(epsilon))];
    GraphCase::new(op, 17, inputs, reference)
        .weight("g", &scale)
        .node(op, &["x0", "x1", "g"], &outputs, epsilon)
        .node("Add", &["n", "s"], &["y"], [])
}

fn shrink(random: &mut Random) -> GraphCase {
    let shape = random.shape(1, 3);
    let x = random.tensor_away_from(&shape, -2.0, 2.0, &[-0.75, 0.75]);
    let attributes = [
        ("lambd", Attribute::Float(0.75)),
        ("bias", Attribute::Float(0.25)),
    ];
    let reference = |inputs: &[Tensor64]| Tensor64 {
        shape: inputs[0].shape.clone(),
        values: inputs[0]
            .values
            .iter()
            .map(|&v| match v {
                v if v > 0.75 => v - 0.25,
                v if v < -0.75 => v + 0.25,
                _ => 0.0,
            })
            .collect(),
    };
    GraphCase::new("Shrink", 9, vec![x], reference).node("Shrink", &["x0"], &["y"], attributes)
}

fn affine_grid(random: &mut Random, align: i64) -> GraphCase {
    let [images, height, width] = [(); 3].map(|()| random.whole(1, 3));
    let theta = random.tensor(&[images, 2, 3], -1.0, 1.0);
    let size = [images, 1, height, width].map(|length| length as i64);
    let reference = move |inputs: &[Tensor64]| {
        let place = |index: usize, length: usize| {
            let (index, length) = (index as f64, length as f64);
            match align {
                0 => (index + 0.5) / length * 2.0 - 1.0,
                _ if length < 2.0 => 0.0,
                _ => index / (length - 1.0) * 2.0 - 1.0,
            }
        };
        let shape = [images, height, width, 2];
        Tensor64::from_fn(&shape, |flat| {
            let index = unravel(flat, &shape);
            let theta = |column: usize| at(&inputs[0], &[index[0], index[3], column]);
            theta(0) * place(index[2], width) + theta(1) * place(index[1], height) + theta(2)
        })
    };
    GraphCase::new(format!("AffineGrid, {align}"), 20, vec![theta], reference)
        .list("size", &size)
        .node(
            "AffineGrid",
            &["x0", "size"],
            &["y"],
            [("align_corners", Attribute::Int(align))],
        )
}

/// Places away from pixels and from halfway between them, where gradients jump.
fn grid_sample(random: &mut Random, mode: &'static str, surroundings: &'static str) -> GraphCase {
    let [images, channels] = [(); 2].map(|()| random.whole(1, 2));
    let [height, width] = [(); 2].map(|()| random.whole(2, 4));
    let (rows, columns) = (random.whole(1, 3), random.whole(1, 3));
    let align = random.coin();
    let x = random.tensor(&[images, channels, height, width], -1.0, 1.0);
    let grid = Tensor64::from_fn(&[images, rows, columns, 2], |flat| {
        let length = if flat % 2 == 0 { width } else { height };
        let halves = random.whole(0, 4 * length) as f64 - length as f64;
        let place = 0.5 * halves + random.uniform(0.1, 0.4);
        if align {
            2.0 * place / (length as f64 - 1.0) - 1.0
        } else {
            (2.0 * place + 1.0) / length as f64 - 1.0
        }
    });
    let reference = move |inputs: &[Tensor64]| {
        let shape = [images, channels, rows, columns];
        Tensor64::from_fn(&shape, |flat| {
            let index = unravel(flat, &shape);
            let along = |axis: usize, length: usize| {
                let place = at(&inputs[1], &[index[0], index[2], index[3], axis]);
                blend(place, length, align, mode, surroundings)
            };
            let mut sum = 0.0;
            for (row, v) in along(1, height) {
                for (column, h) in along(0, width) {
                    sum += v * h * at(&inputs[0], &[index[0], index[1], row, column]);
                }
            }
            sum
        })
    };
    let text = |value: &str| Attribute::Text(value.to_owned());
    let attributes = [
        ("mode", text(mode)),
        ("padding_mode", text(surroundings)),
        ("align_corners", Attribute::Int(i64::from(align))),
    ];
    let name = format!("GridSample, {mode}, {surroundings}");
    GraphCase::new(name, 20, vec![x, grid], reference).node(
        "GridSample",
        &["x0", "x1"],
        &["y"],
        attributes,
    )
}

/// Pixels along an axis with their weights.
fn blend(
    place: f64,
    length: usize,
    align: bool,
    mode: &str,
    surroundings: &str,
) -> Vec<(usize, f64)> {
    let size = length as f64;
    let at = if align {
        (place + 1.0) * 0.5 * (size - 1.0)
    } else {
        (place + 1.0) * 0.5 * size - 0.5
    };
    let kernel = |distance: f64| -> f64 {
        let (d, a) = (distance.abs(), -0.75);
        match mode {
            "nearest" => f64::from(u8::from(d < 0.5)),
            "linear" => (1.0 - d).max(0.0),
            _ if d <= 1.0 => (a + 2.0) * d.powi(3) - (a + 3.0) * d.powi(2) + 1.0,
            _ if d < 2.0 => a * (d.powi(3) - 5.0 * d.powi(2) + 8.0 * d - 4.0),
            _ => 0.0,
        }
    };
    // Mirrored at the centres of the outermost pixels, or at their edges.
    let mirrored = |pixel: i64| -> usize {
        let length = length as i64;
        let mut pixel = pixel;
        while !(0..length).contains(&pixel) {
            pixel = match (pixel < 0, align) {
                (true, true) => -pixel,
                (true, false) => -pixel - 1,
                (false, true) => 2 * (length - 1) - pixel,
                (false, false) => 2 * length - 1 - pixel,
            };
        }
        pixel as usize
    };
    let mut found = Vec::new();
    for pixel in at.floor() as i64 - 3..=at.floor() as i64 + 4 {
        let weight = kernel(at - pixel as f64);
        if weight == 0.0 {
            continue;
        }
        let inside = (0..length as i64).contains(&pixel);
        match surroundings {
            "zeros" if !inside => {}
            "border" => found.push((pixel.clamp(0, length as i64 - 1) as usize, weight)),
            _ => found.push((mirrored(pixel), weight)),
        }
    }
    found
}
