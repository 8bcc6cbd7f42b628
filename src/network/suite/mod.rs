//! Randomised cases that every operator is held to on every device: its output against a slow, obvious
//! version in double precision, its shape rule, and its gradients against central differences.

mod activations;
mod arithmetic;
mod check;
mod choices;
mod contraction;
mod convolution;
mod creation;
mod functions;
mod indexing;
mod layout;
mod normalization;
mod older_attributes;
mod pooling;
mod random;
mod reduction;
mod resize;
mod surroundings;
mod versions;
mod windows;
mod written_out;

pub use check::check;
pub use random::Random;

use super::kernels::Kernels;
use crate::onnx::Attribute;

/// Row-major tensor in double precision, for references.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor64 {
    /// Sizes of the axes, outermost first.
    pub shape: Vec<usize>,
    /// As many values as the product of `shape`.
    pub values: Vec<f64>,
}

impl Tensor64 {
    /// The value at every row-major index.
    pub fn from_fn(shape: &[usize], value: impl FnMut(usize) -> f64) -> Self {
        Self {
            shape: shape.to_vec(),
            values: (0..shape.iter().product()).map(value).collect(),
        }
    }

    /// Where an element lies, whose index runs over the trailing axes of `index` and along axes of
    /// length 1 stays: the element that broadcasting puts there.
    pub fn broadcast_at(&self, index: &[usize]) -> f64 {
        let skipped = index.len() - self.shape.len();
        let at = self
            .shape
            .iter()
            .zip(&index[skipped..])
            .fold(0, |at, (&length, &i)| {
                at * length + if length == 1 { 0 } else { i }
            });
        self.values[at]
    }
}

/// Row-major index `flat` taken apart along the axes of `shape`.
pub fn unravel(mut flat: usize, shape: &[usize]) -> Vec<usize> {
    let mut index = vec![0; shape.len()];
    for (i, &length) in index.iter_mut().zip(shape).rev() {
        *i = flat % length;
        flat /= length;
    }
    index
}

/// One input of a case.
#[derive(Clone, Debug)]
pub enum Argument {
    /// A tensor on the device, by which the output is differentiated.
    Differentiable(Tensor64),
    /// A constant of the graph; a small one stays on the host, as it does in a network.
    Constant(Tensor64),
    /// A constant of whole numbers, on the host.
    Integers {
        /// Sizes of the axes.
        shape: Vec<usize>,
        /// Row-major.
        values: Vec<i64>,
    },
    /// An optional input left out.
    Missing,
}

impl Argument {
    /// A list of whole numbers, as axes and shapes are given.
    pub fn list(values: &[i64]) -> Self {
        Self::Integers {
            shape: vec![values.len()],
            values: values.to_vec(),
        }
    }

    /// A constant of one number, without axes.
    pub fn scalar(value: f64) -> Self {
        Self::Constant(Tensor64 {
            shape: vec![],
            values: vec![f64::from(value as f32)],
        })
    }
}

/// An operator's output, computed slowly and obviously from its inputs.
pub type Reference = Box<dyn Fn(&[Tensor64]) -> Tensor64>;

/// One operator on one choice of shapes, attributes and inputs.
pub struct OperatorCase {
    /// What is special about it; the operator's name is put in front.
    pub name: String,
    /// ONNX operator.
    pub op: &'static str,
    /// Version of the operator set.
    pub opset: i64,
    /// Attributes of the node.
    pub attributes: Vec<(&'static str, Attribute)>,
    /// Inputs in order.
    pub arguments: Vec<Argument>,
    /// The slow, obvious version; gets every argument (whole numbers as `f64`, missing ones empty).
    pub reference: Reference,
}

impl OperatorCase {
    /// Whether a tensor without axes is on the device, as an input or as the output.
    fn computes_scalars(&self) -> bool {
        let on_device = |argument: &Argument| matches!(argument, Argument::Differentiable(_));
        let scalar = |argument: &Argument| matches!(argument, Argument::Differentiable(x) if x.shape.is_empty());
        let arguments: Vec<Tensor64> = self.arguments.iter().map(check::tensor).collect();
        self.arguments.iter().any(scalar)
            || (self.arguments.iter().any(on_device)
                && (self.reference)(&arguments).shape.is_empty())
    }
}

/// The cases of every family for one seed.
pub fn all_cases(seed: u64) -> Vec<OperatorCase> {
    // A family draws from a sequence of its own: adding cases to one leaves the others as they are.
    let families: &[fn(&mut Random) -> Vec<OperatorCase>] = &[
        activations::cases,
        arithmetic::cases,
        creation::cases,
        indexing::cases,
        layout::cases,
        resize::cases,
        surroundings::cases,
        contraction::cases,
        convolution::cases,
        normalization::cases,
        pooling::cases,
        reduction::cases,
        choices::cases,
        functions::cases,
        older_attributes::cases,
        versions::cases,
    ];
    families
        .iter()
        .flat_map(|cases| cases(&mut Random::new(seed)))
        .collect()
}

/// How a device did on the cases of several seeds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Cases that ran.
    pub cases: usize,
    /// Cases left out because the device cannot hold tensors without axes, or sample images at computed places.
    pub left_out: usize,
    /// One sentence for each that failed.
    pub failures: Vec<String>,
}

/// Runs every case of every seed on `device`.
pub async fn run<B: Kernels>(device: &B::Device, seeds: impl IntoIterator<Item = u64>) -> Report {
    let mut report = Report::default();
    for seed in seeds {
        for case in all_cases(seed) {
            if !B::HOLDS_SCALARS && case.computes_scalars() {
                report.left_out += 1;
                continue;
            }
            report.cases += 1;
            if let Err(reason) = check::<B>(&case, device).await {
                let OperatorCase { op, name, .. } = &case;
                let failure = format!("{op}, {name} (seed {seed}): {reason}");
                report.failures.push(failure);
            }
        }
        for case in written_out::cases(seed) {
            let needs = case.computes_scalars && !B::HOLDS_SCALARS
                || case.samples_grids() && !B::SAMPLES_GRIDS;
            if needs {
                report.left_out += 1;
                continue;
            }
            report.cases += 1;
            if let Err(reason) = written_out::check::<B>(&case, device).await {
                let failure = format!("{} (seed {seed}): {reason}", case.name);
                report.failures.push(failure);
            }
        }
    }
    report
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use burn_flex::{Flex, FlexDevice};

    use super::*;
    use crate::network::{kernels::suite::ready, ops};

    #[test]
    fn cpu_operators_agree_with_their_references() {
        let report = ready(run::<Flex>(&FlexDevice, 0..8));
        let failures = &report.failures;
        assert!(
            failures.is_empty(),
            "{} of {}:\n{}",
            failures.len(),
            report.cases,
            failures.join("\n")
        );
    }

    #[test]
    fn cases_are_about_operators_there_are() {
        let known: HashSet<_> = ops::names().iter().copied().collect();
        for case in all_cases(0) {
            assert!(known.contains(case.op), "{} is not supported", case.op);
        }
    }
}
