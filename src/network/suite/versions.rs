//! Cases of what older operator sets say in other words, and newer ones say more of: broadcasting by an axis,
//! statistics of the batch itself; and of weights that are computed from others.

use super::{Argument, OperatorCase, Random, Tensor64, arithmetic::zip, unravel};
use crate::onnx::Attribute;

/// Cases of one seed.
pub fn cases(random: &mut Random) -> Vec<OperatorCase> {
    let mut cases = Vec::new();
    for (op, function) in FUNCTIONS {
        for place in [Place::Axis, Place::End, Place::Same] {
            cases.push(broadcast(random, op, function, place));
        }
    }
    for one in [false, true] {
        cases.push(slopes(random, one));
    }
    for broadcasts in [false, true] {
        cases.push(gemm(random, broadcasts));
    }
    for rank in 2..=4 {
        cases.push(batch_statistics(random, rank));
        cases.push(one_for_each_value(random, rank));
    }
    cases.extend(on_the_host(random));
    cases
}

/// A function of two numbers.
type Function = fn(f64, f64) -> f64;

const FUNCTIONS: [(&str, Function); 4] = [
    ("Add", |a, b| a + b),
    ("Sub", |a, b| a - b),
    ("Mul", |a, b| a * b),
    ("Div", |a, b| a / b),
];

/// Where the second operand lies.
#[derive(Clone, Copy)]
enum Place {
    Axis,
    End,
    Same,
}

