//! Operators that are a formula of others: `Shrink` (<https://onnx.ai/onnx/operators/onnx__Shrink.html>),
//! `AffineGrid` (<https://onnx.ai/onnx/operators/onnx__AffineGrid.html>), hyperbolic functions, and the
//! preprocessing of early Core ML and Windows models.

use super::writer::{Writer, needed, only_attributes, sole_output};
use crate::onnx::{Attribute, Node};

/// Operator that makes the places of an output's pixels, `[pixels, 3]`, from its shape. No exporter writes it.
pub const PLACES: &str = "gradlens.Places";

/// `Shrink`: 0 near 0, and everything else moved towards it.
pub fn shrink(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &["bias", "lambd"])?;
    let output = sole_output(node)?;
    let x = needed(node, 0)?;
    let reach = node.attributes.float("lambd", 0.5)?;
    let bias = node.attributes.float("bias", 0.0)?;
    let [high, low, bias] = [reach, -reach, bias].map(|value| writer.number(value));
    let nothing = writer.number(0.0);
    let above = writer.op("Less", &[&high, x], []);
    let below = writer.op("Less", &[x, &low], []);
    let less = writer.op("Sub", &[x, &bias], []);
    let more = writer.op("Add", &[x, &bias], []);
    let inner = writer.op("Where", &[&above, &less, &nothing], []);
    writer.put(output, "Where", &[&below, &more, &inner], []);
    Ok(())
}

/// `AffineGrid`: for every pixel of an output the place that a matrix gives it.
pub fn affine_grid(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &["align_corners"])?;
    let output = sole_output(node)?;
    let size = needed(node, 1)?;
    let align = Attribute::Int(node.attributes.int("align_corners", 0)?);
    let places = writer.op(PLACES, &[size], [("align_corners", align)]);
    let theta = writer.of_rank(needed(node, 0)?, 3, "its matrices");
    let matrices = writer.transpose(&theta, &[0, 2, 1]);
    let grid = writer.op("MatMul", &[&places, &matrices], []);
    let [heights, two] = [vec![2, 3], vec![2]].map(|list: Vec<i64>| writer.integers(&list));
    let plane = writer.op("Gather", &[size, &heights], [("axis", Attribute::Int(0))]);
    let same = writer.integers(&[0]);
    let target = writer.op(
        "Concat",
        &[&same, &plane, &two],
        [("axis", Attribute::Int(0))],
    );
    writer.put(output, "Reshape", &[&grid, &target], []);
    Ok(())
}

/// `Tan`, `Sinh` and `Cosh`.
pub fn of_exponentials(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &[])?;
    let output = sole_output(node)?;
    let x = needed(node, 0)?;
    if node.op == "Tan" {
        let sine = writer.op("Sin", &[x], []);
        let cosine = writer.op("Cos", &[x], []);
        writer.put(output, "Div", &[&sine, &cosine], []);
        return Ok(());
    }
    let up = writer.op("Exp", &[x], []);
    let down = writer.op("Reciprocal", &[&up], []);
    let op = if node.op == "Sinh" { "Sub" } else { "Add" };
    let sum = writer.op(op, &[&up, &down], []);
    let half = writer.number(0.5);
    writer.put(output, "Mul", &[&sum, &half], []);
    Ok(())
}

/// `ImageScaler` of early Core ML models: a factor, and a bias for each channel.
pub fn image_scaler(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &["bias", "scale"])?;
    let output = sole_output(node)?;
    let bias = match node.attributes.get("bias") {
        None => vec![0.0],
        Some(Attribute::Floats(values)) => values.clone(),
        Some(_) => return Err("attribute bias is not a list of numbers".to_owned()),
    };
    let scale = node.attributes.float("scale", 1.0)?;
    let scaled = writer.scaled(needed(node, 0)?, scale);
    let bias = writer.floats(&[bias.len(), 1, 1], &bias);
    writer.put(output, "Add", &[&scaled, &bias], []);
    Ok(())
}

/// `Affine` of the same time: a factor and an offset.
pub fn affine(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &["alpha", "beta"])?;
    let output = sole_output(node)?;
    let alpha = node.attributes.float("alpha", 1.0)?;
    let scaled = writer.scaled(needed(node, 0)?, alpha);
    let beta = writer.number(node.attributes.float("beta", 0.0)?);
    writer.put(output, "Add", &[&scaled, &beta], []);
    Ok(())
}

/// `ScaledTanh` of the same time.
pub fn scaled_tanh(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &["alpha", "beta"])?;
    let output = sole_output(node)?;
    let (Some(_), Some(_)) = (node.attributes.get("alpha"), node.attributes.get("beta")) else {
        return Err("its alpha or beta is missing".to_owned());
    };
    let inner = writer.scaled(needed(node, 0)?, node.attributes.float("beta", 1.0)?);
    let bent = writer.op("Tanh", &[&inner], []);
    let alpha = writer.number(node.attributes.float("alpha", 1.0)?);
    writer.put(output, "Mul", &[&bent, &alpha], []);
    Ok(())
}

/// An operator of another domain that is one of ONNX's own.
pub fn same(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    let op = node.op.rsplit('.').next().unwrap_or_default();
    let inputs: Vec<&str> = node.inputs.iter().map(String::as_str).collect();
    let attributes = node.attributes.iter();
    let attributes = attributes.map(|(name, value)| (name, value.clone()));
    writer.put(
        sole_output(node)?,
        op,
        &inputs,
        attributes.collect::<Vec<_>>(),
    );
    Ok(())
}
