//! The operators, one file a family; `operators!` holds the one list of them.

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

mod rearrange;
mod refusal;
mod repetition;
mod resize;
mod scattering;
mod slicing;
mod window;

pub use refusal::refusal;

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
