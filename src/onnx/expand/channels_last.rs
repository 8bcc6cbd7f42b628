//! ONNX Runtime's operators on images with their channels last.

use super::{
    activation,
    qlinear::{OF_WINDOWS, of_windows, to_first},
    writer::{Writer, needed, only_attributes, sole_output},
};
use crate::onnx::{Attribute, Node};

/// `NhwcMaxPool`: a maximum needs no scale.
pub fn max_pool(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &OF_WINDOWS)?;
    let output = sole_output(node)?;
    let image = to_first(writer, needed(node, 0)?, true);
    let largest = writer.op("MaxPool", &[&image], of_windows(node));
    let order = Attribute::Ints(vec![0, 2, 3, 1]);
    writer.put(output, "Transpose", &[&largest], [("perm", order)]);
    Ok(())
}

/// `NhwcFusedConv`: `FusedConv` with the image's channels last and its weights as ever.
pub fn conv(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    let known = [&OF_WINDOWS[..], &["activation", "activation_params"]].concat();
    only_attributes(node, &known)?;
    let output = sole_output(node)?;
    let image = to_first(writer, needed(node, 0)?, true);
    let mut inputs = vec![image, needed(node, 1)?.to_owned()];
    inputs.extend(node.input(2).map(str::to_owned));
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    let convolved = writer.op("Conv", &inputs, of_windows(node));
    let convolved = writer.transpose(&convolved, &[0, 2, 3, 1]);
    let sum = writer.plus(convolved, node.input(3));
    let parameters = match node.attributes.get("activation_params") {
        Some(Attribute::Floats(values)) => values.clone(),
        _ => Vec::new(),
    };
    let activation = node.attributes.text("activation", "")?;
    activation::put(writer, output, &sum, activation, &parameters)
}
