//! The operators, one file a family; [`find`] is the one list of them.

mod activation;
mod arguments;
mod arithmetic;
mod concatenation;
mod convolution;
mod creation;
mod gathering;
mod interpolation;
mod layout;
mod linear;
mod normalization;
mod pooling;
mod quantisation;
mod rearrange;
mod repetition;
mod resize;
mod scattering;
mod slicing;
mod window;

use super::{kernels::Kernels, operator::Build};

/// How to build the ONNX operator called `op`; `None` where it is not supported.
pub fn find<B: Kernels>(op: &str) -> Option<Build<B>> {
    Some(match op {
        "Conv" => convolution::build::<B>,
        "BatchNormalization" => normalization::build::<B>,
        "Relu" | "Clip" => activation::build::<B>,
        "Add" => arithmetic::build::<B>,
        "MaxPool" => pooling::build_max::<B>,
        "AveragePool" => pooling::build_average::<B>,
        "GlobalAveragePool" | "ReduceMean" => pooling::build_global_average::<B>,
        "Gemm" | "MatMul" => linear::build::<B>,
        // Places
        "DepthToSpace" | "Dropout" | "Flatten" | "Identity" | "Reshape" => layout::build::<B>,
        "SpaceToDepth" | "Squeeze" | "Transpose" | "Unsqueeze" => layout::build::<B>,
        "Expand" => repetition::build_expand::<B>,
        "Pad" => repetition::build_pad::<B>,
        "Tile" => repetition::build_tile::<B>,
        "Resize" | "Upsample" => resize::build::<B>,
        "Concat" => concatenation::build::<B>,
        "Slice" => slicing::build_slice::<B>,
        "Split" => slicing::build_split::<B>,
        "Trilu" => slicing::build_triangle::<B>,
        "CumSum" => gathering::build_running_sum::<B>,
        "Gather" => gathering::build_gather::<B>,
        "GatherElements" => gathering::build_gather_elements::<B>,
        "GatherND" => gathering::build_gather_nd::<B>,
        "Scatter" | "ScatterElements" | "ScatterND" => scattering::build::<B>,
        // Values of the host
        "ConstantOfShape" | "EyeLike" | "NonZero" | "OneHot" => creation::build::<B>,
        "Range" | "Shape" | "Size" => creation::build::<B>,
        // Refused by name
        "ConvInteger" | "DequantizeLinear" | "DynamicQuantizeLinear" => quantisation::refuse::<B>,
        "MatMulInteger" | "QLinearConv" | "QLinearMatMul" => quantisation::refuse::<B>,
        "QuantizeLinear" => quantisation::refuse::<B>,
        _ => return None,
    })
}