/// A case that is named after what it is about.
pub fn case(
    (op, opset): (&'static str, i64),
    attributes: Vec<(&'static str, Attribute)>,
    arguments: Vec<Argument>,
    reference: impl Fn(&[Tensor64]) -> Tensor64 + 'static,
) -> OperatorCase {
    let shapes: Vec<Vec<usize>> = arguments
        .iter()
        .map(|argument| super::check::tensor(argument).shape)
        .collect();
    OperatorCase {
        name: format!("opset {opset}, {shapes:?}, {attributes:?}"),
        op,
        opset,
        attributes,
        arguments,
        reference: Box::new(reference),
    }
}

/// The second operand with axes of length 1 behind it, so that it begins at `axis` of `rank`.
fn placed(tensor: &Tensor64, axis: usize, rank: usize) -> Tensor64 {
    let behind = rank - axis - tensor.shape.len();
    Tensor64 {
        shape: [tensor.shape.clone(), vec![1; behind]].concat(),
        values: tensor.values.clone(),
    }
}

fn broadcast(
    random: &mut Random,
    op: &'static str,
    function: Function,
    place: Place,
) -> OperatorCase {
    // Equal lengths, so that an axis which is not looked at goes unnoticed but for the numbers.
    let length = random.whole(2, 3);
    let shape = vec![random.whole(1, 2), length, length, length];
    let (axis, axes) = match place {
        Place::Axis => (random.whole(1, 2), 1),
        Place::End => (2, 2),
        Place::Same => (0, 4),
    };
    let mut attributes = vec![];
    if !matches!(place, Place::Same) {
        attributes.push(("broadcast", Attribute::Int(1)));
    }
    if matches!(place, Place::Axis) {
        let from_behind = random.coin();
        let axis = axis as i64 - if from_behind { 4 } else { 0 };
        attributes.push(("axis", Attribute::Int(axis)));
    }
    let left = random.tensor(&shape, -2.0, 2.0);
    let right = random.tensor(&shape[axis..axis + axes], 0.5, 2.0);
    let right = if random.coin() {
        Argument::Constant(right)
    } else {
        Argument::Differentiable(right)
    };
    let arguments = vec![Argument::Differentiable(left), right];
    case(
        (op, *random.choose(&[1, 6])),
        attributes,
        arguments,
        move |arguments| {
            let right = placed(&arguments[1], axis, 4);
            zip(&arguments[0], &right, function)
        },
    )
}

fn slopes(random: &mut Random, one: bool) -> OperatorCase {
    let length = random.whole(2, 3);
    let shape = vec![1, length, length, length];
    let slopes = random.tensor(&[if one { 1 } else { length }], 0.1, 0.9);
    let arguments = vec![
        Argument::Differentiable(random.tensor(&shape, -2.0, 2.0)),
        Argument::Differentiable(slopes),
    ];
    case(("PRelu", 6), vec![], arguments, move |arguments| {
        let slopes = placed(&arguments[1], if one { 3 } else { 1 }, 4);
        zip(
            &arguments[0],
            &slopes,
            |x, slope| if x < 0.0 { slope * x } else { x },
        )
    })
}

fn gemm(random: &mut Random, broadcasts: bool) -> OperatorCase {
    let [m, k, n] = [(); 3].map(|()| random.whole(1, 3));
    let addend: &[usize] = if broadcasts { &[n] } else { &[m, n] };
    let arguments = vec![
        Argument::Differentiable(random.tensor(&[m, k], -1.0, 1.0)),
        Argument::Differentiable(random.tensor(&[k, n], -1.0, 1.0)),
        Argument::Differentiable(random.tensor(addend, -1.0, 1.0)),
    ];
    let attributes = vec![("broadcast", Attribute::Int(i64::from(broadcasts)))];
    case(("Gemm", 6), attributes, arguments, move |arguments| {
        let [a, b, c] = arguments else {
            return Tensor64::from_fn(&[], |_| f64::NAN);
        };
        Tensor64::from_fn(&[m, n], |flat| {
            let (row, column) = (flat / n, flat % n);
            let products = (0..k).map(|at| a.values[row * k + at] * b.values[at * n + column]);
            products.sum::<f64>() + c.broadcast_at(&[row, column])
        })
    })
}

/// A norm in training mode takes the mean and the variance of what it is given.
fn batch_statistics(random: &mut Random, rank: usize) -> OperatorCase {
    let mut shape: Vec<usize> = (0..rank).map(|_| random.whole(2, 3)).collect();
    shape[0] = if rank == 2 { 4 } else { random.whole(1, 2) };
    let channels = [shape[1]];
    let mut parameter = |low, high| Argument::Constant(random.tensor(&channels, low, high));
    let parameters = [
        parameter(0.5, 2.0),
        parameter(-1.0, 1.0),
        // Which are not looked at.
        parameter(5.0, 6.0),
        parameter(5.0, 6.0),
    ];
    let x = Argument::Differentiable(random.tensor(&shape, -2.0, 2.0));
    let epsilon = 1e-2f32;
    let attributes = vec![
        ("epsilon", Attribute::Float(epsilon)),
        ("momentum", Attribute::Float(0.1)),
        ("training_mode", Attribute::Int(1)),
    ];
    let arguments = [x].into_iter().chain(parameters).collect();
    case(
        ("BatchNormalization", 15),
        attributes,
        arguments,
        move |arguments| {
            let x = &arguments[0];
            let of_channel = |c: usize| -> Vec<f64> {
                let flats = 0..x.values.len();
                let own = flats.filter(|&flat| unravel(flat, &x.shape)[1] == c);
                own.map(|flat| x.values[flat]).collect()
            };
            Tensor64::from_fn(&x.shape, |flat| {
                let c = unravel(flat, &x.shape)[1];
                let values = of_channel(c);
                let count = values.len() as f64;
                let mean = values.iter().sum::<f64>() / count;
                let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count;
                let root = (variance + f64::from(epsilon)).sqrt();
                (x.values[flat] - mean) / root * arguments[1].values[c] + arguments[2].values[c]
            })
        },
    )
}

/// With `spatial` 0 every value of an image has a mean and a variance of its own.
fn one_for_each_value(random: &mut Random, rank: usize) -> OperatorCase {
    let shape: Vec<usize> = (0..rank).map(|_| random.whole(1, 3)).collect();
    let mut parameter = |low, high| Argument::Constant(random.tensor(&shape[1..], low, high));
    let parameters = [
        parameter(-2.0, 2.0),
        parameter(-1.0, 1.0),
        parameter(-1.0, 1.0),
        parameter(0.3, 2.0),
    ];
    let x = Argument::Differentiable(random.tensor(&shape, -2.0, 2.0));
    let arguments = [x].into_iter().chain(parameters).collect();
    let attributes = vec![("spatial", Attribute::Int(0))];
    case(
        ("BatchNormalization", 7),
        attributes,
        arguments,
        |arguments| {
            let [x, scale, shift, mean, variance] = arguments else {
                return Tensor64::from_fn(&[], |_| f64::NAN);
            };
            let size = scale.values.len();
            Tensor64::from_fn(&x.shape, |flat| {
                let at = flat % size;
                let root = (variance.values[at] + f64::from(1e-5f32)).sqrt();
                (x.values[flat] - mean.values[at]) / root * scale.values[at] + shift.values[at]
            })
        },
    )
}

/// Weights that are computed of others before the network runs.
fn on_the_host(random: &mut Random) -> Vec<OperatorCase> {
    let length = random.whole(2, 6);
    let mut list = || Argument::Constant(random.tensor(&[length], 0.5, 2.0));
    vec![
        case(("MatMul", 13), vec![], vec![list(), list()], |arguments| {
            let pairs = arguments[0].values.iter().zip(&arguments[1].values);
            Tensor64 {
                shape: vec![],
                values: vec![pairs.map(|(a, b)| a * b).sum()],
            }
        }),
        case(
            ("LayerNormalization", 17),
            vec![("epsilon", Attribute::Float(0.1))],
            vec![list(), list(), list()],
            |arguments| {
                let x = &arguments[0].values;
                let count = x.len() as f64;
                let mean = x.iter().sum::<f64>() / count;
                let variance = x.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count;
                let root = (variance + f64::from(0.1f32)).sqrt();
                Tensor64::from_fn(&arguments[0].shape, |at| {
                    (x[at] - mean) / root * arguments[1].values[at] + arguments[2].values[at]
                })
            },
        ),
    ]
}
