//! Operators from quantised values to quantised values, such as `QLinearConv`
//! (<https://onnx.ai/onnx/operators/onnx__QLinearConv.html>) and ONNX Runtime's `QLinearAdd`.
//!
//! Sums of products are sums of whole numbers, which single precision holds exactly up to 2^24, and are scaled and
//! rounded as ONNX Runtime does it.

use super::{
    quantised::{Grid, centred, dequantised, put_on_grid, put_quantised},
    whole_factor::{centred_factor, centred_weight, column_axis},
    writer::{Given, Writer, needed, only_attributes, sole_output},
};
use crate::onnx::{Attribute, Node};

/// Attributes of convolutions and pools.
pub const OF_WINDOWS: [&str; 8] = [
    "auto_pad",
    "ceil_mode",
    "count_include_pad",
    "dilations",
    "group",
    "kernel_shape",
    "pads",
    "strides",
];

fn channels_last(node: &Node) -> Result<bool, String> {
    Ok(node.attributes.int("channels_last", 0)? != 0)
}

/// `value` with its channels in front, where they were last.
pub fn to_first(writer: &mut Writer<'_>, value: &str, last: bool) -> String {
    if !last {
        return value.to_owned();
    }
    let image = writer.of_rank(value, 4, "the image");
    writer.transpose(&image, &[0, 3, 1, 2])
}

/// Those of them that a node has.
pub fn of_windows(node: &Node) -> Vec<Given<'_>> {
    let attributes = node.attributes.iter();
    attributes
        .filter(|(name, _)| OF_WINDOWS.contains(name))
        .map(|(name, value)| (name, value.clone()))
        .collect()
}

/// The grid in the inputs at `index` and behind.
fn grid_at(writer: &Writer<'_>, node: &Node, index: usize, what: &str) -> Result<Grid, String> {
    Grid::read(writer, node.input(index), node.input(index + 1), what)
}

/// `QLinearConv`, ONNX Runtime's with channels last as well.
pub fn conv(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &[&OF_WINDOWS[..], &["channels_last"]].concat())?;
    let output = sole_output(node)?;
    let last = channels_last(node)?;
    let x = grid_at(writer, node, 1, "input")?;
    let w = grid_at(writer, node, 4, "weight")?;
    let y = grid_at(writer, node, 6, "output")?;
    let weight = writer.constant(node.input(3)).cloned();
    let weight = weight.ok_or("its weights are computed at run time")?;
    let channels = weight.shape.first().copied().unwrap_or(0);
    let rank = weight.shape.len();
    let kernel = centred_weight(writer, &weight, &w.zeros, 0)?;
    let image = to_first(writer, needed(node, 0)?, last);
    let image = centred(writer, &image, x.zero("input")?);
    let mut inputs = vec![image, kernel];
    if let Some(bias) = node.input(8) {
        let bias = writer
            .constant(Some(bias))
            .ok_or("its bias is computed at run time")?;
        let values = bias.floats();
        inputs.push(writer.floats(&[values.len()], &values));
    }
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    let sums = writer.op("Conv", &inputs, of_windows(node));
    let factors = multipliers(x.scale("input")?, &w.scales, y.scale("output")?);
    if factors.len() != 1 && factors.len() != channels {
        return Err(format!(
            "its weights have {} scales for {channels} channels",
            factors.len()
        ));
    }
    let mut shape = vec![factors.len()];
    shape.resize(rank.saturating_sub(1).max(1), 1);
    let factors = writer.floats(&shape, &factors);
    let in_units = writer.op("Mul", &[&sums, &factors], []);
    let in_units = if last {
        writer.transpose(&in_units, &[0, 2, 3, 1])
    } else {
        in_units
    };
    put_on_grid(writer, output, &in_units, &y)
}

/// What sums of whole numbers are multiplied by, to be in units of the output's scale.
fn multipliers(left: f32, right: &[f32], output: f32) -> Vec<f32> {
    right.iter().map(|right| left * right / output).collect()
}

