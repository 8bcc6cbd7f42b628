//! Cases of normalisations and of softmax.

use std::collections::BTreeMap;

use super::{Argument, OperatorCase, Random, Tensor64, unravel};
use crate::onnx::Attribute;

/// Cases of one seed.
pub fn cases(random: &mut Random) -> Vec<OperatorCase> {
    let mut cases = Vec::new();
    for rank in 2..=5 {
        cases.push(batch_norm(random, rank));
    }
    for op in ["LayerNormalization", "RMSNormalization"] {
        for factors in 0..3 {
            cases.push(by_rows(random, op, factors));
        }
    }
    cases.push(by_groups(random, "InstanceNormalization", 6));
    cases.push(by_groups(random, "GroupNormalization", 18));
    cases.push(by_groups(random, "GroupNormalization", 21));
    cases.push(mean_variance(random));
    cases.push(local_response(random));
    for p in [1, 2] {
        cases.push(lp(random, p));
    }
    for op in ["Softmax", "LogSoftmax"] {
        for opset in [9, 11, 13] {
            for _ in 0..2 {
                cases.push(softmax(random, op, opset));
            }
        }
    }
    cases
}

/// Values changed within groups: `group(index)` says which values belong together.
fn within_groups(
    x: &Tensor64,
    group: impl Fn(&[usize]) -> Vec<usize>,
    change: impl Fn(&[f64]) -> Vec<f64>,
) -> Tensor64 {
    let mut groups: BTreeMap<Vec<usize>, Vec<usize>> = BTreeMap::new();
    for flat in 0..x.values.len() {
        let members = groups.entry(group(&unravel(flat, &x.shape))).or_default();
        members.push(flat);
    }
    let mut out = x.clone();
    for members in groups.values() {
        let values: Vec<f64> = members.iter().map(|&flat| x.values[flat]).collect();
        for (&flat, value) in members.iter().zip(change(&values)) {
            out.values[flat] = value;
        }
    }
    out
}

/// Mean off where `centred`, then divided by the root mean square with `epsilon`.
fn normalised(values: &[f64], epsilon: f64, centred: bool) -> Vec<f64> {
    let count = values.len() as f64;
    let mean = if centred {
        values.iter().sum::<f64>() / count
    } else {
        0.0
    };
    let square = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count;
    let root = (square + epsilon).sqrt();
    values.iter().map(|v| (v - mean) / root).collect()
}

/// `scale[place] * x + shift[place]`, or without the shift where it is empty.
fn scaled(
    mut x: Tensor64,
    [scale, shift]: [&Tensor64; 2],
    place: impl Fn(&[usize]) -> usize,
) -> Tensor64 {
    for flat in 0..x.values.len() {
        let at = place(&unravel(flat, &x.shape));
        let one = scale.values.len() == 1;
        x.values[flat] *= scale.values[if one { 0 } else { at }];
        x.values[flat] += shift.values.get(if one { 0 } else { at }).unwrap_or(&0.0);
    }
    x
}

fn batch_norm(random: &mut Random, rank: usize) -> OperatorCase {
    let shape: Vec<usize> = (0..rank).map(|_| random.whole(1, 4)).collect();
    let channels = [shape[1]];
    let mut parameter =
        |low: f64, high: f64| Argument::Constant(random.tensor(&channels, low, high));
    let parameters = [
        parameter(-2.0, 2.0),
        parameter(-1.0, 1.0),
        parameter(-1.0, 1.0),
        parameter(0.3, 2.0),
    ];
    let x = Argument::Differentiable(random.tensor(&shape, -2.0, 2.0));
    let epsilon = 1e-3f32;
    OperatorCase {
        name: format!("{shape:?}"),
        op: "BatchNormalization",
        opset: *random.choose(&[9, 14, 15]),
        attributes: vec![("epsilon", Attribute::Float(epsilon))],
        arguments: [x].into_iter().chain(parameters).collect(),
        reference: Box::new(move |arguments| {
            let [x, scale, shift, mean, variance] = arguments else {
                return Tensor64::from_fn(&[], |_| f64::NAN);
            };
            Tensor64::from_fn(&x.shape, |flat| {
                let c = unravel(flat, &x.shape)[1];
                let deviation = (variance.values[c] + f64::from(epsilon)).sqrt();
                (x.values[flat] - mean.values[c]) / deviation * scale.values[c] + shift.values[c]
            })
        }),
    }
}

