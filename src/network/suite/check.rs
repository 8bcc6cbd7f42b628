//! One case on one device: forwards, the shape rule, and backwards against central differences.

use std::collections::HashMap;

use super::{Argument, OperatorCase, Random, Tensor64};
use crate::{
    classifier::BackwardRule,
    network::{
        build::constant,
        kernels::Kernels,
        operator::{BuildContext, Operator},
        ops,
        unhandled::build_in_full,
        value::{Inferred, Value, read, upload},
    },
    onnx::{ElementType, Graph, Initializer, Node, Port},
};

/// Largest distance allowed, as a fraction of the largest expected value (or of [`SMALLEST_SCALE`]):
/// single precision with room for a few hundred terms and for a GPU's own `exp` and `pow`.
const TOLERANCE: f64 = 2e-5;

/// Values are compared as if one of them were at least this large.
const SMALLEST_SCALE: f64 = 1e-2;

/// Half the distance of the two points of a central difference; in double precision its error is far
/// below single precision's.
const STEP: f64 = 1e-5;

/// Runs one case: the output against the reference, the shape rule against the real shape, and the
/// gradient of a randomly weighted sum of the output by every differentiable argument against central
/// differences of the reference.
///
/// # Errors
/// One sentence on the first thing that is wrong.
pub async fn check<B: Kernels>(case: &OperatorCase, device: &B::Device) -> Result<(), String> {
    let graph = graph(case);
    let context = BuildContext {
        graph: &graph,
        device,
    };
    let build = ops::find::<B>(case.op).ok_or("the operator is not supported")?;
    let operator =
        build_in_full(build, &graph.nodes[0], &context).map_err(|e| format!("not built: {e}"))?;
    let inputs = inputs::<B>(case, &graph, operator.as_ref(), device);
    let arguments: Vec<Tensor64> = case.arguments.iter().map(tensor).collect();
    let expected = (case.reference)(&arguments);

    let inferred: Vec<Option<Inferred>> = inputs.iter().map(|v| v.as_ref().map(known)).collect();
    let inferred = operator
        .infer(&inferred)
        .map_err(|reason| format!("the shape rule fails: {reason}"))?;
    let plain = operator.forward(&inputs, false)?;
    let differentiable = |argument: &Argument| matches!(argument, Argument::Differentiable(_));
    if !case.arguments.iter().any(differentiable) && inputs.iter().flatten().all(on_host) {
        return compare_host(&inferred, &plain.output, &expected);
    }
    check_shape(&inferred, &plain.output, &expected)?;
    compare("output", &values(plain.output).await?, &expected.values)?;
    if plain.backward.is_some() {
        return Err("it keeps a way back that nobody asked for".to_owned());
    }

    let forward = operator.forward(&inputs, true)?;
    compare(
        "tracked output",
        &values(forward.output).await?,
        &expected.values,
    )?;
    let weights = Random::new(0x5eed).tensor(&expected.shape, -1.0, 1.0);
    let seed = upload::<B>(singles(&weights), &expected.shape, device);
    let mut gradients = match forward.backward {
        Some(backward) => backward(seed, BackwardRule::Standard),
        None => Vec::new(),
    };
    gradients.resize(case.arguments.len(), None);
    for (index, gradient) in gradients.into_iter().enumerate() {
        if !differentiable(&case.arguments[index]) {
            continue;
        }
        let differences = central_differences(case, &arguments, index, &weights);
        // No gradient is a gradient of zeros.
        let gradient = match gradient {
            Some(gradient) => {
                let shape = Value::<B>::Device(gradient.clone()).shape();
                if shape != arguments[index].shape {
                    let asked = &arguments[index].shape;
                    return Err(format!(
                        "the gradient by input {index} has shape {shape:?} instead of {asked:?}"
                    ));
                }
                read::<B>(gradient).await?
            }
            None => vec![0.0; differences.len()],
        };
        compare(
            &format!("gradient by input {index}"),
            &gradient,
            &differences,
        )?;
    }
    Ok(())
}

