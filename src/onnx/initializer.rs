//! A constant tensor of the file, kept as the bytes it was stored in until somebody needs numbers.

use std::fmt;

use half::{bf16, f16};

use super::{Contents, OnnxError};

/// Element types of constants (<https://onnx.ai/onnx/api/classes.html#tensorproto>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ElementType {
    /// 32-bit float.
    F32,
    /// 64-bit float.
    F64,
    /// 16-bit float.
    F16,
    /// 16-bit brain float.
    Bf16,
    /// 8-bit unsigned.
    U8,
    /// 8-bit signed.
    I8,
    /// 16-bit unsigned.
    U16,
    /// 16-bit signed.
    I16,
    /// 32-bit signed.
    I32,
    /// 32-bit unsigned.
    U32,
    /// 64-bit signed.
    I64,
    /// 64-bit unsigned.
    U64,
    /// Truth values, a byte each.
    Bool,
    /// 4-bit unsigned, a byte each once read.
    U4,
    /// 4-bit signed, a byte each once read.
    I4,
}

impl ElementType {
    /// From ONNX's number; `None` for types no supported operator uses.
    pub fn from_onnx(number: i32) -> Option<Self> {
        Some(match number {
            1 => Self::F32,
            2 => Self::U8,
            3 => Self::I8,
            4 => Self::U16,
            5 => Self::I16,
            6 => Self::I32,
            7 => Self::I64,
            9 => Self::Bool,
            10 => Self::F16,
            11 => Self::F64,
            12 => Self::U32,
            13 => Self::U64,
            16 => Self::Bf16,
            21 => Self::U4,
            22 => Self::I4,
            _ => return None,
        })
    }

    /// Bytes of one element.
    pub fn size(self) -> usize {
        match self {
            Self::U8 | Self::I8 | Self::Bool | Self::U4 | Self::I4 => 1,
            Self::F16 | Self::Bf16 | Self::U16 | Self::I16 => 2,
            Self::F32 | Self::I32 | Self::U32 => 4,
            Self::F64 | Self::I64 | Self::U64 => 8,
        }
    }

    /// Whether it holds real numbers.
    pub fn is_float(self) -> bool {
        matches!(self, Self::F32 | Self::F64 | Self::F16 | Self::Bf16)
    }
}

impl fmt::Display for ElementType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::F32 => "float32",
            Self::F64 => "float64",
            Self::F16 => "float16",
            Self::Bf16 => "bfloat16",
            Self::U8 => "uint8",
            Self::I8 => "int8",
            Self::U16 => "uint16",
            Self::I16 => "int16",
            Self::I32 => "int32",
            Self::U32 => "uint32",
            Self::I64 => "int64",
            Self::U64 => "uint64",
            Self::Bool => "bool",
            Self::U4 => "uint4",
            Self::I4 => "int4",
        })
    }
}

/// A constant tensor.
#[derive(Clone, Debug, PartialEq)]
pub struct Initializer {
    /// Its name in the graph.
    pub name: String,
    /// Its shape; empty for a scalar.
    pub shape: Vec<usize>,
    /// Type of its elements.
    pub element_type: ElementType,
    /// Little-endian elements in row-major order.
    pub bytes: Contents,
}

impl Initializer {
    /// A float tensor from numbers.
    pub fn from_floats(name: &str, shape: Vec<usize>, values: &[f32]) -> Self {
        Self {
            name: name.to_owned(),
            shape,
            element_type: ElementType::F32,
            bytes: values.iter().flat_map(|v| v.to_le_bytes()).collect(),
        }
    }

    /// A list of double-precision numbers.
    pub fn from_doubles(name: &str, values: &[f64]) -> Self {
        Self {
            name: name.to_owned(),
            shape: vec![values.len()],
            element_type: ElementType::F64,
            bytes: values.iter().flat_map(|v| v.to_le_bytes()).collect(),
        }
    }

