//! Cases of mathematics, rounding and questions about one number, and of casts.

use super::{Argument, OperatorCase, Random, Tensor64, activations::normal_below};
use crate::onnx::Attribute;

/// `function` of every value.
fn map(x: &Tensor64, function: impl Fn(f64) -> f64) -> Tensor64 {
    Tensor64::from_fn(&x.shape, |index| function(x.values[index]))
}

/// The function `op` on a random tensor of values in `range`, away from its kinks.
pub fn function(
    random: &mut Random,
    (op, opset): (&'static str, i64),
    attributes: Vec<(&'static str, Attribute)>,
    range: [f64; 2],
    kinks: &[f64],
    reference: impl Fn(f64) -> f64 + 'static,
) -> OperatorCase {
    let shape = random.shape(0, 4);
    let x = random.tensor_away_from(&shape, range[0], range[1], kinks);
    OperatorCase {
        name: format!("{attributes:?} on {shape:?}"),
        op,
        opset,
        attributes,
        arguments: vec![Argument::Differentiable(x)],
        reference: Box::new(move |arguments| map(&arguments[0], &reference)),
    }
}

/// The same on a few numbers on the host.
fn on_host(random: &mut Random, mut case: OperatorCase, range: [f64; 2]) -> OperatorCase {
    let shape = random.shape(0, 1);
    let x = random.tensor(&shape, range[0], range[1]);
    case.name = format!("on the host, {shape:?}");
    case.arguments = vec![Argument::Constant(x)];
    case
}

/// A function of one number.
type OfOne = fn(f64) -> f64;

/// An operator: its name, opset, the range its inputs come from, its kinks, and what it computes.
type Row<'a> = (&'static str, i64, [f64; 2], &'a [f64], OfOne);

/// Cases of one seed.
pub fn cases(random: &mut Random) -> Vec<OperatorCase> {
    let whole: Vec<f64> = (-4..=4).map(f64::from).collect();
    let halves: Vec<f64> = (-4..=4).map(|v| f64::from(v) + 0.5).collect();
    let everywhere = [-3.0, 3.0];
    let positive = [0.2, 4.0];
    let functions: [Row<'_>; 13] = [
        ("Abs", 13, everywhere, &[0.0], |x| x.max(-x)),
        ("Ceil", 13, everywhere, &whole, |x| -(-x).floor()),
        ("Cos", 7, everywhere, &[], |x| x.cos()),
        ("Erf", 13, everywhere, &[], |x| {
            2.0 * normal_below(x * std::f64::consts::SQRT_2) - 1.0
        }),
        ("Exp", 13, everywhere, &[], |x| x.exp()),
        ("Floor", 13, everywhere, &whole, |x| x - x.rem_euclid(1.0)),
        ("Log", 13, positive, &[], |x| {
            x.log2() / std::f64::consts::LOG2_E
        }),
        ("Neg", 13, everywhere, &[], |x| -x),
        ("Reciprocal", 13, positive, &[], |x| 1.0 / x),
        ("Round", 11, everywhere, &halves, |x| (x + 0.5).floor()),
        ("Sign", 13, everywhere, &[0.0], |x| x / x.abs()),
        ("Sin", 7, everywhere, &[], |x| x.sin()),
        ("Sqrt", 13, positive, &[], |x| x.powf(0.5)),
    ];
    let mut cases = Vec::new();
    for (op, opset, range, kinks, reference) in functions {
        let case = function(random, (op, opset), vec![], range, kinks, reference);
        cases.push(case);
        let case = function(random, (op, opset), vec![], range, kinks, reference);
        cases.push(on_host(random, case, range));
    }
    cases.extend(ties_of_round(random));
    cases.extend(questions(random));
    cases.extend(casts(random));
    cases
}

/// Halves go to the even neighbour.
fn ties_of_round(random: &mut Random) -> [OperatorCase; 2] {
    let x = Tensor64 {
        shape: vec![2, 3],
        values: vec![-2.5, -1.5, -0.5, 0.5, 1.5, 2.5],
    };
    let flat = Tensor64 {
        shape: vec![6],
        ..x.clone()
    };
    [x, flat].map(|x| {
        let mut case = function(random, ("Round", 11), vec![], [0.0, 1.0], &[], |x| {
            2.0 * (x / 2.0).round()
        });
        "halves".clone_into(&mut case.name);
        case.arguments = vec![Argument::Constant(x)];
        case
    })
}

/// `IsNaN`, `IsInf` and `Not`, on the device and on the host.
fn questions(random: &mut Random) -> Vec<OperatorCase> {
    let mut cases = Vec::new();
    let special = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, 1.5];
    for shape in [vec![3, 4], vec![2, 1, 3], vec![5]] {
        let mut any = |options: &[f64]| {
            let values = Tensor64::from_fn(&shape, |_| *random.choose(options));
            vec![Argument::Constant(values)]
        };
        let mut add = |op, opset, arguments, attributes, reference: fn(f64) -> bool| {
            cases.push(OperatorCase {
                name: format!("{attributes:?} on {shape:?}"),
                op,
                opset,
                attributes,
                arguments,
                reference: Box::new(move |arguments: &[Tensor64]| {
                    map(&arguments[0], |x| f64::from(u8::from(reference(x))))
                }),
            });
        };
        let detect = |side: &'static str| vec![(side, Attribute::Int(0))];
        add("IsNaN", 13, any(&special), vec![], f64::is_nan);
        add("IsInf", 10, any(&special), vec![], |x| {
            x.abs() == f64::INFINITY
        });
        add("IsInf", 20, any(&special), detect("detect_negative"), |x| {
            x == f64::INFINITY
        });
        add("IsInf", 20, any(&special), detect("detect_positive"), |x| {
            x == f64::NEG_INFINITY
        });
        add("Not", 1, any(&[0.0, 1.0]), vec![], |x| x == 0.0);
    }
    cases
}

/// Types by ONNX's numbers: real numbers stay, whole ones are cut, truth values are not 0.
fn casts(random: &mut Random) -> Vec<OperatorCase> {
    let whole: Vec<f64> = (-3..=3).map(f64::from).collect();
    let targets: [(i64, OfOne); 5] = [
        (1, |x| x),
        (11, |x| x),
        (7, |x| x.trunc()),
        (6, |x| x.trunc()),
        (9, |x| f64::from(u8::from(x != 0.0))),
    ];
    let mut cases = Vec::new();
    for (to, reference) in targets {
        let attributes = vec![("to", Attribute::Int(to))];
        let opset = *random.choose(&[9, 13, 19]);
        let range = [-3.0, 3.0];
        let cast = |random: &mut Random| {
            let attributes = attributes.clone();
            function(
                random,
                ("Cast", opset),
                attributes,
                range,
                &whole,
                reference,
            )
        };
        cases.push(cast(random));
        let case = cast(random);
        cases.push(on_host(random, case, range));
    }
    let likes: [(Argument, OfOne); 2] = [
        (Argument::scalar(1.0), |x| x),
        (Argument::list(&[1]), |x| x.trunc()),
    ];
    for (like, reference) in likes {
        let range = [-3.0, 3.0];
        let mut case = function(random, ("CastLike", 15), vec![], range, &whole, reference);
        case.name = format!("{like:?}, {}", case.name);
        case.arguments.push(like);
        cases.push(case);
    }
    cases
}
