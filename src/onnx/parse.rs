//! Protobuf to [`Graph`]: the only file that knows the wire format
//! (<https://github.com/onnx/onnx/blob/main/onnx/onnx.proto>).
//!
//! Only the fields that matter here are declared; protobuf skips the others. Tensor bytes are
//! slices of the file, not copies.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, HashSet},
};

use bytes::Bytes;
use prost::Message;

use super::{
    Attribute, Attributes, Dimension, ElementType, Graph, Initializer, Node, OnnxError, Port,
};

#[derive(Clone, PartialEq, Message)]
struct ModelProto {
    #[prost(int64, tag = "1")]
    ir_version: i64,
    #[prost(string, tag = "2")]
    producer_name: String,
    #[prost(string, tag = "3")]
    producer_version: String,
    #[prost(message, optional, tag = "7")]
    graph: Option<GraphProto>,
    #[prost(message, repeated, tag = "8")]
    opset_import: Vec<OperatorSetId>,
    #[prost(message, repeated, tag = "14")]
    metadata_props: Vec<StringEntry>,
    #[prost(message, repeated, tag = "25")]
    functions: Vec<FunctionProto>,
}

#[derive(Clone, PartialEq, Message)]
struct FunctionProto {
    #[prost(string, tag = "1")]
    name: String,
}

#[derive(Clone, PartialEq, Message)]
struct OperatorSetId {
    #[prost(string, tag = "1")]
    domain: String,
    #[prost(int64, tag = "2")]
    version: i64,
}

#[derive(Clone, PartialEq, Message)]
struct StringEntry {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(string, tag = "2")]
    value: String,
}

#[derive(Clone, PartialEq, Message)]
struct GraphProto {
    #[prost(message, repeated, tag = "1")]
    node: Vec<NodeProto>,
    #[prost(message, repeated, tag = "5")]
    initializer: Vec<TensorProto>,
    #[prost(message, repeated, tag = "11")]
    input: Vec<ValueInfo>,
    #[prost(message, repeated, tag = "12")]
    output: Vec<ValueInfo>,
}

#[derive(Clone, PartialEq, Message)]
struct NodeProto {
    #[prost(string, repeated, tag = "1")]
    input: Vec<String>,
    #[prost(string, repeated, tag = "2")]
    output: Vec<String>,
    #[prost(string, tag = "3")]
    name: String,
    #[prost(string, tag = "4")]
    op_type: String,
    #[prost(message, repeated, tag = "5")]
    attribute: Vec<AttributeProto>,
    #[prost(string, tag = "7")]
    domain: String,
}

#[derive(Clone, PartialEq, Message)]
struct AttributeProto {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(float, tag = "2")]
    f: f32,
    #[prost(int64, tag = "3")]
    i: i64,
    #[prost(bytes = "bytes", tag = "4")]
    s: Bytes,
    #[prost(message, optional, boxed, tag = "5")]
    t: Option<Box<TensorProto>>,
    #[prost(float, repeated, tag = "7")]
    floats: Vec<f32>,
    #[prost(int64, repeated, tag = "8")]
    ints: Vec<i64>,
    #[prost(int32, tag = "20")]
    kind: i32,
}

#[derive(Clone, PartialEq, Message)]
struct TensorProto {
    #[prost(int64, repeated, tag = "1")]
    dims: Vec<i64>,
    #[prost(int32, tag = "2")]
    data_type: i32,
    #[prost(float, repeated, tag = "4")]
    float_data: Vec<f32>,
    #[prost(int32, repeated, tag = "5")]
    int32_data: Vec<i32>,
    #[prost(int64, repeated, tag = "7")]
    int64_data: Vec<i64>,
    #[prost(string, tag = "8")]
    name: String,
    #[prost(bytes = "bytes", tag = "9")]
    raw_data: Bytes,
    #[prost(double, repeated, tag = "10")]
    double_data: Vec<f64>,
    #[prost(uint64, repeated, tag = "11")]
    uint64_data: Vec<u64>,
    #[prost(message, repeated, tag = "13")]
    external_data: Vec<StringEntry>,
    #[prost(int32, tag = "14")]
    data_location: i32,
}

#[derive(Clone, PartialEq, Message)]
struct ValueInfo {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, optional, tag = "2")]
    kind: Option<TypeProto>,
}

#[derive(Clone, PartialEq, Message)]
struct TypeProto {
    #[prost(message, optional, tag = "1")]
    tensor: Option<TensorType>,
}

