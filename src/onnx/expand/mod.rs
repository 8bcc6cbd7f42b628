//! Nodes written out as small graphs of simpler ones: fused and quantised operators, attention, lists of tensors, and
//! control flow that is known beforehand. Gradients, shapes and devices then follow by themselves.

mod activation;
mod attention;
mod branches;
mod channels_last;
mod element_type;
mod formulas;
mod fused;
mod inlining;
mod integer;
mod loops;
mod optional;
mod packed_weight;
mod qlinear;
mod quantised;
mod rotary;
mod sequences;
mod skip_norm;
mod whole_factor;
mod writer;

use branches::GATE;
pub use branches::{CHOOSE, OPEN_WHEN};
pub use loops::TRACE;
pub use quantised::{ROUND, WHOLE, range as quantised_range};
pub use writer::REFUSED;

use sequences::Sequences;
use writer::Writer;

use super::{
    Attribute, Graph, Node,
    limits::MAX_NODES,
    simplify::{fold_stored, read_originals},
};

/// Attribute of a `Softmax` that everything from its axis on is one row, as before operator set 13. No exporter writes
/// it.
pub const FLATTENS: &str = "gradlens.flattens";

/// Rounds of writing nodes out: what comes out of one may be written out in the next.
const MOST_ROUNDS: usize = 64;

/// Writes one node out, or says in one sentence why it cannot.
type Rule = fn(&Node, &mut Writer<'_>) -> Result<(), String>;

/// How operators are written out.
fn rule(op: &str) -> Option<Rule> {
    let own = op.strip_prefix("com.microsoft.");
    Some(match own.unwrap_or(op) {
        "FusedConv" => fused::conv,
        "FusedGemm" => fused::gemm,
        "FusedMatMul" | "TransposeMatMul" => fused::matmul,
        "GemmFastGelu" => fused::matmul_gelu,
        "BiasGelu" | "FastGelu" => fused::gelu,
        "Gelu" if own.is_some() => fused::gelu,
        "QuickGelu" => fused::quick_gelu,
        "BiasAdd" => fused::bias_add,
        "BiasSplitGelu" => fused::bias_split_gelu,
        "BiasSoftmax" => fused::bias_softmax,
        "SimplifiedLayerNormalization" => skip_norm::renamed,
        "LayerNormalization" if own.is_some() => skip_norm::renamed,
        "SkipLayerNormalization" | "SkipSimplifiedLayerNormalization" => skip_norm::skip,
        "GroupNorm" | "SkipGroupNorm" => skip_norm::group,
        "Attention" if own.is_some() => attention::packed,
        "Attention" => attention::standard,
        "MultiHeadAttention" => attention::multi_head,
        "RotaryEmbedding" if own.is_some() => rotary::of_places,
        "RotaryEmbedding" => rotary::standard,
        "QuantizeLinear" => quantised::quantize,
        "DequantizeLinear" => quantised::dequantize,
        "DynamicQuantizeLinear" => quantised::dynamic_quantize,
        "QLinearConv" => qlinear::conv,
        "QLinearMatMul" => qlinear::matmul,
        "QGemm" => qlinear::gemm,
        "QLinearAdd" | "QLinearMul" => qlinear::arithmetic,
        "QLinearAveragePool" | "QLinearGlobalAveragePool" => qlinear::pool,
        "QLinearSigmoid" | "QLinearLeakyRelu" => qlinear::activation,
        "QLinearSoftmax" => qlinear::softmax,
        "QLinearReduceMean" => qlinear::mean,
        "QLinearConcat" => qlinear::concat,
        "QLinearWhere" => qlinear::choose,
        "NhwcMaxPool" => channels_last::max_pool,
        "NhwcFusedConv" => channels_last::conv,
        "ConvInteger" | "MatMulInteger" => integer::sums,
        "MatMulIntegerToFloat" | "DynamicQuantizeMatMul" => integer::matmul_to_float,
        "MatMulNBits" => packed_weight::matmul,
        "GatherND" | "GridSample" | "Pad" | "Range" | "Trilu" if own.is_some() => formulas::same,
        "Shrink" => formulas::shrink,
        "AffineGrid" => formulas::affine_grid,
        "Tan" | "Sinh" | "Cosh" => formulas::of_exponentials,
        "ImageScaler" => formulas::image_scaler,
        "Affine" => formulas::affine,
        "ScaledTanh" => formulas::scaled_tanh,
        "Optional" | "OptionalGetElement" => optional::value,
        "OptionalHasElement" => optional::is_there,
        "If" => branches::branch,
        "Loop" => loops::unroll,
        "Scan" => loops::scan,
        _ => return None,
    })
}

/// Whether a node of this operator is written out in others, where its form is supported.
pub fn is_written_out(op: &str) -> bool {
    rule(op).is_some()
        || matches!(
            op,
            "SequenceConstruct"
                | "SequenceEmpty"
                | "SplitToSequence"
                | "SequenceAt"
                | "SequenceInsert"
                | "SequenceErase"
                | "ConcatFromSequence"
                | "SequenceLength"
                | "SequenceMap"
        )
}

/// Whether a graph that was written out rounds values on the way to whole numbers, so that its gradients are straight
/// through.
pub fn is_quantised(graph: &Graph) -> bool {
    graph.nodes.iter().any(|node| node.op == ROUND)
}

/// Writes every node out that can be, in place. A node that cannot is left with the reason, which is told when the
/// network is built. Doing it twice changes nothing more.
pub fn expand(graph: &mut Graph) {
    for _ in 0..MOST_ROUNDS {
        if !graph.nodes.iter().any(may_be_written_out) {
            return;
        }
        read_originals(graph);
        fold_stored(graph);
        if !expand_once(graph) {
            return;
        }
    }
}

fn may_be_written_out(node: &Node) -> bool {
    is_written_out(&node.op) || matches!(node.op.as_str(), GATE | CHOOSE)
}

/// One pass over the nodes; whether any was written out.
fn expand_once(graph: &mut Graph) -> bool {
    let mut changed = false;
    let mut sequences = Sequences::new();
    let mut kept = Vec::with_capacity(graph.nodes.len());
    let nodes = graph.nodes.clone();
    for node in nodes {
        if kept.len() > MAX_NODES {
            kept.push(node);
            continue;
        }
        let mut writer = Writer::new(graph, &node);
        let written = if sequences::is_about_sequences(&node, &sequences) {
            sequences::follow(&node, &mut writer, &mut sequences)
        } else if matches!(node.op.as_str(), GATE | CHOOSE) {
            match branches::settle(&node, &mut writer) {
                Some(()) => Ok(()),
                None => {
                    kept.push(node);
                    continue;
                }
            }
        } else {
            match rule(&node.op) {
                Some(rule) => rule(&node, &mut writer),
                None => {
                    kept.push(node);
                    continue;
                }
            }
        };
        match written {
            Ok(()) => {
                let Writer {
                    nodes, constants, ..
                } = writer;
                changed = true;
                kept.extend(nodes);
                for tensor in constants {
                    graph.initializers.insert(tensor.name.clone(), tensor);
                }
            }
            Err(reason) => {
                let mut node = node;
                let reason = Attribute::Text(reason);
                node.attributes.insert(REFUSED, reason);
                kept.push(node);
            }
        }
    }
    graph.nodes = kept;
    changed
}
