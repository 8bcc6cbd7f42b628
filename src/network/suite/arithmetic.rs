//! Cases of arithmetic with broadcasting.

use super::{Argument, OperatorCase, Random, Tensor64, unravel};

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

/// Cases of one seed.
pub fn cases(random: &mut Random) -> Vec<OperatorCase> {
    let mut cases = Vec::new();
    for constant in [false, true] {
        let full = random.shape(1, 4);
        let other = random.broadcastable(&full);
        let (left, right) = if random.coin() {
            (full, other)
        } else {
            (other, full)
        };
        let x = Argument::Differentiable(random.tensor(&left, -2.0, 2.0));
        let y = random.tensor(&right, -2.0, 2.0);
        cases.push(OperatorCase {
            name: format!("{left:?} and {right:?}, constant: {constant}"),
            op: "Add",
            opset: 13,
            attributes: vec![],
            arguments: vec![
                x,
                if constant {
                    Argument::Constant(y)
                } else {
                    Argument::Differentiable(y)
                },
            ],
            reference: Box::new(|arguments| zip(&arguments[0], &arguments[1], |x, y| x + y)),
        });
    }
    cases
}
