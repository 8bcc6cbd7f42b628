//! Cases of reductions and global pools.

use super::{Argument, OperatorCase, Random, Tensor64, unravel};
use crate::onnx::Attribute;

/// What a reduction makes of the values it gets.
type Reduce = fn(&[f64]) -> f64;

fn sum_of(values: &[f64], f: impl Fn(f64) -> f64) -> f64 {
    values.iter().map(|&v| f(v)).sum()
}

const REDUCTIONS: [(&str, Reduce); 9] = [
    ("ReduceSum", |v| sum_of(v, |v| v)),
    ("ReduceMean", |v| sum_of(v, |v| v) / v.len() as f64),
    ("ReduceMax", |v| v.iter().copied().fold(f64::MIN, f64::max)),
    ("ReduceMin", |v| v.iter().copied().fold(f64::MAX, f64::min)),
    ("ReduceL1", |v| sum_of(v, f64::abs)),
    ("ReduceL2", |v| sum_of(v, |v| v * v).sqrt()),
    ("ReduceSumSquare", |v| sum_of(v, |v| v * v)),
    ("ReduceLogSum", |v| sum_of(v, |v| v).ln()),
    ("ReduceLogSumExp", |v| sum_of(v, f64::exp).ln()),
];

/// `x` reduced over `axes`, which ascend.
pub fn reduced(x: &Tensor64, axes: &[usize], keep: bool, reduce: Reduce) -> Tensor64 {
    let gone = |axis: usize| axes.contains(&axis);
    let kept: Vec<usize> = (0..x.shape.len())
        .map(|axis| if gone(axis) { 1 } else { x.shape[axis] })
        .collect();
    let mut groups: Vec<Vec<f64>> = vec![Vec::new(); kept.iter().product()];
    for (flat, &value) in x.values.iter().enumerate() {
        let index = unravel(flat, &x.shape);
        let places = index.iter().zip(&kept);
        let place = places.fold(0, |at, (&i, &length)| {
            at * length + if length == 1 { 0 } else { i }
        });
        groups[place].push(value);
    }
    let mut out = Tensor64::from_fn(&kept, |place| reduce(&groups[place]));
    if !keep {
        let left = (0..x.shape.len()).filter(|&axis| !gone(axis));
        out.shape = left.map(|axis| x.shape[axis]).collect();
    }
    out
}

