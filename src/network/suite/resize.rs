//! Cases of `Resize` in its versions and of `Upsample`.

use super::{Argument, OperatorCase, Random, Tensor64, unravel};
use crate::onnx::Attribute;

/// Cases of one seed.
pub fn cases(random: &mut Random) -> Vec<OperatorCase> {
    let mut cases = Vec::new();
    for coordinates in [
        "half_pixel",
        "half_pixel_symmetric",
        "pytorch_half_pixel",
        "align_corners",
        "asymmetric",
        "tf_half_pixel_for_nn",
    ] {
        for mode in ["nearest", "linear", "cubic"] {
            let rule =
                *random.choose(&["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"]);
            cases.push(by_scales(random, (coordinates, mode, rule)));
            cases.push(by_sizes(random, (coordinates, mode, rule)));
        }
    }
    cases.extend(old(random));
    cases.push(chosen_axes(random));
    cases
}

/// Coordinates, mode and rounding.
type Style = (&'static str, &'static str, &'static str);

/// An axis: its length before and after, and the scale.
type Span = (usize, usize, f64);

fn attributes((coordinates, mode, rule): Style) -> Vec<(&'static str, Attribute)> {
    let text = |text: &str| Attribute::Text(text.to_owned());
    vec![
        ("coordinate_transformation_mode", text(coordinates)),
        ("mode", text(mode)),
        ("nearest_mode", text(rule)),
    ]
}

/// Scales whose products with small lengths stay clear of ties and whole numbers.
const SCALES: [f64; 5] = [0.61, 0.83, 1.37, 2.13, 2.71];
/// Scales that make whole lengths, without which corners do not lie on corners.
const WHOLE_SCALES: [f64; 5] = [1.0, 2.0, 3.0, 4.0, 5.0];

fn by_scales(random: &mut Random, style: Style) -> OperatorCase {
    let shape = [1, 2, random.whole(3, 5), random.whole(3, 5)];
    let choice = if style.0 == "align_corners" {
        WHOLE_SCALES
    } else {
        SCALES
    };
    let scales: Vec<f64> = [1.0, 1.0, *random.choose(&choice), *random.choose(&choice)]
        .map(|scale| f64::from(scale as f32))
        .to_vec();
    let span = |axis: usize| {
        let after = (shape[axis] as f64 * scales[axis]).floor() as usize;
        (shape[axis], after, scales[axis])
    };
    let spans = [(2, span(2)), (3, span(3))];
    let numbers = Tensor64 {
        shape: vec![4],
        values: scales.clone(),
    };
    let x = random.tensor(&shape, -1.0, 1.0);
    OperatorCase {
        name: format!("{style:?}, {shape:?} by scales {scales:?}"),
        op: "Resize",
        opset: 13,
        attributes: attributes(style),
        arguments: vec![
            Argument::Differentiable(x),
            Argument::Missing,
            Argument::Constant(numbers),
        ],
        reference: reference(style, spans.to_vec()),
    }
}

fn by_sizes(random: &mut Random, style: Style) -> OperatorCase {
    let shape = [2, 1, random.whole(2, 5), random.whole(2, 5)];
    let sizes = [random.whole(1, 8), random.whole(2, 8)];
    let span = |axis: usize, size: usize| {
        let scale = size as f64 / shape[axis] as f64;
        (axis, (shape[axis], size, scale))
    };
    let spans = vec![span(2, sizes[0]), span(3, sizes[1])];
    let list = [2, 1, sizes[0] as i64, sizes[1] as i64];
    let x = random.tensor(&shape, -1.0, 1.0);
    OperatorCase {
        name: format!("{style:?}, {shape:?} to sizes {sizes:?}"),
        op: "Resize",
        opset: 19,
        attributes: attributes(style),
        arguments: vec![
            Argument::Differentiable(x),
            Argument::Missing,
            Argument::Missing,
            Argument::list(&list),
        ],
        reference: reference(style, spans),
    }
}

/// `Upsample` and the first `Resize`, which took edges for coordinates.
fn old(random: &mut Random) -> Vec<OperatorCase> {
    let mut cases = Vec::new();
    for (op, opset) in [("Upsample", 9), ("Resize", 10)] {
        for mode in ["nearest", "linear"] {
            let shape = [1, 1, random.whole(2, 4), random.whole(2, 4)];
            let scales = [1.0, 1.0, 2.0, 3.0];
            let spans = vec![
                (2, (shape[2], 2 * shape[2], 2.0)),
                (3, (shape[3], 3 * shape[3], 3.0)),
            ];
            let numbers = Tensor64 {
                shape: vec![4],
                values: scales.to_vec(),
            };
            let x = random.tensor(&shape, -1.0, 1.0);
            cases.push(OperatorCase {
                name: format!("{mode}, {shape:?}"),
                op,
                opset,
                attributes: vec![("mode", Attribute::Text(mode.to_owned()))],
                arguments: vec![Argument::Differentiable(x), Argument::Constant(numbers)],
                reference: reference(("asymmetric", mode, "floor"), spans),
            });
        }
    }
    cases
}

/// Axes named, as since opset 18, and sizes as an upper bound.
fn chosen_axes(random: &mut Random) -> OperatorCase {
    let shape = [2, 4, 6, 1];
    let style = ("half_pixel", "linear", "floor");
    let mut attributes = attributes(style);
    attributes.extend([
        ("axes", Attribute::Ints(vec![2, 1])),
        (
            "keep_aspect_ratio_policy",
            Attribute::Text("not_larger".to_owned()),
        ),
    ]);
    let scale = 9.0 / 6.0;
    let spans = vec![(1, (4, 6, scale)), (2, (6, 9, scale))];
    let x = random.tensor(&shape, -1.0, 1.0);
    OperatorCase {
        name: "two axes in proportion".to_owned(),
        op: "Resize",
        opset: 18,
        attributes,
        arguments: vec![
            Argument::Differentiable(x),
            Argument::Missing,
            Argument::Missing,
            Argument::list(&[9, 8]),
        ],
        reference: reference(style, spans),
    }
}

fn reference(style: Style, spans: Vec<(usize, Span)>) -> super::Reference {
    Box::new(move |arguments| {
        let mut x = arguments[0].clone();
        for &(axis, span) in &spans {
            x = resized(&x, axis, span, style);
        }
        x
    })
}

/// One axis resized, value by value as the operator's page says.
fn resized(x: &Tensor64, axis: usize, span: Span, style: Style) -> Tensor64 {
    // An axis of scale 1 stays, also where the coordinates would shift it.
    if span.0 == span.1 && span.2 == 1.0 {
        return x.clone();
    }
    let mut shape = x.shape.clone();
    shape[axis] = span.1;
    Tensor64::from_fn(&shape, |flat| {
        let index = unravel(flat, &shape);
        let source = source(index[axis] as f64, span, style.0);
        // The value beyond an edge is that at the edge.
        let at = |place: f64| {
            let mut from = index.clone();
            from[axis] = place.clamp(0.0, span.0 as f64 - 1.0) as usize;
            x.broadcast_at(&from)
        };
        let (below, ratio) = (source.floor(), source - source.floor());
        match style.1 {
            "nearest" => {
                let up = match style.2 {
                    "round_prefer_floor" => ratio > 0.5,
                    "round_prefer_ceil" => ratio >= 0.5,
                    "floor" => false,
                    _ => ratio > 0.0,
                };
                at(if up { below + 1.0 } else { below })
            }
            "linear" => (1.0 - ratio) * at(below) + ratio * at(below + 1.0),
            _ => {
                let (a, r) = (-0.75, ratio);
                let s = 1.0 - r;
                let outer = |t: f64| a * t * (1.0 - t) * (1.0 - t);
                let inner = |t: f64| (a + 2.0) * t.powi(3) - (a + 3.0) * t.powi(2) + 1.0;
                outer(r) * at(below - 1.0)
                    + inner(r) * at(below)
                    + inner(s) * at(below + 1.0)
                    + outer(s) * at(below + 2.0)
            }
        }
    })
}

fn source(x: f64, (before, after, scale): Span, coordinates: &str) -> f64 {
    let (before, exact) = (before as f64, before as f64 * scale);
    match coordinates {
        "asymmetric" => x / scale,
        "align_corners" if exact == 1.0 => 0.0,
        "align_corners" => x * (before - 1.0) / (exact - 1.0),
        "tf_half_pixel_for_nn" => (x + 0.5) / scale,
        "pytorch_half_pixel" if after == 1 => -0.5,
        "half_pixel_symmetric" => {
            let adjustment = after as f64 / exact;
            before / 2.0 * (1.0 - adjustment) + (x + 0.5) / scale - 0.5
        }
        _ => (x + 0.5) / scale - 0.5,
    }
}
