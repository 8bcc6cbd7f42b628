//! Writes ONNX files by hand, so that tests can make those that no exporter would.

#![allow(dead_code, reason = "every test file uses its own part of this")]

/// A protobuf message under construction.
#[derive(Clone, Debug, Default)]
pub struct Message(pub Vec<u8>);

impl Message {
    /// A number, without its field.
    pub fn varint(mut self, mut value: u64) -> Self {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
        self
    }

    /// A field that holds a whole number.
    pub fn int(self, field: u64, value: i64) -> Self {
        self.varint(field << 3).varint(value as u64)
    }

    /// A field that holds a real number.
    pub fn float(self, field: u64, value: f32) -> Self {
        let mut message = self.varint(field << 3 | 5);
        message.0.extend(value.to_le_bytes());
        message
    }

    /// A field that holds bytes.
    pub fn bytes(self, field: u64, bytes: &[u8]) -> Self {
        let mut message = self.varint(field << 3 | 2).varint(bytes.len() as u64);
        message.0.extend(bytes);
        message
    }

    /// A field that holds text.
    pub fn text(self, field: u64, text: &str) -> Self {
        self.bytes(field, text.as_bytes())
    }

    /// A field that holds a message.
    pub fn message(self, field: u64, message: &Self) -> Self {
        self.bytes(field, &message.0)
    }

    /// Several fields of one number that hold messages.
    pub fn messages(self, field: u64, messages: &[Self]) -> Self {
        messages
            .iter()
            .fold(self, |all, message| all.message(field, message))
    }
}

/// An attribute that holds a whole number.
pub fn int(name: &str, value: i64) -> Message {
    Message::default().text(1, name).int(3, value).int(20, 2)
}

/// An attribute that holds whole numbers.
pub fn ints(name: &str, values: &[i64]) -> Message {
    values
        .iter()
        .fold(Message::default().text(1, name), |all, &v| all.int(8, v))
        .int(20, 7)
}

/// An attribute that holds a real number.
pub fn float(name: &str, value: f32) -> Message {
    Message::default().text(1, name).float(2, value).int(20, 1)
}

/// An attribute that holds text.
pub fn text(name: &str, value: &str) -> Message {
    Message::default().text(1, name).text(4, value).int(20, 3)
}

/// An attribute that holds a tensor.
pub fn constant(name: &str, tensor: &Message) -> Message {
    Message::default()
        .text(1, name)
        .message(5, tensor)
        .int(20, 4)
}

/// A node.
pub fn node(op: &str, inputs: &[&str], outputs: &[&str], attributes: &[Message]) -> Message {
    let mut node = Message::default();
    for input in inputs {
        node = node.text(1, input);
    }
    for output in outputs {
        node = node.text(2, output);
    }
    node.text(3, &format!("{op}.{}", outputs.first().unwrap_or(&"")))
        .text(4, op)
        .messages(5, attributes)
}

/// A tensor with raw bytes. Types are numbered as in ONNX: 1 is a 32-bit float, 7 a 64-bit integer.
pub fn tensor(name: &str, dims: &[i64], data_type: i64, raw: &[u8]) -> Message {
    dims.iter()
        .fold(Message::default(), |all, &length| all.int(1, length))
        .int(2, data_type)
        .text(8, name)
        .bytes(9, raw)
}

/// A tensor of 32-bit floats.
pub fn floats(name: &str, dims: &[i64], values: &[f32]) -> Message {
    let raw: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
    tensor(name, dims, 1, &raw)
}

/// A list of 64-bit integers.
pub fn integers(name: &str, values: &[i64]) -> Message {
    let raw: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
    tensor(name, &[values.len() as i64], 7, &raw)
}

/// A declared value; a length of 0 stands for a free axis.
pub fn port(name: &str, dims: &[i64]) -> Message {
    let shape = dims
        .iter()
        .map(|&length| match length {
            0 => Message::default().text(2, "n"),
            length => Message::default().int(1, length),
        })
        .collect::<Vec<_>>();
    let shape = Message::default().messages(1, &shape);
    let tensor = Message::default().int(1, 1).message(2, &shape);
    Message::default()
        .text(1, name)
        .message(2, &Message::default().message(1, &tensor))
}

/// A graph.
#[derive(Clone, Debug, Default)]
pub struct GraphWriter {
    /// Nodes.
    pub nodes: Vec<Message>,
    /// Weights.
    pub tensors: Vec<Message>,
    /// Inputs.
    pub inputs: Vec<Message>,
    /// Outputs.
    pub outputs: Vec<Message>,
}

impl GraphWriter {
    /// A graph from an image `x`, `[1, 3, 8, 8]`, to class scores `y`, without anything in between.
    pub fn from_image() -> Self {
        Self {
            inputs: vec![port("x", &[1, 3, 8, 8])],
            outputs: vec![port("y", &[1, 0])],
            ..Self::default()
        }
    }

    /// With another node.
    pub fn node(
        mut self,
        op: &str,
        inputs: &[&str],
        outputs: &[&str],
        attributes: &[Message],
    ) -> Self {
        self.nodes.push(node(op, inputs, outputs, attributes));
        self
    }

    /// With another weight.
    pub fn tensor(mut self, tensor: Message) -> Self {
        self.tensors.push(tensor);
        self
    }

    /// The file.
    pub fn file(&self) -> Vec<u8> {
        let graph = Message::default()
            .messages(1, &self.nodes)
            .text(2, "graph")
            .messages(5, &self.tensors)
            .messages(11, &self.inputs)
            .messages(12, &self.outputs);
        let opset = Message::default().text(1, "").int(2, 17);
        Message::default()
            .int(1, 8)
            .text(2, "a test")
            .message(7, &graph)
            .message(8, &opset)
            .0
    }
}