/// Cases of one seed.
pub fn cases(random: &mut Random) -> Vec<OperatorCase> {
    let mut cases = Vec::new();
    for (op, reduce) in REDUCTIONS {
        for input in [false, true] {
            cases.push(reduction(random, op, reduce, input));
        }
    }
    for (op, reduce) in &REDUCTIONS[..4] {
        cases.push(on_host(random, op, *reduce));
    }
    cases.push(on_host(random, "ReduceProd", |v| v.iter().product()));
    cases.push(without_axes(random, false));
    cases.push(without_axes(random, true));
    let global: [(&'static str, Option<i64>, Reduce); 5] = [
        ("GlobalAveragePool", None, REDUCTIONS[1].1),
        ("GlobalMaxPool", None, REDUCTIONS[2].1),
        ("GlobalLpPool", Some(1), REDUCTIONS[4].1),
        ("GlobalLpPool", None, REDUCTIONS[5].1),
        ("GlobalLpPool", Some(3), |v: &[f64]| {
            sum_of(v, |v| v.abs().powi(3)).cbrt()
        }),
    ];
    for (op, p, reduce) in global {
        cases.push(global_pool(random, op, p, reduce));
    }
    cases.push(arg_max(random));
    cases
}

/// Values that suit every reduction: for logarithms positive, away from kinks, without ties.
fn values(random: &mut Random, op: &str, shape: &[usize]) -> Tensor64 {
    match op {
        "ReduceLogSum" => random.tensor(shape, 0.2, 2.0),
        "ReduceMax" | "ReduceMin" | "GlobalMaxPool" | "ArgMax" => random.distinct(shape),
        _ => random.tensor_away_from(shape, -2.0, 2.0, &[0.0]),
    }
}

/// Some axes of a rank, ascending, and how a node might write them.
fn some_axes(random: &mut Random, rank: usize) -> (Vec<usize>, Vec<i64>) {
    let mut axes: Vec<usize> = (0..rank).filter(|_| random.coin()).collect();
    if axes.is_empty() {
        axes.push(random.whole(0, rank - 1));
    }
    let written = axes.iter().rev().map(|&axis| {
        if random.coin() {
            axis as i64
        } else {
            axis as i64 - rank as i64
        }
    });
    let written = written.collect();
    (axes, written)
}

fn reduction(random: &mut Random, op: &'static str, reduce: Reduce, input: bool) -> OperatorCase {
    let shape = random.shape(1, 4);
    let (axes, written) = some_axes(random, shape.len());
    let keep = random.coin();
    let mut arguments = vec![Argument::Differentiable(values(random, op, &shape))];
    let mut attributes = vec![("keepdims", Attribute::Int(keep.into()))];
    if input {
        arguments.push(Argument::list(&written));
    } else {
        attributes.push(("axes", Attribute::Ints(written.clone())));
    }
    OperatorCase {
        name: format!("{shape:?} over {written:?}, kept: {keep}, as input: {input}"),
        op,
        opset: if input { 18 } else { 11 },
        attributes,
        arguments,
        reference: Box::new(move |arguments| reduced(&arguments[0], &axes, keep, reduce)),
    }
}

/// Whole numbers, as in shape arithmetic.
fn on_host(random: &mut Random, op: &'static str, reduce: Reduce) -> OperatorCase {
    let shape = random.shape(1, 2);
    let (axes, written) = some_axes(random, shape.len());
    let keep = random.coin();
    let count = shape.iter().product();
    let values = (0..count).map(|_| random.whole(0, 9) as i64 - 3).collect();
    OperatorCase {
        name: format!("whole numbers {shape:?} over {written:?}, kept: {keep}"),
        op,
        opset: 18,
        attributes: vec![("keepdims", Attribute::Int(keep.into()))],
        arguments: vec![
            Argument::Integers { shape, values },
            Argument::list(&written),
        ],
        reference: Box::new(move |arguments| {
            let mut out = reduced(&arguments[0], &axes, keep, reduce);
            out.values.iter_mut().for_each(|v| *v = v.trunc());
            out
        }),
    }
}

/// No axes mean all, or none.
fn without_axes(random: &mut Random, none: bool) -> OperatorCase {
    let shape = random.shape(1, 3);
    let x = random.tensor(&shape, -2.0, 2.0);
    OperatorCase {
        name: format!("{shape:?}, no axes, which means none: {none}"),
        op: "ReduceSum",
        opset: 13,
        attributes: vec![("noop_with_empty_axes", Attribute::Int(none.into()))],
        arguments: vec![Argument::Differentiable(x), Argument::list(&[])],
        reference: Box::new(move |arguments| {
            let all: Vec<usize> = (0..arguments[0].shape.len()).collect();
            let axes = if none { &[] } else { all.as_slice() };
            reduced(&arguments[0], axes, true, REDUCTIONS[0].1)
        }),
    }
}

fn global_pool(
    random: &mut Random,
    op: &'static str,
    p: Option<i64>,
    reduce: Reduce,
) -> OperatorCase {
    let shape = random.shape(3, 5);
    OperatorCase {
        name: format!("{shape:?}, p: {p:?}"),
        op,
        opset: *random.choose(&[9, 22]),
        attributes: p.map(|p| ("p", Attribute::Int(p))).into_iter().collect(),
        arguments: vec![Argument::Differentiable(values(random, op, &shape))],
        reference: Box::new(move |arguments| {
            let axes: Vec<usize> = (2..arguments[0].shape.len()).collect();
            reduced(&arguments[0], &axes, true, reduce)
        }),
    }
}

fn arg_max(random: &mut Random) -> OperatorCase {
    let shape = random.shape(1, 4);
    let axis = random.whole(0, shape.len() - 1);
    let keep = random.coin();
    OperatorCase {
        name: format!("{shape:?} along {axis}, kept: {keep}"),
        op: "ArgMax",
        opset: 13,
        attributes: vec![
            ("axis", Attribute::Int(axis as i64)),
            ("keepdims", Attribute::Int(keep.into())),
        ],
        arguments: vec![Argument::Differentiable(values(random, "ArgMax", &shape))],
        reference: Box::new(move |arguments| {
            reduced(&arguments[0], &[axis], keep, |values| {
                let best = |at: usize, i: usize| if values[i] > values[at] { i } else { at };
                (0..values.len()).fold(0, best) as f64
            })
        }),
    }
}
