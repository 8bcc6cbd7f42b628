//! Inputs beside the image, held at a value.

use std::collections::BTreeMap;

use half::{bf16, f16};

use super::{
    Attribute, Attributes, Dimension, ElementType, Graph, Initializer, Node, OnnxError, Port,
};
use crate::protocol::InputValue;

/// Most elements an input may have that is filled with one number.
const MOST_ELEMENTS: usize = 1 << 24;
/// Most elements of a shape that may be a switch: a single number.
const SWITCH_ELEMENTS: usize = 1;

/// Whether an input is a switch rather than data, such as the one that says whether the network is being
/// trained: a truth value, or a single number that is no row of anything. Held at 0 it means inference.
pub fn is_switch(port: &Port) -> bool {
    let single = port.shape.iter().all(|dimension| match dimension {
        Dimension::Fixed(length) => *length <= SWITCH_ELEMENTS,
        Dimension::Symbolic(_) => false,
    });
    port.is_tensor
        && single
        && (port.shape.len() <= 1 || port.element_type == Some(ElementType::Bool))
}

/// Replaces an input by the value that was given for it, else by zeros; one number is taken for as many rows as
/// there are images where the first axis is free. What was done, as a sentence.
///
/// # Errors
/// The value does not fit, there is none where 0 would mean nothing, or the shape is not known well enough.
pub fn hold(
    graph: &mut Graph,
    port: &Port,
    value: Option<&InputValue>,
    image: &Port,
) -> Result<String, OnnxError> {
    let element_type = port.element_type.unwrap_or(ElementType::F32);
    if value.is_none() && !element_type.is_float() && !is_switch(port) {
        return Err(OnnxError::NeedsValue {
            input: port.name.clone(),
            kind: element_type.to_string(),
            shape: Dimension::describe(&port.shape),
        });
    }
    let said = match value {
        Some(InputValue::Array { shape, values }) => {
            hold_array(graph, port, element_type, shape, values)?;
            "the values that were given".to_owned()
        }
        Some(InputValue::Number(number)) => {
            hold_number(graph, port, element_type, *number, image)?;
            number.to_string()
        }
        None => {
            hold_number(graph, port, element_type, 0.0, image)?;
            if is_switch(port) {
                "0, which switches of training mean inference by".to_owned()
            } else {
                "0".to_owned()
            }
        }
    };
    Ok(format!(
        "The model also takes the input {}, of shape {}; it is held at {said}.",
        port.name,
        Dimension::describe(&port.shape)
    ))
}

fn wrong(port: &Port, reason: String) -> OnnxError {
    OnnxError::InputValue {
        input: port.name.clone(),
        reason,
    }
}

fn hold_array(
    graph: &mut Graph,
    port: &Port,
    element_type: ElementType,
    shape: &[usize],
    values: &[f64],
) -> Result<(), OnnxError> {
    let fits = port.shape.is_empty()
        || port.shape.len() == shape.len()
            && port
                .shape
                .iter()
                .zip(shape)
                .all(|(declared, &length)| match declared {
                    Dimension::Fixed(fixed) => *fixed == length,
                    Dimension::Symbolic(_) => true,
                });
    if !fits || shape.iter().product::<usize>() != values.len() {
        return Err(wrong(
            port,
            format!(
                "it has shape {shape:?} and {} numbers, but {} is declared",
                values.len(),
                Dimension::describe(&port.shape)
            ),
        ));
    }
    let bytes = values.iter().try_fold(Vec::new(), |mut bytes, &value| {
        bytes.extend(encoded(value, element_type)?);
        Some(bytes)
    });
    let bytes = bytes.ok_or_else(|| wrong(port, format!("it does not fit into {element_type}")))?;
    graph.initializers.insert(
        port.name.clone(),
        Initializer {
            name: port.name.clone(),
            shape: shape.to_vec(),
            element_type,
            bytes: bytes.into(),
        },
    );
    Ok(())
}

