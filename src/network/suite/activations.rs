//! Cases of the activations.

use super::{Argument, OperatorCase, Random, Tensor64};
use crate::onnx::Attribute;

/// The activation `op` on a random tensor, away from its kinks.
fn activation(
    random: &mut Random,
    (op, opset): (&'static str, i64),
    attributes: Vec<(&'static str, Attribute)>,
    kinks: &[f64],
    reference: impl Fn(f64) -> f64 + 'static,
) -> OperatorCase {
    let shape = random.shape(1, 4);
    let x = random.tensor_away_from(&shape, -3.0, 3.0, kinks);
    OperatorCase {
        name: format!("{attributes:?} on {shape:?}"),
        op,
        opset,
        attributes,
        arguments: vec![Argument::Differentiable(x)],
        reference: Box::new(move |arguments| map(&arguments[0], &reference)),
    }
}

fn map(x: &Tensor64, function: impl Fn(f64) -> f64) -> Tensor64 {
    Tensor64::from_fn(&x.shape, |index| function(x.values[index]))
}

/// Cases of one seed.
pub fn cases(random: &mut Random) -> Vec<OperatorCase> {
    let mut cases = vec![activation(random, ("Relu", 14), vec![], &[0.0], |x| {
        x.max(0.0)
    })];
    cases.extend(clips(random));
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
    let mut cases = vec![activation(
        random,
        ("Clip", 6),
        attributes,
        &[low, high],
        clip,
    )];
    for (has_low, has_high) in [(true, true), (true, false), (false, true), (false, false)] {
        let (low, high) = (
            if has_low { low } else { f64::NEG_INFINITY },
            if has_high { high } else { f64::INFINITY },
        );
        let clip = move |x: f64| x.max(low).min(high);
        let mut case = activation(random, ("Clip", 13), vec![], &[low, high], clip);
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
