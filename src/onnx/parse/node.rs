//! `NodeProto` and its attributes.

use std::{collections::BTreeMap, ops::Range};

use super::{
    subgraph::subgraph,
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
    /// Makes the values that graphs inside the node read from around it inputs of the node, behind its own, so that
    /// whoever looks at inputs sees all it depends on.
    fn read_what_is_captured(&mut self) {
        let own = self.inputs.len();
        for attribute in self.attributes.values_mut() {
            let Attribute::Graph(graph) = attribute else {
                continue;
            };
            graph.first_capture = own;
            for name in &graph.captured {
                let place = self.inputs[own..].iter().position(|input| input == name);
                let place = place.unwrap_or_else(|| {
                    self.inputs.push(name.clone());
                    self.inputs.len() - own - 1
                });
                graph.places.push(own + place);
            }
        }
    }

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
            attributes: Attributes::from(self.attributes),
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
    node.read_what_is_captured();
    Ok(node)
}

/// A graph inside a node. One that is not supported is left for whoever needs it to refuse.
fn graph(reader: &mut Reader<'_>, part: Range<u64>) -> Result<Attribute, OnnxError> {
    let depth = reader.depth();
    match subgraph(reader, part) {
        Ok(graph) => Ok(Attribute::Graph(Box::new(graph))),
        Err(OnnxError::Graph(_) | OnnxError::ElementType { .. }) => {
            reader.set_depth(depth);
            Ok(Attribute::Other("a graph"))
        }
        Err(error) => Err(error),
    }
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
    float: Option<f32>,
    int: Option<i64>,
    text: Option<Range<u64>>,
    tensor: Option<Range<u64>>,
    graph: Option<Range<u64>>,
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
            (2, Value::Fixed32(bytes)) => fields.float = Some(f32::from_le_bytes(bytes)),
            (3, value) => fields.int = Some(value.int()),
            (4, Value::Part(part)) => fields.text = Some(part),
            (5, Value::Part(part)) => fields.tensor = Some(part),
            (6, Value::Part(part)) => fields.graph = Some(part),
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

/// Kinds as they are numbered in `AttributeProto.AttributeType`.
mod kinds {
    pub const FLOAT: i64 = 1;
    pub const INT: i64 = 2;
    pub const TEXT: i64 = 3;
    pub const TENSOR: i64 = 4;
    pub const GRAPH: i64 = 5;
    pub const FLOATS: i64 = 6;
    pub const INTS: i64 = 7;
    pub const TEXTS: i64 = 8;
    pub const GRAPHS: i64 = 10;
}

impl Fields {
    /// The kind that is declared, or, in files from before there was such a declaration, that of the only field
    /// that is there.
    fn kind(&self) -> Option<i64> {
        if self.kind != 0 {
            return Some(self.kind);
        }
        let there = [
            (kinds::FLOAT, self.float.is_some()),
            (kinds::INT, self.int.is_some()),
            (kinds::TEXT, self.text.is_some()),
            (kinds::TENSOR, self.tensor.is_some()),
            (kinds::GRAPH, self.graph.is_some()),
            (kinds::FLOATS, !self.floats.is_empty()),
            (kinds::INTS, !self.ints.is_empty()),
            (kinds::TEXTS, !self.texts.is_empty()),
        ];
        let mut there = there.iter().filter(|(_, there)| *there);
        match (there.next(), there.next()) {
            (Some(&(kind, _)), None) => Some(kind),
            _ => None,
        }
    }
}

fn chosen(reader: &mut Reader<'_>, fields: Fields) -> Result<Attribute, OnnxError> {
    Ok(match fields.kind() {
        Some(kinds::FLOAT) => Attribute::Float(fields.float.unwrap_or_default()),
        Some(kinds::INT) => Attribute::Int(fields.int.unwrap_or_default()),
        Some(kinds::TEXT) => Attribute::Text(match fields.text {
            Some(part) => reader.text(&part, MAX_TEXT_BYTES)?,
            None => String::new(),
        }),
        Some(kinds::TENSOR) => match fields.tensor {
            Some(part) => match constant(reader, part)? {
                Constant::Numbers(tensor) => Attribute::Tensor(Box::new(tensor)),
                Constant::Texts(_, texts) => Attribute::Texts(texts),
                Constant::Unread(_, error @ OnnxError::ExternalData { .. }) => return Err(error),
                Constant::Unread(..) => Attribute::Other("a tensor of an unsupported type"),
            },
            None => Attribute::Other("an empty tensor"),
        },
        Some(kinds::FLOATS) => Attribute::Floats(fields.floats),
        Some(kinds::INTS) => Attribute::Ints(fields.ints),
        Some(kinds::TEXTS) => Attribute::Texts(fields.texts),
        Some(kinds::GRAPH) => match fields.graph {
            Some(part) => graph(reader, part)?,
            None => Attribute::Other("an empty graph"),
        },
        Some(kinds::GRAPHS) => Attribute::Other("a list of graphs"),
        _ => Attribute::Other("of an unknown kind"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onnx::{FileHandle, parse::onnx_writer::Message};

    fn read(message: &Message) -> (String, Attribute) {
        let file = FileHandle::from(message.0.clone());
        let read = attribute(&mut Reader::new(&file), 0..file.size()).unwrap();
        match read {
            (name, Given::Value(value)) => (name, value),
            (name, Given::Reference(_)) => (name, Attribute::Other("a reference")),
        }
    }

    #[test]
    fn old_files_leave_the_kind_to_the_field_that_is_there() {
        let named = || Message::default().text(1, "a");
        let of = |message: Message| read(&message).1;
        assert_eq!(of(named().int(3, 0)), Attribute::Int(0));
        assert_eq!(of(named().int(8, 5).int(8, 6)), Attribute::Ints(vec![5, 6]));
        assert_eq!(
            of(named().text(4, "SAME_UPPER")),
            Attribute::Text("SAME_UPPER".to_owned())
        );
        assert!(
            matches!(of(named()), Attribute::Other(_)),
            "nothing is there"
        );
        let both = named().int(3, 1).text(4, "x");
        assert!(matches!(of(both), Attribute::Other(_)), "two are there");
    }
}
