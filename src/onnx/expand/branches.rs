//! `If` (<https://onnx.ai/onnx/operators/onnx__If.html>): the branch that is taken put in its place, or, where that
//! is known only with the image's size, both of them behind gates of which one opens.

use super::{
    inlining::{inline, inner},
    writer::{Writer, needed},
};
use crate::onnx::{Attribute, Initializer, Node};

/// Operator that passes input 0 on where input 1 is as its attribute [`OPEN_WHEN`] says. Otherwise whatever depends
/// on its output is not computed. No exporter writes it.
pub const GATE: &str = "gradlens.Gate";

/// See [`GATE`].
pub const OPEN_WHEN: &str = "when";

/// Operator that gives input 1 where input 0 is true, else input 2; the other one may not be there. No exporter
/// writes it.
pub const CHOOSE: &str = "gradlens.Choose";

/// A truth value that is a constant of one element.
pub fn known(writer: &Writer<'_>, name: &str) -> Option<bool> {
    let tensor = writer.constant(Some(name))?;
    truth(tensor)
}

fn truth(tensor: &Initializer) -> Option<bool> {
    match tensor.integers().as_slice() {
        &[value] => Some(value != 0),
        _ => None,
    }
}

/// `If`.
pub fn branch(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    let condition = needed(node, 0)?;
    let branches = [inner(node, "then_branch")?, inner(node, "else_branch")?];
    let names = ["then", "else"];
    let prefix = |index: usize| format!("{}.{}", node.name_of_first_output(), names[index]);
    let direct =
        |_: &mut Writer<'_>, place: usize| node.inputs.get(place).cloned().unwrap_or_default();
    if let Some(taken) = known(writer, condition) {
        let index = usize::from(!taken);
        let made = inline(writer, branches[index], &prefix(index), &[], direct);
        for (output, made) in node.outputs.iter().zip(&made) {
            if !output.is_empty() {
                writer.put(output, "Identity", &[made], []);
            }
        }
        return Ok(());
    }
    let mut made = Vec::new();
    for (index, branch) in branches.into_iter().enumerate() {
        let gated = |writer: &mut Writer<'_>, place: usize| {
            let value = node.inputs.get(place).cloned().unwrap_or_default();
            if writer.constant(Some(&value)).is_some() {
                return value;
            }
            let when = Attribute::Int(i64::from(index == 0));
            writer.op(GATE, &[&value, condition], [(OPEN_WHEN, when)])
        };
        made.push(inline(writer, branch, &prefix(index), &[], gated));
    }
    for (index, output) in node.outputs.iter().enumerate() {
        let (Some(yes), Some(no)) = (made[0].get(index), made[1].get(index)) else {
            return Err("its branches have fewer outputs than it".to_owned());
        };
        if !output.is_empty() {
            writer.put(output, CHOOSE, &[condition, yes, no], []);
        }
    }
    Ok(())
}

/// A gate or choice whose condition has become a constant.
pub fn settle(node: &Node, writer: &mut Writer<'_>) -> Option<()> {
    let is_gate = node.op == GATE;
    let condition = known(writer, node.input(usize::from(is_gate))?)?;
    let output = node.outputs.first()?;
    if is_gate {
        let opens = node.attributes.int(OPEN_WHEN, 1).ok()? != 0;
        (opens == condition).then_some(())?;
        writer.put(output, "Identity", &[node.input(0)?], []);
    } else {
        let taken = node.input(if condition { 1 } else { 2 })?;
        writer.put(output, "Identity", &[taken], []);
    }
    Some(())
}
