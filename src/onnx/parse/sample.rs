//! Small files written in tests, message by message.

use bytes::Bytes;

use super::{
    onnx_writer::{self, Message},
    parse,
};
use crate::onnx::{Graph, OnnxError};

/// ONNX's number of 32-bit floats.
pub(crate) const FLOAT: i32 = 1;
/// ONNX's number of 8-bit unsigned integers.
pub(crate) const UINT8: i32 = 2;
/// ONNX's number of 64-bit integers.
pub(crate) const INT64: i32 = 7;
/// ONNX's number of truth values.
pub(crate) const BOOL: i32 = 9;

/// A file under construction.
#[derive(Clone)]
pub(crate) struct Sample {
    opset: i64,
    producer: String,
    metadata: Vec<Message>,
    /// Each with its outputs.
    nodes: Vec<(Message, Vec<String>)>,
    tensors: Vec<Message>,
    inputs: Vec<Message>,
    outputs: Vec<Message>,
}

impl Sample {
    /// An empty graph of opset 17.
    pub(crate) fn new() -> Self {
        Self {
            opset: 17,
            producer: "sample".to_owned(),
            metadata: Vec::new(),
            nodes: Vec::new(),
            tensors: Vec::new(),
            inputs: Vec::new(),
            outputs: Vec::new(),
        }
    }

    pub(crate) fn opset(mut self, version: i64) -> Self {
        self.opset = version;
        self
    }

    pub(crate) fn producer(mut self, name: &str) -> Self {
        name.clone_into(&mut self.producer);
        self
    }

    pub(crate) fn metadata(mut self, key: &str, value: &str) -> Self {
        let entry = Message::default().text(1, key).text(2, value);
        self.metadata.push(entry);
        self
    }

    /// Dimensions are numbers or names, parted by spaces: `n 3 224 224`.
    pub(crate) fn input(mut self, name: &str, element: i32, shape: &str) -> Self {
        self.inputs.push(port(name, element, shape));
        self
    }

    pub(crate) fn output(mut self, name: &str, shape: &str) -> Self {
        self.outputs.push(port(name, FLOAT, shape));
        self
    }

    /// A weight with the same value everywhere.
    pub(crate) fn weight(self, name: &str, shape: &[i64], value: f32) -> Self {
        let elements = shape.iter().product::<i64>() as usize;
        self.weights(name, shape, &vec![value; elements])
    }

    pub(crate) fn weights(mut self, name: &str, shape: &[i64], values: &[f32]) -> Self {
        self.tensors.push(onnx_writer::floats(name, shape, values));
        self
    }

    pub(crate) fn integers(mut self, name: &str, values: &[i64]) -> Self {
        self.tensors.push(onnx_writer::integers(name, values));
        self
    }

    /// Named after its output.
    pub(crate) fn node(mut self, op: &str, inputs: &[&str], output: &str) -> Self {
        let node = inputs
            .iter()
            .fold(Message::default(), |node, input| node.text(1, input));
        self.nodes.push((node.text(4, op), vec![output.to_owned()]));
        self
    }

    /// All outputs of the last node.
    pub(crate) fn outputs(mut self, names: &[&str]) -> Self {
        if let Some((_, outputs)) = self.nodes.last_mut() {
            *outputs = names.iter().map(|&name| name.to_owned()).collect();
        }
        self
    }

    /// Another field of the last node.
    fn extend_node(mut self, extend: impl FnOnce(Message) -> Message) -> Self {
        if let Some((node, outputs)) = self.nodes.pop() {
            self.nodes.push((extend(node), outputs));
        }
        self
    }

    pub(crate) fn int(self, name: &str, value: i64) -> Self {
        self.extend_node(|node| node.message(5, &onnx_writer::int(name, value)))
    }

    pub(crate) fn float(self, name: &str, value: f32) -> Self {
        self.extend_node(|node| node.message(5, &onnx_writer::float(name, value)))
    }

    pub(crate) fn ints(self, name: &str, values: &[i64]) -> Self {
        self.extend_node(|node| node.message(5, &onnx_writer::ints(name, values)))
    }

    pub(crate) fn text(self, name: &str, value: &str) -> Self {
        let attribute = Message::default().text(1, name).text(4, value).int(20, 3);
        self.extend_node(|node| node.message(5, &attribute))
    }

