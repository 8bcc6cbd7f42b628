//! Cases of operators that pick and put values by position.

use super::{Argument, OperatorCase, Random, Tensor64, unravel};
use crate::onnx::Attribute;

/// Cases of one seed.
pub fn cases(random: &mut Random) -> Vec<OperatorCase> {
    let mut cases = slices(random);
    cases.extend(splits(random));
    cases.extend(gathers(random));
    cases.extend(scatters(random));
    cases
}

/// A case of `op` whose only differentiable input is `x`.
pub fn case(
    (op, opset): (&'static str, i64),
    attributes: Vec<(&'static str, Attribute)>,
    x: Tensor64,
    constants: Vec<Argument>,
    reference: impl Fn(&[Tensor64]) -> Tensor64 + 'static,
) -> OperatorCase {
    let name = format!("{:?}, {attributes:?}, {constants:?}", x.shape);
    let mut arguments = vec![Argument::Differentiable(x)];
    arguments.extend(constants);
    OperatorCase {
        name,
        op,
        opset,
        attributes,
        arguments,
        reference: Box::new(reference),
    }
}

/// `x` with the places along one axis replaced by those listed; `None` is `fill`.
pub fn along(x: &Tensor64, axis: usize, places: &[Option<usize>], fill: f64) -> Tensor64 {
    let mut shape = x.shape.clone();
    shape[axis] = places.len();
    Tensor64::from_fn(&shape, |flat| {
        let mut index = unravel(flat, &shape);
        match places[index[axis]] {
            Some(place) => {
                index[axis] = place;
                x.broadcast_at(&index)
            }
            None => fill,
        }
    })
}

fn slices(random: &mut Random) -> Vec<OperatorCase> {
    let mut cases = Vec::new();
    for opset in [9, 13] {
        let mut shape = random.shape(1, 4);
        let axis = random.whole(0, shape.len() - 1);
        shape[axis] = random.whole(3, 7);
        let length = shape[axis] as i64;
        let step = *random.choose(if opset == 9 { &[1] } else { &[1, 2, 3, -1, -2] });
        // At least one place is left; ends far outside are cut.
        let (start, end) = if step > 0 {
            (
                random.whole(0, 1) as i64,
                *random.choose(&[length, length - 1, i64::MAX, -1]),
            )
        } else {
            (
                *random.choose(&[-1, length - 1, 900]),
                *random.choose(&[0, -length - 1, i64::MIN]),
            )
        };
        let places: Vec<Option<usize>> = {
            let from_front = |at: i64| {
                if at < 0 {
                    at.saturating_add(length)
                } else {
                    at
                }
            };
            let mut at = from_front(start).min(if step > 0 { length } else { length - 1 });
            let end = from_front(end).clamp(-1, length);
            let mut places = Vec::new();
            while if step > 0 { at < end } else { at > end } {
                places.push(Some(at as usize));
                at += step;
            }
            places
        };
        let x = random.tensor(&shape, -1.0, 1.0);
        let axes = axis as i64 - shape.len() as i64 * i64::from(opset > 9);
        let lists = [("starts", start), ("ends", end), ("axes", axes)];
        let (attributes, constants) = if opset == 9 {
            let list = lists.map(|(name, value)| (name, Attribute::Ints(vec![value])));
            (list.to_vec(), vec![])
        } else {
            let mut list: Vec<_> = lists
                .iter()
                .map(|(_, value)| Argument::list(&[*value]))
                .collect();
            list.push(Argument::list(&[step]));
            (vec![], list)
        };
        cases.push(case(
            ("Slice", opset),
            attributes,
            x,
            constants,
            move |arguments| along(&arguments[0], axis, &places, 0.0),
        ));
    }
    cases
}

/// One part each, its sizes an attribute, an input, or equal.
fn splits(random: &mut Random) -> Vec<OperatorCase> {
    let mut cases = Vec::new();
    for (opset, sizes) in [
        (11, Some([2, 3, 1])),
        (13, Some([1, 4, 1])),
        (13, None),
        (18, None),
    ] {
        let mut shape = random.shape(2, 3);
        let axis = random.whole(0, 1);
        // Equal parts since opset 18 need not come out even: 3, 3 and 2.
        shape[axis] = if opset == 18 { 8 } else { 6 };
        let part = random.whole(0, 2);
        let actual = sizes.unwrap_or(if opset == 18 { [3, 3, 2] } else { [2, 2, 2] });
        let start: i64 = actual[..part].iter().sum();
        let places: Vec<_> = (start..start + actual[part])
            .map(|at| Some(at as usize))
            .collect();
        let mut attributes = vec![
            ("axis", Attribute::Int(axis as i64)),
            ("gradlens.part", Attribute::Int(part as i64)),
            ("gradlens.parts", Attribute::Int(3)),
        ];
        let mut constants = vec![];
        match sizes {
            Some(sizes) if opset == 11 => {
                attributes.push(("split", Attribute::Ints(sizes.to_vec())));
            }
            Some(sizes) => constants.push(Argument::list(&sizes)),
            None => {}
        }
        let x = random.tensor(&shape, -1.0, 1.0);
        cases.push(case(
            ("Split", opset),
            attributes,
            x,
            constants,
            move |arguments| along(&arguments[0], axis, &places, 0.0),
        ));
    }
    cases
}

/// Positions in an axis of this length, some counted from the end.
fn positions(random: &mut Random, count: usize, length: usize) -> Vec<i64> {
    (0..count)
        .map(|_| {
            let at = random.whole(0, length - 1) as i64;
            if random.coin() {
                at - length as i64
            } else {
                at
            }
        })
        .collect()
}

fn place(position: f64, length: usize) -> usize {
    (if position < 0.0 {
        position + length as f64
    } else {
        position
    }) as usize
}

/// Whole numbers of any shape.
pub fn integers(shape: &[usize], values: Vec<i64>) -> Argument {
    Argument::Integers {
        shape: shape.to_vec(),
        values,
    }
}

fn gathers(random: &mut Random) -> Vec<OperatorCase> {
    let mut cases = Vec::new();
    for rank in 0..3 {
        let shape = random.shape(1, 3);
        let axis = random.whole(0, shape.len() - 1);
        let at_shape: Vec<usize> = (0..rank).map(|_| random.whole(1, 3)).collect();
        let at = positions(random, at_shape.iter().product(), shape[axis]);
        let attributes = vec![("axis", Attribute::Int(axis as i64))];
        let x = random.tensor(&shape, -1.0, 1.0);
        let at = integers(&at_shape, at);
        cases.push(case(
            ("Gather", 13),
            attributes,
            x,
            vec![at],
            move |arguments| {
                let (x, at) = (&arguments[0], &arguments[1]);
                let mut shape = x.shape[..axis].to_vec();
                shape.extend(&at.shape);
                shape.extend(&x.shape[axis + 1..]);
                Tensor64::from_fn(&shape, |flat| {
                    let index = unravel(flat, &shape);
                    let (before, rest) = index.split_at(axis);
                    let (within, after) = rest.split_at(at.shape.len());
                    let mut from = before.to_vec();
                    from.push(place(at.broadcast_at(within), x.shape[axis]));
                    from.extend(after);
                    x.broadcast_at(&from)
                })
            },
        ));
    }
    let shape = random.shape(2, 3);
    let axis = random.whole(0, shape.len() - 1);
    let mut at_shape: Vec<usize> = shape
        .iter()
        .map(|&length| random.whole(1, length))
        .collect();
    at_shape[axis] = random.whole(1, 4);
    let at = positions(random, at_shape.iter().product(), shape[axis]);
    let at = integers(&at_shape, at);
    let attributes = vec![("axis", Attribute::Int(axis as i64 - shape.len() as i64))];
    let x = random.tensor(&shape, -1.0, 1.0);
    cases.push(case(
        ("GatherElements", 13),
        attributes,
        x,
        vec![at],
        move |arguments| {
            let (x, at) = (&arguments[0], &arguments[1]);
            Tensor64::from_fn(&at.shape, |flat| {
                let mut index = unravel(flat, &at.shape);
                index[axis] = place(at.values[flat], x.shape[axis]);
                x.broadcast_at(&index)
            })
        },
    ));
    for batch in [0, 1] {
        let shape = [2, 3, 4];
        let tuples = if batch == 0 {
            vec![3, 2]
        } else {
            vec![2, 3, 1]
        };
        let mut at = Vec::new();
        for index in 0..tuples.iter().product() {
            let axis = batch + index % tuples[tuples.len() - 1];
            at.extend(positions(random, 1, shape[axis]));
        }
        let at = integers(&tuples, at);
        let x = random.tensor(&shape, -1.0, 1.0);
        let attributes = vec![("batch_dims", Attribute::Int(batch as i64))];
        cases.push(case(
            ("GatherND", 13),
            attributes,
            x,
            vec![at],
            move |arguments| {
                let (x, at) = (&arguments[0], &arguments[1]);
                let (&depth, leading) = at.shape.split_last().unwrap_or((&0, &[]));
                let mut shape = leading.to_vec();
                shape.extend(&x.shape[batch + depth..]);
                Tensor64::from_fn(&shape, |flat| {
                    let index = unravel(flat, &shape);
                    let (tuple, rest) = index.split_at(leading.len());
                    let mut from = tuple[..batch].to_vec();
                    for k in 0..depth {
                        let place_at = [tuple, &[k]].concat();
                        from.push(place(at.broadcast_at(&place_at), x.shape[batch + k]));
                    }
                    from.extend(rest);
                    x.broadcast_at(&from)
                })
            },
        ));
    }
    cases
}

/// Data and updates both differentiable; positions may repeat only where updates are added.
fn scatters(random: &mut Random) -> Vec<OperatorCase> {
    let mut cases = Vec::new();
    for adds in [false, true] {
        let reduction = if adds { "add" } else { "none" };
        let reduction = ("reduction", Attribute::Text(reduction.to_owned()));
        let data = random.tensor(&[4, 3, 2], -1.0, 1.0);
        let rows = if adds { [1, -3, 1] } else { [2, -4, 1] };
        let updates = random.tensor(&[3, 3, 2], -1.0, 1.0);
        cases.push(OperatorCase {
            name: format!("blocks, adding: {adds}"),
            op: "ScatterND",
            opset: 16,
            attributes: vec![reduction.clone()],
            arguments: vec![
                Argument::Differentiable(data),
                integers(&[3, 1], rows.to_vec()),
                Argument::Differentiable(updates),
            ],
            reference: Box::new(move |arguments| {
                let mut out = arguments[0].clone();
                for (update, at) in arguments[1].values.iter().enumerate() {
                    let row = place(*at, 4);
                    for k in 0..6 {
                        let old = if adds { out.values[row * 6 + k] } else { 0.0 };
                        out.values[row * 6 + k] = old + arguments[2].values[update * 6 + k];
                    }
                }
                out
            }),
        });
        let data = random.tensor(&[3, 4], -1.0, 1.0);
        let updates = random.tensor(&[2, 3], -1.0, 1.0);
        let columns = if adds {
            [0, 0, 3, 1, 1, -3]
        } else {
            [0, -2, 3, 2, 1, -4]
        };
        cases.push(OperatorCase {
            name: format!("single values, adding: {adds}"),
            op: "ScatterElements",
            opset: 18,
            attributes: vec![("axis", Attribute::Int(1)), reduction],
            arguments: vec![
                Argument::Differentiable(data),
                integers(&[2, 3], columns.to_vec()),
                Argument::Differentiable(updates),
            ],
            reference: Box::new(move |arguments| {
                let mut out = arguments[0].clone();
                for (update, at) in arguments[1].values.iter().enumerate() {
                    let to = update / 3 * 4 + place(*at, 4);
                    let old = if adds { out.values[to] } else { 0.0 };
                    out.values[to] = old + arguments[2].values[update];
                }
                out
            }),
        });
    }
    cases
}
