//! `MatMulNBits` (<https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md>): a product with
//! weights of a few bits each, which are unpacked once.

use super::writer::{Writer, needed, none_of, only_attributes, sole_output};
use crate::onnx::{Node, limits};

/// Takes the weights apart into real numbers. What they are multiplied by is not quantised, as it is not by ONNX
/// Runtime unless it is told to compute less exactly.
pub fn matmul(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(
        node,
        &[
            "K",
            "N",
            "accuracy_level",
            "bits",
            "block_size",
            "weight_prepacked",
        ],
    )?;
    if node.attributes.int("weight_prepacked", 0)? != 0 {
        return Err("its weights are laid out for one kind of device".to_owned());
    }
    if node.input(4).is_some() {
        return Err("its input g_idx is not supported".to_owned());
    }
    none_of(node, 6, &[])?;
    let output = sole_output(node)?;
    let number = |name: &str| -> Result<usize, String> {
        let value = node.attributes.int(name, 0)?;
        usize::try_from(value)
            .ok()
            .filter(|&value| value > 0)
            .ok_or_else(|| format!("its attribute {name} is {value}"))
    };
    let (inner, columns, block) = (number("K")?, number("N")?, number("block_size")?);
    let bits = match node.attributes.int("bits", 4)? {
        bits @ (2 | 4 | 8) => bits as usize,
        bits => return Err(format!("weights of {bits} bits are not supported")),
    };
    limits::elements(&[columns, inner])?;
    let constant = |writer: &Writer<'_>, index: usize, what: &str| {
        let tensor = writer.constant(node.input(index)).cloned();
        tensor.ok_or_else(|| format!("its {what} are computed at run time"))
    };
    let stored = constant(writer, 1, "weights")?.bytes.to_bytes();
    let scales = constant(writer, 2, "scales")?.floats();
    let blocks = inner.div_ceil(block);
    let blob = (block * bits).div_ceil(8);
    let misfit = || "its weights or scales are not as many as its attributes say".to_owned();
    let at = |bytes: &[u8], first: usize, index: usize| -> Option<u8> {
        let each = 8 / bits;
        let byte = *bytes.get(first + index / each)?;
        let mask = if bits == 8 { 255 } else { (1 << bits) - 1 };
        Some((byte >> (index % each * bits)) & mask)
    };
    let zeros: Vec<f32> = match node.input(3) {
        None => vec![(1_u32 << (bits - 1)) as f32; columns * blocks],
        Some(_) => {
            let tensor = constant(writer, 3, "zero points")?;
            if tensor.element_type.is_float() {
                tensor.floats()
            } else {
                let bytes = tensor.bytes.to_bytes();
                let row = (blocks * bits).div_ceil(8);
                (0..columns * blocks)
                    .map(|index| at(&bytes, index / blocks * row, index % blocks).map(f32::from))
                    .collect::<Option<_>>()
                    .ok_or_else(misfit)?
            }
        }
    };
    // Transposed on the way, `[K, N]`.
    let mut values = vec![0.0; inner * columns];
    for column in 0..columns {
        for row in 0..inner {
            let of_block = column * blocks + row / block;
            let whole = at(&stored, of_block * blob, row % block).ok_or_else(misfit)?;
            let (Some(zero), Some(scale)) = (zeros.get(of_block), scales.get(of_block)) else {
                return Err(misfit());
            };
            values[row * columns + column] = (f32::from(whole) - zero) * scale;
        }
    }
    let weight = writer.floats(&[inner, columns], &values);
    let product = writer.op("MatMul", &[needed(node, 0)?, &weight], []);
    let sum = writer.plus(product, node.input(5));
    writer.put(output, "Identity", &[&sum], []);
    Ok(())
}
