//! Values on a grid of whole numbers, in real arithmetic: a quantised value is its whole number, held as a
//! real one, and `QuantizeLinear` (<https://onnx.ai/onnx/operators/onnx__QuantizeLinear.html>),
//! `DequantizeLinear` and `DynamicQuantizeLinear` are divisions, roundings and products.
//!
//! Rounding passes gradients straight through, as if it were not there, and none where it saturates
//! (Bengio, Léonard, Courville 2013, <https://arxiv.org/abs/1308.3432>).

use super::writer::{Writer, needed, only_attributes, sole_output};
use crate::onnx::{Attribute, ElementType, Initializer, Node};

/// Operator that rounds to whole numbers, halves to the even one, and keeps them within the attributes `low`
/// and `high`. No exporter writes it.
pub const ROUND: &str = "gradlens.RoundWithin";

/// Operator that passes a value on and no gradient back. With the attribute [`WHOLE`] the value depends on all
/// images of a batch, which must then be computed one by one. No exporter writes it.
pub const DETACH: &str = "gradlens.Detach";

/// See [`DETACH`].
pub const WHOLE: &str = "whole";

/// Operator that gives input 0, a list or one value for each block along an axis, the axes it needs to broadcast
/// against input 1. No exporter writes it.
pub const ALONG: &str = "gradlens.Along";

/// The whole numbers a type can hold.
///
/// # Errors
/// It is not one that is quantised to.
pub fn range(element_type: ElementType) -> Result<[f32; 2], String> {
    Ok(match element_type {
        ElementType::U8 => [0.0, 255.0],
        ElementType::I8 => [-128.0, 127.0],
        ElementType::U16 => [0.0, 65535.0],
        ElementType::I16 => [-32768.0, 32767.0],
        ElementType::U4 => [0.0, 15.0],
        ElementType::I4 => [-8.0, 7.0],
        ElementType::I32 => [-2_147_483_648.0, 2_147_483_648.0],
        other => return Err(format!("values quantised to {other} are not supported")),
    })
}

/// A constant scale and zero point for a whole tensor or for each place along an axis.
pub struct Grid {
    /// One or as many as there are places.
    pub scales: Vec<f32>,
    /// One, or as many as there are places.
    pub zeros: Vec<f32>,
    /// Type of the quantised values.
    pub element_type: ElementType,
}

impl Grid {
    /// From the inputs called `scale` and `zero`, of which the latter may be left out.
    ///
    /// # Errors
    /// They are computed at run time, or of a type that is not quantised to.
    pub fn read(
        writer: &Writer<'_>,
        scale: Option<&str>,
        zero: Option<&str>,
        what: &str,
    ) -> Result<Self, String> {
        let computed = |part: &str| format!("the {part} of its {what} is computed at run time");
        let scales = writer
            .constant(scale)
            .ok_or_else(|| computed("scale"))?
            .floats();
        let (zeros, element_type) = match zero {
            None => (vec![0.0], ElementType::U8),
            Some(_) => {
                let tensor = writer
                    .constant(zero)
                    .ok_or_else(|| computed("zero point"))?;
                (tensor.floats(), tensor.element_type)
            }
        };
        range(element_type)?;
        if scales.is_empty() || zeros.is_empty() {
            return Err(format!("the scale or zero point of its {what} is empty"));
        }
        Ok(Self {
            scales,
            zeros,
            element_type,
        })
    }

    /// The scale of a whole tensor.
    ///
    /// # Errors
    /// There are several.
    pub fn scale(&self, what: &str) -> Result<f32, String> {
        only(&self.scales, "scales", what)
    }

    /// The zero point of a whole tensor.
    ///
    /// # Errors
    /// There are several that differ.
    pub fn zero(&self, what: &str) -> Result<f32, String> {
        let first = only(&self.zeros[..1], "zero points", what)?;
        if self.zeros.iter().any(|&zero| zero != first) {
            return Err(format!(
                "its {what} has {} zero points, and only one is supported",
                self.zeros.len()
            ));
        }
        Ok(first)
    }
}

fn only(values: &[f32], kind: &str, what: &str) -> Result<f32, String> {
    match values {
        &[value] => Ok(value),
        _ => Err(format!(
            "its {what} has {} {kind}, and only one is supported",
            values.len()
        )),
    }
}

/// `value` without the zero point: a whole number, but not on the grid of its type.
pub fn centred(writer: &mut Writer<'_>, value: &str, zero: f32) -> String {
    if zero == 0.0 {
        return value.to_owned();
    }
    let zero = writer.number(zero);
    writer.op("Sub", &[value, &zero], [])
}

