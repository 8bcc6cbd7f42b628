//! Activations that fused operators carry as text.

use super::writer::Writer;
use crate::onnx::Attribute;

/// Puts `activation` of `value` out as `output`. `parameters` are in the order of the activation's
/// attributes, those left out at the defaults of its page.
///
/// # Errors
/// An activation that is not known.
pub fn put(
    writer: &mut Writer<'_>,
    output: &str,
    value: &str,
    activation: &str,
    parameters: &[f32],
) -> Result<(), String> {
    let names: &[&str] = match activation {
        "" => {
            writer.put(output, "Identity", &[value], []);
            return Ok(());
        }
        "Relu" | "Tanh" | "Sigmoid" | "Softsign" | "Softplus" | "HardSwish" => &[],
        "LeakyRelu" | "Elu" | "ThresholdedRelu" => &["alpha"],
        "HardSigmoid" => &["alpha", "beta"],
        "Selu" => &["alpha", "gamma"],
        "Clip" => return clip(writer, output, value, parameters),
        other => return Err(format!("its activation {other} is not supported")),
    };
    if parameters.len() > names.len() {
        return Err(format!(
            "its activation {activation} has {} parameters, and at most {} are known",
            parameters.len(),
            names.len()
        ));
    }
    let attributes = names
        .iter()
        .zip(parameters)
        .map(|(&name, &value)| (name, Attribute::Float(value)));
    writer.put(output, activation, &[value], attributes);
    Ok(())
}

fn clip(
    writer: &mut Writer<'_>,
    output: &str,
    value: &str,
    parameters: &[f32],
) -> Result<(), String> {
    let &[low, high] = parameters else {
        return Err(format!(
            "its activation Clip has {} parameters instead of two",
            parameters.len()
        ));
    };
    if writer.opset() < 11 {
        let bounds = [
            ("min", Attribute::Float(low)),
            ("max", Attribute::Float(high)),
        ];
        writer.put(output, "Clip", &[value], bounds);
    } else {
        let (low, high) = (writer.number(low), writer.number(high));
        writer.put(output, "Clip", &[value, &low, &high], []);
    }
    Ok(())
}
