//! The operators, one file a family; `operators!` holds the one list of them.

mod activation;
mod alignment;
mod arg_max;
mod arguments;
mod arithmetic;
pub(super) mod axes;
mod cast;
mod class_scores;
mod computed_conv_transpose;
mod computed_convolution;
mod concatenation;
mod conv_transpose;
mod convolution;
mod creation;
mod einsum;
mod einsum_equation;
mod gathering;
mod gemm;
mod gradient_sum;
mod grid_sample;
mod host;
mod host_normalization;
mod host_product;
mod interpolation;
mod layout;
mod local_response;
mod lp_normalization;
mod matmul;
mod normalization;
mod outputs;
pub(super) mod passing;
mod patches;
mod pointwise;
mod pooling;
mod rearrange;
mod reduction;
mod repetition;
mod resize;
mod row_normalization;
mod scattering;
mod selection;
mod slicing;
mod softmax;
mod variadic;
mod window;

pub(super) use axes::reshape;

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
        "Abs" | "Ceil" | "Celu" | "Cos" | "Elu" | "Erf" | "Exp" | "Floor" | "Gelu"
        | "HardSigmoid" | "HardSwish" | "IsInf" | "IsNaN" | "LeakyRelu" | "Log" | "Mish" | "Neg"
        | "Not" | "Reciprocal" | "Round" | "Selu" | "Sigmoid" | "Sign" | "Sin" | "Softplus"
        | "Softsign" | "Sqrt" | "Swish" | "Tanh" | "ThresholdedRelu" => pointwise::build::<B>,
        "Add" | "And" | "Div" | "Equal" | "Greater" | "GreaterOrEqual" | "Less" | "LessOrEqual"
        | "Mod" | "Mul" | "Or" | "Pow" | "PRelu" | "Sub" | "Xor" => arithmetic::build::<B>,
        "Max" | "Mean" | "Min" | "Sum" => variadic::build::<B>,
        "Where" => selection::build::<B>,
        "Cast" | "CastLike" => cast::build::<B>,
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
        "GridSample" => grid_sample::build::<B>,
        "Col2Im" => patches::build_sum::<B>,
        "CenterCropPad" => patches::build_centre::<B>,
        // What others are written out with.
        "gradlens.Places" => grid_sample::build_places::<B>,
        "gradlens.RoundWithin" => pointwise::build::<B>,
        "gradlens.Detach" => passing::build_detach::<B>,
        "gradlens.OfRank" => passing::build_of_rank::<B>,
        "gradlens.Gate" => passing::build_gate::<B>,
        "gradlens.Choose" => passing::build_choose::<B>,
        "gradlens.Along" => passing::build_along::<B>,
        "gradlens.OfClasses" => class_scores::build::<B>,
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