/// Everything from an axis on; 0: a scale and a shift, 1: no shift, 2: one scale for all.
fn by_rows(random: &mut Random, op: &'static str, factors: usize) -> OperatorCase {
    let mut shape = random.shape(2, 4);
    // Rows of almost equal values would test the rounding of their difference.
    if let Some(last) = shape.last_mut() {
        *last += 4;
    }
    let axis = random.whole(1, shape.len() - 1);
    let row = shape[axis..].to_vec();
    let own = if factors == 2 { vec![1] } else { row.clone() };
    let mut arguments = vec![
        Argument::Differentiable(random.tensor(&shape, -2.0, 2.0)),
        Argument::Constant(random.tensor(&own, -2.0, 2.0)),
    ];
    if factors == 0 && op == "LayerNormalization" {
        arguments.push(Argument::Constant(random.tensor(&own, -1.0, 1.0)));
    }
    let epsilon = *random.choose(&[1e-5f32, 1e-2]);
    let mut attributes = vec![("epsilon", Attribute::Float(epsilon))];
    if axis + 1 != shape.len() || random.coin() {
        let written = if random.coin() {
            axis as i64
        } else {
            axis as i64 - shape.len() as i64
        };
        attributes.push(("axis", Attribute::Int(written)));
    }
    OperatorCase {
        name: format!("{shape:?} from {axis}, factors {own:?}"),
        op,
        opset: if op == "LayerNormalization" { 17 } else { 23 },
        attributes,
        arguments,
        reference: Box::new(move |arguments| {
            let normal = within_groups(
                &arguments[0],
                |index| index[..axis].to_vec(),
                |values| normalised(values, epsilon.into(), op == "LayerNormalization"),
            );
            let none = Tensor64 {
                shape: vec![0],
                values: vec![],
            };
            let shift = arguments.get(2).unwrap_or(&none);
            scaled(normal, [&arguments[1], shift], |index| {
                let places = index[axis..].iter().zip(&row);
                places.fold(0, |at, (i, length)| at * length + i)
            })
        }),
    }
}

fn by_groups(random: &mut Random, op: &'static str, opset: i64) -> OperatorCase {
    let (groups, each) = if op == "InstanceNormalization" {
        (random.whole(1, 4), 1)
    } else {
        (random.whole(1, 3), random.whole(1, 3))
    };
    let channels = groups * each;
    let mut shape = vec![random.whole(1, 2), channels];
    shape.extend(random.shape(1, 2).iter().map(|length| length + 3));
    // Before operator set 21 there is one factor for each group.
    let by_group = op == "GroupNormalization" && opset < 21;
    let own = [if by_group { groups } else { channels }];
    let epsilon = *random.choose(&[1e-5f32, 1e-2]);
    let mut attributes = vec![("epsilon", Attribute::Float(epsilon))];
    if op == "GroupNormalization" {
        attributes.push(("num_groups", Attribute::Int(groups as i64)));
    }
    OperatorCase {
        name: format!("{shape:?} in {groups} groups, opset {opset}"),
        op,
        opset,
        attributes,
        arguments: vec![
            Argument::Differentiable(random.tensor(&shape, -2.0, 2.0)),
            Argument::Constant(random.tensor(&own, -2.0, 2.0)),
            Argument::Constant(random.tensor(&own, -1.0, 1.0)),
        ],
        reference: Box::new(move |arguments| {
            let normal = within_groups(
                &arguments[0],
                |index| vec![index[0], index[1] / each],
                |values| normalised(values, epsilon.into(), true),
            );
            scaled(normal, [&arguments[1], &arguments[2]], |index| {
                index[1] / if by_group { each } else { 1 }
            })
        }),
    }
}

fn mean_variance(random: &mut Random) -> OperatorCase {
    let shape: Vec<usize> = (0..4).map(|_| random.whole(2, 4)).collect();
    let axes = random
        .choose(&[None, Some(vec![2, 3]), Some(vec![1, 3])])
        .clone();
    let together = axes.clone().unwrap_or(vec![0, 2, 3]);
    OperatorCase {
        name: format!("{shape:?} over {axes:?}"),
        op: "MeanVarianceNormalization",
        opset: 13,
        attributes: axes
            .map(|axes| ("axes", Attribute::Ints(axes)))
            .into_iter()
            .collect(),
        arguments: vec![Argument::Differentiable(random.tensor(&shape, -2.0, 2.0))],
        reference: Box::new(move |arguments| {
            let apart = |index: &[usize]| {
                let axes = (0..4).filter(|axis| !together.contains(&(*axis as i64)));
                axes.map(|axis| index[axis]).collect()
            };
            within_groups(&arguments[0], apart, |values| normalised(values, 0.0, true))
        }),
    }
}

