//! Cases of nodes that are written out as small graphs before a network is built: their output against a slow version
//! in double precision, every shape rule on the way, and their gradients against central differences.

mod attention;
mod control;
mod fused;
mod quantised;

use std::collections::HashMap;

use super::{Random, Tensor64, check::compare};
use crate::{
    classifier::BackwardRule,
    network::{
        build::constant,
        kernels::Kernels,
        operator::{Backward, BuildContext},
        ops::{self, axes::host_value, passing::decision},
        value::{Inferred, Value, read, upload},
    },
    onnx::{Attribute, Dimension, ElementType, Graph, Initializer, Node, Port, simplify},
};

/// Half the distance of the two points of a central difference.
const STEP: f64 = 1e-5;

/// An output, computed slowly and obviously from the inputs.
type Reference = Box<dyn Fn(&[Tensor64]) -> Tensor64>;

/// A small graph on random inputs.
pub struct GraphCase {
    /// What is special about it.
    pub name: String,
    graph: Graph,
    inputs: Vec<Tensor64>,
    reference: Reference,
    /// What gradients are those of, where they are not those of the output.
    slopes: Option<Reference>,
    /// Whether a value without axes is computed on the device.
    pub computes_scalars: bool,
}

impl GraphCase {
    /// A graph with inputs `x0`, `x1`, ... and the output `y`.
    fn new(
        name: impl Into<String>,
        opset: i64,
        inputs: Vec<Tensor64>,
        reference: impl Fn(&[Tensor64]) -> Tensor64 + 'static,
    ) -> Self {
        let port = |name: String, shape: &[usize]| Port {
            name,
            shape: shape
                .iter()
                .map(|&length| Dimension::Fixed(length))
                .collect(),
            element_type: Some(ElementType::F32),
            is_tensor: true,
            has_other_type: false,
        };
        let ports = inputs.iter().enumerate();
        Self {
            name: name.into(),
            graph: Graph {
                producer: String::new(),
                opset,
                nodes: Vec::new(),
                initializers: HashMap::new(),
                inputs: ports
                    .map(|(index, tensor)| port(format!("x{index}"), &tensor.shape))
                    .collect(),
                outputs: vec![port("y".to_owned(), &[])],
                metadata: HashMap::new(),
                probabilities: crate::protocol::Probabilities::default(),
                texts: HashMap::new(),
                unread: HashMap::new(),
            },
            inputs: inputs.into_iter().map(single).collect(),
            reference: Box::new(reference),
            slopes: None,
            computes_scalars: false,
        }
    }

    /// Whether an image is sampled at computed places.
    pub fn samples_grids(&self) -> bool {
        self.graph.nodes.iter().any(|node| node.op == "GridSample")
    }

    /// A node; an output may be left out by an empty name.
    fn node<'a>(
        mut self,
        op: &str,
        inputs: &[&str],
        outputs: &[&str],
        attributes: impl IntoIterator<Item = (&'a str, Attribute)>,
    ) -> Self {
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        self.graph.nodes.push(Node {
            name: format!("{op} of {}", outputs.first().unwrap_or(&"")),
            op: op.to_owned(),
            inputs: owned(inputs),
            outputs: owned(outputs),
            attributes: attributes
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        });
        self
    }

    /// A constant of real numbers.
    fn weight(mut self, name: &str, tensor: &Tensor64) -> Self {
        let values: Vec<f32> = tensor.values.iter().map(|&v| v as f32).collect();
        let tensor = Initializer::from_floats(name, tensor.shape.clone(), &values);
        self.graph.initializers.insert(name.to_owned(), tensor);
        self
    }

    /// A constant of whole numbers of some type.
    fn whole(
        mut self,
        name: &str,
        element_type: ElementType,
        shape: &[usize],
        values: &[i64],
    ) -> Self {
        let size = element_type.size();
        let bytes = values
            .iter()
            .flat_map(|value| value.to_le_bytes().into_iter().take(size));
        let tensor = Initializer {
            name: name.to_owned(),
            shape: shape.to_vec(),
            element_type,
            bytes: bytes.collect(),
        };
        self.graph.initializers.insert(name.to_owned(), tensor);
        self
    }

    /// A list of whole numbers.
    fn list(self, name: &str, values: &[i64]) -> Self {
        self.whole(name, ElementType::I64, &[values.len()], values)
    }

    /// Gradients are those of this function instead.
    fn with_slopes(mut self, slopes: impl Fn(&[Tensor64]) -> Tensor64 + 'static) -> Self {
        self.slopes = Some(Box::new(slopes));
        self
    }
}

fn single(tensor: Tensor64) -> Tensor64 {
    Tensor64 {
        shape: tensor.shape,
        values: tensor.values.iter().map(|&v| f64::from(v as f32)).collect(),
    }
}

/// Cases of one seed.
pub fn cases(seed: u64) -> Vec<GraphCase> {
    let families: &[fn(&mut Random) -> Vec<GraphCase>] = &[
        attention::cases,
        control::cases,
        fused::cases,
        quantised::cases,
    ];
    families
        .iter()
        .flat_map(|cases| cases(&mut Random::new(seed)))
        .collect()
}

/// One step's way back, with the names of what it read and made.
struct Taped<B: Kernels> {
    inputs: Vec<String>,
    output: String,
    backward: Backward<B>,
}

