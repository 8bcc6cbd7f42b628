//! Cases of the activations.

use super::{Argument, OperatorCase, Random, Tensor64, arithmetic::zip, functions::function};
use crate::onnx::Attribute;

/// Cases of one seed.
pub fn cases(random: &mut Random) -> Vec<OperatorCase> {
    let mut cases = plain(random);
    cases.extend(with_attributes(random));
    cases.extend(clips(random));
    cases.push(parametric_relu(random));
    cases
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// The normal distribution's `P(X < x)`, as an integral by Simpson's rule.
pub fn normal_below(x: f64) -> f64 {
    let steps = 400;
    let width = x / f64::from(steps);
    let density = |t: f64| (-0.5 * t * t).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let inner: f64 = (1..steps)
        .map(|i| f64::from(2 + 2 * (i % 2)) * density(f64::from(i) * width))
        .sum();
    0.5 + width / 3.0 * (density(0.0) + inner + density(x))
}

fn plain(random: &mut Random) -> Vec<OperatorCase> {
    let tanh_formula = |x: f64| {
        let inner = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044715 * x.powi(3));
        0.5 * x * (1.0 + inner.tanh())
    };
    let mut plain = |op, opset, kinks: &[f64], reference: fn(f64) -> f64| {
        function(random, (op, opset), vec![], [-4.0, 4.0], kinks, reference)
    };
    let mut cases = vec![
        plain("Relu", 14, &[0.0], |x| x.max(0.0)),
        plain("Sigmoid", 13, &[], sigmoid),
        plain("Tanh", 13, &[], |x| 1.0 - 2.0 / ((2.0 * x).exp() + 1.0)),
        plain("Softplus", 1, &[], |x| (1.0 + x.exp()).ln()),
        plain("Softsign", 1, &[0.0], |x| x / (1.0 + x.abs())),
        plain("Mish", 18, &[], |x| x * (1.0 + x.exp()).ln().tanh()),
        plain("Gelu", 20, &[], |x| x * normal_below(x)),
        plain("HardSwish", 14, &[-3.0, 3.0], hard_swish),
        plain("Selu", 6, &[0.0], |x| {
            let (alpha, gamma) = (1.673_263_242_354_377_2, 1.050_700_987_355_480_5);
            gamma * if x > 0.0 { x } else { alpha * (x.exp() - 1.0) }
        }),
        plain("Swish", 24, &[], |x| x * sigmoid(x)),
    ];
    let text = |value: &str| Attribute::Text(value.to_owned());
    for (approximate, reference) in [
        ("none", (|x| x * normal_below(x)) as fn(f64) -> f64),
        ("tanh", tanh_formula),
    ] {
        let attributes = vec![("approximate", text(approximate))];
        cases.push(function(
            random,
            ("Gelu", 20),
            attributes,
            [-4.0, 4.0],
            &[],
            reference,
        ));
    }
    cases
}

fn hard_swish(x: f64) -> f64 {
    x * (x + 3.0).clamp(0.0, 6.0) / 6.0
}

