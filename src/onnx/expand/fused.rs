//! Operators that ONNX Runtime's optimiser makes of several
//! (<https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md>), taken apart again:
//! convolutions and products with what follows them.

use super::{
    activation,
    writer::{Writer, needed, none_of, only_attributes, sole_output},
};
use crate::onnx::{Attribute, Node};

const OF_CONV: [&str; 6] = [
    "auto_pad",
    "dilations",
    "group",
    "kernel_shape",
    "pads",
    "strides",
];

/// `FusedConv`: a convolution, then a value added, then an activation.
pub fn conv(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    let known = [&OF_CONV[..], &["activation", "activation_params"]].concat();
    only_attributes(node, &known)?;
    none_of(node, 4, &[])?;
    let output = sole_output(node)?;
    let inputs = [
        needed(node, 0)?,
        needed(node, 1)?,
        node.input(2).unwrap_or_default(),
    ];
    let count = if inputs[2].is_empty() { 2 } else { 3 };
    let convolved = writer.op("Conv", &inputs[..count], of_conv(node));
    let sum = writer.plus(convolved, node.input(3));
    let activation = node.attributes.text("activation", "")?;
    activation::put(writer, output, &sum, activation, &parameters(node)?)
}

fn of_conv(node: &Node) -> Vec<(&str, Attribute)> {
    let attributes = node.attributes.iter();
    attributes
        .filter(|(name, _)| OF_CONV.contains(name))
        .map(|(name, value)| (name, value.clone()))
        .collect()
}

fn parameters(node: &Node) -> Result<Vec<f32>, String> {
    match node.attributes.get("activation_params") {
        None => Ok(Vec::new()),
        Some(Attribute::Floats(values)) => Ok(values.clone()),
        Some(_) => Err("attribute activation_params is not a list of numbers".to_owned()),
    }
}

/// `FusedGemm`: a `Gemm` and an activation.
pub fn gemm(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    let of_gemm = ["alpha", "beta", "transA", "transB"];
    let of_activation = ["activation_alpha", "activation_beta", "activation_gamma"];
    only_attributes(
        node,
        &[&of_gemm[..], &of_activation, &["activation"]].concat(),
    )?;
    let output = sole_output(node)?;
    let inputs: Vec<&str> = node.inputs.iter().map(String::as_str).collect();
    let attributes = node.attributes.iter();
    let attributes = attributes
        .filter(|(name, _)| of_gemm.contains(name))
        .map(|(name, value)| (name, value.clone()));
    let product = writer.op("Gemm", &inputs, attributes.collect::<Vec<_>>());
    let activation = node.attributes.text("activation", "")?;
    // `gamma` is the second parameter of `Selu`, `beta` that of all others.
    let second = if activation == "Selu" {
        of_activation[2]
    } else {
        of_activation[1]
    };
    let parameters: Vec<f32> = [of_activation[0], second]
        .into_iter()
        .map_while(|name| match node.attributes.get(name) {
            Some(Attribute::Float(value)) => Some(*value),
            _ => None,
        })
        .collect();
    let takes = match activation {
        "LeakyRelu" | "Elu" | "ThresholdedRelu" => 1,
        "HardSigmoid" | "Selu" | "Clip" => 2,
        _ => 0,
    };
    let used = &parameters[..parameters.len().min(takes)];
    activation::put(writer, output, &product, activation, used)
}

