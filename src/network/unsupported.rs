//! Why an operator is not among those that can be differentiated, by kinds of operators.

use crate::onnx::{Node, REFUSED, TRACE, works_on_integers};

/// Why a node could not be written out in others, where that was tried.
pub fn refusal(node: &Node) -> Option<&str> {
    node.attributes
        .text(REFUSED, "")
        .ok()
        .filter(|reason| !reason.is_empty())
}

/// One sentence on a node whose operator, or whose form of it, is not supported.
pub fn unsupported_reason(node: &Node) -> String {
    let op = node.op.as_str();
    if let Some(reason) = refusal(node) {
        return reason.to_owned();
    }
    if op.rsplit('.').next() == Some("ATen") {
        let inner = node.attributes.text("operator", "").unwrap_or_default();
        return format!(
            "it is PyTorch's own {inner}, which its exporter could not say in ONNX's operators; export the \
             model with a newer operator set or exporter (dynamo=True), or replace {inner} in it"
        );
    }
    if op.starts_with("com.microsoft.nchwc.") || op.starts_with("com.ms.internal") {
        return "ONNX Runtime laid it out for one kind of processor; save the optimised model with the level \
                'extended', or use the model from before"
            .to_owned();
    }
    if works_on_integers(op) {
        return "it computes with whole numbers (a quantised model) in a way that is not taken apart here; \
                quantise the model in the QDQ format (QuantizeLinear, DequantizeLinear), or use it from before"
            .to_owned();
    }
    if let Some((domain, name)) = op.rsplit_once('.') {
        return of_other_domain(domain, name);
    }
    match op {
        "If" | "Loop" | "Scan" | "SequenceMap" => {
            return format!("control flow, a graph inside a node, is not supported here; {TRACE}");
        }
        "DequantizeLinear" => {
            "only weights can be dequantised here, not values computed at run time (a quantised \
             model); export the model in floating point"
        }
        "Constant" => {
            "its value is text or a sparse tensor, which are not supported; export the model with dense tensors"
        }
        "LSTM" | "GRU" | "RNN" => {
            "recurrent layers are not supported; choose a model without, or a value in front of it as the output (on \
             the command line --output NAME)"
        }
        "ArgMax" | "ArgMin" | "TopK" | "NonMaxSuppression" | "OneHot" | "NonZero" | "Unique" => {
            "it picks positions, through which no gradient passes; choose or export an output before it"
        }
        "Multinomial" | "RandomNormal" | "RandomNormalLike" | "RandomUniform" | "RandomUniformLike"
        | "Bernoulli" => "it draws random numbers, so that a gradient would mean little; export the model in evaluation mode",
        "DFT" | "STFT" | "MelWeightMatrix" | "HannWindow" | "HammingWindow" | "BlackmanWindow" => {
            "it transforms signals into frequencies, which is not supported; export the model from what it gives on, or \
             choose a model without"
        }
        "DeformConv" => {
            "deformable convolutions are not supported; choose a model of the same family with plain convolutions"
        }
        "RoiAlign" | "MaxRoiPool" => {
            "it cuts boxes out of feature maps, as detectors do, and a class score belongs to a box there; export the \
             classifier alone, or choose scores in front of it as the output (on the command line --output NAME)"
        }
        _ if op.starts_with("Sequence") || op.starts_with("Optional") || op == "SplitToSequence" => {
            "lists of tensors are only followed where it is known beforehand what is in them; export the model with \
             plain tensors (Split and Concat)"
        }
        _ if op.starts_with("String") || op.starts_with("Regex") || op == "TfIdfVectorizer" => {
            "it works on text; choose an output that is made of numbers (on the command line --output NAME)"
        }
        _ => {
            "this operator is not supported here; choose an output in front of it, or a model without it"
        }
    }
    .to_owned()
}

/// Why an operator that is not ONNX's own is not supported.
fn of_other_domain(domain: &str, name: &str) -> String {
    match (domain, name) {
        ("com.microsoft", "NhwcConv") => {
            "ONNX Runtime laid this convolution out for graphics cards; use the model from before its optimiser, or save \
             it optimised for the CPU"
                .to_owned()
        }
        ("com.microsoft", _) => {
            "it is ONNX Runtime's own operator and not among those that are taken apart here; use the model from before \
             ONNX Runtime's optimiser, or save the optimised model with the level 'basic'"
                .to_owned()
        }
        ("ai.onnx.ml", _) => {
            "it is for tables and trees and has no gradient here; choose the scores in front of it as the output (on \
             the command line --output NAME)"
                .to_owned()
        }
        _ => format!(
            "it is an operator of {domain} and not one of ONNX's own, so that what it computes is not known here; \
             export the model in ONNX's own operators"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onnx::{Attribute, Attributes};

    #[test]
    fn kinds_of_operators_have_their_reason() {
        for (op, word) in [
            ("QLinearConv", "quantised"),
            ("ConvInteger", "quantised"),
            ("DynamicQuantizeLinear", "quantised"),
            ("com.microsoft.QLinearAdd", "quantised"),
            ("com.microsoft.FusedConv", "level 'basic'"),
            ("com.microsoft.NhwcConv", "graphics cards"),
            ("com.microsoft.QAttention", "QDQ"),
            ("ai.onnx.ml.TreeEnsemble", "trees"),
            ("mmcv.MMCVDeformConv2d", "an operator of mmcv"),
            ("LSTM", "recurrent"),
            ("DeformConv", "deformable"),
            ("RandomNormal", "evaluation mode"),
            ("If", "control flow"),
            ("Loop", "control flow"),
            ("Scan", "control flow"),
            ("ArgMax", "positions"),
            ("SequenceAt", "lists of tensors"),
            ("Whatever", "not supported"),
        ] {
            let node = Node {
                name: String::new(),
                op: op.to_owned(),
                inputs: Vec::new(),
                outputs: Vec::new(),
                attributes: Attributes::default(),
            };
            let reason = unsupported_reason(&node);
            assert!(reason.contains(word), "{op}: {reason}");
            assert!(reason.contains("; "), "{op} has a cure: {reason}");
        }
    }

    #[test]
    fn what_pytorch_could_not_translate_is_named() {
        let operator = Attribute::Text("adaptive_avg_pool2d".to_owned());
        let node = Node {
            name: String::new(),
            op: "org.pytorch.aten.ATen".to_owned(),
            inputs: Vec::new(),
            outputs: Vec::new(),
            attributes: [("operator".to_owned(), operator)].into_iter().collect(),
        };
        assert!(unsupported_reason(&node).contains("adaptive_avg_pool2d"));
    }
}
