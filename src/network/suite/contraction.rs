//! Cases of matrix products and contractions.

use std::collections::BTreeMap;

use super::{Argument, OperatorCase, Random, Tensor64, unravel};
use crate::onnx::Attribute;

/// Cases of one seed.
pub fn cases(random: &mut Random) -> Vec<OperatorCase> {
    let mut cases = Vec::new();
    for form in 0..8 {
        cases.push(matmul(random, form));
    }
    for _ in 0..6 {
        cases.push(gemm(random));
    }
    for (equation, operands) in [
        ("bhnd,bhmd->bhnm", "bhnd,bhmd->bhnm"),
        ("ij, jk", "ij,jk->ik"),
        ("ij->ji", "ij->ji"),
        ("abc->b", "abc->b"),
        ("...i,...i->...", "abi,bi->ab"),
        ("...ij,jk->...ik", "abij,jk->abik"),
        ("i,j->ij", "i,j->ij"),
        ("ij,jk->k", "ij,jk->k"),
        ("bchw,bnc->bnhw", "bchw,bnc->bnhw"),
        ("...a->a...", "bca->abc"),
        ("ab,ab->", "ab,ab->"),
    ] {
        cases.push(einsum(random, equation, operands));
    }
    cases
}

/// One of two factors of which at least one is differentiable.
fn factors(random: &mut Random, shapes: [&[usize]; 2]) -> Vec<Argument> {
    let constant = random.whole(0, 3);
    let argument = |index: usize, tensor: Tensor64| {
        if constant == index {
            Argument::Constant(tensor)
        } else {
            Argument::Differentiable(tensor)
        }
    };
    let [left, right] = shapes.map(|shape| random.tensor(shape, -1.0, 1.0));
    vec![argument(0, left), argument(1, right)]
}

fn matmul(random: &mut Random, form: usize) -> OperatorCase {
    let [m, k, n] = std::array::from_fn(|_| random.whole(1, 4));
    let rank = random.whole(1, 2);
    let batch: Vec<usize> = (0..rank).map(|_| random.whole(1, 3)).collect();
    let with = |batch: &[usize], rows: usize, columns: usize| [batch, &[rows, columns]].concat();
    let (left, right) = match form {
        0 => (vec![m, k], vec![k, n]),
        1 => (with(&batch, m, k), vec![k, n]),
        2 => (vec![m, k], with(&batch, k, n)),
        3 => (with(&batch, m, k), with(&batch, k, n)),
        4 => (vec![k], with(&batch, k, n)),
        5 => (with(&batch, m, k), vec![k]),
        6 => {
            let other = random.broadcastable(&batch);
            (with(&batch, m, k), with(&other, k, n))
        }
        // Each side is repeated along an axis of the other.
        _ => (vec![3, 1, m, k], vec![2, k, n]),
    };
    OperatorCase {
        name: format!("{left:?} by {right:?}"),
        op: "MatMul",
        opset: *random.choose(&[9, 13]),
        attributes: vec![],
        arguments: factors(random, [&left, &right]),
        reference: Box::new(|arguments| product(&arguments[0], &arguments[1])),
    }
}

/// As NumPy multiplies.
fn product(left: &Tensor64, right: &Tensor64) -> Tensor64 {
    let (mut a, mut b) = (left.clone(), right.clone());
    if left.shape.len() == 1 {
        a.shape.insert(0, 1);
    }
    if right.shape.len() == 1 {
        b.shape.push(1);
    }
    let rank = a.shape.len().max(b.shape.len());
    let length = |tensor: &Tensor64, axis: usize| {
        let own = axis as isize - (rank - tensor.shape.len()) as isize;
        usize::try_from(own).map_or(1, |own| tensor.shape[own])
    };
    let mut shape: Vec<usize> = (0..rank - 2)
        .map(|axis| length(&a, axis).max(length(&b, axis)))
        .collect();
    shape.extend([length(&a, rank - 2), length(&b, rank - 1)]);
    let shared = length(&a, rank - 1);
    let mut out = Tensor64::from_fn(&shape, |flat| {
        let index = unravel(flat, &shape);
        let (batch, at) = index.split_at(rank - 2);
        let element = |i: usize| {
            let left = a.broadcast_at(&[batch, &[at[0], i]].concat());
            left * b.broadcast_at(&[batch, &[i, at[1]]].concat())
        };
        (0..shared).map(element).sum()
    });
    if right.shape.len() == 1 {
        out.shape.pop();
    }
    if left.shape.len() == 1 {
        let rows = out.shape.len() - if right.shape.len() == 1 { 1 } else { 2 };
        out.shape.remove(rows);
    }
    out
}

