//! Normalisations of transformers as ONNX Runtime writes them, and its group normalisation
//! (<https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md>).

use super::writer::{Given, Writer, needed, none_of, only_attributes, sole_output};
use crate::onnx::{Attribute, Node};

/// `SimplifiedLayerNormalization`, which became `RMSNormalization`, and `LayerNormalization` of another
/// domain: the same operators under other names.
pub fn renamed(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &["axis", "epsilon", "stash_type"])?;
    let output = sole_output(node)?;
    let inputs: Vec<&str> = node.inputs.iter().map(String::as_str).collect();
    let axis = node.attributes.int("axis", -1)?;
    let epsilon = node.attributes.float("epsilon", 1e-5)?;
    let attributes = of_norm(axis, epsilon);
    let op = if node.op.ends_with("SimplifiedLayerNormalization") {
        "RMSNormalization"
    } else {
        "LayerNormalization"
    };
    writer.put(output, op, &inputs, attributes);
    Ok(())
}

fn of_norm(axis: i64, epsilon: f32) -> [Given<'static>; 2] {
    [
        ("axis", Attribute::Int(axis)),
        ("epsilon", Attribute::Float(epsilon)),
    ]
}

/// `SkipLayerNormalization` and `SkipSimplifiedLayerNormalization`: a skip connection is added, then a
/// bias, and the sum, which may be put out as well, is normalised.
pub fn skip(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &["epsilon"])?;
    let simplified = node.op.ends_with("SkipSimplifiedLayerNormalization");
    let epsilon = node.attributes.float("epsilon", 1e-12)?;
    let (scale, shift, bias) = if simplified {
        (needed(node, 2)?, None, node.input(3))
    } else {
        (needed(node, 2)?, node.input(3), node.input(4))
    };
    none_of(node, if simplified { 4 } else { 5 }, &[])?;
    let sum = writer.op("Add", &[needed(node, 0)?, needed(node, 1)?], []);
    let sum = writer.plus(sum, bias);
    let output = |index: usize| node.outputs.get(index).filter(|name| !name.is_empty());
    if output(1).or(output(2)).is_some() {
        return Err("its mean or deviation is read, which only training needs".to_owned());
    }
    if let Some(total) = output(3) {
        writer.put(total, "Identity", &[&sum], []);
    }
    let Some(normalised) = output(0) else {
        return Ok(());
    };
    let inputs = match shift {
        Some(shift) => vec![sum.as_str(), scale, shift],
        None => vec![sum.as_str(), scale],
    };
    let op = if simplified {
        "RMSNormalization"
    } else {
        "LayerNormalization"
    };
    writer.put(normalised, op, &inputs, of_norm(-1, epsilon));
    Ok(())
}

/// `GroupNorm` and `SkipGroupNorm`: channels last unless told otherwise, and a `Swish` where asked for.
pub fn group(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &["activation", "channels_last", "epsilon", "groups"])?;
    let skips = node.op.ends_with("SkipGroupNorm");
    let last = node.attributes.int("channels_last", 1)? != 0;
    let groups = node.attributes.int("groups", 0)?;
    let epsilon = node.attributes.float("epsilon", 1e-5)?;
    let activation = node.attributes.int("activation", 0)?;
    if !(0..=1).contains(&activation) {
        return Err(format!("its activation number {activation} is not known"));
    }
    let output = |index: usize| node.outputs.get(index).filter(|name| !name.is_empty());
    let mut x = needed(node, 0)?.to_owned();
    if skips {
        let channels = |writer: &mut Writer<'_>, name: &str| {
            let image = writer.of_rank(name, 4, "the skip connection");
            writer.op("Identity", &[&image], [])
        };
        let skip = channels(writer, needed(node, 3)?);
        x = writer.op("Add", &[&x, &skip], []);
        if let Some(bias) = node.input(4) {
            if !last {
                return Err("its bias is not supported with channels first".to_owned());
            }
            x = writer.op("Add", &[&x, bias], []);
        }
        if let Some(total) = output(1) {
            writer.put(total, "Identity", &[&x], []);
        }
    } else if output(1).is_some() {
        return Err("its second output is read".to_owned());
    }
    let Some(output) = output(0) else {
        return Ok(());
    };
    let mut image = writer.of_rank(&x, 4, "the image");
    if last {
        image = writer.transpose(&image, &[0, 3, 1, 2]);
    }
    let (scale, shift) = (needed(node, 1)?, needed(node, 2)?);
    let Some(channels) = writer.constant(Some(scale)).map(|scale| scale.elements()) else {
        return Err("its scale is computed at run time".to_owned());
    };
    // A factor a group before operator set 21, one a channel since; those of the node come after it.
    let factors = match usize::try_from(groups) {
        Ok(groups) if writer.opset() < 21 => groups,
        Ok(_) => channels,
        Err(_) => return Err(format!("its number of groups is {groups}")),
    };
    if factors > channels {
        return Err(format!("{channels} channels cannot make {groups} groups"));
    }
    let ones = writer.floats(&[factors], &vec![1.0; factors]);
    let zeros = writer.floats(&[factors], &vec![0.0; factors]);
    let attributes = [
        ("num_groups", Attribute::Int(groups)),
        ("epsilon", Attribute::Float(epsilon)),
    ];
    let normalised = writer.op("GroupNormalization", &[&image, &ones, &zeros], attributes);
    let column = |writer: &mut Writer<'_>, name: &str| writer.reshape_to(name, &[-1, 1, 1]);
    let scale = column(writer, scale);
    let shift = column(writer, shift);
    let scaled = writer.op("Mul", &[&normalised, &scale], []);
    let mut value = writer.op("Add", &[&scaled, &shift], []);
    if activation == 1 {
        value = writer.op("Swish", &[&value], []);
    }
    if last {
        value = writer.transpose(&value, &[0, 2, 3, 1]);
    }
    writer.put(output, "Identity", &[&value], []);
    Ok(())
}
