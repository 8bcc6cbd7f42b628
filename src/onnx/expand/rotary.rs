//! `RotaryEmbedding` (<https://onnx.ai/onnx/operators/onnx__RotaryEmbedding.html>), ONNX's and ONNX Runtime's:
//! pairs of values turned by an angle that grows with their place.

use super::writer::{Writer, needed, only_attributes, sole_output};
use crate::onnx::{Attribute, Node};

/// Of ONNX, since operator set 23.
pub fn standard(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &["interleaved", "num_heads", "rotary_embedding_dim"])?;
    let (cosines, sines) = (needed(node, 1)?, needed(node, 2)?);
    let [cosines, sines] = match node.input(3) {
        Some(places) => [cosines, sines].map(|cache| {
            let cache = writer.of_rank(cache, 2, "its table of angles");
            writer.op("Gather", &[&cache, places], [("axis", Attribute::Int(0))])
        }),
        None => [cosines, sines].map(str::to_owned),
    };
    let heads = node.attributes.int("num_heads", 0)?;
    turn(node, writer, [&cosines, &sines], heads, heads > 0)
}

/// Of ONNX Runtime, whose tables are always looked up, from one place on or at a place each.
pub fn of_places(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(
        node,
        &[
            "interleaved",
            "is_packed_batching",
            "num_heads",
            "rotary_embedding_dim",
            "scale",
        ],
    )?;
    let scale = node.attributes.float("scale", 1.0)?;
    if scale != 1.0 || node.attributes.int("is_packed_batching", 0)? != 0 {
        return Err("its attributes scale and is_packed_batching are not supported".to_owned());
    }
    let places = needed(node, 1)?;
    if writer
        .constant(Some(places))
        .is_some_and(|tensor| tensor.shape.len() < 2)
    {
        return Err("one place from which all others are counted is not supported".to_owned());
    }
    let places = writer.of_rank(places, 2, "its places");
    let tables = [needed(node, 2)?, needed(node, 3)?];
    let [cosines, sines] =
        tables.map(|cache| writer.op("Gather", &[cache, &places], [("axis", Attribute::Int(0))]));
    let heads = node.attributes.int("num_heads", 0)?;
    if heads == 0 {
        return Err("its number of heads is left out".to_owned());
    }
    turn(node, writer, [&cosines, &sines], heads, true)
}

/// Turns input 0 by angles of shape `[batch, places, pairs]`.
fn turn(
    node: &Node,
    writer: &mut Writer<'_>,
    angles: [&str; 2],
    heads: i64,
    flat: bool,
) -> Result<(), String> {
    let output = sole_output(node)?;
    let interleaved = node.attributes.int("interleaved", 0)? != 0;
    let turned = node.attributes.int("rotary_embedding_dim", 0)?;
    let x = needed(node, 0)?;
    // `[batch, places, heads, size]`.
    let x = if flat {
        let x = writer.of_rank(x, 3, "its input");
        writer.reshape_to(&x, &[0, 0, heads, -1])
    } else {
        let x = writer.of_rank(x, 4, "its input");
        writer.transpose(&x, &[0, 2, 1, 3])
    };
    let (part, rest) = if turned > 0 {
        let part = writer.slice(&x, 3, [0, turned]);
        let rest = writer.slice(&x, 3, [turned, i64::MAX]);
        (part, Some(rest))
    } else {
        (x, None)
    };
    let [cosine, sine] = angles.map(|angle| writer.unsqueeze(angle, 2));
    let [first, second] = if interleaved {
        let pairs = writer.reshape_to(&part, &[0, 0, 0, -1, 2]);
        [0, 1].map(|index| {
            let index = writer.integer(index);
            writer.op("Gather", &[&pairs, &index], [("axis", Attribute::Int(4))])
        })
    } else {
        let halves = writer.parts("Split", &[&part], [("axis", Attribute::Int(-1))], 2);
        [halves[0].clone(), halves[1].clone()]
    };
    let mut product = |a: &str, b: &str| writer.op("Mul", &[a, b], []);
    let products = [
        product(&first, &cosine),
        product(&second, &sine),
        product(&first, &sine),
        product(&second, &cosine),
    ];
    let real = writer.op("Sub", &[&products[0], &products[1]], []);
    let imaginary = writer.op("Add", &[&products[2], &products[3]], []);
    let last = || [("axis", Attribute::Int(-1))];
    let mut value = if interleaved {
        let [real, imaginary] = [&real, &imaginary].map(|half| writer.unsqueeze(half, 4));
        let pairs = writer.op("Concat", &[&real, &imaginary], last());
        writer.reshape_to(&pairs, &[0, 0, 0, -1])
    } else {
        writer.op("Concat", &[&real, &imaginary], last())
    };
    if let Some(rest) = rest {
        value = writer.op("Concat", &[&value, &rest], last());
    }
    if flat {
        let together = writer.integers(&[0, 0, -1]);
        writer.put(output, "Reshape", &[&value, &together], []);
    } else {
        let order = Attribute::Ints(vec![0, 2, 1, 3]);
        writer.put(output, "Transpose", &[&value], [("perm", order)]);
    }
    Ok(())
}
