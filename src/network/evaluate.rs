//! A graph's nodes run one by one on any values, without an image: how operators are held to other people's files.

use std::collections::HashMap;

use super::{
    build::constant,
    kernels::Kernels,
    operator::BuildContext,
    ops::{self, axes::host_value, passing::decision},
    unhandled::build_in_full,
    value::{Inferred, Value, read, upload_initializer},
};
use crate::onnx::{Graph, Initializer};

/// What came out of a graph under one name.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluated {
    /// Shape, outermost axis first.
    pub shape: Vec<usize>,
    /// Row-major values.
    pub values: Vec<f64>,
}

/// Runs a simplified graph on `given` values, floats on the device and everything else on the host. Every
/// node's shape rule must foretell the shape its operator then puts out.
///
/// # Errors
/// One sentence on the first node that cannot be built or run, or whose shape rule is wrong.
pub async fn evaluate<B: Kernels>(
    graph: &Graph,
    given: &HashMap<String, Initializer>,
    device: &B::Device,
) -> Result<HashMap<String, Evaluated>, String> {
    let context = BuildContext { graph, device };
    let mut values: HashMap<String, Value<B>> = given
        .iter()
        .map(|(name, tensor)| {
            let value = if tensor.element_type.is_float() {
                Value::Device(upload_initializer::<B>(tensor, device))
            } else {
                constant::<B>(tensor, device)
            };
            (name.clone(), value)
        })
        .collect();
    for (name, tensor) in &graph.initializers {
        values.insert(name.clone(), constant::<B>(tensor, device));
    }
    for node in &graph.nodes {
        let say = |reason: String| format!("node {} ({}): {reason}", node.name, node.op);
        let build =
            ops::find::<B>(&node.op).ok_or_else(|| say("it is not supported".to_owned()))?;
        let operator = build_in_full(build, node, &context).map_err(say)?;
        let inputs: Vec<Option<Value<B>>> = (0..node.inputs.len())
            .map(|index| {
                let name = node.input(index).filter(|_| operator.reads(index))?;
                values.get(name).cloned()
            })
            .collect();
        let known: Vec<Option<Inferred>> = inputs
            .iter()
            .map(|input| {
                Some(match input.as_ref()? {
                    Value::Host(tensor) => Inferred::Host(tensor.clone()),
                    value => Inferred::Device(value.shape()),
                })
            })
            .collect();
        // What lies behind a closed gate is not computed.
        let mut read = (0..node.inputs.len())
            .filter(|&index| node.input(index).is_some() && operator.reads(index));
        if read.any(|index| inputs[index].is_none() && !operator.can_miss(index)) {
            continue;
        }
        if let Some((index, when)) = operator.gate()
            && decision(host_value(&inputs, index)).map_err(say)? != when
        {
            continue;
        }
        let output = operator.forward(&inputs, false).map_err(say)?.output;
        let foretold = operator
            .infer(&known)
            .map_err(|reason| say(format!("the shape rule fails: {reason}")))?;
        if foretold.shape() != output.shape() {
            return Err(say(format!(
                "the shape rule says {:?}, but the output has shape {:?}",
                foretold.shape(),
                output.shape()
            )));
        }
        if let Some(name) = node.outputs.first() {
            values.insert(name.clone(), output);
        }
    }
    let mut outputs = HashMap::new();
    for port in &graph.outputs {
        let Some(value) = values.get(&port.name).cloned() else {
            continue;
        };
        let shape = value.shape();
        let values = match value {
            Value::Host(tensor) => tensor.values,
            Value::Device(tensor) => read::<B>(tensor)
                .await?
                .into_iter()
                .map(f64::from)
                .collect(),
        };
        outputs.insert(port.name.clone(), Evaluated { shape, values });
    }
    Ok(outputs)
}
