//! Cases of operators that put values around others, drop a triangle, or sum up what is before.

use super::{
    Argument, OperatorCase, Random, Tensor64,
    indexing::{along, case, integers},
    unravel,
};
use crate::onnx::Attribute;

/// Cases of one seed.
pub fn cases(random: &mut Random) -> Vec<OperatorCase> {
    let mut cases = triangles(random);
    cases.extend(running_sums(random));
    cases.extend(pads(random));
    cases
}

fn triangles(random: &mut Random) -> Vec<OperatorCase> {
    let mut cases = Vec::new();
    for upper in [false, true] {
        let shape = random.shape(2, 3);
        let k = random.whole(0, 2) as i64 - 1;
        let x = random.tensor(&shape, -1.0, 1.0);
        let attributes = vec![("upper", Attribute::Int(i64::from(upper)))];
        let diagonal = vec![integers(&[], vec![k])];
        cases.push(case(
            ("Trilu", 14),
            attributes,
            x,
            diagonal,
            move |arguments| {
                let x = &arguments[0];
                Tensor64::from_fn(&x.shape, |flat| {
                    let index = unravel(flat, &x.shape);
                    let [row, column] = [2, 1].map(|back| index[index.len() - back] as i64);
                    let kept = if upper {
                        column >= row + k
                    } else {
                        column <= row + k
                    };
                    if kept { x.values[flat] } else { 0.0 }
                })
            },
        ));
    }
    cases
}

fn running_sums(random: &mut Random) -> Vec<OperatorCase> {
    let mut cases = Vec::new();
    for (exclusive, reverse) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
        let shape = random.shape(1, 3);
        let axis = random.whole(0, shape.len() - 1);
        let x = random.tensor(&shape, -1.0, 1.0);
        let attributes = vec![
            ("exclusive", Attribute::Int(exclusive)),
            ("reverse", Attribute::Int(reverse)),
        ];
        let at = vec![integers(&[], vec![axis as i64])];
        cases.push(case(("CumSum", 14), attributes, x, at, move |arguments| {
            let x = &arguments[0];
            Tensor64::from_fn(&x.shape, |flat| {
                let index = unravel(flat, &x.shape);
                let at = index[axis];
                let counted = |other: usize| {
                    let before = if reverse == 1 { other > at } else { other < at };
                    before || (other == at && exclusive == 0)
                };
                (0..x.shape[axis])
                    .filter(|&other| counted(other))
                    .map(|other| {
                        let mut from = index.clone();
                        from[axis] = other;
                        x.broadcast_at(&from)
                    })
                    .sum()
            })
        }));
    }
    cases
}

/// Every mode, amounts as an attribute and an input, negative ones too, and chosen axes.
fn pads(random: &mut Random) -> Vec<OperatorCase> {
    let mut cases = Vec::new();
    for (opset, mode) in [
        (9, "constant"),
        (13, "constant"),
        (13, "reflect"),
        (13, "edge"),
        (19, "wrap"),
    ] {
        let shape = [1, random.whole(2, 3), random.whole(2, 4)];
        let [top, bottom] = [(); 2].map(|()| random.whole(0, 1) as i64);
        let left = random.whole(0, 2) as i64 - 1;
        let right = random.whole(0, 1) as i64;
        let value = if mode == "constant" { 0.5 } else { 0.0 };
        let mut attributes = vec![("mode", Attribute::Text(mode.to_owned()))];
        let constants = if opset == 9 {
            let pads = Attribute::Ints(vec![0, top, left, 0, bottom, right]);
            attributes.extend([("pads", pads), ("value", Attribute::Float(0.5))]);
            vec![]
        } else {
            vec![
                Argument::list(&[top, left, bottom, right]),
                Argument::scalar(value),
                Argument::list(&[1, -1]),
            ]
        };
        let x = random.tensor(&shape, -1.0, 1.0);
        let places = move |length: usize, begin: i64, end: i64| -> Vec<Option<usize>> {
            let length = length as i64;
            (-begin..length + end)
                .map(|at| {
                    let inside = (0..length).contains(&at);
                    let place = match mode {
                        _ if inside => at,
                        "constant" => return None,
                        "edge" => at.max(0).min(length - 1),
                        "wrap" if at < 0 => at + length,
                        "wrap" => at - length,
                        _ if at < 0 => -at,
                        _ => 2 * (length - 1) - at,
                    };
                    Some(place as usize)
                })
                .collect()
        };
        cases.push(case(
            ("Pad", opset),
            attributes,
            x,
            constants,
            move |arguments| {
                let x = &arguments[0];
                let rows = along(x, 1, &places(x.shape[1], top, bottom), value);
                along(&rows, 2, &places(x.shape[2], left, right), value)
            },
        ));
    }
    cases
}
