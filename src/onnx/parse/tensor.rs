//! `TensorProto`: a constant, whose bytes stay in the file unless they are few.

use std::ops::Range;

use super::wire::{Reader, Value};
use crate::onnx::{
    Contents, ElementType, Initializer, OnnxError,
    limits::{MAX_HOST_ELEMENTS, MAX_RANK},
};

/// Constants up to this long are read at once: they are looked at many times.
const HELD_BYTES: u64 = 1 << 14;

/// The fields of a message that matter here.
#[derive(Default)]
struct Fields {
    name: String,
    dims: Vec<i64>,
    /// Number of axes, of which only as many as are allowed are kept.
    rank: u64,
    data_type: i32,
    raw: Option<Range<u64>>,
    /// `float_data` or `double_data`, as they lie in the file.
    reals: Vec<Range<u64>>,
    single_reals: Vec<u8>,
    /// `int32_data`, `int64_data` or `uint64_data`.
    integers: Vec<u64>,
    location: String,
    is_external: bool,
}

impl Fields {
    fn axis(&mut self, length: u64) {
        self.rank += 1;
        if self.rank <= MAX_RANK as u64 {
            self.dims.push(length as i64);
        }
    }
}

/// Reads the tensor in `part`.
///
/// # Errors
/// It is damaged, stored elsewhere, of an unknown type, or does not hold what its shape says.
pub fn tensor(reader: &mut Reader<'_>, part: Range<u64>) -> Result<Initializer, OnnxError> {
    let fields = read(reader, part)?;
    if fields.is_external {
        return Err(OnnxError::ExternalData {
            tensor: fields.name,
            location: fields.location,
        });
    }
    let Some(element_type) = ElementType::from_onnx(fields.data_type) else {
        return Err(OnnxError::ElementType {
            tensor: fields.name,
            element_type: described(fields.data_type),
        });
    };
    if fields.rank > MAX_RANK as u64 {
        return Err(OnnxError::TooMany {
            what: format!("axes of the weight {}", fields.name),
            count: fields.rank,
            limit: MAX_RANK as u64,
        });
    }
    let bytes = contents(reader, &fields, element_type)?;
    Initializer::checked(fields.name, &fields.dims, element_type, bytes)
}

/// A type that no supported operator uses, by name where it is likely to be met.
fn described(number: i32) -> String {
    match number {
        8 => "string".to_owned(),
        14 | 15 => "complex numbers".to_owned(),
        17..=20 | 24 => "float8".to_owned(),
        23 => "float4".to_owned(),
        _ => format!("number {number}"),
    }
}

fn read(reader: &mut Reader<'_>, mut message: Range<u64>) -> Result<Fields, OnnxError> {
    let mut fields = Fields {
        location: "an unnamed file".to_owned(),
        ..Fields::default()
    };
    while let Some((number, value)) = reader.field(&mut message)? {
        match (number, value) {
            (1, Value::Varint(length)) => fields.axis(length),
            (1, Value::Part(mut packed)) => {
                reader.spend(packed.end - packed.start)?;
                while packed.start < packed.end {
                    let length = reader.varint(&mut packed)?;
                    fields.axis(length);
                }
            }
            (2, value) => fields.data_type = value.int() as i32,
            (3, _) => {
                return Err(OnnxError::Graph(
                    "a weight is stored in segments, which are not supported".to_owned(),
                ));
            }
            (4 | 10, Value::Part(part)) => fields.reals.push(part),
            (4, Value::Fixed32(bytes)) => fields.single_reals.extend(bytes),
            (10, Value::Fixed64(bytes)) => fields.single_reals.extend(bytes),
            (5 | 7 | 11, Value::Varint(value)) => fields.integers.push(value),
            (5 | 7 | 11, Value::Part(mut packed)) => {
                while packed.start < packed.end {
                    if fields.integers.len() > MAX_HOST_ELEMENTS {
                        return Err(too_many_integers(&fields, &packed));
                    }
                    fields.integers.push(reader.varint(&mut packed)?);
                }
            }
            (8, Value::Part(part)) => fields.name = reader.name(&part)?,
            (9, Value::Part(part)) => fields.raw = Some(part),
            (13, Value::Part(part)) => {
                let (key, value) = entry(reader, part)?;
                if key == "location" {
                    fields.location = value;
                }
            }
            (14, value) => fields.is_external = value.int() == 1,
            _ => {}
        }
    }
    Ok(fields)
}

