//! The operators, one file a family; `operators!` holds the one list of them.

mod activation;
mod arg_max;
mod arithmetic;
mod axes;
mod conv_transpose;
mod convolution;
mod einsum;
mod einsum_equation;
mod gemm;
mod local_response;
mod lp_normalization;
mod matmul;
mod normalization;
mod outputs;
mod pooling;
mod reduction;
mod row_normalization;
mod shape;
mod softmax;
mod window;

use super::{kernels::Kernels, operator::Build};

/// Makes [`find`] and [`names`] of one list.
macro_rules! operators {
    ($device:ident: $($($name:literal)|+ => $build:expr,)+) => {
        /// How to build the ONNX operator called `op`; `None` where it is not supported.
        pub fn find<$device: Kernels>(op: &str) -> Option<Build<$device>> {
            Some(match op {
                $($($name)|+ => $build,)+
                _ => return None,
            })
        }

        /// The names of all operators that [`find`] knows, family by family.
        pub fn names() -> &'static [&'static str] {
            &[$($($name,)+)+]
        }
    };
}

operators! {
    B:
        "Relu" | "Clip" => activation::build::<B>,
        "Add" => arithmetic::build::<B>,
        "Conv" => convolution::build::<B>,
        "ConvTranspose" => conv_transpose::build::<B>,
        "Einsum" => einsum::build::<B>,
        "Gemm" => gemm::build::<B>,
        "MatMul" => matmul::build::<B>,
        "BatchNormalization" => normalization::build::<B>,
        "GroupNormalization" | "InstanceNormalization" | "LayerNormalization"
        | "MeanVarianceNormalization" | "RMSNormalization" => row_normalization::build::<B>,
        "LRN" => local_response::build::<B>,
        "LogSoftmax" | "Softmax" => softmax::build::<B>,
        "LpNormalization" => lp_normalization::build::<B>,
        "AveragePool" | "LpPool" | "MaxPool" => pooling::build::<B>,
        "ArgMax" => arg_max::build::<B>,
        "GlobalAveragePool" | "GlobalLpPool" | "GlobalMaxPool" | "ReduceL1" | "ReduceL2"
        | "ReduceLogSum" | "ReduceLogSumExp" | "ReduceMax" | "ReduceMean" | "ReduceMin"
        | "ReduceProd" | "ReduceSum" | "ReduceSumSquare" => reduction::build::<B>,
        "Flatten" | "Reshape" | "Identity" | "Dropout" => shape::build::<B>,
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use burn_flex::Flex;

    use super::*;

    #[test]
    fn every_name_is_found_and_there_once() {
        let mut seen = HashSet::new();
        for &name in names() {
            assert!(find::<Flex>(name).is_some(), "{name}");
            assert!(seen.insert(name), "{name} is there twice");
        }
        assert!(find::<Flex>("NoSuchOperator").is_none());
    }
}
