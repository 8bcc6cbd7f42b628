//! Cases of attributes that became inputs, changed their kind or their default, or came late.

use super::{Argument, OperatorCase, Random, Tensor64, arithmetic::zip, unravel, versions::case};
use crate::onnx::Attribute;

/// Cases of one seed.
pub fn cases(random: &mut Random) -> Vec<OperatorCase> {
    let mut cases = attributes_that_became_inputs(random);
    cases.extend(other_words(random));
    cases
}

fn attributes_that_became_inputs(random: &mut Random) -> Vec<OperatorCase> {
    let [rows, columns] = [(); 2].map(|()| random.whole(2, 3));
    let mut image = || Argument::Differentiable(random.tensor(&[1, 1, rows, columns], -1.0, 1.0));
    let nearest = move |x: &Tensor64, [down, right]: [f32; 2]| {
        let after =
            [rows as f32 * down, columns as f32 * right].map(|length| length.floor() as usize);
        Tensor64::from_fn(&[1, 1, after[0], after[1]], |flat| {
            let [row, column] = [flat / after[1], flat % after[1]];
            let from = |at: usize, scale: f32| (at as f64 / f64::from(scale)).floor() as usize;
            x.values[from(row, down) * columns + from(column, right)]
        })
    };
    let reshape = vec![("shape", Attribute::Ints(vec![-1, columns as i64]))];
    let pads = vec![
        ("paddings", Attribute::Ints(vec![0, 0, 1, 0, 0, 0, 0, 2])),
        ("value", Attribute::Float(0.5)),
    ];
    let scales = vec![
        ("height_scale", Attribute::Float(2.0)),
        ("width_scale", Attribute::Float(1.5)),
    ];
    let listed = vec![("scales", Attribute::Floats(vec![1.0, 1.0, 1.5, 3.0]))];
    vec![
        case(("Reshape", 1), reshape, vec![image()], move |arguments| {
            Tensor64 {
                shape: vec![rows, columns],
                values: arguments[0].values.clone(),
            }
        }),
        case(("Pad", 1), pads, vec![image()], move |arguments| {
            Tensor64::from_fn(&[1, 1, rows + 1, columns + 2], |flat| {
                let [row, column] = [flat / (columns + 2), flat % (columns + 2)];
                if row == 0 || column >= columns {
                    0.5
                } else {
                    arguments[0].values[(row - 1) * columns + column]
                }
            })
        }),
        case(("Upsample", 1), scales, vec![image()], move |arguments| {
            nearest(&arguments[0], [2.0, 1.5])
        }),
        case(("Upsample", 7), listed, vec![image()], move |arguments| {
            nearest(&arguments[0], [1.5, 3.0])
        }),
        case(
            ("Tile", 1),
            vec![],
            vec![image(), Argument::list(&[2]), Argument::list(&[2])],
            move |arguments| {
                Tensor64::from_fn(&[1, 1, 2 * rows, columns], |flat| {
                    arguments[0].values[flat % (rows * columns)]
                })
            },
        ),
    ]
}

fn other_words(random: &mut Random) -> Vec<OperatorCase> {
    let blocks = [1, 2, 4, 6];
    let mut tensor = |shape: &[usize]| Argument::Differentiable(random.tensor(shape, -2.0, 2.0));
    let selu = |x: f64| {
        let (alpha, gamma) = (f64::from(1.6732f32), f64::from(1.0507f32));
        gamma * if x > 0.0 { x } else { alpha * x.exp_m1() }
    };
    let blocksize = ("blocksize", Attribute::Int(2));
    let mode = ("mode", Attribute::Text("CRD".to_owned()));
    vec![
        case(("Selu", 1), vec![], vec![tensor(&[7])], move |arguments| {
            Tensor64 {
                shape: vec![7],
                values: arguments[0].values.iter().map(|&x| selu(x)).collect(),
            }
        }),
        case(
            ("Cast", 1),
            vec![("to", Attribute::Text("DOUBLE".to_owned()))],
            vec![tensor(&[3])],
            |arguments| arguments[0].clone(),
        ),
        case(
            ("Concat", 1),
            vec![],
            vec![tensor(&[1, 2]), tensor(&[1, 1])],
            |arguments| Tensor64 {
                shape: vec![1, 3],
                values: [arguments[0].values.clone(), arguments[1].values.clone()].concat(),
            },
        ),
        case(
            ("Sum", 6),
            vec![],
            vec![tensor(&[2, 3]), tensor(&[2, 3])],
            |arguments| zip(&arguments[0], &arguments[1], |a, b| a + b),
        ),
        case(
            ("GlobalLpPool", 1),
            vec![("p", Attribute::Float(2.0))],
            vec![tensor(&[1, 1, 3])],
            |arguments| Tensor64 {
                shape: vec![1, 1, 1],
                values: vec![
                    arguments[0]
                        .values
                        .iter()
                        .map(|x| x * x)
                        .sum::<f64>()
                        .sqrt(),
                ],
            },
        ),
        // Channels stay together, and each becomes its block's pixels in a row.
        case(
            ("SpaceToDepth", 28),
            vec![blocksize, mode],
            vec![tensor(&blocks)],
            move |arguments| {
                let [_, channels, rows, columns] = blocks;
                let after = [1, channels * 4, rows / 2, columns / 2];
                Tensor64::from_fn(&after, |flat| {
                    let [_, c, row, column] = unravel(flat, &after)[..] else {
                        return f64::NAN;
                    };
                    let (channel, down, right) = (c / 4, c % 4 / 2, c % 2);
                    let (row, column) = (2 * row + down, 2 * column + right);
                    arguments[0].values[(channel * rows + row) * columns + column]
                })
            },
        ),
        // 20 times 0.7 is a little less than 14 in double precision, and 14 in single; and so is 11 by 1.1 beside 10.
        nearest(tensor(&[1, 1, 20]), 0.7, 14),
        nearest(tensor(&[1, 1, 12]), 1.1, 13),
    ]
}

/// One axis resized to the neighbour before, its positions in single precision.
fn nearest(x: Argument, scale: f32, after: usize) -> OperatorCase {
    let text = |text: &str| Attribute::Text(text.to_owned());
    let attributes = vec![
        ("coordinate_transformation_mode", text("asymmetric")),
        ("nearest_mode", text("floor")),
    ];
    let scales = Argument::Constant(Tensor64 {
        shape: vec![3],
        values: vec![1.0, 1.0, scale.into()],
    });
    let arguments = vec![x, Argument::Missing, scales];
    case(("Resize", 13), attributes, arguments, move |arguments| {
        Tensor64::from_fn(&[1, 1, after], |at| {
            arguments[0].values[(at as f32 / scale).floor() as usize]
        })
    })
}
