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
        return "it computes with whole numbers (a quantised model), through which no gradient passes; \
                export the model in floating point"
            .to_owned();
    }
    if let Some((domain, _)) = op.rsplit_once('.') {
        return format!("it is not one of ONNX's own operators, but of {domain}");
    }
    match op {
        "If" | "Loop" | "Scan" | "SequenceMap" => {
            return format!("control flow, a graph inside a node, is not supported here; {TRACE}");
        }
        "DequantizeLinear" => {
            "only weights can be dequantised here, not values computed at run time (a quantised \
             model); export the model in floating point"
        }
        "Constant" => "its value is text or a sparse tensor, which are not supported",
        "LSTM" | "GRU" | "RNN" => "recurrent layers are not supported",
        "ArgMax" | "ArgMin" | "TopK" | "NonMaxSuppression" | "OneHot" | "NonZero" | "Unique" => {
            "it picks positions, through which no gradient passes; choose or export an output before it"
        }
        "Multinomial" | "RandomNormal" | "RandomNormalLike" | "RandomUniform" | "RandomUniformLike"
        | "Bernoulli" => "it draws random numbers, so that a gradient would mean little",
        "DFT" | "STFT" | "MelWeightMatrix" => "it is for sound, and not supported",
        _ if op.starts_with("Sequence") || op.starts_with("Optional") || op == "SplitToSequence" => {
            "sequences of tensors are not supported"
        }
        _ if op.starts_with("String") || op.starts_with("Regex") || op == "TfIdfVectorizer" => {
            "it works on text"
        }
        _ => "this operator is not supported",
    }
    .to_owned()
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
            ("com.microsoft.FusedConv", "com.microsoft"),
            ("If", "control flow"),
            ("Loop", "control flow"),
            ("Scan", "control flow"),
            ("ArgMax", "positions"),
            ("SequenceAt", "sequences"),
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