fn hold_number(
    graph: &mut Graph,
    port: &Port,
    element_type: ElementType,
    number: f64,
    image: &Port,
) -> Result<(), OnnxError> {
    let element = encoded(number, element_type)
        .ok_or_else(|| wrong(port, format!("{number} does not fit into {element_type}")))?;
    let lengths: Vec<Option<usize>> = port
        .shape
        .iter()
        .map(|dimension| match dimension {
            Dimension::Fixed(length) => Some(*length),
            Dimension::Symbolic(_) => None,
        })
        .collect();
    if let Some(axis) = lengths.iter().skip(1).position(Option::is_none) {
        let name = port.shape.get(axis + 1).map(ToString::to_string);
        return Err(wrong(
            port,
            format!(
                "one number cannot fill it, because its dimension {} is free; give an array",
                name.unwrap_or_default()
            ),
        ));
    }
    let known: Option<usize> = lengths
        .iter()
        .flatten()
        .try_fold(1_usize, |product, &length| product.checked_mul(length));
    let Some(elements) = known.filter(|&elements| elements <= MOST_ELEMENTS) else {
        return Err(wrong(
            port,
            format!(
                "its shape {} is too large to be filled with one number",
                Dimension::describe(&port.shape)
            ),
        ));
    };
    let fixed: Vec<usize> = lengths.iter().flatten().copied().collect();
    if fixed.len() == lengths.len() {
        let filled = Initializer {
            name: port.name.clone(),
            shape: fixed,
            element_type,
            bytes: element.repeat(elements).into(),
        };
        graph.initializers.insert(port.name.clone(), filled);
    } else {
        let value = Initializer {
            name: String::new(),
            shape: vec![1],
            element_type,
            bytes: element.into(),
        };
        let nodes = rows(graph, port, &fixed, value, image);
        graph.nodes.splice(0..0, nodes);
    }
    Ok(())
}

/// One number as an element of a tensor; `None` where it does not fit.
fn encoded(number: f64, element_type: ElementType) -> Option<Vec<u8>> {
    if element_type.is_float() {
        return Some(match element_type {
            ElementType::F16 => f16::from_f64(number).to_le_bytes().to_vec(),
            ElementType::Bf16 => bf16::from_f64(number).to_le_bytes().to_vec(),
            ElementType::F64 => number.to_le_bytes().to_vec(),
            _ => (number as f32).to_le_bytes().to_vec(),
        });
    }
    let whole = number as i128;
    if whole as f64 != number {
        return None;
    }
    let [low, high]: [i128; 2] = match element_type {
        ElementType::Bool => [0, 1],
        ElementType::U8 => [0, 0xff],
        ElementType::I8 => [i8::MIN.into(), i8::MAX.into()],
        ElementType::U16 => [0, u16::MAX.into()],
        ElementType::I16 => [i16::MIN.into(), i16::MAX.into()],
        ElementType::U32 => [0, u32::MAX.into()],
        ElementType::I32 => [i32::MIN.into(), i32::MAX.into()],
        ElementType::U64 => [0, u64::MAX.into()],
        _ => [i64::MIN.into(), i64::MAX.into()],
    };
    (low..=high)
        .contains(&whole)
        .then(|| whole.to_le_bytes()[..element_type.size()].to_vec())
}

/// Nodes for one number in the shape `[images, row...]`.
fn rows(
    graph: &mut Graph,
    port: &Port,
    row: &[usize],
    value: Initializer,
    image: &Port,
) -> Vec<Node> {
    let made = |part: &str| format!("{}.{part}", port.name);
    let mut integers = |part: &str, values: &[i64]| {
        let name = made(part);
        graph
            .initializers
            .insert(name.clone(), Initializer::from_integers(&name, values));
        name
    };
    let first = integers("first", &[0]);
    let row: Vec<i64> = row.iter().map(|&length| length as i64).collect();
    let row = integers("row", &row);
    let node = |op: &str, inputs: Vec<String>, output: String, attributes| Node {
        name: output.clone(),
        op: op.to_owned(),
        inputs,
        outputs: vec![output],
        attributes: Attributes::from(attributes),
    };
    let axis = BTreeMap::from([("axis".to_owned(), Attribute::Int(0))]);
    vec![
        node(
            "Shape",
            vec![image.name.clone()],
            made("image"),
            BTreeMap::new(),
        ),
        node(
            "Gather",
            vec![made("image"), first],
            made("images"),
            axis.clone(),
        ),
        node("Concat", vec![made("images"), row], made("shape"), axis),
        node(
            "ConstantOfShape",
            vec![made("shape")],
            port.name.clone(),
            BTreeMap::from([("value".to_owned(), Attribute::Tensor(Box::new(value)))]),
        ),
    ]
}