/// A graph of one node, with the case's constants.
fn graph(case: &OperatorCase) -> Graph {
    let mut initializers = HashMap::new();
    let mut ports = Vec::new();
    let mut names = Vec::with_capacity(case.arguments.len());
    for (index, argument) in case.arguments.iter().enumerate() {
        let name = format!("input{index}");
        let initializer = match argument {
            Argument::Missing => {
                names.push(String::new());
                continue;
            }
            Argument::Differentiable(_) => {
                ports.push(Port {
                    name: name.clone(),
                    shape: vec![],
                    element_type: Some(ElementType::F32),
                    is_tensor: true,
                    has_other_type: false,
                });
                None
            }
            Argument::Constant(tensor) => Some(Initializer::from_floats(
                &name,
                tensor.shape.clone(),
                &singles(tensor),
            )),
            Argument::Integers { shape, values } => Some(Initializer {
                name: name.clone(),
                shape: shape.clone(),
                element_type: ElementType::I64,
                bytes: values.iter().flat_map(|v| v.to_le_bytes()).collect(),
            }),
        };
        if let Some(initializer) = initializer {
            initializers.insert(name.clone(), initializer);
        }
        names.push(name);
    }
    let attributes = case.attributes.iter();
    Graph {
        producer: String::new(),
        opset: case.opset,
        nodes: vec![Node {
            name: case.name.clone(),
            op: case.op.to_owned(),
            inputs: names,
            outputs: vec!["output".to_owned()],
            attributes: attributes
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
        }],
        initializers,
        inputs: ports,
        outputs: Vec::new(),
        metadata: HashMap::new(),
        probabilities: crate::protocol::Probabilities::default(),
        texts: HashMap::default(),
        unread: HashMap::default(),
    }
}

/// What the operator gets to see, as a network would hand it over.
fn inputs<B: Kernels>(
    case: &OperatorCase,
    graph: &Graph,
    operator: &dyn Operator<B>,
    device: &B::Device,
) -> Vec<Option<Value<B>>> {
    let arguments = case.arguments.iter().enumerate();
    arguments
        .map(|(index, argument)| {
            if !operator.reads(index) {
                return None;
            }
            match argument {
                Argument::Missing => None,
                Argument::Differentiable(tensor) => {
                    let tensor = upload::<B>(singles(tensor), &tensor.shape, device);
                    Some(Value::Device(tensor))
                }
                Argument::Constant(_) | Argument::Integers { .. } => {
                    let name = format!("input{index}");
                    let initializer = graph.initializers.get(&name)?;
                    Some(constant::<B>(initializer, device))
                }
            }
        })
        .collect()
}

fn known<B: Kernels>(value: &Value<B>) -> Inferred {
    match value {
        Value::Device(_) => Inferred::Device(value.shape()),
        Value::Host(tensor) => Inferred::Host(tensor.clone()),
    }
}

fn on_host<B: Kernels>(value: &Value<B>) -> bool {
    matches!(value, Value::Host(_))
}

/// What a reference gets of an argument.
pub(super) fn tensor(argument: &Argument) -> Tensor64 {
    match argument {
        Argument::Differentiable(tensor) | Argument::Constant(tensor) => Tensor64 {
            shape: tensor.shape.clone(),
            values: singles(tensor).into_iter().map(f64::from).collect(),
        },
        Argument::Integers { shape, values } => Tensor64 {
            shape: shape.clone(),
            values: values.iter().map(|&v| v as f64).collect(),
        },
        Argument::Missing => Tensor64 {
            shape: vec![0],
            values: Vec::new(),
        },
    }
}

fn singles(tensor: &Tensor64) -> Vec<f32> {
    tensor.values.iter().map(|&v| v as f32).collect()
}

async fn values<B: Kernels>(value: Value<B>) -> Result<Vec<f32>, String> {
    match value {
        Value::Device(tensor) => read::<B>(tensor).await,
        Value::Host(tensor) => Ok(tensor.values.iter().map(|&v| v as f32).collect()),
    }
}

/// Where all inputs are on the host, so is the output, and the shape rule knows it in full.
fn compare_host<B: Kernels>(
    inferred: &Inferred,
    output: &Value<B>,
    expected: &Tensor64,
) -> Result<(), String> {
    let Value::Host(tensor) = output else {
        return Err("its inputs are on the host, but its output is not".to_owned());
    };
    if *inferred != Inferred::Host(tensor.clone()) {
        return Err(format!(
            "the shape rule says {inferred:?}, but the output is {tensor:?}"
        ));
    }
    if tensor.shape != expected.shape {
        let (actual, asked) = (&tensor.shape, &expected.shape);
        return Err(format!("the shape is {actual:?} instead of {asked:?}"));
    }
    let found: Vec<f32> = tensor.values.iter().map(|&v| v as f32).collect();
    compare("output on the host", &found, &expected.values)
}

