//! `NodeProto` and its attributes.

use std::{collections::BTreeMap, ops::Range};

use super::{
    tensor::tensor,
    wire::{Reader, Value},
};
use crate::onnx::{Attribute, Attributes, Node, OnnxError};

/// Bytes of a text attribute; none that a supported operator knows is longer.
const MAX_TEXT_BYTES: u64 = 1 << 16;

/// Reads the node in `message`.
///
/// # Errors
/// It is damaged, or a constant among its attributes is.
pub fn node(reader: &mut Reader<'_>, mut message: Range<u64>) -> Result<Node, OnnxError> {
    let (mut name, mut op, mut domain) = (String::new(), String::new(), String::new());
    let (mut inputs, mut outputs) = (Vec::new(), Vec::new());
    let mut attributes = BTreeMap::new();
    while let Some((number, value)) = reader.field(&mut message)? {
        let Value::Part(part) = value else { continue };
        match number {
            1 => inputs.push(reader.name(&part)?),
            2 => outputs.push(reader.name(&part)?),
            3 => name = reader.name(&part)?,
            4 => op = reader.name(&part)?,
            5 => {
                let (name, value) = attribute(reader, part)?;
                attributes.insert(name, value);
            }
            7 => domain = reader.name(&part)?,
            _ => {}
        }
    }
    if !domain.is_empty() && domain != "ai.onnx" {
        op = format!("{domain}.{op}");
    }
    if name.is_empty() {
        name = outputs.first().cloned().unwrap_or_default();
    }
    Ok(Node {
        name,
        op,
        inputs,
        outputs,
        attributes: Attributes(attributes),
    })
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
    kind: i64,
}

fn attribute(
    reader: &mut Reader<'_>,
    mut message: Range<u64>,
) -> Result<(String, Attribute), OnnxError> {
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
            (20, value) => fields.kind = value.int(),
            _ => {}
        }
    }
    let name = std::mem::take(&mut fields.name);
    Ok((name, chosen(reader, fields)?))
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
            Some(part) => Attribute::Tensor(Box::new(tensor(reader, part)?)),
            None => Attribute::Other("an empty tensor"),
        },
        6 => Attribute::Floats(fields.floats),
        7 => Attribute::Ints(fields.ints),
        5 | 10 => Attribute::Other("a graph"),
        _ => Attribute::Other("of an unknown kind"),
    })
}
