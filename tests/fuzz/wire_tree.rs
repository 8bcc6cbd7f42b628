//! A file as a tree of protobuf fields, so that a change leaves the lengths around it right.

/// What a message is, as far as it decides what its fields hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Model,
    Graph,
    Node,
    Attribute,
    Tensor,
    ValueInfo,
    Type,
    TensorType,
    Shape,
    Dimension,
    OperatorSet,
    Entry,
}

impl Kind {
    /// What field `number` holds; `None` where that is no message.
    fn inside(self, number: u64) -> Option<Self> {
        Some(match (self, number) {
            (Self::Model, 7) | (Self::Attribute, 6) => Self::Graph,
            (Self::Model, 8) => Self::OperatorSet,
            (Self::Model, 14) | (Self::Tensor, 13) => Self::Entry,
            (Self::Graph, 1) => Self::Node,
            (Self::Graph, 5) | (Self::Attribute, 5) => Self::Tensor,
            (Self::Graph, 11..=13) => Self::ValueInfo,
            (Self::Node, 5) => Self::Attribute,
            (Self::ValueInfo, 2) => Self::Type,
            (Self::Type, 1) => Self::TensorType,
            (Self::TensorType, 2) => Self::Shape,
            (Self::Shape, 1) => Self::Dimension,
            _ => return None,
        })
    }
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    Varint(u64),
    Fixed64([u8; 8]),
    Fixed32([u8; 4]),
    Bytes(Vec<u8>),
    Message(Kind, Vec<Field>),
}

/// A field of a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub number: u64,
    pub content: Content,
}

/// The fields of a message; `None` where the bytes are none.
pub fn decode(mut bytes: &[u8], kind: Kind) -> Option<Vec<Field>> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes)?;
        let number = key >> 3;
        let content = match key & 7 {
            0 => Content::Varint(varint(&mut bytes)?),
            1 => Content::Fixed64(take(&mut bytes, 8)?.try_into().ok()?),
            5 => Content::Fixed32(take(&mut bytes, 4)?.try_into().ok()?),
            2 => {
                let length = usize::try_from(varint(&mut bytes)?).ok()?;
                let inside = take(&mut bytes, length)?;
                let message = kind
                    .inside(number)
                    .and_then(|kind| Some(Content::Message(kind, decode(inside, kind)?)));
                message.unwrap_or_else(|| Content::Bytes(inside.to_vec()))
            }
            _ => return None,
        };
        fields.push(Field { number, content });
    }
    Some(fields)
}

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, left) = bytes.split_at_checked(length)?;
    *bytes = left;
    Some(taken)
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = take(bytes, 1)?[0];
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

/// The bytes of a message.
pub fn encode(fields: &[Field]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for field in fields {
        let mut with_length = |inside: &[u8]| {
            write_varint(&mut bytes, field.number << 3 | 2);
            write_varint(&mut bytes, inside.len() as u64);
            bytes.extend(inside);
        };
        match &field.content {
            Content::Bytes(inside) => with_length(inside),
            Content::Message(_, inside) => with_length(&encode(inside)),
            Content::Varint(value) => {
                write_varint(&mut bytes, field.number << 3);
                write_varint(&mut bytes, *value);
            }
            Content::Fixed64(value) => {
                write_varint(&mut bytes, field.number << 3 | 1);
                bytes.extend(value);
            }
            Content::Fixed32(value) => {
                write_varint(&mut bytes, field.number << 3 | 5);
                bytes.extend(value);
            }
        }
    }
    bytes
}

fn write_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}
