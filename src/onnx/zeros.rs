//! Inputs beside the image, held at 0.

use std::collections::BTreeMap;

use super::{
    Attribute, Attributes, Dimension, ElementType, Graph, Initializer, Node, OnnxError, Port,
};

/// Most elements an input may have that is filled with zeros.
const MOST_ELEMENTS: usize = 1 << 24;

/// Replaces an input by zeros of its declared shape, as many rows as there are images where its first
/// axis is free. What was done, as a sentence.
///
/// # Errors
/// Its shape is not declared, has another free axis, or is too large.
pub fn hold_at_zero(graph: &mut Graph, port: &Port, image: &Port) -> Result<String, OnnxError> {
    let refused = |reason: String| OnnxError::NoInput {
        reasons: vec![format!("{}: {reason}", port.name)],
    };
    let element_type = port.element_type.unwrap_or(ElementType::F32);
    let lengths: Vec<Option<usize>> = port
        .shape
        .iter()
        .map(|dimension| match dimension {
            Dimension::Fixed(length) => Some(*length),
            Dimension::Symbolic(_) => None,
        })
        .collect();
    if let Some(axis) = lengths.iter().skip(1).position(Option::is_none) {
        return Err(refused(format!(
            "it cannot be held at 0, because its dimension {} is free",
            port.shape
                .get(axis + 1)
                .map(ToString::to_string)
                .unwrap_or_default()
        )));
    }
    let known: Option<usize> = lengths
        .iter()
        .flatten()
        .try_fold(1_usize, |product, &length| product.checked_mul(length));
    let Some(elements) = known.filter(|&elements| elements <= MOST_ELEMENTS) else {
        return Err(refused(format!(
            "its shape {} is too large to be held at 0",
            Dimension::describe(&port.shape)
        )));
    };
    let fixed: Vec<usize> = lengths.iter().flatten().copied().collect();
    if fixed.len() == lengths.len() {
        let zeros = Initializer {
            name: port.name.clone(),
            shape: fixed,
            element_type,
            bytes: vec![0; elements * element_type.size()].into(),
        };
        graph.initializers.insert(port.name.clone(), zeros);
    } else {
        let nodes = rows_of_zeros(graph, port, &fixed, element_type, image);
        graph.nodes.splice(0..0, nodes);
    }
    Ok(format!(
        "The model also takes the input {}, of shape {}; it is held at 0.",
        port.name,
        Dimension::describe(&port.shape)
    ))
}

/// Nodes for zeros of shape `[images, row...]`.
fn rows_of_zeros(
    graph: &mut Graph,
    port: &Port,
    row: &[usize],
    element_type: ElementType,
    image: &Port,
) -> Vec<Node> {
    let made = |part: &str| format!("{}.{part}", port.name);
    let mut integers = |part: &str, values: &[i64]| {
        let name = made(part);
        graph.initializers.insert(
            name.clone(),
            Initializer {
                name: name.clone(),
                shape: vec![values.len()],
                element_type: ElementType::I64,
                bytes: values.iter().flat_map(|v| v.to_le_bytes()).collect(),
            },
        );
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
    let zero = Initializer {
        name: String::new(),
        shape: vec![1],
        element_type,
        bytes: vec![0; element_type.size()].into(),
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
            BTreeMap::from([("value".to_owned(), Attribute::Tensor(Box::new(zero)))]),
        ),
    ]
}
