//! Quantised operators, which round to whole numbers on the way: nothing can be differentiated
//! through them, and saying so by name is all that is done.

use crate::{
    network::{
        kernels::Kernels,
        operator::{BuildContext, Operator},
    },
    onnx::Node,
};

/// # Errors
/// Always: a sentence on why there is no gradient.
pub fn refuse<B: Kernels>(
    node: &Node,
    _context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    Err(match node.op.as_str() {
        "DequantizeLinear" => {
            "it turns whole numbers that depend on the image into real ones, and no gradient passes whole numbers; export the model without quantisation"
        }
        _ => "it rounds to whole numbers, so no gradient passes it; export the model without quantisation",
    }
    .to_owned())
}
