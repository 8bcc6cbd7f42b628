//! Small files written in tests, message by message.

use bytes::Bytes;
use prost::Message;

use super::{
    messages::{
        AttributeProto, DimensionProto, GraphProto, ModelProto, NodeProto, OperatorSetId,
        ShapeProto, StringEntry, TensorProto, TensorType, TypeProto, ValueInfo,
    },
    parse,
};
use crate::onnx::{Graph, OnnxError};

/// ONNX's number of 32-bit floats.
pub(crate) const FLOAT: i32 = 1;
/// ONNX's number of 8-bit unsigned integers.
pub(crate) const UINT8: i32 = 2;
/// ONNX's number of 64-bit integers.
pub(crate) const INT64: i32 = 7;

/// A file under construction.
#[derive(Clone)]
pub(crate) struct Sample {
    model: ModelProto,
}

impl Sample {
    /// An empty graph of opset 17.
    pub(crate) fn new() -> Self {
        Self {
            model: ModelProto {
                ir_version: 8,
                producer_name: "sample".to_owned(),
                graph: Some(GraphProto::default()),
                ..ModelProto::default()
            },
        }
        .opset(17)
    }

    fn graph_mut(&mut self) -> &mut GraphProto {
        self.model.graph.get_or_insert_default()
    }

    pub(crate) fn opset(mut self, version: i64) -> Self {
        self.model.opset_import = vec![OperatorSetId {
            domain: String::new(),
            version,
        }];
        self
    }

    pub(crate) fn producer(mut self, name: &str) -> Self {
        self.model.producer_name = name.to_owned();
        self
    }

    pub(crate) fn metadata(mut self, key: &str, value: &str) -> Self {
        self.model.metadata_props.push(StringEntry {
            key: key.to_owned(),
            value: value.to_owned(),
        });
        self
    }

    /// Dimensions are numbers or names, parted by spaces: `n 3 224 224`.
    pub(crate) fn input(mut self, name: &str, element: i32, shape: &str) -> Self {
        self.graph_mut().input.push(port(name, element, shape));
        self
    }

    pub(crate) fn output(mut self, name: &str, shape: &str) -> Self {
        self.graph_mut().output.push(port(name, FLOAT, shape));
        self
    }

    /// A weight with the same value everywhere.
    pub(crate) fn weight(self, name: &str, shape: &[i64], value: f32) -> Self {
        let elements = shape.iter().product::<i64>() as usize;
        self.weights(name, shape, &vec![value; elements])
    }

    pub(crate) fn weights(mut self, name: &str, shape: &[i64], values: &[f32]) -> Self {
        self.graph_mut().initializer.push(TensorProto {
            name: name.to_owned(),
            dims: shape.to_vec(),
            data_type: FLOAT,
            float_data: values.to_vec(),
            ..TensorProto::default()
        });
        self
    }

    pub(crate) fn integers(mut self, name: &str, values: &[i64]) -> Self {
        self.graph_mut().initializer.push(TensorProto {
            name: name.to_owned(),
            dims: vec![values.len() as i64],
            data_type: INT64,
            int64_data: values.to_vec(),
            ..TensorProto::default()
        });
        self
    }

    /// Named after its output.
    pub(crate) fn node(mut self, op: &str, inputs: &[&str], output: &str) -> Self {
        self.graph_mut().node.push(NodeProto {
            input: inputs.iter().map(|&input| input.to_owned()).collect(),
            output: vec![output.to_owned()],
            op_type: op.to_owned(),
            ..NodeProto::default()
        });
        self
    }

    /// An attribute of the last node.
    fn attribute(mut self, attribute: AttributeProto) -> Self {
        if let Some(node) = self.graph_mut().node.last_mut() {
            node.attribute.push(attribute);
        }
        self
    }

    pub(crate) fn int(self, name: &str, value: i64) -> Self {
        self.attribute(AttributeProto {
            name: name.to_owned(),
            i: value,
            kind: 2,
            ..AttributeProto::default()
        })
    }

    pub(crate) fn ints(self, name: &str, values: &[i64]) -> Self {
        self.attribute(AttributeProto {
            name: name.to_owned(),
            ints: values.to_vec(),
            kind: 7,
            ..AttributeProto::default()
        })
    }

    /// Moves the last node into another operator set.
    pub(crate) fn domain(mut self, domain: &str) -> Self {
        if let Some(node) = self.graph_mut().node.last_mut() {
            node.domain = domain.to_owned();
        }
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.model.encode_to_vec()
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

fn port(name: &str, element: i32, shape: &str) -> ValueInfo {
    let dim = shape
        .split_whitespace()
        .map(|dimension| match dimension.parse() {
            Ok(length) => DimensionProto {
                value: Some(length),
                name: None,
            },
            Err(_) => DimensionProto {
                value: None,
                name: Some(dimension.to_owned()),
            },
        })
        .collect();
    ValueInfo {
        name: name.to_owned(),
        kind: Some(TypeProto {
            tensor: Some(TensorType {
                element,
                shape: Some(ShapeProto { dim }),
            }),
        }),
    }
}
