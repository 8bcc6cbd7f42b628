//! What flows between operators: tensors on the device, or small constants and shapes on the host.

use burn_backend::{TensorData, TensorMetadata, tensor::FloatTensor};

use super::kernels::Kernels;
use crate::onnx::{ElementType, Initializer};

/// What the numbers of a [`HostTensor`] stand for; it decides how they divide and round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostKind {
    /// Real numbers.
    Float,
    /// Whole numbers.
    Integer,
    /// Truth values, 0 or 1.
    Bool,
}

/// Numbers kept on the host: shapes, axes and other arguments that are never differentiated.
#[derive(Clone, Debug, PartialEq)]
pub struct HostTensor {
    /// What the values stand for.
    pub kind: HostKind,
    /// Shape; empty for a scalar.
    pub shape: Vec<usize>,
    /// Row-major values; whole numbers are exact up to 2^53.
    pub values: Vec<f64>,
}

impl HostTensor {
    /// A constant of the file, read in full.
    pub fn from_initializer(tensor: &Initializer) -> Self {
        let (kind, values) = match tensor.element_type {
            kind if kind.is_float() => (HostKind::Float, tensor.doubles()),
            kind => {
                let whole = tensor.integers().into_iter().map(|v| v as f64).collect();
                let is_bool = kind == ElementType::Bool;
                let kind = if is_bool {
                    HostKind::Bool
                } else {
                    HostKind::Integer
                };
                (kind, whole)
            }
        };
        Self {
            kind,
            shape: tensor.shape.clone(),
            values,
        }
    }
}

/// What shape rules know of a value before anything was computed.
#[derive(Clone, Debug, PartialEq)]
pub enum Inferred {
    /// It will be on the device, in this shape.
    Device(Vec<usize>),
    /// It is on the host, and known.
    Host(HostTensor),
}

impl Inferred {
    /// What a shape rule may know of a value that is already there.
    pub fn of<B: Kernels>(value: &Value<B>) -> Self {
        match value {
            Value::Device(tensor) => Self::Device(tensor.shape().to_vec()),
            Value::Host(tensor) => Self::Host(tensor.clone()),
        }
    }

    /// Shape, outermost axis first.
    pub fn shape(&self) -> &[usize] {
        match self {
            Self::Device(shape) => shape,
            Self::Host(tensor) => &tensor.shape,
        }
    }
}

/// A value of the graph.
#[derive(Debug)]
pub enum Value<B: Kernels> {
    /// On the device.
    Device(FloatTensor<B>),
    /// On the host.
    Host(HostTensor),
}

impl<B: Kernels> Clone for Value<B> {
    fn clone(&self) -> Self {
        match self {
            Self::Device(tensor) => Self::Device(tensor.clone()),
            Self::Host(tensor) => Self::Host(tensor.clone()),
        }
    }
}

impl<B: Kernels> Value<B> {
    /// Shape, outermost axis first.
    pub fn shape(&self) -> Vec<usize> {
        match self {
            Self::Device(tensor) => tensor.shape().to_vec(),
            Self::Host(tensor) => tensor.shape.clone(),
        }
    }

    /// The tensor on the device, uploaded first where it is on the host.
    pub fn to_device(&self, device: &B::Device) -> FloatTensor<B> {
        match self {
            Self::Device(tensor) => tensor.clone(),
            Self::Host(tensor) => {
                let values = tensor.values.iter().map(|&v| v as f32).collect();
                let shape = match tensor.shape.as_slice() {
                    [] if !B::HOLDS_SCALARS => &[1],
                    shape => shape,
                };
                upload::<B>(values, shape, device)
            }
        }
    }
}

/// Puts numbers on the device.
pub fn upload<B: Kernels>(values: Vec<f32>, shape: &[usize], device: &B::Device) -> FloatTensor<B> {
    B::float_from_data(TensorData::new(values, shape.to_vec()), device)
}

/// Puts a weight on the device.
pub fn upload_initializer<B: Kernels>(tensor: &Initializer, device: &B::Device) -> FloatTensor<B> {
    upload::<B>(tensor.floats(), &tensor.shape, device)
}

/// Reads a tensor back without blocking.
///
/// # Errors
/// What the device says.
pub async fn read<B: Kernels>(tensor: FloatTensor<B>) -> Result<Vec<f32>, String> {
    let data = B::float_into_data(tensor)
        .await
        .map_err(|error| error.to_string())?;
    data.as_slice::<f32>()
        .map(<[f32]>::to_vec)
        .map_err(|error| error.to_string())
}