/// `FusedMatMul`, once called `TransposeMatMul`: a product of factors that may be transposed, scaled.
pub fn matmul(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    let flags = ["transA", "transB", "transBatchA", "transBatchB"];
    only_attributes(node, &[&flags[..], &["alpha"]].concat())?;
    let output = sole_output(node)?;
    let flag = |name: &str| Ok::<_, String>(node.attributes.int(name, 0)? != 0);
    // Letters of the two axes of a matrix; where the batch lies between them, they are torn apart.
    let term = |[row, column]: [char; 2], transposed: bool, around: bool| {
        let [first, second] = if transposed {
            [column, row]
        } else {
            [row, column]
        };
        if around {
            format!("{first}...{second}")
        } else {
            format!("...{first}{second}")
        }
    };
    let left = term(['i', 'j'], flag("transA")?, flag("transBatchA")?);
    let right = term(['j', 'k'], flag("transB")?, flag("transBatchB")?);
    let equation = format!("{left},{right}->...ik");
    let (a, b) = (needed(node, 0)?, needed(node, 1)?);
    let product = if equation == "...ij,...jk->...ik" {
        writer.op("MatMul", &[a, b], [])
    } else {
        let equation = Attribute::Text(equation);
        writer.op("Einsum", &[a, b], [("equation", equation)])
    };
    let alpha = node.attributes.float("alpha", 1.0)?;
    let alpha = writer.number(alpha);
    writer.put(output, "Mul", &[&product, &alpha], []);
    Ok(())
}

/// `GemmFastGelu`: a product, a bias, and `FastGelu`.
pub fn matmul_gelu(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &[])?;
    let output = sole_output(node)?;
    let product = writer.op("MatMul", &[needed(node, 0)?, needed(node, 1)?], []);
    let sum = writer.plus(product, node.input(2));
    put_gelu(writer, output, &sum, "tanh");
    Ok(())
}

fn put_gelu(writer: &mut Writer<'_>, output: &str, value: &str, formula: &str) {
    let formula = Attribute::Text(formula.to_owned());
    writer.put(output, "Gelu", &[value], [("approximate", formula)]);
}

/// `Gelu`, `BiasGelu` and `FastGelu`: the bias may be left out of the last one.
pub fn gelu(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &[])?;
    let output = sole_output(node)?;
    let sum = writer.plus(needed(node, 0)?.to_owned(), node.input(1));
    let formula = if node.op.ends_with("FastGelu") {
        "tanh"
    } else {
        "none"
    };
    put_gelu(writer, output, &sum, formula);
    Ok(())
}

/// `QuickGelu`: `x` times a sigmoid.
pub fn quick_gelu(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &["alpha"])?;
    let alpha = node.attributes.float("alpha", 1.702)?;
    let attributes = [("alpha", Attribute::Float(alpha))];
    writer.put(sole_output(node)?, "Swish", &[needed(node, 0)?], attributes);
    Ok(())
}

/// `BiasAdd`: an image, its bias, and a skip connection.
pub fn bias_add(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &[])?;
    let sum = writer.op("Add", &[needed(node, 0)?, needed(node, 1)?], []);
    writer.put(sole_output(node)?, "Add", &[&sum, needed(node, 2)?], []);
    Ok(())
}

/// `BiasSplitGelu`: one half times the `Gelu` of the other.
pub fn bias_split_gelu(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &[])?;
    let output = sole_output(node)?;
    let sum = writer.op("Add", &[needed(node, 0)?, needed(node, 1)?], []);
    let halves = writer.parts("Split", &[&sum], [("axis", Attribute::Int(-1))], 2);
    let formula = Attribute::Text("none".to_owned());
    let gate = writer.op("Gelu", &[&halves[1]], [("approximate", formula)]);
    writer.put(output, "Mul", &[&halves[0], &gate], []);
    Ok(())
}

/// `BiasSoftmax`: a sum, and a softmax over everything from an axis on.
pub fn bias_softmax(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(node, &["axis", "is_inner_broadcast"])?;
    let output = sole_output(node)?;
    let sum = writer.op("Add", &[needed(node, 0)?, needed(node, 1)?], []);
    let attributes = [
        ("axis", Attribute::Int(node.attributes.int("axis", 1)?)),
        (super::FLATTENS, Attribute::Int(1)),
    ];
    writer.put(output, "Softmax", &[&sum], attributes);
    Ok(())
}
