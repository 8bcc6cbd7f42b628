//! Protobuf to [`Graph`]: the only place that knows the file format
//! (<https://github.com/onnx/onnx/blob/main/onnx/onnx.proto>). The structure is walked part by part;
//! the bytes of large constants are left in the file.

mod functions;
mod node;
#[cfg(test)]
#[path = "../../tests/it/onnx_writer.rs"]
mod onnx_writer;
mod order;
#[cfg(test)]
pub(crate) mod sample;
mod subgraph;
mod tensor;
mod wire;

use std::{
    collections::{BTreeSet, HashMap, HashSet, hash_map::Entry},
    ops::Range,
};

use bytes::Bytes;

use self::{
    functions::{Function, function, inline},
    node::{RawNode, node},
    order::in_order,
    tensor::{Constant, constant, entry, tensor},
    wire::{Reader, Value},
};
use super::{
    Dimension, ElementType, FileHandle, Graph, Initializer, OnnxError, Port,
    limits::{MAX_AXIS, MAX_NODES, MAX_RANK},
};
use crate::protocol::Probabilities;

/// Reads an ONNX file from memory.
///
/// # Errors
/// As [`parse_file`].
pub fn parse(bytes: Bytes) -> Result<Graph, OnnxError> {
    parse_file(&bytes.into())
}

/// Reads an ONNX file. The graph keeps a handle to it, for the constants it has left there.
///
/// # Errors
/// Where the bytes are not an ONNX model, are damaged, or refer to other files.
pub fn parse_file(file: &FileHandle) -> Result<Graph, OnnxError> {
    if file.size() == 0 {
        return Err(OnnxError::Empty);
    }
    let mut model = Model::default();
    model
        .read(&mut Reader::new(file), 0..file.size())
        .map_err(|error| match error {
            // Every exporter begins with the format's version: without it, this is something else.
            OnnxError::Damaged(how) if model.format == 0 => {
                OnnxError::NotOnnx(format!("its structure cannot be decoded ({how})"))
            }
            error => error,
        })?;
    model.graph()
}

/// Reads a tensor that is a file of its own, as ONNX's tests store what goes in and what comes out.
///
/// # Errors
/// Where the bytes are not a tensor, or one of a type that no supported operator uses.
pub fn parse_tensor(bytes: Bytes) -> Result<Initializer, OnnxError> {
    let file = FileHandle::from(bytes);
    tensor(&mut Reader::new(&file), 0..file.size())
}

/// What is read of `ModelProto` and its `GraphProto`.
#[derive(Default)]
struct Model {
    format: i64,
    producer_name: String,
    producer_version: String,
    opset: Option<i64>,
    metadata: HashMap<String, String>,
    functions: Vec<Function>,
    has_graph: bool,
    nodes: Vec<RawNode>,
    initializers: HashMap<String, Initializer>,
    texts: HashMap<String, Vec<String>>,
    unread: HashMap<String, OnnxError>,
    inputs: Vec<Port>,
    outputs: Vec<Port>,
}

impl Model {
    fn read(&mut self, reader: &mut Reader<'_>, mut message: Range<u64>) -> Result<(), OnnxError> {
        while let Some((number, value)) = reader.field(&mut message)? {
            match (number, value) {
                (1, value) => self.format = value.int(),
                (2, Value::Part(part)) => self.producer_name = reader.name(&part)?,
                (3, Value::Part(part)) => self.producer_version = reader.name(&part)?,
                (7, Value::Part(part)) => self.read_graph(reader, part)?,
                (8, Value::Part(part)) => {
                    let (domain, version) = operator_set(reader, part)?;
                    if domain.is_empty() || domain == "ai.onnx" {
                        self.opset.get_or_insert(version);
                    }
                }
                (14, Value::Part(part)) => {
                    let (key, text) = entry(reader, part)?;
                    self.metadata.insert(key, text);
                }
                (25, Value::Part(part)) => self.functions.push(function(reader, part)?),
                _ => {}
            }
        }
        Ok(())
    }

