//! Why an operator is not among those that can be differentiated, by kinds of operators.

use crate::onnx::works_on_integers;

/// One sentence on an operator that is not in the list.
pub fn unsupported_reason(op: &str) -> String {
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
            "control flow, a graph inside a node, is not supported; export the model for inference \
             with fixed choices"
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
            let reason = unsupported_reason(op);
            assert!(reason.contains(word), "{op}: {reason}");
        }
    }
}
