//! What older operator sets say by the number of outputs, said by an attribute, before outputs that nobody reads
//! are dropped.

use crate::onnx::{Attribute, Graph};

/// Since this operator set a `BatchNormalization` says in its attributes whether it trains.
const SAID_SINCE: i64 = 14;

/// Sets [`training_mode`](https://onnx.ai/onnx/operators/onnx__BatchNormalization.html) of every
/// `BatchNormalization` of an older operator set that puts out statistics, which is how those say that the
/// statistics are the batch's own.
pub fn mark(graph: &mut Graph) {
    if graph.opset >= SAID_SINCE {
        return;
    }
    for node in &mut graph.nodes {
        let further = node.outputs.iter().skip(1).any(|name| !name.is_empty());
        let at_rest = node.attributes.int("is_test", 0) == Ok(1);
        if node.op == "BatchNormalization" && further && !at_rest {
            node.attributes.insert("training_mode", Attribute::Int(1));
        }
    }
}
