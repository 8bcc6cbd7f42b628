//! `TensorProto`: a constant, whose bytes stay in the file unless they are few.

use std::ops::Range;

use super::wire::{Reader, Value};
use crate::onnx::{
    Contents, ElementType, Initializer, OnnxError,
    limits::{MAX_HOST_ELEMENTS, MAX_RANK},
};

/// Constants up to this long are read at once: they are looked at many times.
const HELD_BYTES: u64 = 1 << 14;
/// Texts in one constant: far more than there are classes.
const MAX_TEXTS: usize = 1 << 17;

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
    /// `string_data`.
    texts: Vec<String>,
    external: External,
    is_external: bool,
}

/// Where in another file the elements lie; numbers as they are written.
#[derive(Default)]
struct External {
    location: String,
    offset: String,
    length: String,
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
    numbers(reader, fields)
}

/// A constant that is a tensor of numbers, or one of text.
pub enum Constant {
    /// Numbers.
    Numbers(Initializer),
    /// Texts, in order, with the constant's name.
    Texts(String, Vec<String>),
    /// What cannot be read, with the constant's name and the reason. It may not be needed.
    Unread(String, OnnxError),
}

/// Reads the constant in `part`.
///
/// # Errors
/// It is damaged.
pub fn constant(reader: &mut Reader<'_>, part: Range<u64>) -> Result<Constant, OnnxError> {
    let fields = read(reader, part)?;
    if fields.data_type == TEXT && !fields.is_external {
        return Ok(Constant::Texts(fields.name, fields.texts));
    }
    let name = fields.name.clone();
    match numbers(reader, fields) {
        Ok(tensor) => Ok(Constant::Numbers(tensor)),
        Err(error @ (OnnxError::ElementType { .. } | OnnxError::ExternalData { .. })) => {
            Ok(Constant::Unread(name, error))
        }
        Err(error) => Err(error),
    }
}

/// ONNX's number of tensors of text.
const TEXT: i32 = 8;

/// Element types that cannot be used, by ONNX's numbers.
fn type_name(number: i32) -> String {
    let name = match number {
        8 => "string",
        14 => "complex64",
        15 => "complex128",
        17 => "float8e4m3fn",
        18 => "float8e4m3fnuz",
        19 => "float8e5m2",
        20 => "float8e5m2fnuz",
        23 => "float4e2m1",
        24 => "float8e8m0",
        _ => return format!("number {number}"),
    };
    name.to_owned()
}

fn numbers(reader: &mut Reader<'_>, fields: Fields) -> Result<Initializer, OnnxError> {
    let Some(element_type) = ElementType::from_onnx(fields.data_type) else {
        return Err(OnnxError::ElementType {
            tensor: fields.name,
            element_type: type_name(fields.data_type),
        });
    };
    if fields.rank > MAX_RANK as u64 {
        return Err(OnnxError::TooMany {
            what: format!("axes of the weight {}", fields.name),
            count: fields.rank,
            limit: MAX_RANK as u64,
        });
    }
    let bytes = if fields.is_external {
        outside(reader, &fields)?
    } else {
        contents(reader, &fields, element_type)?
    };
    Initializer::checked(fields.name, &fields.dims, element_type, bytes)
}

fn read(reader: &mut Reader<'_>, mut message: Range<u64>) -> Result<Fields, OnnxError> {
    let mut fields = Fields::default();
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
            (6, Value::Part(part)) => {
                if fields.texts.len() >= MAX_TEXTS {
                    return Err(OnnxError::TooMany {
                        what: format!("texts of the constant {}", fields.name),
                        count: fields.texts.len() as u64 + 1,
                        limit: MAX_TEXTS as u64,
                    });
                }
                fields.texts.push(reader.name(&part)?);
            }
            (8, Value::Part(part)) => fields.name = reader.name(&part)?,
            (9, Value::Part(part)) => fields.raw = Some(part),
            (13, Value::Part(part)) => {
                let (key, value) = entry(reader, part)?;
                match key.as_str() {
                    "location" => fields.external.location = value,
                    "offset" => fields.external.offset = value,
                    "length" => fields.external.length = value,
                    _ => {}
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

/// The bytes of a constant that lie in a file beside the model.
fn outside(reader: &Reader<'_>, fields: &Fields) -> Result<Contents, OnnxError> {
    let External {
        location,
        offset,
        length,
    } = &fields.external;
    let place = location.replace('\\', "/");
    let wanders = place.split('/').any(|step| step == "..");
    if place.is_empty() || wanders || place.starts_with('/') || place.contains(':') {
        return Err(OnnxError::ExternalPlace {
            tensor: fields.name.clone(),
            location: location.clone(),
        });
    }
    let Some(file) = reader.file().beside(&place) else {
        return Err(OnnxError::ExternalData {
            tensor: fields.name.clone(),
            location: place,
        });
    };
    let size = file.size();
    let number = |text: &str, default: u64| match text {
        "" => Some(default),
        text => text.parse().ok(),
    };
    let range = number(offset, 0).and_then(|start| {
        let length = number(length, size.checked_sub(start)?)?;
        let end = start.checked_add(length).filter(|&end| end <= size)?;
        Some(start..end)
    });
    let Some(range) = range else {
        return Err(OnnxError::ExternalRange {
            tensor: fields.name.clone(),
            location: place,
            offset: offset.clone(),
            length: length.clone(),
            size,
        });
    };
    if range.end - range.start > HELD_BYTES {
        return Ok(Contents::stored(&file, range));
    }
    let mut bytes = vec![0; (range.end - range.start) as usize];
    file.read(range.start, &mut bytes)
        .map_err(OnnxError::Unreadable)?;
    Ok(bytes.into())
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