fn local_response(random: &mut Random) -> OperatorCase {
    let mut shape = random.shape(3, 4);
    shape[1] = random.whole(1, 6);
    let size = random.whole(1, 5);
    let (alpha, beta, bias) = (0.4f32, 0.75f32, 1.5f32);
    OperatorCase {
        name: format!("{shape:?}, size {size}"),
        op: "LRN",
        opset: 13,
        attributes: vec![
            ("size", Attribute::Int(size as i64)),
            ("alpha", Attribute::Float(alpha)),
            ("beta", Attribute::Float(beta)),
            ("bias", Attribute::Float(bias)),
        ],
        arguments: vec![Argument::Differentiable(random.tensor(&shape, -2.0, 2.0))],
        reference: Box::new(move |arguments| {
            let x = &arguments[0];
            Tensor64::from_fn(&x.shape, |flat| {
                let index = unravel(flat, &x.shape);
                let first = index[1].saturating_sub((size - 1) / 2);
                let last = (index[1] + size / 2).min(x.shape[1] - 1);
                let square = (first..=last).map(|channel| {
                    let mut at = index.clone();
                    at[1] = channel;
                    let places = at.iter().zip(&x.shape);
                    let at = places.fold(0, |at, (i, length)| at * length + i);
                    x.values[at].powi(2)
                });
                let mean = square.sum::<f64>() / size as f64;
                let base = f64::from(bias) + f64::from(alpha) * mean;
                x.values[flat] / base.powf(beta.into())
            })
        }),
    }
}

fn lp(random: &mut Random, p: i64) -> OperatorCase {
    let shape = random.shape(1, 4);
    let axis = random.whole(0, shape.len() - 1);
    OperatorCase {
        name: format!("{shape:?} along {axis}, p {p}"),
        op: "LpNormalization",
        opset: *random.choose(&[1, 22]),
        attributes: vec![
            ("axis", Attribute::Int(axis as i64)),
            ("p", Attribute::Int(p)),
        ],
        arguments: vec![Argument::Differentiable(random.tensor_away_from(
            &shape,
            -2.0,
            2.0,
            &[0.0],
        ))],
        reference: Box::new(move |arguments| {
            within_groups(&arguments[0], without_axis(axis), |values| {
                let norm = if p == 1 {
                    values.iter().map(|v| v.abs()).sum::<f64>()
                } else {
                    values.iter().map(|v| v * v).sum::<f64>().sqrt()
                };
                values.iter().map(|v| v / norm).collect()
            })
        }),
    }
}

/// Values that differ along one axis only belong together.
fn without_axis(axis: usize) -> impl Fn(&[usize]) -> Vec<usize> {
    move |index| {
        let mut rest = index.to_vec();
        rest.remove(axis);
        rest
    }
}

fn softmax(random: &mut Random, op: &'static str, opset: i64) -> OperatorCase {
    let shape = random.shape(1, 4);
    let rank = shape.len() as i64;
    let flattens = opset < 13;
    let axis = random.whole(0, shape.len() - 1);
    let default = if flattens { 1 } else { rank - 1 };
    let mut attributes = vec![];
    if axis as i64 != default || random.coin() {
        attributes.push(("axis", Attribute::Int(axis as i64)));
    }
    OperatorCase {
        name: format!("{shape:?} along {axis}, opset {opset}"),
        op,
        opset,
        attributes,
        arguments: vec![Argument::Differentiable(random.tensor(&shape, -3.0, 3.0))],
        reference: Box::new(move |arguments| {
            let group = |index: &[usize]| {
                if flattens {
                    index[..axis].to_vec()
                } else {
                    without_axis(axis)(index)
                }
            };
            within_groups(&arguments[0], group, |values| {
                let total: f64 = values.iter().map(|v| v.exp()).sum();
                let logarithm = op == "LogSoftmax";
                let of = |v: &f64| {
                    if logarithm {
                        v - total.ln()
                    } else {
                        v.exp() / total
                    }
                };
                values.iter().map(of).collect()
            })
        }),
    }
}