/// The real numbers that quantised ones stand for, with one scale and zero point.
///
/// # Errors
/// There are several.
pub fn dequantised(
    writer: &mut Writer<'_>,
    value: &str,
    grid: &Grid,
    what: &str,
) -> Result<String, String> {
    let (scale, zero) = (grid.scale(what)?, grid.zero(what)?);
    let whole = centred(writer, value, zero);
    Ok(writer.scaled(&whole, scale))
}

/// Puts out real numbers, which are in units of the scale, as quantised ones.
///
/// # Errors
/// There are several zero points.
pub fn put_on_grid(
    writer: &mut Writer<'_>,
    output: &str,
    in_units: &str,
    grid: &Grid,
) -> Result<(), String> {
    let zero = grid.zero("output")?;
    let [low, high] = range(grid.element_type)?;
    let rounded = writer.op(ROUND, &[in_units], bounds([low - zero, high - zero]));
    let zero = writer.number(zero);
    writer.put(output, "Add", &[&rounded, &zero], []);
    Ok(())
}

/// Puts out real numbers as quantised ones.
///
/// # Errors
/// There are several scales or zero points.
pub fn put_quantised(
    writer: &mut Writer<'_>,
    output: &str,
    value: &str,
    grid: &Grid,
) -> Result<(), String> {
    let scale = writer.number(grid.scale("output")?);
    let in_units = writer.op("Div", &[value, &scale], []);
    put_on_grid(writer, output, &in_units, grid)
}

/// Attributes of [`ROUND`].
pub fn bounds([low, high]: [f32; 2]) -> [(&'static str, Attribute); 2] {
    [
        ("low", Attribute::Float(low)),
        ("high", Attribute::Float(high)),
    ]
}

/// The type named by attribute `output_dtype`, where it is.
fn declared(node: &Node) -> Result<Option<ElementType>, String> {
    match node.attributes.int("output_dtype", 0)? {
        0 => Ok(None),
        number => i32::try_from(number)
            .ok()
            .and_then(ElementType::from_onnx)
            .map(Some)
            .ok_or_else(|| format!("its output type number {number} is not supported")),
    }
}

/// A scale or zero point made to broadcast against `value`.
fn along(
    writer: &mut Writer<'_>,
    node: &Node,
    parameter: &str,
    value: &str,
) -> Result<String, String> {
    // Operators of ONNX Runtime's own domain mean the whole tensor where they name no axis; both agree where
    // there is one value only.
    let axis = node.attributes.int("axis", 1)?;
    let block = node.attributes.int("block_size", 0)?;
    let attributes = [
        ("axis", Attribute::Int(axis)),
        ("block", Attribute::Int(block)),
    ];
    let known = writer.constant(Some(parameter));
    if known.is_some_and(|tensor| tensor.elements() == 1 && block == 0) {
        let values = known.map(Initializer::floats).unwrap_or_default();
        return Ok(writer.floats(&[], &values));
    }
    let detached = writer.op(DETACH, &[parameter], []);
    Ok(writer.op(ALONG, &[&detached, value], attributes))
}

/// `QuantizeLinear`, one scale and zero point for the tensor, for each place along an axis, or for each block.
pub fn quantize(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(
        node,
        &[
            "axis",
            "block_size",
            "output_dtype",
            "precision",
            "saturate",
        ],
    )?;
    let output = sole_output(node)?;
    let x = needed(node, 0)?;
    let scale = needed(node, 1)?;
    let precision = node.attributes.int("precision", 0)?;
    if !(0..=1).contains(&precision) {
        return Err("its precision is not that of float32".to_owned());
    }
    let zero = node.input(2);
    let zero_type = match zero {
        Some(name) => Some(type_of_zero(writer, name)?),
        None => None,
    };
    let element_type = zero_type.or(declared(node)?).unwrap_or(ElementType::U8);
    let limits = range(element_type)?;
    let scale = along(writer, node, scale, x)?;
    let in_units = writer.op("Div", &[x, &scale], []);
    let Some(zero) = zero else {
        writer.put(output, ROUND, &[&in_units], bounds(limits));
        return Ok(());
    };
    // One zero point moves the bounds; several are added before them.
    let known = writer.constant(Some(zero)).map(Initializer::floats);
    if let Some(&[first, ref rest @ ..]) = known.as_deref()
        && rest.iter().all(|&other| other == first)
    {
        let grid = Grid {
            scales: vec![1.0],
            zeros: vec![first],
            element_type,
        };
        return put_on_grid(writer, output, &in_units, &grid);
    }
    let everything = [f32::NEG_INFINITY, f32::INFINITY];
    let rounded = writer.op(ROUND, &[&in_units], bounds(everything));
    let zero = along(writer, node, zero, x)?;
    let moved = writer.op("Add", &[&rounded, &zero], []);
    writer.put(output, ROUND, &[&moved], bounds(limits));
    Ok(())
}

/// The type of a zero point: of a constant, or of what made it.
fn type_of_zero(writer: &Writer<'_>, name: &str) -> Result<ElementType, String> {
    if let Some(tensor) = writer.constant(Some(name)) {
        return Ok(tensor.element_type);
    }
    let graph = writer.graph();
    let maker = graph
        .nodes
        .iter()
        .find(|node| node.outputs.iter().any(|output| output == name));
    match maker {
        // What `DynamicQuantizeLinear` is made into ends with this.
        Some(node) if node.op == ROUND || node.op == "DynamicQuantizeLinear" => Ok(ElementType::U8),
        Some(node) if node.op == "Cast" => {
            let number = i32::try_from(node.attributes.int("to", 0)?).unwrap_or(0);
            ElementType::from_onnx(number)
                .ok_or_else(|| format!("its zero point has type number {number}"))
        }
        _ => Err(
            "the type of its zero point is not known, since it is computed at run time".to_owned(),
        ),
    }
}

/// `DequantizeLinear` of a value that is computed at run time.
pub fn dequantize(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &["axis", "block_size", "output_dtype"])?;
    let output = sole_output(node)?;
    let x = needed(node, 0)?;
    let whole = match node.input(2) {
        Some(zero) => {
            let zero = along(writer, node, zero, x)?;
            writer.op("Sub", &[x, &zero], [])
        }
        None => x.to_owned(),
    };
    let scale = along(writer, node, needed(node, 1)?, x)?;
    writer.put(output, "Mul", &[&whole, &scale], []);
    Ok(())
}

