//! Sums of whole numbers that are scaled by other nodes, or at once: `ConvInteger`
//! (<https://onnx.ai/onnx/operators/onnx__ConvInteger.html>), `MatMulInteger`, and ONNX Runtime's relatives.

use super::{
    qlinear::{OF_WINDOWS, of_windows},
    quantised,
    whole_factor::{centred_factor, centred_weight, column_axis},
    writer::{Writer, needed, only_attributes, sole_output},
};
use crate::onnx::{Initializer, Node};

/// `ConvInteger` and `MatMulInteger`: sums of whole numbers, which are scaled elsewhere.
pub fn sums(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &OF_WINDOWS)?;
    let output = sole_output(node)?;
    let is_conv = node.op == "ConvInteger";
    let left = without_zero(writer, needed(node, 0)?, node.input(2), None)?;
    let right = needed(node, 1)?;
    let axis = if is_conv {
        0
    } else {
        column_axis(writer, right)
    };
    let right = without_zero(writer, right, node.input(3), Some(axis))?;
    if is_conv {
        writer.put(output, "Conv", &[&left, &right], of_windows(node));
    } else {
        writer.put(output, "MatMul", &[&left, &right], []);
    }
    Ok(())
}

/// A factor without its zero point, which may be computed at run time; constant ones with several of them along
/// `axis`.
fn without_zero(
    writer: &mut Writer<'_>,
    value: &str,
    zero: Option<&str>,
    axis: Option<usize>,
) -> Result<String, String> {
    let Some(zero) = zero else {
        return match writer.constant(Some(value)).cloned() {
            Some(tensor) => centred_weight(writer, &tensor, &[0.0], 0),
            None => Ok(value.to_owned()),
        };
    };
    match writer.constant(Some(zero)).map(Initializer::floats) {
        Some(zeros) if zeros.is_empty() => Err("a zero point is empty".to_owned()),
        Some(zeros) if axis.is_none() && zeros.len() > 1 => {
            Err("its left factor has several zero points".to_owned())
        }
        Some(zeros) => centred_factor(writer, value, &zeros, axis.unwrap_or(0), "factor"),
        None => {
            let zero = writer.op(quantised::DETACH, &[zero], []);
            Ok(writer.op("Sub", &[value, &zero], []))
        }
    }
}

/// `MatMulIntegerToFloat` and `DynamicQuantizeMatMul`.
pub fn matmul_to_float(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &[])?;
    let output = sole_output(node)?;
    let b = needed(node, 1)?;
    let axis = column_axis(writer, b);
    let (left, a_scale, b_scale, b_zero, bias) = if node.op.ends_with("DynamicQuantizeMatMul") {
        let found = quantised::dynamic(writer, needed(node, 0)?);
        let left = writer.op("Sub", &[&found.values, &found.zero], []);
        (
            left,
            found.scale,
            needed(node, 2)?,
            node.input(3),
            node.input(4),
        )
    } else {
        let left = without_zero(writer, needed(node, 0)?, node.input(4), None)?;
        let scale = needed(node, 2)?.to_owned();
        (left, scale, needed(node, 3)?, node.input(5), node.input(6))
    };
    let right = without_zero(writer, b, b_zero, Some(axis))?;
    let sums = writer.op("MatMul", &[&left, &right], []);
    let a_scale = writer.op(quantised::DETACH, &[&a_scale], []);
    let scale = writer.op("Mul", &[&a_scale, b_scale], []);
    let value = writer.op("Mul", &[&sums, &scale], []);
    let value = writer.plus(value, bias);
    writer.put(output, "Identity", &[&value], []);
    Ok(())
}