/// Every attribute at random, and left out once in a while.
fn with_attributes(random: &mut Random) -> Vec<OperatorCase> {
    let mut cases = Vec::new();
    let mut add = |random: &mut Random,
                   (op, opset): (&'static str, i64),
                   names: &[(&'static str, f64)],
                   kinks: fn(&[f64]) -> Vec<f64>,
                   reference: fn(f64, &[f64]) -> f64| {
        for given in [true, false] {
            let mut attributes = Vec::new();
            let mut parameters = Vec::new();
            for &(name, default) in names {
                let value = random.uniform(0.2, 1.5) as f32;
                if given {
                    attributes.push((name, Attribute::Float(value)));
                }
                parameters.push(if given { f64::from(value) } else { default });
            }
            let kinks = kinks(&parameters);
            let reference = move |x: f64| reference(x, &parameters);
            cases.push(function(
                random,
                (op, opset),
                attributes,
                [-3.0, 3.0],
                &kinks,
                reference,
            ));
        }
    };
    let zero = |_: &[f64]| vec![0.0];
    add(
        random,
        ("LeakyRelu", 16),
        &[("alpha", 0.01)],
        zero,
        |x, p| {
            if x < 0.0 { p[0] * x } else { x }
        },
    );
    add(random, ("Elu", 6), &[("alpha", 1.0)], zero, |x, p| {
        if x < 0.0 { p[0] * (x.exp() - 1.0) } else { x }
    });
    add(random, ("Celu", 12), &[("alpha", 1.0)], zero, |x, p| {
        x.max(0.0) + (p[0] * ((x / p[0]).exp() - 1.0)).min(0.0)
    });
    let selu = [
        ("alpha", 1.673_263_192_176_818_8),
        ("gamma", 1.050_701_022_148_132_3),
    ];
    add(random, ("Selu", 6), &selu, zero, |x, p| {
        p[1] * if x < 0.0 { p[0] * (x.exp() - 1.0) } else { x }
    });
    add(
        random,
        ("ThresholdedRelu", 10),
        &[("alpha", 1.0)],
        |p| vec![p[0]],
        |x, p| if x > p[0] { x } else { 0.0 },
    );
    add(
        random,
        ("HardSigmoid", 6),
        &[("alpha", 0.2), ("beta", 0.5)],
        |p| vec![-p[1] / p[0], (1.0 - p[1]) / p[0]],
        |x, p| (p[0] * x + p[1]).clamp(0.0, 1.0),
    );
    add(
        random,
        ("Swish", 24),
        &[("alpha", 1.0)],
        |_| vec![],
        |x, p| x * sigmoid(p[0] * x),
    );
    cases
}

/// Bounds as attributes until opset 10 and as inputs since.
fn clips(random: &mut Random) -> Vec<OperatorCase> {
    let (low, high) = (random.uniform(-2.0, 0.0), random.uniform(0.2, 2.0));
    let (low, high) = (f64::from(low as f32), f64::from(high as f32));
    let attributes = vec![
        ("min", Attribute::Float(low as f32)),
        ("max", Attribute::Float(high as f32)),
    ];
    let clip = move |x: f64| x.max(low).min(high);
    let range = [-3.0, 3.0];
    let kinks = [low, high];
    let mut cases = vec![
        function(random, ("Clip", 6), attributes, range, &kinks, clip),
        function(random, ("Clip", 6), vec![], range, &[], |x| x),
    ];
    for (has_low, has_high) in [(true, true), (true, false), (false, true), (false, false)] {
        let (low, high) = (
            if has_low { low } else { f64::NEG_INFINITY },
            if has_high { high } else { f64::INFINITY },
        );
        let clip = move |x: f64| x.max(low).min(high);
        let opset = *random.choose(&[11, 12, 13]);
        let mut case = function(random, ("Clip", opset), vec![], range, &kinks, clip);
        case.name = format!("{low} to {high}, {}", case.name);
        for (there, bound) in [(has_low, low), (has_high, high)] {
            case.arguments.push(if there {
                Argument::scalar(bound)
            } else {
                Argument::Missing
            });
        }
        cases.push(case);
    }
    cases
}

/// A slope for everything, for each channel or for each value, learnt or computed.
fn parametric_relu(random: &mut Random) -> OperatorCase {
    let shape = random.shape(2, 4);
    let slope_shape = random.broadcastable(&shape);
    let x = random.tensor_away_from(&shape, -2.0, 2.0, &[0.0]);
    let slope: Tensor64 = random.tensor(&slope_shape, -0.5, 0.5);
    OperatorCase {
        name: format!("slopes {slope_shape:?} on {shape:?}"),
        op: "PRelu",
        opset: *random.choose(&[9, 16]),
        attributes: vec![],
        arguments: vec![
            Argument::Differentiable(x),
            if random.coin() {
                Argument::Constant(slope)
            } else {
                Argument::Differentiable(slope)
            },
        ],
        reference: Box::new(|arguments| {
            zip(&arguments[0], &arguments[1], |x, slope| {
                if x < 0.0 { slope * x } else { x }
            })
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_normal_distribution_at_known_points() {
        for (x, value) in [(0.0, 0.5), (1.0, 0.841_344_746), (-2.0, 0.022_750_132)] {
            assert!((normal_below(x) - value).abs() < 1e-8, "{x}");
        }
    }
}
