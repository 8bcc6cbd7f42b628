//! Whether a value holds truth values, as far as the nodes that make it tell.

use crate::onnx::{Attribute, ElementType, Graph};

/// Nodes followed from a value to what decides its type.
const MOST_STEPS: usize = 64;

/// Whether the value called `name` holds truth values rather than numbers.
///
/// # Errors
/// Its maker does not tell.
pub fn is_bool(graph: &Graph, name: &str) -> Result<bool, String> {
    let mut name = name;
    for _ in 0..MOST_STEPS {
        if let Some(tensor) = graph.initializers.get(name) {
            return Ok(tensor.element_type == ElementType::Bool);
        }
        if let Some(port) = graph.inputs.iter().find(|port| port.name == name) {
            return Ok(port.element_type == Some(ElementType::Bool));
        }
        let maker = graph
            .nodes
            .iter()
            .find(|node| node.outputs.iter().any(|output| output == name));
        let Some(node) = maker else {
            break;
        };
        let followed = match node.op.as_str() {
            "And" | "Equal" | "Greater" | "GreaterOrEqual" | "IsInf" | "IsNaN" | "Less"
            | "LessOrEqual" | "Not" | "Or" | "Xor" => return Ok(true),
            "Cast" => return Ok(matches!(node.attributes.get("to"), Some(Attribute::Int(9)))),
            "ConstantOfShape" => {
                return Ok(matches!(
                    node.attributes.get("value"),
                    Some(Attribute::Tensor(tensor)) if tensor.element_type == ElementType::Bool
                ));
            }
            "CastLike" | "Where" => 1,
            "Concat" | "Expand" | "Flatten" | "Gather" | "GatherElements" | "GatherND"
            | "Identity" | "Pad" | "Reshape" | "ScatterElements" | "ScatterND" | "Slice"
            | "Split" | "Squeeze" | "Tile" | "Transpose" | "Trilu" | "Unsqueeze"
            | "gradlens.Gate" => 0,
            "gradlens.Choose" => 1,
            // Everything else that makes a mask computes real numbers.
            _ => return Ok(false),
        };
        match node.input(followed) {
            Some(input) => name = input,
            None => break,
        }
    }
    Err(format!("the type of its mask {name} is not known"))
}