/// Runs one case.
///
/// # Errors
/// One sentence on the first thing that is wrong.
pub async fn check<B: Kernels>(case: &GraphCase, device: &B::Device) -> Result<(), String> {
    let mut graph = case.graph.clone();
    simplify(&mut graph);
    let (output, tape) = run::<B>(&graph, case, device)?;
    let expected = (case.reference)(&case.inputs);
    let Value::Device(output) = output else {
        return Err("its output is not on the device".to_owned());
    };
    let shape = Value::<B>::Device(output.clone()).shape();
    if shape != expected.shape {
        return Err(format!(
            "the shape is {shape:?} instead of {:?}",
            expected.shape
        ));
    }
    compare("output", &read::<B>(output).await?, &expected.values)?;

    let weights = single(Random::new(0x5eed).tensor(&expected.shape, -1.0, 1.0));
    let seed: Vec<f32> = weights.values.iter().map(|&v| v as f32).collect();
    let mut gradients =
        HashMap::from([("y".to_owned(), upload::<B>(seed, &expected.shape, device))]);
    for taped in tape.into_iter().rev() {
        let Some(gradient) = gradients.remove(&taped.output) else {
            continue;
        };
        let by_inputs = (taped.backward)(gradient, BackwardRule::Standard);
        for (name, gradient) in taped.inputs.into_iter().zip(by_inputs) {
            let Some(gradient) = gradient else { continue };
            let sum = match gradients.remove(&name) {
                Some(so_far) => B::float_add(so_far, gradient),
                None => gradient,
            };
            gradients.insert(name, sum);
        }
    }
    let differentiated = case.slopes.as_ref().unwrap_or(&case.reference);
    for (index, input) in case.inputs.iter().enumerate() {
        let differences = central_differences(differentiated, &case.inputs, index, &weights);
        let gradient = match gradients.remove(&format!("x{index}")) {
            Some(gradient) => read::<B>(gradient).await?,
            None => vec![0.0; input.values.len()],
        };
        let what = format!("gradient by input {index}");
        compare(&what, &gradient, &differences)?;
    }
    Ok(())
}

/// Runs the nodes of a graph; every shape rule must foretell what comes out.
fn run<B: Kernels>(
    graph: &Graph,
    case: &GraphCase,
    device: &B::Device,
) -> Result<(Value<B>, Vec<Taped<B>>), String> {
    let context = BuildContext { graph, device };
    let mut values: HashMap<String, Value<B>> = graph
        .initializers
        .iter()
        .map(|(name, tensor)| (name.clone(), constant::<B>(tensor, device)))
        .collect();
    for (index, tensor) in case.inputs.iter().enumerate() {
        let singles = tensor.values.iter().map(|&v| v as f32).collect();
        let tensor = upload::<B>(singles, &tensor.shape, device);
        values.insert(format!("x{index}"), Value::Device(tensor));
    }
    let mut tape = Vec::new();
    for node in &graph.nodes {
        let say = |reason: String| format!("{} ({}): {reason}", node.name, node.op);
        let build = ops::find::<B>(&node.op).ok_or_else(|| {
            let reason = node.attributes.text(crate::onnx::REFUSED, "unknown");
            say(reason.unwrap_or_default().to_owned())
        })?;
        let operator = build(node, &context).map_err(say)?;
        let reads = |index: &usize| node.input(*index).is_some() && operator.reads(*index);
        let inputs: Vec<Option<Value<B>>> = (0..node.inputs.len())
            .map(|index| {
                let name = node.input(index).filter(|_| reads(&index))?;
                values.get(name).cloned()
            })
            .collect();
        let mut read = (0..node.inputs.len()).filter(reads);
        if read.any(|index| inputs[index].is_none() && !operator.can_miss(index)) {
            continue;
        }
        if let Some((index, when)) = operator.gate()
            && decision(host_value(&inputs, index)).map_err(say)? != when
        {
            continue;
        }
        let known: Vec<Option<Inferred>> = inputs
            .iter()
            .map(|input| input.as_ref().map(Inferred::of))
            .collect();
        let forward = operator.forward(&inputs, true).map_err(say)?;
        let foretold = operator.infer(&known).map_err(say)?;
        let shape = forward.output.shape();
        if foretold.shape() != shape {
            return Err(say(format!(
                "the shape rule says {:?}, but the output has shape {shape:?}",
                foretold.shape()
            )));
        }
        let output = node.outputs.first().cloned().unwrap_or_default();
        if let Some(backward) = forward.backward {
            tape.push(Taped {
                inputs: node.inputs.clone(),
                output: output.clone(),
                backward,
            });
        }
        values.insert(output, forward.output);
    }
    let name = graph.outputs.first().map_or("", |port| port.name.as_str());
    let output = values.remove(name).ok_or("nothing computes its output")?;
    Ok((output, tape))
}

fn central_differences(
    function: &Reference,
    inputs: &[Tensor64],
    by: usize,
    weights: &Tensor64,
) -> Vec<f64> {
    let mut moved = inputs.to_vec();
    let mut sum_at = |index: usize, value: f64| -> f64 {
        let before = std::mem::replace(&mut moved[by].values[index], value);
        let output = function(&moved);
        moved[by].values[index] = before;
        let products = output.values.iter().zip(&weights.values);
        products.map(|(value, weight)| value * weight).sum()
    };
    let at = inputs[by].values.iter().enumerate();
    at.map(|(index, &x)| (sum_at(index, x + STEP) - sum_at(index, x - STEP)) / (2.0 * STEP))
        .collect()
}

/// The value at an index.
fn at(tensor: &Tensor64, index: &[usize]) -> f64 {
    let places = index.iter().zip(&tensor.shape);
    let flat = places.fold(0, |flat, (&i, &length)| flat * length + i);
    tensor.values[flat]
}
