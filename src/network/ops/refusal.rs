//! Why an operator is not among the supported ones.

/// One sentence on why the operator called `op` is refused: quantised ones round to whole numbers on
/// the way, so nothing can be differentiated through them.
pub fn refusal(op: &str) -> &'static str {
    match op {
        "DequantizeLinear" => {
            "it makes real numbers of whole ones that depend on the image, through which no gradient passes; export the model without quantisation"
        }
        "ConvInteger"
        | "DynamicQuantizeLinear"
        | "MatMulInteger"
        | "QLinearConv"
        | "QLinearMatMul"
        | "QuantizeLinear" => {
            "it rounds to whole numbers, through which no gradient passes; export the model without quantisation"
        }
        "If" | "Loop" | "Scan" => {
            "it chooses between graphs while the network runs, which is not supported; export the model with a fixed input size"
        }
        _ => "this operator is not supported",
    }
}
