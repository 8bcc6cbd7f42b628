//! Cases of values that are made on the host, and of host values that are moved there.

use super::{Argument, OperatorCase, Random, Tensor64, indexing::integers};
use crate::onnx::{Attribute, ElementType, Initializer};

/// A case whose output is known in advance.
fn known(
    (op, opset): (&'static str, i64),
    attributes: Vec<(&'static str, Attribute)>,
    arguments: Vec<Argument>,
    shape: &[usize],
    values: &[i64],
) -> OperatorCase {
    let expected = Tensor64 {
        shape: shape.to_vec(),
        values: values.iter().map(|&value| value as f64).collect(),
    };
    OperatorCase {
        name: format!("{attributes:?}, {arguments:?}"),
        op,
        opset,
        attributes,
        arguments,
        reference: Box::new(move |_| expected.clone()),
    }
}

/// Cases of one seed.
pub fn cases(random: &mut Random) -> Vec<OperatorCase> {
    let mut cases = made(random);
    cases.extend(moved());
    cases
}

fn made(random: &mut Random) -> Vec<OperatorCase> {
    let int = |name: &'static str, value: i64| (name, Attribute::Int(value));
    let list = Argument::list;
    let single = |value: i64| integers(&[], vec![value]);
    let shape = random.shape(3, 3);
    let elements = shape.iter().product::<usize>();
    let x = integers(&shape, vec![1; elements]);
    let lengths: Vec<i64> = shape.iter().map(|&length| length as i64).collect();
    let (start, step) = (random.whole(0, 9) as i64, random.whole(1, 3) as i64);
    let three = [start, start + step, start + 2 * step];
    let value = Initializer {
        name: String::new(),
        shape: vec![1],
        element_type: ElementType::I32,
        bytes: 7_i32.to_le_bytes().to_vec().into(),
    };
    let filled = vec![("value", Attribute::Tensor(Box::new(value)))];
    let part = vec![int("start", -2), int("end", 2)];
    let ends = vec![single(start), single(start + 3 * step), single(step)];
    let hot = vec![list(&[1, -1]), single(3), list(&[0, 5])];
    let marks = integers(&[2, 3], vec![0, 1, 0, 2, 0, 3]);
    vec![
        known(("Shape", 13), vec![], vec![x.clone()], &[3], &lengths),
        known(("Shape", 15), part, vec![x.clone()], &[1], &lengths[1..2]),
        known(("Size", 13), vec![], vec![x], &[], &[elements as i64]),
        known(("Range", 11), vec![], ends, &[3], &three),
        known(
            ("ConstantOfShape", 9),
            filled,
            vec![list(&[2, 1])],
            &[2, 1],
            &[7, 7],
        ),
        known(
            ("OneHot", 11),
            vec![],
            hot.clone(),
            &[2, 3],
            &[0, 5, 0, 0, 0, 5],
        ),
        known(
            ("OneHot", 11),
            vec![int("axis", 0)],
            hot,
            &[3, 2],
            &[0, 0, 5, 0, 0, 5],
        ),
        known(
            ("NonZero", 13),
            vec![],
            vec![marks.clone()],
            &[2, 3],
            &[0, 1, 1, 1, 0, 2],
        ),
        known(
            ("EyeLike", 9),
            vec![int("k", 1)],
            vec![marks],
            &[2, 3],
            &[0, 1, 0, 0, 0, 1],
        ),
    ]
}

/// What exporters do with shapes and paddings before they use them.
fn moved() -> Vec<OperatorCase> {
    let list = Argument::list;
    let axis = vec![("axis", Attribute::Int(0))];
    let perm = vec![("perm", Attribute::Ints(vec![1, 0]))];
    let square = integers(&[2, 2], vec![1, 2, 3, 4]);
    let pads = list(&[0, 0, 2, 2]);
    let backwards = vec![
        list(&[1, 2, 3]),
        list(&[-1]),
        list(&[i64::MIN]),
        list(&[0]),
        list(&[-1]),
    ];
    let put = vec![list(&[9, 9, 9]), integers(&[1, 1], vec![1]), list(&[4])];
    vec![
        known(("Slice", 13), vec![], backwards, &[3], &[3, 2, 1]),
        known(
            ("Gather", 13),
            axis.clone(),
            vec![list(&[5, 6, 7]), integers(&[], vec![-1])],
            &[],
            &[7],
        ),
        known(
            ("Reshape", 13),
            vec![],
            vec![pads, list(&[-1, 2])],
            &[2, 2],
            &[0, 0, 2, 2],
        ),
        known(
            ("Transpose", 13),
            perm,
            vec![square],
            &[2, 2],
            &[1, 3, 2, 4],
        ),
        known(
            ("Unsqueeze", 13),
            vec![],
            vec![integers(&[], vec![3]), list(&[0])],
            &[1],
            &[3],
        ),
        known(
            ("Expand", 13),
            vec![],
            vec![integers(&[1], vec![3]), list(&[2, 2])],
            &[2, 2],
            &[3; 4],
        ),
        known(
            ("Tile", 13),
            vec![],
            vec![list(&[1, 2]), list(&[2])],
            &[4],
            &[1, 2, 1, 2],
        ),
        known(
            ("Pad", 13),
            vec![],
            vec![list(&[1, 2]), list(&[1, 0])],
            &[3],
            &[0, 1, 2],
        ),
        known(
            ("CumSum", 14),
            vec![],
            vec![list(&[1, 2, 3]), integers(&[], vec![0])],
            &[3],
            &[1, 3, 6],
        ),
        known(("ScatterND", 16), vec![], put, &[3], &[9, 4, 9]),
    ]
}
