//! Lists of tensors, such as `SplitToSequence` (<https://onnx.ai/onnx/operators/onnx__SplitToSequence.html>) makes
//! them, that only hand tensors on: each is followed to where it comes from, and no list is left.

use std::collections::HashMap;

use super::{
    inlining::{inline, inner},
    writer::{Given, Writer, needed, only_attributes, sole_output},
};
use crate::onnx::{Attribute, Node};

/// What is known of a list.
#[derive(Clone, Debug)]
pub enum Sequence {
    /// These tensors.
    Tensors(Vec<String>),
    /// A tensor in parts of the same size along an axis, as many as there are.
    Parts {
        tensor: String,
        axis: i64,
        size: i64,
        /// Parts lose the axis.
        drops_axis: bool,
    },
}

/// The lists of a graph by name.
pub type Sequences = HashMap<String, Sequence>;

/// Operators on lists that are followed here.
pub fn is_about_sequences(node: &Node, known: &Sequences) -> bool {
    match node.op.as_str() {
        "SequenceConstruct" | "SequenceEmpty" | "SplitToSequence" | "SequenceAt"
        | "SequenceInsert" | "SequenceErase" | "ConcatFromSequence" | "SequenceLength"
        | "SequenceMap" => true,
        "Identity" => node.input(0).is_some_and(|name| known.contains_key(name)),
        _ => false,
    }
}

/// Follows one node.
pub fn follow(node: &Node, writer: &mut Writer<'_>, known: &mut Sequences) -> Result<(), String> {
    let output = sole_output(node)?.to_owned();
    let list = |index: usize| -> Result<Sequence, String> {
        let name = needed(node, index)?;
        known
            .get(name)
            .cloned()
            .ok_or_else(|| format!("where its list {name} comes from is not known beforehand"))
    };
    let made = match node.op.as_str() {
        "SequenceConstruct" => Sequence::Tensors(node.inputs.clone()),
        "SequenceEmpty" => Sequence::Tensors(Vec::new()),
        "Identity" => list(0)?,
        "SequenceMap" => map(node, writer, known, tensors(list(0)?)?)?,
        "SplitToSequence" => split(node, writer)?,
        "SequenceInsert" => {
            let mut tensors = tensors(list(0)?)?;
            let at = match node.input(2) {
                Some(name) => place(writer, name, tensors.len() + 1, tensors.len())?,
                None => tensors.len(),
            };
            tensors.insert(at, needed(node, 1)?.to_owned());
            Sequence::Tensors(tensors)
        }
        "SequenceErase" => {
            let mut tensors = tensors(list(0)?)?;
            let last = tensors.len().saturating_sub(1);
            let at = match node.input(1) {
                Some(name) => place(writer, name, tensors.len(), tensors.len())?,
                None => last,
            };
            if at >= tensors.len() {
                return Err("its list is empty".to_owned());
            }
            tensors.remove(at);
            Sequence::Tensors(tensors)
        }
        "SequenceAt" => {
            put_part(writer, &output, &list(0)?, needed(node, 1)?)?;
            return Ok(());
        }
        "SequenceLength" => {
            put_length(writer, &output, &list(0)?);
            return Ok(());
        }
        _ => {
            only_attributes(node, &["axis", "new_axis"])?;
            let axis = node.attributes.int("axis", 0)?;
            let is_new = node.attributes.int("new_axis", 0)? != 0;
            put_together(writer, &output, list(0)?, axis, is_new)?;
            return Ok(());
        }
    };
    known.insert(output, made);
    Ok(())
}

/// A list of what a graph inside the node makes of each tensor, and of those at its place in further lists.
fn map(
    node: &Node,
    writer: &mut Writer<'_>,
    known: &Sequences,
    firsts: Vec<String>,
) -> Result<Sequence, String> {
    only_attributes(node, &["body"])?;
    let body = inner(node, "body")?;
    let mut further = Vec::new();
    for index in 1..body.first_capture.min(node.inputs.len()) {
        let name = needed(node, index)?;
        further.push(match known.get(name) {
            Some(list) => {
                let list = tensors(list.clone())?;
                if list.len() != firsts.len() {
                    return Err("its lists differ in length".to_owned());
                }
                list
            }
            // A tensor goes with each.
            None => vec![name.to_owned(); firsts.len()],
        });
    }
    let mut made = Vec::with_capacity(firsts.len());
    for (index, first) in firsts.into_iter().enumerate() {
        let prefix = format!("{}.{index}", node.name_of_first_output());
        let others = further.iter().map(|list| list[index].clone());
        let inputs: Vec<String> = std::iter::once(first).chain(others).collect();
        let outputs = inline(writer, body, &prefix, &inputs, |_, place| {
            node.inputs.get(place).cloned().unwrap_or_default()
        });
        made.extend(outputs);
    }
    Ok(Sequence::Tensors(made))
}

fn tensors(list: Sequence) -> Result<Vec<String>, String> {
    match list {
        Sequence::Tensors(tensors) => Ok(tensors),
        Sequence::Parts { .. } => {
            Err("how many tensors its list has is not known beforehand".to_owned())
        }
    }
}

/// A constant position; `length` positions are possible, and negative ones count from `end`.
fn place(writer: &Writer<'_>, name: &str, length: usize, end: usize) -> Result<usize, String> {
    let given = position(writer, name)?;
    let counted = if given < 0 { given + end as i64 } else { given };
    usize::try_from(counted)
        .ok()
        .filter(|&counted| counted < length)
        .ok_or_else(|| format!("position {given} lies outside a list of {end} tensors"))
}