    fn read_graph(
        &mut self,
        reader: &mut Reader<'_>,
        mut message: Range<u64>,
    ) -> Result<(), OnnxError> {
        self.has_graph = true;
        while let Some((number, value)) = reader.field(&mut message)? {
            let Value::Part(part) = value else { continue };
            match number {
                1 => {
                    count("nodes", self.nodes.len())?;
                    self.nodes.push(node(reader, part)?);
                }
                5 => {
                    count("weights", self.initializers.len())?;
                    match constant(reader, part)? {
                        Constant::Numbers(tensor) => self.add_weight(tensor)?,
                        Constant::Texts(name, texts) => {
                            self.texts.insert(name, texts);
                        }
                        Constant::Unread(name, error) => {
                            self.unread.insert(name, error);
                        }
                    }
                }
                11 => self.inputs.push(port(reader, part)?),
                12 => self.outputs.push(port(reader, part)?),
                15 => {
                    return Err(OnnxError::Graph(
                        "it holds sparse weights, which are not supported".to_owned(),
                    ));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Adds a weight. Some tools write the same one twice, which does no harm as long as both are equal.
    fn add_weight(&mut self, tensor: Initializer) -> Result<(), OnnxError> {
        match self.initializers.entry(tensor.name.clone()) {
            Entry::Vacant(place) => {
                place.insert(tensor);
            }
            Entry::Occupied(first) if is_same(first.get(), &tensor) => {}
            Entry::Occupied(first) => {
                return Err(OnnxError::Graph(format!(
                    "two different weights are called {}, so that it is open which one is meant",
                    first.key()
                )));
            }
        }
        Ok(())
    }

    fn graph(mut self) -> Result<Graph, OnnxError> {
        if !self.has_graph {
            return Err(OnnxError::NotOnnx("it holds no graph".to_owned()));
        }
        if self.nodes.is_empty() {
            return Err(OnnxError::NotOnnx("its graph has no nodes".to_owned()));
        }
        let missing: BTreeSet<String> = self
            .unread
            .values()
            .filter_map(|error| match error {
                OnnxError::ExternalData { location, .. } => Some(location.clone()),
                _ => None,
            })
            .collect();
        if !missing.is_empty() {
            return Err(OnnxError::MissingFiles {
                files: missing.into_iter().collect(),
            });
        }
        // Old files list their weights among the inputs.
        let elsewhere: HashSet<String> = self
            .texts
            .keys()
            .chain(self.unread.keys())
            .cloned()
            .collect();
        self.inputs.retain(|input| {
            !self.initializers.contains_key(&input.name) && !elsewhere.contains(&input.name)
        });
        let opset = self.opset.unwrap_or(1);
        let nodes = inline(self.nodes, self.functions, opset)?
            .into_iter()
            .map(RawNode::finish)
            .collect();
        let nodes = in_order(nodes, &self.inputs, &self.initializers, &elsewhere)?;
        let producer = format!("{} {}", self.producer_name, self.producer_version);
        Ok(Graph {
            producer: producer.trim().to_owned(),
            opset,
            nodes,
            initializers: self.initializers,
            inputs: self.inputs,
            outputs: self.outputs,
            metadata: self.metadata,
            probabilities: Probabilities::default(),
            texts: self.texts,
            unread: self.unread,
        })
    }
}

/// Whether two tensors hold the same numbers of the same type in the same shape.
fn is_same(one: &Initializer, other: &Initializer) -> bool {
    one.element_type == other.element_type
        && one.shape == other.shape
        && one.bytes.len() == other.bytes.len()
        && one.bytes.to_bytes() == other.bytes.to_bytes()
}

fn count(what: &str, so_far: usize) -> Result<(), OnnxError> {
    if so_far < MAX_NODES {
        return Ok(());
    }
    Err(OnnxError::TooMany {
        what: format!("{what} of the graph"),
        count: so_far as u64 + 1,
        limit: MAX_NODES as u64,
    })
}

/// `OperatorSetIdProto`: its domain and version.
fn operator_set(
    reader: &mut Reader<'_>,
    mut message: Range<u64>,
) -> Result<(String, i64), OnnxError> {
    let (mut domain, mut version) = (String::new(), 0);
    while let Some((number, value)) = reader.field(&mut message)? {
        match (number, value) {
            (1, Value::Part(part)) => domain = reader.name(&part)?,
            (2, value) => version = value.int(),
            _ => {}
        }
    }
    Ok((domain, version))
}

/// `ValueInfoProto`: a name and, where it is declared, a type.
fn port(reader: &mut Reader<'_>, mut message: Range<u64>) -> Result<Port, OnnxError> {
    let mut name = String::new();
    let mut declared = None;
    while let Some((number, value)) = reader.field(&mut message)? {
        match (number, value) {
            (1, Value::Part(part)) => name = reader.name(&part)?,
            (2, Value::Part(part)) => declared = Some(part),
            _ => {}
        }
    }
    let mut port = Port {
        name,
        shape: Vec::new(),
        element_type: None,
        is_tensor: declared.is_none(),
        has_other_type: false,
    };
    // `TypeProto`, of which only tensors matter.
    let mut kind = declared.unwrap_or(0..0);
    while let Some((number, value)) = reader.field(&mut kind)? {
        if let (1, Value::Part(tensor)) = (number, value) {
            port.is_tensor = true;
            read_tensor_type(reader, tensor, &mut port)?;
        }
    }
    Ok(port)
}

/// `TypeProto.Tensor`: the type of the elements, and the shape where it is declared.
fn read_tensor_type(
    reader: &mut Reader<'_>,
    mut message: Range<u64>,
    port: &mut Port,
) -> Result<(), OnnxError> {
    while let Some((number, value)) = reader.field(&mut message)? {
        match (number, value) {
            (1, value) => {
                port.element_type = ElementType::from_onnx(value.int() as i32);
                port.has_other_type = port.element_type.is_none() && value.int() != 0;
            }
            (2, Value::Part(mut shape)) => {
                port.shape.clear();
                while let Some((number, value)) = reader.field(&mut shape)? {
                    if let (1, Value::Part(part)) = (number, value) {
                        if port.shape.len() == MAX_RANK {
                            return Err(OnnxError::TooMany {
                                what: format!("axes of the value {}", port.name),
                                count: MAX_RANK as u64 + 1,
                                limit: MAX_RANK as u64,
                            });
                        }
                        let dimension = dimension(reader, part, &port.name)?;
                        port.shape.push(dimension);
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// `TensorShapeProto.Dimension`: a length, or a name for one that is free.
fn dimension(
    reader: &mut Reader<'_>,
    mut message: Range<u64>,
    port: &str,
) -> Result<Dimension, OnnxError> {
    let mut dimension = Dimension::Symbolic(String::new());
    while let Some((number, value)) = reader.field(&mut message)? {
        match (number, value) {
            (1, value) if value.int() > 0 => {
                let length = value.int() as u64;
                dimension = match usize::try_from(length) {
                    Ok(length) if length as u64 <= MAX_AXIS => Dimension::Fixed(length),
                    _ => {
                        return Err(OnnxError::Graph(format!(
                            "the value {port} declares an axis of length {length}, and more than {MAX_AXIS} is not supported"
                        )));
                    }
                };
            }
            (2, Value::Part(part)) => dimension = Dimension::Symbolic(reader.name(&part)?),
            _ => {}
        }
    }
    Ok(dimension)
}

#[cfg(test)]
mod tests;