    pub(crate) fn texts(self, name: &str, values: &[&str]) -> Self {
        let named = Message::default().text(1, name);
        let attribute = values
            .iter()
            .fold(named, |message, value| message.text(9, value));
        self.extend_node(|node| node.message(5, &attribute.int(20, 8)))
    }

    /// An output that is a sequence of maps.
    pub(crate) fn sequence_output(mut self, name: &str) -> Self {
        let kind = Message::default().message(4, &Message::default());
        self.outputs
            .push(Message::default().text(1, name).message(2, &kind));
        self
    }

    /// A constant that is text.
    pub(crate) fn table(mut self, name: &str, values: &[&str]) -> Self {
        let shape = Message::default()
            .int(1, values.len() as i64)
            .int(2, 8)
            .text(8, name);
        self.tensors.push(
            values
                .iter()
                .fold(shape, |message, value| message.text(6, value)),
        );
        self
    }

    /// Weights in another file, from a byte on.
    pub(crate) fn outside(mut self, name: &str, shape: &[i64], place: &str, offset: u64) -> Self {
        let entry = |key: &str, value: &str| Message::default().text(1, key).text(2, value);
        let dims = shape.iter().fold(Message::default(), |message, &length| {
            message.int(1, length)
        });
        let length = 4 * shape.iter().product::<i64>();
        self.tensors.push(
            dims.int(2, 1)
                .text(8, name)
                .message(13, &entry("location", place))
                .message(13, &entry("offset", &offset.to_string()))
                .message(13, &entry("length", &length.to_string()))
                .int(14, 1),
        );
        self
    }

    /// Moves the last node into another operator set.
    pub(crate) fn domain(self, domain: &str) -> Self {
        self.extend_node(|node| node.text(7, domain))
    }

    /// A graph inside the last node.
    pub(crate) fn inner(self, name: &str, graph: &Self) -> Self {
        let attribute = Message::default()
            .text(1, name)
            .message(6, &graph.as_graph())
            .int(20, 5);
        self.extend_node(|node| node.message(5, &attribute))
    }

    fn as_graph(&self) -> Message {
        let nodes: Vec<Message> = self
            .nodes
            .iter()
            .map(|(node, outputs)| {
                let outputs = outputs.iter();
                outputs.fold(node.clone(), |node, name| node.text(2, name))
            })
            .collect();
        Message::default()
            .messages(1, &nodes)
            .messages(5, &self.tensors)
            .messages(11, &self.inputs)
            .messages(12, &self.outputs)
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let graph = self.as_graph();
        Message::default()
            .int(1, 8)
            .text(2, &self.producer)
            .message(7, &graph)
            .message(8, &Message::default().int(2, self.opset))
            .messages(14, &self.metadata)
            .0
    }

    pub(crate) fn graph(&self) -> Result<Graph, OnnxError> {
        parse(Bytes::from(self.bytes()))
    }

    /// A convolution, a rectifier, a global average and a fully connected layer: `x` of
    /// `[n, 3, h, w]` to `logits` of `[n, 5]`.
    pub(crate) fn classifier() -> Self {
        Self::new()
            .input("x", FLOAT, "n 3 h w")
            .weight("w", &[4, 3, 3, 3], 0.1)
            .node("Conv", &["x", "w"], "c")
            .node("Relu", &["c"], "r")
            .node("GlobalAveragePool", &["r"], "p")
            .node("Flatten", &["p"], "f")
            .weight("fc", &[4, 5], 0.2)
            .node("Gemm", &["f", "fc"], "logits")
    }
}

fn port(name: &str, element: i32, shape: &str) -> Message {
    let dims: Vec<Message> = shape
        .split_whitespace()
        .map(|dimension| match dimension.parse() {
            Ok(length) => Message::default().int(1, length),
            Err(_) => Message::default().text(2, dimension),
        })
        .collect();
    let shape = Message::default().messages(1, &dims);
    let tensor = Message::default()
        .int(1, i64::from(element))
        .message(2, &shape);
    Message::default()
        .text(1, name)
        .message(2, &Message::default().message(1, &tensor))
}
