//! Cases of arithmetic with broadcasting.

use super::{Argument, OperatorCase, Random, Tensor64, unravel};
use crate::onnx::Attribute;

/// Shape two operands broadcast to, which must go together.
fn joint_shape(left: &[usize], right: &[usize]) -> Vec<usize> {
    let rank = left.len().max(right.len());
    let at = |shape: &[usize], axis: usize| {
        let missing = rank - shape.len();
        if axis < missing {
            1
        } else {
            shape[axis - missing]
        }
    };
    (0..rank)
        .map(|axis| at(left, axis).max(at(right, axis)))
        .collect()
}

/// `function` of the elements that broadcasting puts side by side.
pub fn zip(left: &Tensor64, right: &Tensor64, function: impl Fn(f64, f64) -> f64) -> Tensor64 {
    let shape = joint_shape(&left.shape, &right.shape);
    Tensor64::from_fn(&shape, |flat| {
        let index = unravel(flat, &shape);
        function(left.broadcast_at(&index), right.broadcast_at(&index))
    })
}

/// Two shapes that broadcast, either one being the smaller.
pub fn pair(random: &mut Random, lowest: usize) -> [Vec<usize>; 2] {
    let full = random.shape(lowest, 4);
    let other = random.broadcastable(&full);
    if random.coin() {
        [full, other]
    } else {
        [other, full]
    }
}

/// A function of two numbers.
#[derive(Clone, Copy)]
struct Function {
    op: &'static str,
    opset: i64,
    ranges: [[f64; 2]; 2],
    reference: fn(f64, f64) -> f64,
}

impl Function {
    fn case(self, name: String, arguments: [Argument; 2]) -> OperatorCase {
        OperatorCase {
            name,
            op: self.op,
            opset: self.opset,
            attributes: vec![],
            arguments: arguments.into(),
            reference: Box::new(move |arguments| zip(&arguments[0], &arguments[1], self.reference)),
        }
    }

    /// Constant on neither, either and both sides, and one number on the host on either.
    fn cases(self, random: &mut Random) -> Vec<OperatorCase> {
        let mut cases = Vec::new();
        for constant in [[false, false], [true, false], [false, true], [true, true]] {
            let shapes = pair(random, 1);
            let arguments = [0, 1].map(|side| {
                let [low, high] = self.ranges[side];
                let tensor = random.tensor(&shapes[side], low, high);
                if constant[side] {
                    Argument::Constant(tensor)
                } else {
                    Argument::Differentiable(tensor)
                }
            });
            cases.push(self.case(format!("{shapes:?}, constant: {constant:?}"), arguments));
        }
        for number_side in [0, 1] {
            let shape = random.shape(0, 4);
            let number_shape = if random.coin() { vec![] } else { vec![1] };
            let shape = if number_shape.len() > shape.len() {
                vec![2]
            } else {
                shape
            };
            let arguments = [0, 1].map(|side| {
                let [low, high] = self.ranges[side];
                if side == number_side {
                    Argument::Constant(random.tensor(&number_shape, low, high))
                } else {
                    Argument::Differentiable(random.tensor(&shape, low, high))
                }
            });
            cases.push(self.case(
                format!("a number on side {number_side} of {shape:?}"),
                arguments,
            ));
        }
        let shape = random.shape(1, 1);
        let arguments = [0, 1].map(|side| {
            let [low, high] = self.ranges[side];
            Argument::Constant(random.tensor(&shape, low, high))
        });
        cases.push(self.case(format!("both on the host, {shape:?}"), arguments));
        cases
    }
}

/// Cases of one seed.
pub fn cases(random: &mut Random) -> Vec<OperatorCase> {
    let everywhere = [-2.0, 2.0];
    let positive = [0.3, 2.0];
    let function = |op, ranges, reference| Function {
        op,
        opset: 13,
        ranges,
        reference,
    };
    let functions = [
        function("Add", [everywhere; 2], |a, b| a + b),
        function("Sub", [everywhere; 2], |a, b| a - b),
        function("Mul", [everywhere; 2], |a, b| a * b),
        function("Div", [everywhere, positive], |a, b| a / b),
        function("Div", [everywhere, [-2.0, -0.3]], |a, b| a / b),
        function("Pow", [positive, everywhere], |a, b| (b * a.ln()).exp()),
    ];
    let mut cases: Vec<OperatorCase> = functions
        .into_iter()
        .flat_map(|function| function.cases(random))
        .collect();
    cases.extend(gates(random));
    cases.extend(whole_powers(random));
    cases.extend(remainders(random));
    cases.extend(whole_numbers(random));
    cases.extend(many(random));
    cases
}

/// A factor for every channel of an image, as squeeze-and-excitation has it, and its mirror image.
fn gates(random: &mut Random) -> Vec<OperatorCase> {
    let [n, c, h, w] = [0; 4].map(|_| random.whole(1, 4));
    let (image, gate) = (vec![n, c, h, w], vec![n, c, 1, 1]);
    let function = Function {
        op: "Mul",
        opset: 14,
        ranges: [[-2.0, 2.0]; 2],
        reference: |a, b| a * b,
    };
    [[&image, &gate], [&gate, &image]]
        .map(|shapes| {
            let arguments =
                shapes.map(|shape| Argument::Differentiable(random.tensor(shape, -2.0, 2.0)));
            function.case(format!("a gate, {shapes:?}"), arguments)
        })
        .into()
}

