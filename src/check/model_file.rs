//! A model's file as tract reads it, reduced to what leads to the scores.

use std::collections::HashSet;

use tract_onnx::{
    onnx,
    pb::{GraphProto, ModelProto, NodeProto, TensorProto, type_proto::Value},
    prelude::Framework,
};

use super::CheckError;
use crate::{
    onnx::{FileHandle, unpacked},
    protocol::{CheckInput, CheckOutput, HeldInput},
};

/// Domains whose operators tract means by the names alone.
const DOMAINS: [&str; 3] = ["", "ai.onnx", "ai.onnx.ml"];
/// A domain of which it knows some, while others are called like ONNX's own and are something else.
const MICROSOFT: &str = "com.microsoft";
const OF_MICROSOFT: [&str; 5] = [
    "BiasGelu",
    "FastGelu",
    "Gelu",
    "QuickGelu",
    "SkipLayerNormalization",
];
/// Before this operator set shapes were lined up by attributes, which tract does not read.
const OLDEST: i64 = 7;
/// Where ONNX says that a tensor's data lie in another file.
const EXTERNAL: i32 = 1;

/// ONNX's numbers of element types.
mod element {
    pub const FLOAT: i32 = 1;
    pub const UINT8: i32 = 2;
    pub const INT8: i32 = 3;
    pub const INT32: i32 = 6;
    pub const INT64: i32 = 7;
    pub const BOOL: i32 = 9;
    pub const DOUBLE: i32 = 11;
}

/// A model's file, with the data of the files beside it.
pub struct ModelFile(pub(super) ModelProto);

impl ModelFile {
    /// Reads a file, an archive's content included.
    ///
    /// # Errors
    /// It cannot be read, or tract does not take it for a model.
    pub fn read(file: &FileHandle, name: &str) -> Result<Self, CheckError> {
        let unreadable = |error: &dyn std::fmt::Display| CheckError::Unreadable(error.to_string());
        let (file, _) = unpacked(file, name, None).map_err(|error| unreadable(&error))?;
        let bytes = file.read_whole().map_err(|error| unreadable(&error))?;
        let mut model = onnx()
            .proto_model_for_read(&mut bytes.as_slice())
            .map_err(|error| CheckError::NotRun(format!("it cannot read the file ({error})")))?;
        drop(bytes);
        if let Some(graph) = &mut model.graph {
            for tensor in &mut graph.initializer {
                fetch_data(tensor, &file)?;
            }
        }
        Ok(Self(model))
    }