    /// A list of 64-bit whole numbers.
    pub fn from_integers(name: &str, values: &[i64]) -> Self {
        Self {
            name: name.to_owned(),
            shape: vec![values.len()],
            element_type: ElementType::I64,
            bytes: values.iter().flat_map(|v| v.to_le_bytes()).collect(),
        }
    }

    /// Number of elements.
    pub fn elements(&self) -> usize {
        self.bytes.len() / self.element_type.size()
    }

    /// The elements as 32-bit floats, whatever numbers they are. Those stored as such are read
    /// straight into the list.
    pub fn floats(&self) -> Vec<f32> {
        match self.element_type {
            ElementType::F32 => {
                let mut values = vec![0.0_f32; self.elements()];
                self.bytes.copy_to(bytemuck::cast_slice_mut(&mut values));
                if cfg!(target_endian = "big") {
                    for value in &mut values {
                        *value = f32::from_bits(u32::from_le(value.to_bits()));
                    }
                }
                values
            }
            ElementType::F64 => self.map(|b| f64::from_le_bytes(b) as f32),
            ElementType::F16 => self.map(|b| f16::from_le_bytes(b).to_f32()),
            ElementType::Bf16 => self.map(|b| bf16::from_le_bytes(b).to_f32()),
            _ => self.integers().into_iter().map(|v| v as f32).collect(),
        }
    }

    /// The elements as 64-bit floats.
    pub fn doubles(&self) -> Vec<f64> {
        match self.element_type {
            ElementType::F64 => self.map(f64::from_le_bytes),
            _ => self.floats().into_iter().map(f64::from).collect(),
        }
    }

    /// The elements as whole numbers; floats are truncated.
    pub fn integers(&self) -> Vec<i64> {
        match self.element_type {
            ElementType::U8 | ElementType::Bool | ElementType::U4 => {
                self.map(|b: [u8; 1]| i64::from(b[0]))
            }
            ElementType::I8 | ElementType::I4 => self.map(|b| i64::from(i8::from_le_bytes(b))),
            ElementType::U16 => self.map(|b| i64::from(u16::from_le_bytes(b))),
            ElementType::I16 => self.map(|b| i64::from(i16::from_le_bytes(b))),
            ElementType::I32 => self.map(|b| i64::from(i32::from_le_bytes(b))),
            ElementType::U32 => self.map(|b| i64::from(u32::from_le_bytes(b))),
            ElementType::I64 => self.map(i64::from_le_bytes),
            ElementType::U64 => self.map(|b| u64::from_le_bytes(b) as i64),
            _ => self.floats().into_iter().map(|v| v as i64).collect(),
        }
    }

    fn map<const N: usize, T>(&self, convert: impl Fn([u8; N]) -> T) -> Vec<T> {
        let mut values = Vec::with_capacity(self.elements());
        self.bytes.pieces(|piece| {
            let (elements, _) = piece.as_chunks::<N>();
            values.extend(elements.iter().map(|bytes| convert(*bytes)));
        });
        values
    }

    /// Checks that the bytes are as many as the shape asks for.
    ///
    /// # Errors
    /// [`OnnxError::WrongSize`], also where the shape is negative or too large to count.
    pub fn checked(
        name: String,
        dims: &[i64],
        element_type: ElementType,
        bytes: Contents,
    ) -> Result<Self, OnnxError> {
        let size = element_type.size() as u64;
        let shape: Option<Vec<usize>> = dims.iter().map(|&d| usize::try_from(d).ok()).collect();
        let expected = shape.as_ref().and_then(|shape| {
            shape
                .iter()
                .try_fold(size, |product, &d| product.checked_mul(d as u64))
        });
        match (shape, expected) {
            (Some(shape), Some(expected)) if expected == bytes.len() as u64 => Ok(Self {
                name,
                shape,
                element_type,
                bytes,
            }),
            (_, expected) => Err(OnnxError::WrongSize {
                tensor: name,
                shape: dims.to_vec(),
                expected,
                actual: bytes.len() as u64,
            }),
        }
    }
}
