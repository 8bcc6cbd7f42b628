//! `NodeProto` and its attributes.

use std::{collections::BTreeMap, ops::Range};

use super::{
    tensor::{Constant, constant},
    wire::{Reader, Value},
};
use crate::onnx::{Attribute, Attributes, Node, OnnxError};

/// Bytes of a text attribute; none that a supported operator knows is longer.
const MAX_TEXT_BYTES: u64 = 1 << 16;

/// A node as it is in the file: it may be a call of one of the file's own functions, or part of one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawNode {
    pub name: String,
    pub op: String,
    pub domain: String,
    pub overload: String,
    pub inputs: Vec<String>,
    pub outputs: Vec<String>,
    pub attributes: BTreeMap<String, Attribute>,
    /// Attributes that stand for one of the call's: their names, and its.
    pub references: Vec<(String, String)>,
}

impl RawNode {
    /// The node, its operator named with its domain where that is not ONNX's own.
    pub fn finish(self) -> Node {
        let op = match self.domain.as_str() {
            "" | "ai.onnx" => self.op,
            domain => format!("{domain}.{}", self.op),
        };
        let name = if self.name.is_empty() {
            self.outputs.first().cloned().unwrap_or_default()
        } else {
            self.name
        };
        Node {
            name,
            op,
            inputs: self.inputs,
            outputs: self.outputs,
            attributes: Attributes(self.attributes),
        }
    }
}

/// Reads the node in `message`.
///
/// # Errors
/// It is damaged, or a constant among its attributes is.
pub fn node(reader: &mut Reader<'_>, mut message: Range<u64>) -> Result<RawNode, OnnxError> {
    let mut node = RawNode::default();
    while let Some((number, value)) = reader.field(&mut message)? {
        let Value::Part(part) = value else { continue };
        match number {
            1 => node.inputs.push(reader.name(&part)?),
            2 => node.outputs.push(reader.name(&part)?),
            3 => node.name = reader.name(&part)?,
            4 => node.op = reader.name(&part)?,
            5 => match attribute(reader, part)? {
                (name, Given::Value(value)) => {
                    node.attributes.insert(name, value);
                }
                (name, Given::Reference(of_call)) => node.references.push((name, of_call)),
            },
            7 => node.domain = reader.name(&part)?,
            8 => node.overload = reader.name(&part)?,
            _ => {}
        }
    }
    Ok(node)
}

/// What an attribute is given as.
pub enum Given {
    /// A value.
    Value(Attribute),
    /// The name of one of the attributes of the call of the function it is in.
    Reference(String),
}

/// The fields of an attribute; which of them counts is said by its kind.
#[derive(Default)]
struct Fields {
    name: String,
    float: f32,
    int: i64,
    text: Option<Range<u64>>,
    tensor: Option<Range<u64>>,
    floats: Vec<f32>,
    ints: Vec<i64>,
    texts: Vec<String>,
    kind: i64,
    reference: String,
}

/// Reads the attribute in `message`: its name and what it is given as.
///
/// # Errors
/// It is damaged.
pub fn attribute(
    reader: &mut Reader<'_>,
    mut message: Range<u64>,
) -> Result<(String, Given), OnnxError> {
    let mut fields = Fields::default();
    while let Some((number, value)) = reader.field(&mut message)? {
        match (number, value) {
            (1, Value::Part(part)) => fields.name = reader.name(&part)?,
            (2, Value::Fixed32(bytes)) => fields.float = f32::from_le_bytes(bytes),
            (3, value) => fields.int = value.int(),
            (4, Value::Part(part)) => fields.text = Some(part),
            (5, Value::Part(part)) => fields.tensor = Some(part),
            (7, Value::Fixed32(bytes)) => fields.floats.push(f32::from_le_bytes(bytes)),
            (7, Value::Part(part)) => {
                let bytes = reader.bytes(&part)?;
                let (floats, _) = bytes.as_chunks::<4>();
                fields
                    .floats
                    .extend(floats.iter().map(|bytes| f32::from_le_bytes(*bytes)));
            }
            (8, Value::Varint(value)) => fields.ints.push(value as i64),
            (8, Value::Part(mut packed)) => {
                reader.spend(packed.end - packed.start)?;
                while packed.start < packed.end {
                    fields.ints.push(reader.varint(&mut packed)? as i64);
                }
            }
            (9, Value::Part(part)) => fields.texts.push(reader.name(&part)?),
            (20, value) => fields.kind = value.int(),
            (21, Value::Part(part)) => fields.reference = reader.name(&part)?,
            _ => {}
        }
    }
    let name = std::mem::take(&mut fields.name);
    if !fields.reference.is_empty() {
        return Ok((name, Given::Reference(fields.reference)));
    }
    Ok((name, Given::Value(chosen(reader, fields)?)))
}

/// The kinds are numbered in `AttributeProto.AttributeType`.
fn chosen(reader: &mut Reader<'_>, fields: Fields) -> Result<Attribute, OnnxError> {
    Ok(match fields.kind {
        1 => Attribute::Float(fields.float),
        2 => Attribute::Int(fields.int),
        3 => Attribute::Text(match fields.text {
            Some(part) => reader.text(&part, MAX_TEXT_BYTES)?,
            None => String::new(),
        }),
        4 => match fields.tensor {
            Some(part) => match constant(reader, part)? {
                Constant::Numbers(tensor) => Attribute::Tensor(Box::new(tensor)),
                Constant::Texts(_, texts) => Attribute::Texts(texts),
                Constant::Unread(_, error @ OnnxError::ExternalData { .. }) => return Err(error),
                Constant::Unread(..) => Attribute::Other("a tensor of an unsupported type"),
            },
            None => Attribute::Other("an empty tensor"),
        },
        6 => Attribute::Floats(fields.floats),
        7 => Attribute::Ints(fields.ints),
        8 => Attribute::Texts(fields.texts),
        5 | 10 => Attribute::Other("a graph"),
        _ => Attribute::Other("of an unknown kind"),
    })
}
