//! The operators, one file a family; [`find`] is the one list of them.

mod activation;
mod arithmetic;
mod convolution;
mod linear;
mod normalization;
mod pooling;
mod shape;
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
        "Flatten" | "Reshape" | "Identity" | "Dropout" => shape::build::<B>,
        _ => return None,
    })
}