/// `QLinearMatMul`, the right factor with a scale for each column where it has several.
pub fn matmul(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &[])?;
    let output = sole_output(node)?;
    let a = grid_at(writer, node, 1, "left factor")?;
    let b = grid_at(writer, node, 4, "right factor")?;
    let y = grid_at(writer, node, 6, "output")?;
    let left = needed(node, 0)?;
    let right = needed(node, 3)?;
    let left = centred_factor(writer, left, &[a.zero("left factor")?], 0, "left factor")?;
    let axis = column_axis(writer, right);
    let right = centred_factor(writer, right, &b.zeros, axis, "right factor")?;
    let sums = writer.op("MatMul", &[&left, &right], []);
    let factors = multipliers(a.scale("left factor")?, &b.scales, y.scale("output")?);
    let in_units = times(writer, &sums, &factors);
    put_on_grid(writer, output, &in_units, &y)
}

/// `value` times one factor, or times one for each place of its last axis.
fn times(writer: &mut Writer<'_>, value: &str, factors: &[f32]) -> String {
    match factors {
        [factor] => writer.scaled(value, *factor),
        _ => {
            let factors = writer.floats(&[factors.len()], factors);
            writer.op("Mul", &[value, &factors], [])
        }
    }
}

/// `QGemm`: quantised where it has an output scale, else real.
pub fn gemm(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &["alpha", "transA", "transB"])?;
    let output = sole_output(node)?;
    let a = grid_at(writer, node, 1, "left factor")?;
    let b = grid_at(writer, node, 4, "right factor")?;
    let transposed = node.attributes.int("transB", 0)? != 0;
    let left = centred_factor(
        writer,
        needed(node, 0)?,
        &[a.zero("left factor")?],
        0,
        "left factor",
    )?;
    let axis = usize::from(!transposed);
    let right = centred_factor(writer, needed(node, 3)?, &b.zeros, axis, "right factor")?;
    let mut inputs = vec![left, right];
    if let Some(bias) = node.input(6) {
        let bias = writer
            .constant(Some(bias))
            .ok_or("its bias is computed at run time")?;
        let (shape, values) = (bias.shape.clone(), bias.floats());
        inputs.push(writer.floats(&shape, &values));
    }
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    let flags = ["transA", "transB"].map(|name| {
        let flag = node.attributes.int(name, 0).unwrap_or(0);
        (name, Attribute::Int(flag))
    });
    let sums = writer.op("Gemm", &inputs, flags);
    let alpha = node.attributes.float("alpha", 1.0)?;
    let scale = a.scale("left factor")? * alpha;
    if node.input(7).is_none() {
        let factors = multipliers(scale, &b.scales, 1.0);
        let value = times(writer, &sums, &factors);
        writer.put(output, "Identity", &[&value], []);
        return Ok(());
    }
    let y = grid_at(writer, node, 7, "output")?;
    let factors = multipliers(scale, &b.scales, y.scale("output")?);
    let in_units = times(writer, &sums, &factors);
    put_on_grid(writer, output, &in_units, &y)
}

/// `QLinearAdd` and `QLinearMul`.
pub fn arithmetic(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &[])?;
    let output = sole_output(node)?;
    let a = grid_at(writer, node, 1, "left operand")?;
    let b = grid_at(writer, node, 4, "right operand")?;
    let y = grid_at(writer, node, 6, "output")?;
    let left = dequantised(writer, needed(node, 0)?, &a, "left operand")?;
    let right = dequantised(writer, needed(node, 3)?, &b, "right operand")?;
    let op = if node.op.ends_with("Add") {
        "Add"
    } else {
        "Mul"
    };
    let value = writer.op(op, &[&left, &right], []);
    put_quantised(writer, output, &value, &y)
}

