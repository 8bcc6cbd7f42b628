//! Cases of operators that change the place of values, repeat them, or join tensors.

use super::{Argument, OperatorCase, Random, Tensor64, unravel};
use crate::onnx::Attribute;

type Attributes = Vec<(&'static str, Attribute)>;

/// A case with one differentiable input `x` and constants behind it; `from` says for an index of the
/// output, whose shape is `shape`, where in `x` its value lies.
fn moving(
    (op, opset): (&'static str, i64),
    (attributes, constants): (Attributes, Vec<Argument>),
    x: Tensor64,
    shape: Vec<usize>,
    from: impl Fn(&[usize]) -> Vec<usize> + 'static,
) -> OperatorCase {
    let mut arguments = vec![Argument::Differentiable(x.clone())];
    arguments.extend(constants);
    OperatorCase {
        name: format!("{:?} to {shape:?}, {attributes:?}", x.shape),
        op,
        opset,
        attributes,
        arguments,
        reference: Box::new(move |arguments| {
            Tensor64::from_fn(&shape, |flat| {
                arguments[0].broadcast_at(&from(&unravel(flat, &shape)))
            })
        }),
    }
}

/// A case that keeps the order of values.
fn reshaping(
    operator: (&'static str, i64),
    given: (Attributes, Vec<Argument>),
    x: Tensor64,
    shape: Vec<usize>,
) -> OperatorCase {
    let (before, after) = (x.shape.clone(), shape.clone());
    moving(operator, given, x, shape, move |index| {
        let places = index.iter().zip(&after);
        let flat = places.fold(0, |flat, (&i, &length)| flat * length + i);
        unravel(flat, &before)
    })
}

/// Cases of one seed.
pub fn cases(random: &mut Random) -> Vec<OperatorCase> {
    let mut cases = reshapes(random);
    cases.extend(axes(random));
    cases.push(transpose(random));
    cases.extend(blocks(random));
    cases.extend(repeats(random));
    cases.extend(concats(random));
    cases
}

fn reshapes(random: &mut Random) -> Vec<OperatorCase> {
    let shape = random.shape(3, 3);
    let x = random.tensor(&shape, -1.0, 1.0);
    let axis = random.whole(0, 3);
    let flat = vec![
        shape[..axis].iter().product(),
        shape[axis..].iter().product(),
    ];
    let flatten = vec![("axis", Attribute::Int(axis as i64))];
    let joined = vec![shape[0], shape[1] * shape[2]];
    let target = Argument::list(&[0, -1]);
    let all = vec![1, shape.iter().product(), 1];
    let line = Argument::list(&[1, all[1] as i64, 1]);
    vec![
        reshaping(("Flatten", 13), (flatten, vec![]), x.clone(), flat),
        reshaping(("Reshape", 13), (vec![], vec![target]), x.clone(), joined),
        reshaping(("Reshape", 14), (vec![], vec![line]), x.clone(), all),
        reshaping(("Identity", 13), (vec![], vec![]), x.clone(), shape.clone()),
        reshaping(("Dropout", 13), (vec![], vec![]), x, shape),
    ]
}

/// `Squeeze` and `Unsqueeze`, their axes an attribute and an input.
fn axes(random: &mut Random) -> Vec<OperatorCase> {
    let short = random.shape(2, 3);
    let place = random.whole(0, short.len());
    let mut long = short.clone();
    long.insert(place, 1);
    // Counted from the end half of the time.
    let axis = if random.coin() {
        place as i64 - long.len() as i64
    } else {
        place as i64
    };
    let mut cases = Vec::new();
    for (op, before, after) in [("Squeeze", &long, &short), ("Unsqueeze", &short, &long)] {
        for (opset, as_input) in [(11, false), (13, true)] {
            let x = random.tensor(before, -1.0, 1.0);
            let given = if as_input {
                (vec![], vec![Argument::list(&[axis])])
            } else {
                (vec![("axes", Attribute::Ints(vec![axis]))], vec![])
            };
            cases.push(reshaping((op, opset), given, x, after.clone()));
        }
    }
    let ones = vec![1, 3, 1, 2];
    let x = random.tensor(&ones, -1.0, 1.0);
    cases.push(reshaping(("Squeeze", 13), (vec![], vec![]), x, vec![3, 2]));
    cases
}

fn transpose(random: &mut Random) -> OperatorCase {
    let shape = random.shape(1, 4);
    let mut order: Vec<usize> = (0..shape.len()).collect();
    for index in (1..order.len()).rev() {
        order.swap(index, random.whole(0, index));
    }
    let after = order.iter().map(|&axis| shape[axis]).collect();
    let perm = order.iter().map(|&axis| axis as i64).collect();
    let attributes = vec![("perm", Attribute::Ints(perm))];
    let x = random.tensor(&shape, -1.0, 1.0);
    moving(
        ("Transpose", 13),
        (attributes, vec![]),
        x,
        after,
        move |index| {
            let mut from = vec![0; index.len()];
            for (&axis, &i) in order.iter().zip(index) {
                from[axis] = i;
            }
            from
        },
    )
}

fn blocks(random: &mut Random) -> Vec<OperatorCase> {
    let b = random.whole(2, 3);
    let [n, c, h, w] = [(); 4].map(|()| random.whole(1, 2));
    let deep = [n, c * b * b, h, w];
    let wide = [n, c, h * b, w * b];
    let size = ("blocksize", Attribute::Int(b as i64));
    let mut cases = Vec::new();
    for mode in ["DCR", "CRD"] {
        let attributes = vec![size.clone(), ("mode", Attribute::Text(mode.to_owned()))];
        let x = random.tensor(&deep, -1.0, 1.0);
        let shape = wide.to_vec();
        let op = ("DepthToSpace", 13);
        cases.push(moving(op, (attributes, vec![]), x, shape, move |index| {
            let &[n, channel, y, x] = index else {
                return vec![];
            };
            let within = (y % b) * b + x % b;
            let from = if mode == "DCR" {
                within * c + channel
            } else {
                channel * b * b + within
            };
            vec![n, from, y / b, x / b]
        }));
    }
    let x = random.tensor(&wide, -1.0, 1.0);
    let given = (vec![size], vec![]);
    cases.push(moving(
        ("SpaceToDepth", 13),
        given,
        x,
        deep.to_vec(),
        move |index| {
            let &[n, depth, y, x] = index else {
                return vec![];
            };
            let (within, channel) = (depth / c, depth % c);
            vec![n, channel, y * b + within / b, x * b + within % b]
        },
    ));
    cases
}

fn repeats(random: &mut Random) -> Vec<OperatorCase> {
    let full = random.shape(1, 4);
    let small = random.broadcastable(&full);
    let x = random.tensor(&small, -1.0, 1.0);
    let target: Vec<i64> = full.iter().map(|&length| length as i64).collect();
    let (skipped, shape) = (full.len() - small.len(), small.clone());
    let clipped = move |index: &[usize]| -> Vec<usize> {
        let places = index[skipped..].iter().zip(&shape);
        places.map(|(&i, &length)| i.min(length - 1)).collect()
    };
    let given = (vec![], vec![Argument::list(&target)]);
    let expand = moving(("Expand", 13), given, x, full, clipped);

    let shape = random.shape(1, 3);
    let counts: Vec<usize> = shape.iter().map(|_| random.whole(1, 3)).collect();
    let after = shape.iter().zip(&counts).map(|(a, b)| a * b).collect();
    let x = random.tensor(&shape, -1.0, 1.0);
    let counts: Vec<i64> = counts.iter().map(|&count| count as i64).collect();
    let given = (vec![], vec![Argument::list(&counts)]);
    let tile = moving(("Tile", 13), given, x, after, move |index| {
        index
            .iter()
            .zip(&shape)
            .map(|(i, length)| i % length)
            .collect()
    });
    vec![expand, tile]
}

/// Differentiable and constant parts joined, and whole numbers on the host.
fn concats(random: &mut Random) -> Vec<OperatorCase> {
    let shape = random.shape(1, 4);
    let axis = random.whole(0, shape.len() - 1);
    let mut part = |kind: fn(Tensor64) -> Argument| {
        let mut shape = shape.clone();
        shape[axis] = random.whole(1, 3);
        kind(random.tensor(&shape, -1.0, 1.0))
    };
    let arguments = vec![
        part(Argument::Differentiable),
        part(Argument::Constant),
        part(Argument::Differentiable),
    ];
    let counted = axis as i64 - shape.len() as i64;
    let joined = OperatorCase {
        name: format!("parts of {shape:?} along {axis}"),
        op: "Concat",
        opset: 13,
        attributes: vec![("axis", Attribute::Int(counted))],
        arguments,
        reference: Box::new(move |parts| join(parts, axis)),
    };
    let hosts = OperatorCase {
        name: "shapes on the host".to_owned(),
        op: "Concat",
        opset: 13,
        attributes: vec![("axis", Attribute::Int(0))],
        arguments: vec![Argument::list(&[3, 4]), Argument::list(&[5])],
        reference: Box::new(|parts| join(parts, 0)),
    };
    vec![joined, hosts]
}

fn join(parts: &[Tensor64], axis: usize) -> Tensor64 {
    let mut shape = parts[0].shape.clone();
    shape[axis] = parts.iter().map(|part| part.shape[axis]).sum();
    Tensor64::from_fn(&shape, |flat| {
        let mut index = unravel(flat, &shape);
        for part in parts {
            if index[axis] < part.shape[axis] {
                return part.broadcast_at(&index);
            }
            index[axis] -= part.shape[axis];
        }
        f64::NAN
    })
}
