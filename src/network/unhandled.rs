//! Attributes that a node has and its operator did not take into account: a result that ignores one may be wrong,
//! so that such a node is refused.

use super::{
    kernels::Kernels,
    operator::{Build, BuildContext, Operator},
};
use crate::onnx::{Attribute, Node};

/// Attributes that change nothing of what is computed here, with the reason.
const WITHOUT_MEANING: [(&[&str], &str, &str); 8] = [
    // Operators (none for all), attribute, reason.
    (
        &[],
        "consumed_inputs",
        "a hint of operator sets before 6 on which memory may be used again",
    ),
    (
        &["BatchNormalization"],
        "momentum",
        "how running statistics move on while a network is trained",
    ),
    (
        &["Dropout"],
        "ratio",
        "how much is dropped in training; at rest nothing is",
    ),
    (&["Dropout"], "seed", "of random numbers that nobody draws"),
    (
        &["Cast", "CastLike"],
        "saturate",
        "of casts to 8-bit floats, which are refused",
    ),
    (
        &["Cast", "CastLike"],
        "round_mode",
        "of casts to 8-bit floats, which are refused",
    ),
    (
        &[
            "GroupNormalization",
            "LayerNormalization",
            "RMSNormalization",
            "Range",
        ],
        "stash_type",
        "the precision of what is computed in between, which is single precision or better here",
    ),
    (
        &["MaxPool"],
        "storage_order",
        "of positions that are put out beside the maxima, which nobody may read",
    ),
];

/// Whether `attribute` changes nothing of what `op` computes.
pub fn is_without_meaning(op: &str, attribute: &str) -> bool {
    // Marks of our own, for whoever put them there.
    attribute.starts_with("gradlens.")
        || WITHOUT_MEANING
            .iter()
            .any(|(ops, name, _)| *name == attribute && (ops.is_empty() || ops.contains(&op)))
}

/// Builds the operator of `node`, which must take every attribute of it into account.
///
/// # Errors
/// What `build` says, or the first attribute that it did not ask for.
pub fn build_in_full<B: Kernels>(
    build: Build<B>,
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    // Simplifying may have asked for some that the operator does not know.
    node.attributes.forget_asked();
    let operator = build(node, context)?;
    let unasked = node.attributes.unasked();
    match unasked
        .iter()
        .find(|name| !is_without_meaning(&node.op, name))
    {
        None => Ok(operator),
        Some(name) => Err(format!(
            "its attribute {name} ({}) is not known for {} in operator set {}, and ignoring it could give wrong \
             numbers; export the model without it",
            described(node, name),
            node.op,
            context.graph.opset
        )),
    }
}

/// The value of an attribute, in short.
fn described(node: &Node, name: &str) -> String {
    let found = node.attributes.iter().find(|(own, _)| *own == name);
    match found.map(|(_, value)| value) {
        Some(Attribute::Int(value)) => value.to_string(),
        Some(Attribute::Float(value)) => value.to_string(),
        Some(Attribute::Text(text)) => text.chars().take(40).collect(),
        Some(Attribute::Ints(values)) => format!("{:?}", values.iter().take(8).collect::<Vec<_>>()),
        Some(Attribute::Floats(values)) => {
            format!("{:?}", values.iter().take(8).collect::<Vec<_>>())
        }
        Some(Attribute::Texts(_)) => "texts".to_owned(),
        Some(Attribute::Tensor(_)) => "a tensor".to_owned(),
        Some(Attribute::Graph(_)) => "a graph".to_owned(),
        Some(Attribute::Other(kind)) => (*kind).to_owned(),
        None => "missing".to_owned(),
    }
}

#[cfg(test)]
mod tests;