fn position(writer: &Writer<'_>, name: &str) -> Result<i64, String> {
    let tensor = writer.constant(Some(name)).map(|tensor| tensor.integers());
    match tensor.as_deref() {
        Some(&[position]) => Ok(position),
        _ => Err("its position in the list is computed at run time".to_owned()),
    }
}

fn split(node: &Node, writer: &mut Writer<'_>) -> Result<Sequence, String> {
    only_attributes(node, &["axis", "keepdims"])?;
    let tensor = needed(node, 0)?.to_owned();
    let axis = node.attributes.int("axis", 0)?;
    let Some(sizes) = node.input(1) else {
        return Ok(Sequence::Parts {
            tensor,
            axis,
            size: 1,
            drops_axis: node.attributes.int("keepdims", 1)? == 0,
        });
    };
    let sizes = writer.constant(Some(sizes));
    let sizes = sizes.ok_or("the sizes of its parts are computed at run time")?;
    let is_scalar = sizes.shape.is_empty();
    let sizes = sizes.integers();
    if let (true, &[size]) = (is_scalar, sizes.as_slice()) {
        if size <= 0 {
            return Err(format!("its parts have size {size}"));
        }
        return Ok(Sequence::Parts {
            tensor,
            axis,
            size,
            drops_axis: false,
        });
    }
    let axis = ("axis", Attribute::Int(axis));
    let parts = if writer.opset() < 13 {
        let sizes = sizes.clone();
        let given = ("split", Attribute::Ints(sizes));
        writer.parts("Split", &[&tensor], [axis, given], count_of(node, writer)?)
    } else {
        let count = sizes.len();
        let sizes = writer.integers(&sizes);
        writer.parts("Split", &[&tensor, &sizes], [axis], count)
    };
    Ok(Sequence::Tensors(parts))
}

fn count_of(node: &Node, writer: &Writer<'_>) -> Result<usize, String> {
    let sizes = writer.constant(node.input(1));
    Ok(sizes.map_or(0, |sizes| sizes.elements()))
}

fn put_part(
    writer: &mut Writer<'_>,
    output: &str,
    list: &Sequence,
    at: &str,
) -> Result<(), String> {
    match list {
        Sequence::Tensors(tensors) => {
            let at = place(writer, at, tensors.len(), tensors.len())?;
            writer.put(output, "Identity", &[&tensors[at]], []);
        }
        Sequence::Parts {
            tensor,
            axis,
            size,
            drops_axis,
        } => {
            let at = position(writer, at)?;
            if *drops_axis {
                // `Gather` by one number drops the axis, and refuses places that are not there.
                let index = writer.integer(at);
                let axis = [("axis", Attribute::Int(*axis))];
                writer.put(output, "Gather", &[tensor, &index], axis);
                return Ok(());
            }
            if *size == 1 {
                let index = writer.integers(&[at]);
                let axis = [("axis", Attribute::Int(*axis))];
                writer.put(output, "Gather", &[tensor, &index], axis);
                return Ok(());
            }
            if at < 0 {
                return Err(
                    "its position counts from the end of a list of unknown length".to_owned(),
                );
            }
            let start = at.checked_mul(*size).ok_or("its position is too large")?;
            // A first place that is not there is refused, the part may be shorter than the others.
            let first = writer.integers(&[start]);
            let along = [("axis", Attribute::Int(*axis))];
            let probe = writer.op("Gather", &[tensor, &first], along);
            let part = writer.slice(tensor, *axis, [start, start.saturating_add(*size)]);
            let rest = writer.slice(&part, *axis, [1, i64::MAX]);
            let parts: [Given<'_>; 1] = [("axis", Attribute::Int(*axis))];
            writer.put(output, "Concat", &[&probe, &rest], parts);
        }
    }
    Ok(())
}

fn put_length(writer: &mut Writer<'_>, output: &str, list: &Sequence) {
    match list {
        Sequence::Tensors(tensors) => {
            let length = writer.integer(tensors.len() as i64);
            writer.put(output, "Identity", &[&length], []);
        }
        Sequence::Parts {
            tensor, axis, size, ..
        } => {
            let shape = writer.op("Shape", &[tensor], []);
            let axis = writer.integer(*axis);
            let along = [("axis", Attribute::Int(0))];
            let length = writer.op("Gather", &[&shape, &axis], along);
            let more = writer.integer(size - 1);
            let padded = writer.op("Add", &[&length, &more], []);
            let size = writer.integer(*size);
            writer.put(output, "Div", &[&padded, &size], []);
        }
    }
}

fn put_together(
    writer: &mut Writer<'_>,
    output: &str,
    list: Sequence,
    along: i64,
    is_new: bool,
) -> Result<(), String> {
    let tensors = match list {
        // Parts put together again are the whole.
        Sequence::Parts {
            tensor,
            axis,
            drops_axis,
            ..
        } if axis == along && drops_axis == is_new => {
            writer.put(output, "Identity", &[&tensor], []);
            return Ok(());
        }
        list => tensors(list)?,
    };
    if tensors.is_empty() {
        return Err("its list is empty".to_owned());
    }
    let tensors: Vec<String> = if is_new {
        tensors
            .iter()
            .map(|tensor| writer.unsqueeze(tensor, along))
            .collect()
    } else {
        tensors
    };
    let tensors: Vec<&str> = tensors.iter().map(String::as_str).collect();
    writer.put(
        output,
        "Concat",
        &tensors,
        [("axis", Attribute::Int(along))],
    );
    Ok(())
}