/// Squares, cubes and inverses of numbers of either sign.
fn whole_powers(random: &mut Random) -> Vec<OperatorCase> {
    let mut cases = Vec::new();
    for exponent in [2.0, 3.0, 4.0, -1.0, 1.0] {
        let function = Function {
            op: "Pow",
            opset: *random.choose(&[12, 13, 15]),
            ranges: [[0.0; 2]; 2],
            reference: |a, b| {
                (0..b.abs() as i32).fold(1.0, |p, _| if b < 0.0 { p / a } else { p * a })
            },
        };
        let shape = random.shape(1, 4);
        let base = random.tensor_away_from(&shape, -1.5, 1.5, &[0.0, -0.1, 0.1, -0.2, 0.2]);
        let arguments = [Argument::Differentiable(base), Argument::scalar(exponent)];
        cases.push(function.case(format!("to {exponent} on {shape:?}"), arguments));
    }
    cases
}

/// What is left after division, with the sign of either operand; dividends lie inside their intervals.
fn remainders(random: &mut Random) -> Vec<OperatorCase> {
    let mut cases = Vec::new();
    for fmod in [0, 1] {
        let shape = random.shape(1, 4);
        let other = random.broadcastable(&shape);
        let divisor = Tensor64::from_fn(&other, |_| {
            let size = random.uniform(0.5, 2.0) as f32;
            f64::from(if random.coin() { size } else { -size })
        });
        let dividend = Tensor64::from_fn(&shape, |flat| {
            let by = divisor.broadcast_at(&unravel(flat, &shape));
            let quotient = random.whole(0, 4) as f64 - 2.0 + random.uniform(0.2, 0.8);
            f64::from((quotient * by) as f32)
        });
        let reference: fn(f64, f64) -> f64 = if fmod == 1 {
            |a, b| a.signum() * (a.abs() - (a / b).abs().floor() * b.abs())
        } else {
            |a, b| a - (a / b).floor() * b
        };
        let function = Function {
            op: "Mod",
            opset: 13,
            ranges: [[0.0; 2]; 2],
            reference,
        };
        let arguments = [dividend, divisor].map(Argument::Differentiable);
        let mut case = function.case(format!("fmod {fmod}, {shape:?} by {other:?}"), arguments);
        case.attributes = vec![("fmod", Attribute::Int(fmod))];
        cases.push(case);
    }
    cases
}

/// A function of two numbers.
type OfTwo = fn(f64, f64) -> f64;

/// The arithmetic of shapes: whole numbers on the host, quotients cut towards 0.
fn whole_numbers(random: &mut Random) -> Vec<OperatorCase> {
    let functions: [(&'static str, OfTwo); 8] = [
        ("Add", |a, b| a + b),
        ("Sub", |a, b| a - b),
        ("Mul", |a, b| a * b),
        ("Div", |a, b| f64::from(a as i32 / b as i32)),
        ("Mod", |a, b| f64::from((a as i32).rem_euclid(b as i32))),
        ("Min", f64::min),
        ("Max", f64::max),
        ("Sum", |a, b| a + b),
    ];
    let mut cases = Vec::new();
    for (op, reference) in functions {
        let shapes = pair(random, 0);
        let mut integers = |shape: &[usize], low: i64| Argument::Integers {
            shape: shape.to_vec(),
            values: (0..shape.iter().product())
                .map(|_| random.whole(0, 20) as i64 + low)
                .collect(),
        };
        let arguments = [integers(&shapes[0], -10), integers(&shapes[1], 1)];
        let function = Function {
            op,
            opset: 13,
            ranges: [[0.0; 2]; 2],
            reference,
        };
        cases.push(function.case(format!("whole numbers {shapes:?}"), arguments));
    }
    cases
}

/// Sums, means and extremes of one to four tensors, some of them constants.
fn many(random: &mut Random) -> Vec<OperatorCase> {
    let mut cases = Vec::new();
    let folds: [(&'static str, OfTwo); 4] = [
        ("Sum", |a, b| a + b),
        ("Mean", |a, b| a + b),
        ("Min", f64::min),
        ("Max", f64::max),
    ];
    for (op, fold) in folds {
        for count in 1..=4 {
            let shape = random.shape(1, 3);
            let mut shapes = Vec::new();
            let mut arguments = Vec::new();
            for index in 0..count {
                let own = if index == 0 {
                    shape.clone()
                } else {
                    random.broadcastable(&shape)
                };
                let tensor = random.tensor(&own, -2.0, 2.0);
                arguments.push(if index > 0 && random.coin() {
                    Argument::Constant(tensor)
                } else {
                    Argument::Differentiable(tensor)
                });
                shapes.push(own);
            }
            // The largest shape comes first, in the middle or last.
            let turn = random.whole(0, count - 1);
            arguments.rotate_right(turn);
            cases.push(OperatorCase {
                name: format!("{shapes:?}, turned by {turn}"),
                op,
                opset: *random.choose(&[8, 13]),
                attributes: vec![],
                arguments,
                reference: Box::new(move |arguments| {
                    let (first, rest) = (&arguments[0], &arguments[1..]);
                    let mut output = rest
                        .iter()
                        .fold(first.clone(), |output, next| zip(&output, next, fold));
                    if op == "Mean" {
                        for value in &mut output.values {
                            *value /= arguments.len() as f64;
                        }
                    }
                    output
                }),
            });
        }
    }
    cases
}