/// Operators of one value, its grid at inputs 1 and 2 and the output's at 3 and 4, done on real numbers.
fn through(
    node: &Node,
    writer: &mut Writer<'_>,
    last: bool,
    op: &str,
    attributes: Vec<Given<'_>>,
) -> Result<(), String> {
    let output = sole_output(node)?;
    let x = grid_at(writer, node, 1, "input")?;
    let y = grid_at(writer, node, 3, "output")?;
    let value = to_first(writer, needed(node, 0)?, last);
    let value = dequantised(writer, &value, &x, "input")?;
    let mut value = writer.op(op, &[&value], attributes);
    if last {
        value = writer.transpose(&value, &[0, 2, 3, 1]);
    }
    put_quantised(writer, output, &value, &y)
}

/// `QLinearAveragePool` and `QLinearGlobalAveragePool`.
pub fn pool(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &[&OF_WINDOWS[..], &["channels_last"]].concat())?;
    let op = if node.op.ends_with("QLinearGlobalAveragePool") {
        "GlobalAveragePool"
    } else {
        "AveragePool"
    };
    through(node, writer, channels_last(node)?, op, of_windows(node))
}

/// `QLinearSigmoid`, `QLinearLeakyRelu`.
pub fn activation(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &["alpha"])?;
    if node.op.ends_with("Sigmoid") {
        return through(node, writer, false, "Sigmoid", vec![]);
    }
    let alpha = node.attributes.float("alpha", 0.01)?;
    let attributes = vec![("alpha", Attribute::Float(alpha))];
    through(node, writer, false, "LeakyRelu", attributes)
}

/// `QLinearSoftmax`, along one axis or, before operator set 13, over everything from it on.
pub fn softmax(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &["axis", "opset"])?;
    let flattens = node.attributes.int("opset", 13)? < 13;
    let default = if flattens { 1 } else { -1 };
    let mut attributes = vec![(
        "axis",
        Attribute::Int(node.attributes.int("axis", default)?),
    )];
    if flattens {
        attributes.push((super::FLATTENS, Attribute::Int(1)));
    } else if writer.opset() < 13 {
        return Err("its softmax is of a newer operator set than the model".to_owned());
    }
    through(node, writer, false, "Softmax", attributes)
}

/// `QLinearReduceMean`.
pub fn mean(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &["axes", "keepdims"])?;
    if writer.opset() >= 18 && node.attributes.get("axes").is_some() {
        return Err("its axes are an attribute, which ReduceMean has as an input now".to_owned());
    }
    let attributes = node.attributes.iter();
    let attributes = attributes.map(|(name, value)| (name, value.clone()));
    through(node, writer, false, "ReduceMean", attributes.collect())
}

/// `QLinearConcat`: the output's grid first, then each value with its own.
pub fn concat(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &["axis"])?;
    let output = sole_output(node)?;
    let y = grid_at(writer, node, 0, "output")?;
    let mut parts = Vec::new();
    for first in (2..node.inputs.len()).step_by(3) {
        let x = grid_at(writer, node, first + 1, "input")?;
        let part = dequantised(writer, needed(node, first)?, &x, "input")?;
        parts.push(part);
    }
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let axis = Attribute::Int(node.attributes.int("axis", 0)?);
    let whole = writer.op("Concat", &parts, [("axis", axis)]);
    put_quantised(writer, output, &whole, &y)
}

/// `QLinearWhere`.
pub fn choose(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &[])?;
    let output = sole_output(node)?;
    let x = grid_at(writer, node, 2, "first value")?;
    let y = grid_at(writer, node, 5, "second value")?;
    let z = grid_at(writer, node, 7, "output")?;
    let yes = dequantised(writer, needed(node, 1)?, &x, "first value")?;
    let no = dequantised(writer, needed(node, 4)?, &y, "second value")?;
    let chosen = writer.op("Where", &[needed(node, 0)?, &yes, &no], []);
    put_quantised(writer, output, &chosen, &z)
}