    /// Reduces the model to one input and one output, and what lies between them.
    ///
    /// # Errors
    /// The file has no such values, or operators that tract would take for others.
    pub(super) fn reduce(
        &mut self,
        input: &CheckInput,
        output: &CheckOutput,
    ) -> Result<(), CheckError> {
        let own = self.0.opset_import.iter();
        let own = own.filter(|import| DOMAINS[..2].contains(&import.domain.as_str()));
        if let Some(old) = own
            .map(|import| import.version)
            .find(|&version| version < OLDEST)
        {
            return Err(not_run(&format!(
                "it reads operators of set {old} as those of later ones, which mean something else"
            )));
        }
        let graph = self.0.graph.as_mut();
        let graph = graph.ok_or_else(|| not_run("the file has no graph"))?;
        let written = |node: &NodeProto| node.output.contains(&output.value);
        if !graph.node.iter().any(written) {
            return Err(not_run(&format!(
                "the value {} that holds the scores is one that the engine made of the file",
                output.value
            )));
        }
        graph.output.retain(|port| port.name == output.value);
        graph.output.truncate(1);
        if graph.output.is_empty() {
            graph.output.push(tract_onnx::pb::ValueInfoProto {
                name: output.value.clone(),
                ..Default::default()
            });
        }
        // What is declared may be of another size than the image; all of it follows from the input.
        graph.output.iter_mut().for_each(|port| port.r#type = None);
        graph.value_info.clear();
        prune(graph);
        hold(graph, &input.held)?;
        for node in &graph.node {
            check_domain(node)?;
        }
        let initial: HashSet<&String> = graph.initializer.iter().map(|t| &t.name).collect();
        let others: Vec<&str> = graph
            .input
            .iter()
            .map(|port| &port.name)
            .filter(|name| **name != input.name && !initial.contains(name))
            .map(String::as_str)
            .collect();
        if !others.is_empty() {
            return Err(not_run(&format!(
                "it needs the input {}, of which no value is known",
                others.join(", ")
            )));
        }
        if !graph.input.iter().any(|port| port.name == input.name) {
            return Err(not_run(&format!("the file has no input {}", input.name)));
        }
        Ok(())
    }
}

fn not_run(reason: &str) -> CheckError {
    CheckError::NotRun(reason.to_owned())
}

/// Takes the data of a tensor in from the file beside the model that holds them.
fn fetch_data(tensor: &mut TensorProto, file: &FileHandle) -> Result<(), CheckError> {
    if tensor.data_location != Some(EXTERNAL) {
        return Ok(());
    }
    let entry = |key: &str| {
        let entries = tensor.external_data.iter();
        entries
            .clone()
            .find(|entry| entry.key == key)
            .map(|entry| entry.value.as_str())
    };
    let unreadable = |reason: String| CheckError::Unreadable(reason);
    let location = entry("location").unwrap_or_default();
    let beside = file
        .beside(location)
        .ok_or_else(|| unreadable(format!("{location} is missing")))?;
    let number = |key: &str, other: u64| {
        let text = entry(key);
        text.map_or(Ok(other), |text| {
            text.parse::<u64>()
                .map_err(|_| unreadable(format!("{text} is no {key}")))
        })
    };
    let offset = number("offset", 0)?;
    let length = number("length", beside.size().saturating_sub(offset))?;
    if length > beside.size().saturating_sub(offset) {
        return Err(unreadable(format!(
            "{location} is shorter than the model says"
        )));
    }
    let length = usize::try_from(length).map_err(|error| unreadable(error.to_string()))?;
    let mut data = vec![0; length];
    beside.read(offset, &mut data).map_err(unreadable)?;
    tensor.raw_data = data;
    tensor.data_location = None;
    tensor.external_data.clear();
    Ok(())
}

/// Leaves out what the output does not need: tract reads a whole file, and stumbles over parts that nobody asked for.
fn prune(graph: &mut GraphProto) {
    let mut needed: HashSet<String> = graph.output.iter().map(|port| port.name.clone()).collect();
    let mut kept = Vec::new();
    // Each node comes after those it reads from.
    for node in std::mem::take(&mut graph.node).into_iter().rev() {
        if node.output.iter().any(|name| needed.contains(name)) {
            read_by(&node, &mut needed);
            kept.push(node);
        }
    }
    kept.reverse();
    graph.node = kept;
    graph
        .initializer
        .retain(|tensor| needed.contains(&tensor.name));
    graph.input.retain(|port| needed.contains(&port.name));
}

/// Adds all names that a node reads, those of graphs inside it included.
fn read_by(node: &NodeProto, names: &mut HashSet<String>) {
    names.extend(node.input.iter().filter(|name| !name.is_empty()).cloned());
    for inner in node
        .attribute
        .iter()
        .filter_map(|attribute| attribute.g.as_ref())
    {
        for node in &inner.node {
            read_by(node, names);
        }
        names.extend(inner.output.iter().map(|port| port.name.clone()));
    }
}

/// Turns inputs into constants.
fn hold(graph: &mut GraphProto, held: &[HeldInput]) -> Result<(), CheckError> {
    for HeldInput {
        name,
        shape,
        values,
    } in held
    {
        let Some(port) = graph.input.iter().find(|port| port.name == *name) else {
            continue;
        };
        let kind = match port.r#type.as_ref().and_then(|t| t.value.as_ref()) {
            Some(Value::TensorType(tensor)) => tensor.elem_type,
            None => element::FLOAT,
        };
        let encode: fn(f64) -> Vec<u8> = match kind {
            element::FLOAT => |v| (v as f32).to_le_bytes().to_vec(),
            element::DOUBLE => |v| v.to_le_bytes().to_vec(),
            element::INT64 => |v| (v as i64).to_le_bytes().to_vec(),
            element::INT32 => |v| (v as i32).to_le_bytes().to_vec(),
            element::INT8 => |v| (v as i8).to_le_bytes().to_vec(),
            element::UINT8 => |v| vec![v as u8],
            element::BOOL => |v| vec![u8::from(v != 0.0)],
            _ => {
                let reason = format!("the input {name} is of a type that cannot be handed to it");
                return Err(CheckError::NotRun(reason));
            }
        };
        graph.initializer.push(TensorProto {
            name: name.clone(),
            dims: shape.iter().map(|&length| length as i64).collect(),
            data_type: kind,
            raw_data: values.iter().flat_map(|&value| encode(value)).collect(),
            ..TensorProto::default()
        });
    }
    Ok(())
}

/// tract knows operators by their names, whoever defined them.
fn check_domain(node: &NodeProto) -> Result<(), CheckError> {
    let (domain, op) = (node.domain.as_str(), node.op_type.as_str());
    let known = DOMAINS.contains(&domain) || domain == MICROSOFT && OF_MICROSOFT.contains(&op);
    if !known {
        return Err(not_run(&format!(
            "it does not know the operator {domain}.{op}"
        )));
    }
    let inside = node
        .attribute
        .iter()
        .filter_map(|attribute| attribute.g.as_ref());
    inside
        .flat_map(|graph| &graph.node)
        .try_for_each(check_domain)
}