/// What a value is quantised to whose range is looked up when the network runs.
pub struct Dynamic {
    /// Whole numbers from 0 to 255.
    pub values: String,
    /// Without axes.
    pub scale: String,
    /// Without axes.
    pub zero: String,
}

/// Quantises `x` to the range it has, which gets no gradient.
pub fn dynamic(writer: &mut Writer<'_>, x: &str) -> Dynamic {
    let seen = writer.op(DETACH, &[x], [(WHOLE, Attribute::Int(1))]);
    let keep = || [("keepdims", Attribute::Int(0))];
    let largest = writer.op("ReduceMax", &[&seen], keep());
    let smallest = writer.op("ReduceMin", &[&seen], keep());
    let nothing = writer.number(0.0);
    // 0 is always one of the values that can be told exactly.
    let largest = writer.op("Max", &[&largest, &nothing], []);
    let smallest = writer.op("Min", &[&smallest, &nothing], []);
    let width = writer.op("Sub", &[&largest, &smallest], []);
    let steps = writer.number(255.0);
    let step = writer.op("Div", &[&width, &steps], []);
    let is_flat = writer.op("Equal", &[&width, &nothing], []);
    let one = writer.number(1.0);
    let scale = writer.op("Where", &[&is_flat, &one, &step], []);
    let below = writer.op("Neg", &[&smallest], []);
    let below = writer.op("Div", &[&below, &scale], []);
    let zero = writer.op(ROUND, &[&below], bounds([0.0, 255.0]));
    let scale = writer.op(DETACH, &[&scale], []);
    let zero = writer.op(DETACH, &[&zero], []);
    let in_units = writer.op("Div", &[x, &scale], []);
    let everything = [f32::NEG_INFINITY, f32::INFINITY];
    let rounded = writer.op(ROUND, &[&in_units], bounds(everything));
    let moved = writer.op("Add", &[&rounded, &zero], []);
    let values = writer.op(ROUND, &[&moved], bounds([0.0, 255.0]));
    Dynamic {
        values,
        scale,
        zero,
    }
}

/// `DynamicQuantizeLinear`.
pub fn dynamic_quantize(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &[])?;
    let found = dynamic(writer, needed(node, 0)?);
    let parts = [&found.values, &found.scale, &found.zero];
    for (output, part) in node.outputs.iter().zip(parts) {
        if !output.is_empty() {
            writer.put(output, "Identity", &[part], []);
        }
    }
    Ok(())
}