fn check_shape<B: Kernels>(
    inferred: &Inferred,
    output: &Value<B>,
    expected: &Tensor64,
) -> Result<(), String> {
    let (actual, asked) = (output.shape(), &expected.shape);
    if actual != *asked {
        return Err(format!("the shape is {actual:?} instead of {asked:?}"));
    }
    let agrees = match (inferred, output) {
        (Inferred::Device(shape), Value::Device(_)) => *shape == actual,
        (Inferred::Host(a), Value::Host(b)) => a == b,
        _ => false,
    };
    if !agrees {
        return Err(format!(
            "the shape rule says {inferred:?} for an output of shape {actual:?}"
        ));
    }
    Ok(())
}

/// Derivatives of the weighted sum of the reference's output by every value of one argument.
fn central_differences(
    case: &OperatorCase,
    arguments: &[Tensor64],
    by: usize,
    weights: &Tensor64,
) -> Vec<f64> {
    let mut moved = arguments.to_vec();
    let mut sum_at = |index: usize, value: f64| -> f64 {
        let before = std::mem::replace(&mut moved[by].values[index], value);
        let output = (case.reference)(&moved);
        moved[by].values[index] = before;
        let products = output.values.iter().zip(&weights.values);
        products.map(|(value, weight)| value * weight).sum()
    };
    let at = &arguments[by].values;
    at.iter()
        .enumerate()
        .map(|(index, &x)| (sum_at(index, x + STEP) - sum_at(index, x - STEP)) / (2.0 * STEP))
        .collect()
}

/// Checks values against expected ones.
///
/// # Errors
/// Names the first that is too far off.
pub fn compare(what: &str, actual: &[f32], expected: &[f64]) -> Result<(), String> {
    if actual.len() != expected.len() {
        let (found, asked) = (actual.len(), expected.len());
        return Err(format!("{what}: {found} values instead of {asked}"));
    }
    let finite = expected.iter().filter(|v| v.is_finite());
    let scale = finite.fold(SMALLEST_SCALE, |m, v| m.max(v.abs()));
    for (index, (&actual, &expected)) in actual.iter().zip(expected).enumerate() {
        let found = f64::from(actual);
        let agrees = if expected.is_finite() {
            (found - expected).abs() <= TOLERANCE * scale
        } else {
            found == expected || found.is_nan() && expected.is_nan()
        };
        if !agrees {
            return Err(format!(
                "{what}: {found} instead of {expected} at {index}, of values up to {scale}"
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use burn_flex::{Flex, FlexDevice};

    use super::*;
    use crate::network::kernels::suite::ready;

    fn relu(reference: fn(f64) -> f64) -> OperatorCase {
        let x = Tensor64 {
            shape: vec![3],
            values: vec![-1.0, 0.5, 2.0],
        };
        OperatorCase {
            name: String::new(),
            op: "Relu",
            opset: 17,
            attributes: vec![],
            arguments: vec![Argument::Differentiable(x)],
            reference: Box::new(move |arguments| Tensor64 {
                shape: arguments[0].shape.clone(),
                values: arguments[0].values.iter().map(|&v| reference(v)).collect(),
            }),
        }
    }

    #[test]
    fn a_wrong_output_and_a_wrong_gradient_are_found() {
        let checked = |reference| ready(check::<Flex>(&relu(reference), &FlexDevice));
        assert_eq!(checked(|v| v.max(0.0)), Ok(()));
        let error = checked(|v| v.max(0.001)).unwrap_err();
        assert!(
            error.starts_with("output: 0 instead of 0.001 at 0"),
            "{error}"
        );
        // The same values, but another slope.
        let error = checked(|v| if v > 1.0 { 2.0 } else { v.max(0.0) }).unwrap_err();
        assert!(error.starts_with("gradient by input 0: "), "{error}");
    }
}
