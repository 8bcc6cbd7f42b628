//! Functions of one and two numbers.

use super::{CaseResult, compare, upload, values};
use crate::network::kernels::{
    BinaryFunction, Broadcast, Kernels, UnaryFunction, reference, reference::Array,
};

/// A GPU's own `exp`, `pow` and `sin` are good to this.
const TOLERANCE: f64 = 1e-5;

const UNARY: [UnaryFunction; 36] = [
    UnaryFunction::Absolute,
    UnaryFunction::Affine {
        factor: -1.5,
        offset: 0.25,
    },
    UnaryFunction::Ceil,
    UnaryFunction::Celu { alpha: 1.5 },
    UnaryFunction::Cosine,
    UnaryFunction::Divide { divisor: 6.0 },
    UnaryFunction::Elu {
        alpha: 0.5,
        scale: 1.25,
    },
    UnaryFunction::Erf,
    UnaryFunction::Exponential,
    UnaryFunction::Floor,
    UnaryFunction::Gelu,
    UnaryFunction::GeluTanh,
    UnaryFunction::HardSigmoid {
        alpha: 0.25,
        beta: 0.5,
    },
    UnaryFunction::HardSwish,
    UnaryFunction::Inverse { numerator: 2.0 },
    UnaryFunction::IsInfinite {
        positive: true,
        negative: false,
    },
    UnaryFunction::IsNan,
    UnaryFunction::IsZero,
    UnaryFunction::LeakyRelu { alpha: 0.125 },
    UnaryFunction::Logarithm,
    UnaryFunction::Mish,
    UnaryFunction::NotZero,
    UnaryFunction::Power { exponent: 2.0 },
    UnaryFunction::Power { exponent: 1.5 },
    UnaryFunction::Round,
    UnaryFunction::RoundWithin {
        low: -2.0,
        high: 3.0,
    },
    UnaryFunction::Sigmoid,
    UnaryFunction::Sign,
    UnaryFunction::Sine,
    UnaryFunction::Softplus,
    UnaryFunction::Softsign,
    UnaryFunction::SquareRoot,
    UnaryFunction::Swish { alpha: 1.5 },
    UnaryFunction::Tanh,
    UnaryFunction::ThresholdedRelu { alpha: 0.5 },
    UnaryFunction::Truncate,
];

/// Values of -4 to 4, or from a little above 0 where there is nothing below; no whole and half ones,
/// where some functions jump or bend, and none close to them.
fn inputs(function: UnaryFunction, shape: &[usize]) -> Array {
    let mut x = values(21, shape);
    let positive = matches!(
        function,
        UnaryFunction::Logarithm
            | UnaryFunction::Power { .. }
            | UnaryFunction::SquareRoot
            | UnaryFunction::Inverse { .. }
    );
    for v in &mut x.values {
        // -8 .. 7 halves, and a fraction well inside.
        let halves = (*v * 8.0).floor();
        let inside = 0.1 + 0.3 * (*v * 8.0 - halves);
        *v = 0.5 * halves + inside;
        if positive {
            *v = v.abs() * 0.5 + 0.25;
        }
    }
    x
}

/// Every function of one number and its gradient, over more values than a workgroup has threads.
pub async fn unaries<B: Kernels>(device: &B::Device, results: &mut Vec<CaseResult>) {
    let shape = [2, 3, 5, 19];
    let grad = values(22, &shape);
    for function in UNARY {
        let x = inputs(function, &shape);
        let expected = reference::unary(&x, function);
        let actual = <B as Kernels>::unary(upload::<B>(&x, device), function);
        let name = format!("{function:?}");
        results.push(compare::<B>(name, actual, &expected, TOLERANCE).await);
        if !function.has_slope() {
            continue;
        }
        let expected = reference::unary_gradient(&grad, &x, function);
        let actual = <B as Kernels>::unary_gradient(
            upload::<B>(&grad, device),
            upload::<B>(&x, device),
            function,
        );
        let name = format!("{function:?} gradient");
        results.push(compare::<B>(name, actual, &expected, TOLERANCE).await);
    }
}

/// Every function of two numbers over shapes that broadcast in every way.
pub async fn binaries<B: Kernels>(device: &B::Device, results: &mut Vec<CaseResult>) {
    use BinaryFunction as F;
    let shapes: [(&[usize], &[usize]); 7] = [
        (&[2, 3, 5, 19], &[2, 3, 5, 19]),
        (&[2, 3, 1, 1], &[2, 3, 5, 19]),
        (&[2, 3, 5, 7], &[7]),
        (&[2, 3, 5, 7], &[3, 1, 7]),
        (if B::HOLDS_SCALARS { &[] } else { &[1] }, &[4, 3]),
        (&[4, 1, 3], &[5, 1]),
        (&[1, 1], &[1]),
    ];
    for function in [
        F::Add,
        F::Subtract,
        F::Multiply,
        F::Divide,
        F::Power,
        F::Minimum,
        F::Maximum,
        F::FloorRemainder,
        F::TruncateRemainder,
        F::Equal,
        F::Less,
        F::LessOrEqual,
        F::Greater,
        F::GreaterOrEqual,
        F::And,
        F::Or,
        F::Xor,
        F::Keep,
        F::Drop,
        F::ParametricRelu,
        F::ParametricReluSlope,
        F::DivideSlope,
        F::PowerSlope,
        F::ExponentSlope,
        F::FloorRemainderSlope,
        F::TruncateRemainderSlope,
    ] {
        for (left_shape, right_shape) in shapes {
            let Ok(broadcast) = Broadcast::new(left_shape, right_shape) else {
                continue;
            };
            let (left, right) = operands(function, left_shape, right_shape);
            let expected = reference::binary(&left, &right, &broadcast, function);
            let actual = <B as Kernels>::binary(
                upload::<B>(&left, device),
                upload::<B>(&right, device),
                &broadcast,
                function,
            );
            let name = format!("{function:?} of {left_shape:?} and {right_shape:?}");
            results.push(compare::<B>(name, actual, &expected, TOLERANCE).await);
        }
    }
}

/// Few different values for comparisons and logic; quotients away from whole numbers for remainders;
/// positive ones for powers.
fn operands(function: BinaryFunction, left: &[usize], right: &[usize]) -> (Array, Array) {
    use BinaryFunction as F;
    let (mut a, mut b) = (values(23, left), values(24, right));
    match function {
        F::FloorRemainder
        | F::TruncateRemainder
        | F::FloorRemainderSlope
        | F::TruncateRemainderSlope => {
            for v in &mut a.values {
                *v = (*v * 7.0).floor() + 0.5;
            }
            for v in &mut b.values {
                *v = if *v < 0.0 { -1.0 } else { 2.0 };
            }
        }
        F::Power | F::PowerSlope | F::ExponentSlope => {
            for v in &mut a.values {
                *v = v.abs() + 0.25;
            }
        }
        F::Divide | F::DivideSlope => {
            for v in &mut b.values {
                *v = v.abs() + 0.25;
            }
        }
        _ if function.is_predicate() || matches!(function, F::Keep | F::Drop) => {
            for v in a.values.iter_mut().chain(&mut b.values) {
                *v = (*v * 1.5).round();
            }
        }
        _ => {}
    }
    (a, b)
}
