//! Cases of comparisons, logic and `Where`, on the device and on the host.

use super::{
    Argument, OperatorCase, Random, Tensor64,
    arithmetic::{pair, zip},
};

/// Whole numbers from `low` to `high`, so that many are equal.
fn few(random: &mut Random, shape: &[usize], low: i32, high: i32) -> Tensor64 {
    let span = (high - low) as usize;
    Tensor64::from_fn(shape, |_| f64::from(low) + random.whole(0, span) as f64)
}

/// What a comparison decides.
type Predicate = fn(f64, f64) -> bool;

/// Cases of one seed.
pub fn cases(random: &mut Random) -> Vec<OperatorCase> {
    let predicates: [(&'static str, i64, Predicate); 8] = [
        ("Equal", 13, |a, b| a == b),
        ("Less", 13, |a, b| a < b),
        ("LessOrEqual", 16, |a, b| a <= b),
        ("Greater", 13, |a, b| a > b),
        ("GreaterOrEqual", 16, |a, b| a >= b),
        ("And", 7, |a, b| a * b != 0.0),
        ("Or", 7, |a, b| a.abs() + b.abs() != 0.0),
        ("Xor", 7, |a, b| (a == 0.0) != (b == 0.0)),
    ];
    let mut cases = Vec::new();
    for (op, opset, reference) in predicates {
        let logic = matches!(op, "And" | "Or" | "Xor");
        let (low, high) = if logic { (0, 1) } else { (-1, 1) };
        for lowest in [3, 2, 0] {
            let shapes = pair(random, lowest);
            let arguments = shapes
                .iter()
                .map(|shape| Argument::Constant(few(random, shape, low, high)))
                .collect();
            cases.push(OperatorCase {
                name: format!("{shapes:?}"),
                op,
                opset,
                attributes: vec![],
                arguments,
                reference: Box::new(move |arguments| {
                    zip(&arguments[0], &arguments[1], |a, b| {
                        f64::from(u8::from(reference(a, b)))
                    })
                }),
            });
        }
    }
    cases.extend(comparison_ends_the_gradient(random));
    cases.extend(choices(random));
    cases
}

/// A comparison of something differentiable is one of constants: its slope is 0.
fn comparison_ends_the_gradient(random: &mut Random) -> [OperatorCase; 1] {
    let shape = random.shape(1, 4);
    let x = random.tensor_away_from(&shape, -1.0, 1.0, &[0.25]);
    [OperatorCase {
        name: format!("with a number, {shape:?}"),
        op: "Greater",
        opset: 13,
        attributes: vec![],
        arguments: vec![Argument::Differentiable(x), Argument::scalar(0.25)],
        reference: Box::new(|arguments| {
            zip(&arguments[0], &arguments[1], |a, b| {
                f64::from(u8::from(a > b))
            })
        }),
    }]
}

/// Every mixture of tensors, numbers and conditions, on the device and on the host.
fn choices(random: &mut Random) -> Vec<OperatorCase> {
    let mut cases = Vec::new();
    for kind in ["tensors", "a number for no", "a number for yes", "host"] {
        let full = match kind {
            "host" => random.shape(1, 1),
            _ => random.shape(2, 4),
        };
        let mut shapes = [0; 3].map(|_| random.broadcastable(&full));
        shapes[random.whole(0, 2)].clone_from(&full);
        let condition = few(random, &shapes[0], 0, 1);
        let [yes, no] = [1, 2].map(|index| random.tensor(&shapes[index], -2.0, 2.0));
        let number = Argument::scalar(random.uniform(-50.0, 50.0));
        let (yes, no) = match kind {
            "host" => (Argument::Constant(yes), Argument::Constant(no)),
            "a number for no" => (Argument::Differentiable(yes), number),
            "a number for yes" => (number, Argument::Differentiable(no)),
            _ => (Argument::Differentiable(yes), Argument::Differentiable(no)),
        };
        cases.push(OperatorCase {
            name: format!("{kind}, {shapes:?}"),
            op: "Where",
            opset: *random.choose(&[9, 16]),
            attributes: vec![],
            arguments: vec![Argument::Constant(condition), yes, no],
            reference: Box::new(|arguments| {
                let [condition, yes, no] = arguments else {
                    return arguments[0].clone();
                };
                // Both sides as large as the whole, then chosen from by position.
                let joint = zip(&zip(condition, yes, |_, _| 0.0), no, |_, _| 0.0);
                let [condition, yes, no] =
                    [condition, yes, no].map(|side| zip(&joint, side, |_, value| value));
                Tensor64::from_fn(&joint.shape, |at| {
                    if condition.values[at] != 0.0 {
                        yes.values[at]
                    } else {
                        no.values[at]
                    }
                })
            }),
        });
    }
    cases
}
