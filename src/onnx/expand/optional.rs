//! Values that may be there or not, such as `Optional` (<https://onnx.ai/onnx/operators/onnx__Optional.html>) makes them: of
//! what a graph makes itself it is known whether it is there.

use super::writer::{Writer, only_attributes, sole_output};
use crate::onnx::Node;

/// `Optional` and `OptionalGetElement`: the value itself, where there is one.
pub fn value(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &["type"])?;
    let output = sole_output(node)?;
    let Some(value) = node.input(0) else {
        return Err(
            "it holds nothing, and what is done without a value is not supported; export the model with that value, or \
             without the part that asks for it"
                .to_owned(),
        );
    };
    writer.put(output, "Identity", &[value], []);
    Ok(())
}

/// `OptionalHasElement`: true where a value is read.
pub fn is_there(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &[])?;
    let output = sole_output(node)?;
    let [one, given] = [1, i64::from(node.input(0).is_some())].map(|number| writer.integer(number));
    writer.put(output, "Equal", &[&one, &given], []);
    Ok(())
}
