//! The operators, one file a family; `operators!` holds the one list of them.

mod activation;
mod arithmetic;
mod convolution;
mod linear;
mod normalization;
mod pooling;
mod shape;
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
        "Conv" => convolution::build::<B>,
        "BatchNormalization" => normalization::build::<B>,
        "Relu" | "Clip" => activation::build::<B>,
        "Add" => arithmetic::build::<B>,
        "MaxPool" => pooling::build_max::<B>,
        "AveragePool" => pooling::build_average::<B>,
        "GlobalAveragePool" | "ReduceMean" => pooling::build_global_average::<B>,
        "Gemm" | "MatMul" => linear::build::<B>,
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