/// Whole numbers in a list of their own take up to eight times their place in the file.
fn too_many_integers(fields: &Fields, left: &Range<u64>) -> OnnxError {
    OnnxError::TooMany {
        what: format!("listed numbers of the weight {}", fields.name),
        count: fields.integers.len() as u64 + (left.end - left.start),
        limit: MAX_HOST_ELEMENTS as u64,
    }
}

/// `StringStringEntryProto`: a key and its value.
///
/// # Errors
/// It is damaged.
pub fn entry(
    reader: &mut Reader<'_>,
    mut message: Range<u64>,
) -> Result<(String, String), OnnxError> {
    let (mut key, mut text) = (String::new(), String::new());
    while let Some((number, value)) = reader.field(&mut message)? {
        match (number, value) {
            (1, Value::Part(part)) => key = reader.name(&part)?,
            (2, Value::Part(part)) => text = reader.text(&part, u64::MAX)?,
            _ => {}
        }
    }
    Ok((key, text))
}

/// Elements are either raw bytes or in a list of the nearest wide type, never both.
fn contents(
    reader: &mut Reader<'_>,
    fields: &Fields,
    element_type: ElementType,
) -> Result<Contents, OnnxError> {
    let raw = fields.raw.clone().filter(|raw| !raw.is_empty());
    if matches!(element_type, ElementType::U4 | ElementType::I4) {
        let packed: Vec<u8> = match raw {
            Some(raw) => reader.bytes(&raw)?,
            None => fields.integers.iter().map(|&value| value as u8).collect(),
        };
        return Ok(halves(&packed, fields, element_type));
    }
    if let Some(raw) = raw {
        return stored(reader, raw);
    }
    match element_type {
        ElementType::F32 | ElementType::F64 => match fields.reals.as_slice() {
            // Packed, they lie there as raw bytes do.
            [part] if fields.single_reals.is_empty() => stored(reader, part.clone()),
            parts => {
                let mut bytes = fields.single_reals.clone();
                for part in parts {
                    bytes.extend(reader.bytes(part)?);
                }
                Ok(bytes.into())
            }
        },
        _ => Ok(fields
            .integers
            .iter()
            .flat_map(|value| value.to_le_bytes().into_iter().take(element_type.size()))
            .collect()),
    }
}

/// Values of four bits, two in a byte with the first in its lower half, as bytes of their own.
fn halves(packed: &[u8], fields: &Fields, element_type: ElementType) -> Contents {
    let each = packed.iter().flat_map(|byte| [byte & 15, byte >> 4]);
    let mut bytes: Vec<u8> = each
        .map(|half| {
            let negative = element_type == ElementType::I4 && half > 7;
            if negative { half | 0xf0 } else { half }
        })
        .collect();
    let elements = fields.dims.iter().try_fold(1_usize, |product, &length| {
        product.checked_mul(usize::try_from(length).ok()?)
    });
    // An odd number leaves half a byte behind.
    if elements.is_some_and(|elements| elements + 1 == bytes.len()) {
        bytes.pop();
    }
    bytes.into()
}

fn stored(reader: &mut Reader<'_>, part: Range<u64>) -> Result<Contents, OnnxError> {
    let length = part.end - part.start;
    if length > HELD_BYTES {
        return Ok(Contents::stored(reader.file(), part));
    }
    let mut bytes = vec![0; length as usize];
    reader.copy(part.start, &mut bytes)?;
    Ok(bytes.into())
}