#[derive(Clone, PartialEq, Message)]
struct TensorType {
    #[prost(int32, tag = "1")]
    element: i32,
    #[prost(message, optional, tag = "2")]
    shape: Option<ShapeProto>,
}

#[derive(Clone, PartialEq, Message)]
struct ShapeProto {
    #[prost(message, repeated, tag = "1")]
    dim: Vec<DimensionProto>,
}

#[derive(Clone, PartialEq, Message)]
struct DimensionProto {
    #[prost(int64, optional, tag = "1")]
    value: Option<i64>,
    #[prost(string, optional, tag = "2")]
    name: Option<String>,
}

/// Reads an ONNX file.
///
/// # Errors
/// Where the bytes are not an ONNX model, are damaged, or refer to other files.
pub fn parse(bytes: Bytes) -> Result<Graph, OnnxError> {
    if bytes.is_empty() {
        return Err(OnnxError::Empty);
    }
    let model = ModelProto::decode(bytes).map_err(|error| {
        OnnxError::NotOnnx(format!("its structure cannot be decoded ({error})"))
    })?;
    let graph = model
        .graph
        .ok_or_else(|| OnnxError::NotOnnx("it holds no graph".to_owned()))?;
    if graph.node.is_empty() {
        return Err(OnnxError::NotOnnx("its graph has no nodes".to_owned()));
    }
    if let Some(function) = model.functions.first() {
        return Err(OnnxError::Graph(format!(
            "it defines functions of its own ({}), which are not supported",
            function.name
        )));
    }
    let opset = model
        .opset_import
        .iter()
        .find(|set| set.domain.is_empty() || set.domain == "ai.onnx")
        .map_or(1, |set| set.version);

    let mut initializers = HashMap::new();
    for tensor in graph.initializer {
        let tensor = initializer(tensor)?;
        if let Some(twice) = initializers.insert(tensor.name.clone(), tensor) {
            return Err(OnnxError::Graph(format!(
                "two weights are called {}",
                twice.name
            )));
        }
    }
    let inputs = graph
        .input
        .into_iter()
        .filter(|input| !initializers.contains_key(&input.name))
        .map(port)
        .collect::<Vec<_>>();
    let outputs = graph.output.into_iter().map(port).collect();
    let nodes = graph
        .node
        .into_iter()
        .map(node)
        .collect::<Result<Vec<_>, _>>()?;
    let nodes = in_order(nodes, &inputs, &initializers)?;
    let producer = format!("{} {}", model.producer_name, model.producer_version);
    Ok(Graph {
        producer: producer.trim().to_owned(),
        opset,
        nodes,
        initializers,
        inputs,
        outputs,
        metadata: model
            .metadata_props
            .into_iter()
            .map(|entry| (entry.key, entry.value))
            .collect(),
    })
}

fn node(node: NodeProto) -> Result<Node, OnnxError> {
    let op = match node.domain.as_str() {
        "" | "ai.onnx" => node.op_type,
        domain => format!("{domain}.{}", node.op_type),
    };
    let name = if node.name.is_empty() {
        node.output.first().cloned().unwrap_or_default()
    } else {
        node.name
    };
    let attributes = node
        .attribute
        .into_iter()
        .map(|attribute| Ok((attribute.name.clone(), value(attribute)?)))
        .collect::<Result<_, OnnxError>>()?;
    Ok(Node {
        name,
        op,
        inputs: node.input,
        outputs: node.output,
        attributes: Attributes(attributes),
    })
}

/// The kinds are numbered in `AttributeProto.AttributeType`.
fn value(attribute: AttributeProto) -> Result<Attribute, OnnxError> {
    Ok(match attribute.kind {
        1 => Attribute::Float(attribute.f),
        2 => Attribute::Int(attribute.i),
        3 => Attribute::Text(String::from_utf8_lossy(&attribute.s).into_owned()),
        4 => match attribute.t {
            Some(tensor) => Attribute::Tensor(Box::new(initializer(*tensor)?)),
            None => Attribute::Other("an empty tensor"),
        },
        6 => Attribute::Floats(attribute.floats),
        7 => Attribute::Ints(attribute.ints),
        5 | 10 => Attribute::Other("a graph"),
        _ => Attribute::Other("of an unknown kind"),
    })
}

