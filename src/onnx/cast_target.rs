//! The type a `Cast` casts to (<https://onnx.ai/onnx/operators/onnx__Cast.html>): a number, and in operator sets
//! before 6 a word.

use super::{Attribute, ElementType, Node};

/// The element type that `node` casts to.
///
/// # Errors
/// It is missing, or a type that no supported operator uses; one sentence that names it.
pub fn cast_target(node: &Node) -> Result<ElementType, String> {
    let unknown = |what: &str| format!("its type {what} is not supported");
    match node.attributes.get("to") {
        Some(Attribute::Int(number)) => i32::try_from(*number)
            .ok()
            .and_then(ElementType::from_onnx)
            .ok_or_else(|| unknown(&format!("number {number}"))),
        Some(Attribute::Text(word)) => by_word(word).ok_or_else(|| unknown(word)),
        _ => Err("its type to is missing".to_owned()),
    }
}

/// Types by the words of `TensorProto.DataType`.
fn by_word(word: &str) -> Option<ElementType> {
    Some(match word.to_ascii_uppercase().as_str() {
        "FLOAT" => ElementType::F32,
        "UINT8" => ElementType::U8,
        "INT8" => ElementType::I8,
        "UINT16" => ElementType::U16,
        "INT16" => ElementType::I16,
        "INT32" => ElementType::I32,
        "INT64" => ElementType::I64,
        "BOOL" => ElementType::Bool,
        "FLOAT16" => ElementType::F16,
        "DOUBLE" => ElementType::F64,
        "UINT32" => ElementType::U32,
        "UINT64" => ElementType::U64,
        "BFLOAT16" => ElementType::Bf16,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cast(to: Attribute) -> Result<ElementType, String> {
        cast_target(&Node {
            name: "cast".to_owned(),
            op: "Cast".to_owned(),
            inputs: vec![],
            outputs: vec![],
            attributes: [("to".to_owned(), to)].into_iter().collect(),
        })
    }

    #[test]
    fn types_are_numbers_or_words() {
        assert_eq!(cast(Attribute::Int(10)), Ok(ElementType::F16));
        assert_eq!(
            cast(Attribute::Text("FLOAT".to_owned())),
            Ok(ElementType::F32)
        );
        let error = cast(Attribute::Text("STRING".to_owned())).unwrap_err();
        assert!(error.contains("STRING"), "{error}");
        assert!(cast(Attribute::Int(17)).unwrap_err().contains("17"));
    }
}