fn gemm(random: &mut Random) -> OperatorCase {
    let [m, k, n] = std::array::from_fn(|_| random.whole(1, 5));
    let (left, right) = (random.coin(), random.coin());
    let stored = |swap: bool, rows: usize, columns: usize| {
        if swap {
            vec![columns, rows]
        } else {
            vec![rows, columns]
        }
    };
    let shapes = [stored(left, m, k), stored(right, k, n)];
    let mut arguments = factors(random, [&shapes[0], &shapes[1]]);
    let addend = random.broadcastable(&[m, n]);
    let (alpha, beta) = if random.coin() {
        (1.0, 1.0)
    } else {
        (0.5, -1.5)
    };
    match random.whole(0, 2) {
        0 => arguments.push(Argument::Constant(random.tensor(&addend, -1.0, 1.0))),
        1 => arguments.push(Argument::Differentiable(random.tensor(&addend, -1.0, 1.0))),
        _ => {}
    }
    OperatorCase {
        name: format!("{shapes:?} and {addend:?}, transposed {left} {right}, {alpha} {beta}"),
        op: "Gemm",
        opset: *random.choose(&[9, 11, 13]),
        attributes: vec![
            ("transA", Attribute::Int(left.into())),
            ("transB", Attribute::Int(right.into())),
            ("alpha", Attribute::Float(alpha)),
            ("beta", Attribute::Float(beta)),
        ],
        arguments,
        reference: Box::new(move |arguments| {
            let (a, b) = (&arguments[0], &arguments[1]);
            Tensor64::from_fn(&[m, n], |flat| {
                let (row, column) = (flat / n, flat % n);
                let sum: f64 = (0..k)
                    .map(|i| {
                        let left = if left { i * m + row } else { row * k + i };
                        let right = if right {
                            column * k + i
                        } else {
                            i * n + column
                        };
                        a.values[left] * b.values[right]
                    })
                    .sum();
                let addend = arguments
                    .get(2)
                    .map_or(0.0, |c| c.broadcast_at(&[row, column]));
                f64::from(alpha) * sum + f64::from(beta) * addend
            })
        }),
    }
}

/// `explicit` is the equation without ellipsis and with its output.
fn einsum(random: &mut Random, equation: &str, explicit: &'static str) -> OperatorCase {
    let (inputs, output) = explicit.split_once("->").unwrap_or((explicit, ""));
    let inputs: Vec<&'static str> = inputs.split(',').collect();
    let mut sizes: BTreeMap<char, usize> = BTreeMap::new();
    for letter in inputs.iter().flat_map(|labels| labels.chars()) {
        let size = random.whole(1, 4);
        sizes.entry(letter).or_insert(size);
    }
    let shape = |labels: &str| -> Vec<usize> { labels.chars().map(|c| sizes[&c]).collect() };
    let shapes: Vec<Vec<usize>> = inputs.iter().map(|labels| shape(labels)).collect();
    let arguments = match shapes.as_slice() {
        [left, right] => factors(random, [left, right]),
        _ => shapes
            .iter()
            .map(|shape| Argument::Differentiable(random.tensor(shape, -1.0, 1.0)))
            .collect(),
    };
    let output_shape = shape(output);
    OperatorCase {
        name: format!("{equation:?} of {shapes:?}"),
        op: "Einsum",
        opset: 12,
        attributes: vec![("equation", Attribute::Text(equation.to_owned()))],
        arguments,
        reference: Box::new(move |arguments| {
            let letters: Vec<char> = sizes.keys().copied().collect();
            let lengths: Vec<usize> = sizes.values().copied().collect();
            let mut out = Tensor64::from_fn(&output_shape, |_| 0.0);
            // Every choice of all labels is one product.
            for flat in 0..lengths.iter().product() {
                let index = unravel(flat, &lengths);
                let place = |labels: &str| {
                    labels.chars().fold(0, |at, letter| {
                        let which = letters.iter().position(|&l| l == letter);
                        let which = which.unwrap_or(0);
                        at * lengths[which] + index[which]
                    })
                };
                let product: f64 = inputs
                    .iter()
                    .zip(arguments)
                    .map(|(labels, tensor)| tensor.values[place(labels)])
                    .product();
                out.values[place(output)] += product;
            }
            out
        }),
    }
}