fn port(info: ValueInfo) -> Port {
    let shape = info
        .kind
        .and_then(|kind| kind.tensor)
        .and_then(|tensor| tensor.shape)
        .map(|shape| shape.dim)
        .unwrap_or_default()
        .into_iter()
        .map(|dim| match dim.value {
            Some(value) if value > 0 => Dimension::Fixed(value as usize),
            _ => Dimension::Symbolic(dim.name.unwrap_or_default()),
        })
        .collect();
    Port {
        name: info.name,
        shape,
    }
}

fn initializer(tensor: TensorProto) -> Result<Initializer, OnnxError> {
    if tensor.data_location == 1 {
        let location = tensor
            .external_data
            .iter()
            .find(|entry| entry.key == "location")
            .map_or("an unnamed file", |entry| &entry.value);
        return Err(OnnxError::ExternalData {
            location: location.to_owned(),
            tensor: tensor.name,
        });
    }
    let Some(element_type) = ElementType::from_onnx(tensor.data_type) else {
        return Err(OnnxError::ElementType {
            tensor: tensor.name,
            element_type: format!("number {}", tensor.data_type),
        });
    };
    // Elements are either raw bytes or in a list of the nearest wide type, never both.
    let bytes = if tensor.raw_data.is_empty() {
        listed(&tensor, element_type)
    } else {
        tensor.raw_data
    };
    Initializer::checked(tensor.name, &tensor.dims, element_type, bytes)
}

fn listed(tensor: &TensorProto, element_type: ElementType) -> Bytes {
    match element_type {
        ElementType::F32 => tensor
            .float_data
            .iter()
            .flat_map(|v| v.to_le_bytes())
            .collect(),
        ElementType::F64 => tensor
            .double_data
            .iter()
            .flat_map(|v| v.to_le_bytes())
            .collect(),
        ElementType::I64 => tensor
            .int64_data
            .iter()
            .flat_map(|v| v.to_le_bytes())
            .collect(),
        ElementType::U64 | ElementType::U32 => tensor
            .uint64_data
            .iter()
            .flat_map(|v| v.to_le_bytes().into_iter().take(element_type.size()))
            .collect(),
        narrow => tensor
            .int32_data
            .iter()
            .flat_map(|v| v.to_le_bytes().into_iter().take(narrow.size()))
            .collect(),
    }
}

/// Sorts nodes so that each comes after what it reads.
fn in_order(
    nodes: Vec<Node>,
    inputs: &[Port],
    initializers: &HashMap<String, Initializer>,
) -> Result<Vec<Node>, OnnxError> {
    let mut producer: HashMap<&str, usize> = HashMap::new();
    let given: HashSet<&str> = inputs.iter().map(|input| input.name.as_str()).collect();
    for (index, node) in nodes.iter().enumerate() {
        for output in node.outputs.iter().filter(|name| !name.is_empty()) {
            let twice = producer.insert(output, index).is_some()
                || given.contains(output.as_str())
                || initializers.contains_key(output);
            if twice {
                return Err(OnnxError::Graph(format!(
                    "the value {output} is defined twice"
                )));
            }
        }
    }
    let mut waiting_for = vec![0_usize; nodes.len()];
    let mut readers: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    for (index, node) in nodes.iter().enumerate() {
        for input in node.inputs.iter().filter(|name| !name.is_empty()) {
            if let Some(&from) = producer.get(input.as_str()) {
                waiting_for[index] += 1;
                readers[from].push(index);
            } else if !given.contains(input.as_str()) && !initializers.contains_key(input) {
                return Err(OnnxError::Graph(format!(
                    "node {} reads {input}, which nothing defines",
                    node.name
                )));
            }
        }
    }
    // Lowest index first, so that a file already in order stays as its exporter wrote it.
    let mut ready: BinaryHeap<Reverse<usize>> = (0..nodes.len())
        .filter(|&index| waiting_for[index] == 0)
        .map(Reverse)
        .collect();
    let mut order = Vec::with_capacity(nodes.len());
    while let Some(Reverse(index)) = ready.pop() {
        order.push(index);
        for &reader in &readers[index] {
            waiting_for[reader] -= 1;
            if waiting_for[reader] == 0 {
                ready.push(Reverse(reader));
            }
        }
    }
    if let Some(stuck) = waiting_for.iter().position(|&count| count > 0) {
        return Err(OnnxError::Graph(format!(
            "node {} is part of a cycle",
            nodes[stuck].name
        )));
    }
    let mut slots: Vec<Option<Node>> = nodes.into_iter().map(Some).collect();
    Ok(order
        .into_iter()
        .filter_map(|index| slots[index].take())
        .collect())
}
