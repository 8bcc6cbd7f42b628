//! `gradlens model`: what a file is and what it costs, without an image.

use std::path::{Path, PathBuf};

use clap::ArgMatches;

use super::{
    choices::options,
    host::{TerminalHost, block_on},
    opening::{file_name, sentence},
};
use crate::{
    engine::{Engine, device},
    onnx::FileHandle,
    protocol::{DeviceChoice, ModelCard, PortCard, Preprocessing, Probabilities, ResizeRule},
};

/// Prints a model's card.
///
/// # Errors
/// One sentence on why the file cannot be explained; details are on standard error before it.
pub fn run(matches: &ArgMatches) -> Result<(), String> {
    let path = matches
        .get_one::<PathBuf>("model")
        .map_or(Path::new(""), PathBuf::as_path);
    let host = TerminalHost::new();
    let mut engine = Engine::new(&[device::cpu], DeviceChoice::Cpu);
    let file = FileHandle::open(path)
        .map_err(|error| format!("{} cannot be read: {error}.", path.display()))?;
    let name = file_name(path);
    let options = options(matches)?;
    block_on(engine.open_model(&host, 1, &name, file, None, &options)).map_err(sentence)?;
    let Some(model) = engine.model() else {
        return Ok(());
    };
    if matches.get_flag("json") {
        let json = serde_json::to_string_pretty(&model.card).map_err(|error| error.to_string())?;
        println!("{json}");
    } else {
        print!("{}", card_text(&model.card));
    }
    Ok(())
}

fn card_text(card: &ModelCard) -> String {
    let mut lines = vec![card.name.clone()];
    let mut line = |title: &str, text: String| lines.push(format!("  {title:<14} {text}"));
    line(
        "file",
        format!("{}, SHA-256 {}", bytes(card.size_bytes), card.sha256),
    );
    let producer = if card.producer.is_empty() {
        "an unnamed program"
    } else {
        &card.producer
    };
    line(
        "written by",
        format!("{producer}, operator set {}", card.opset),
    );
    line(
        "input",
        format!(
            "{} {} {}, {}",
            card.input_name,
            shape(&card.input_shape),
            card.input_type,
            card.layout
        ),
    );
    line(
        "output",
        format!(
            "{} {} {}, {} classes",
            card.output_name,
            shape(&card.output_shape),
            card.output_type,
            card.classes
        ),
    );
    if let Some(note) = card.activation_note() {
        line("last layer", note);
    }
    line(
        "probabilities",
        format!(
            "{} ({})",
            probabilities(card.probabilities),
            card.probabilities_source
        ),
    );
    line("weights", count(card.parameters as u64));
    let operators: Vec<String> = card
        .operators
        .iter()
        .map(|(op, count)| format!("{op} {count}"))
        .collect();
    line("operators", operators.join(", "));
    match &card.cost {
        Some(cost) => line(
            "one image",
            format!(
                "{} multiply-adds forwards; {} of weights, {} of values forwards, at most {} for a gradient",
                count(cost.multiply_adds),
                bytes(cost.weight_bytes),
                bytes(cost.forward_bytes),
                bytes(cost.gradient_bytes)
            ),
        ),
        None => line("one image", "its cost is not known".to_owned()),
    }
    line("preprocessing", preprocessing(&card.preprocessing));
    line("", card.preprocessing_source.clone());
    let labels = match (card.class_names.len(), card.labels.as_str()) {
        (0, "") => "unknown; classes are shown by number".to_owned(),
        (0, set) => format!("{set} ({})", card.labels_source),
        (names, _) => format!("{names} names ({})", card.labels_source),
    };
    line("classes", labels);
    for (title, ports) in [
        ("inputs", &card.ports.inputs),
        ("outputs", &card.ports.outputs),
        ("inner values", &card.ports.inner),
    ] {
        if ports.len() > 1 || title == "inner values" {
            for port in ports {
                line(title, port_text(port));
            }
        }
    }
    for warning in &card.warnings {
        line("note", warning.clone());
    }
    lines.push(String::new());
    lines.join("\n")
}

/// An input or output in one line.
pub fn port_text(port: &PortCard) -> String {
    let refusal = if port.refusal.is_empty() {
        String::new()
    } else {
        format!(" ({})", port.refusal)
    };
    format!(
        "{} {} {}{refusal}",
        port.name,
        shape(&port.shape),
        port.element_type
    )
}

fn probabilities(kind: Probabilities) -> &'static str {
    match kind {
        Probabilities::Softmax => "softmax, one right answer",
        Probabilities::Sigmoid => "sigmoid, several right answers",
        Probabilities::Binary => "binary, one score for two classes",
        Probabilities::Given => "given, put out by the model itself",
    }
}

fn preprocessing(preprocessing: &Preprocessing) -> String {
    let resize = match preprocessing.resize {
        ResizeRule::ShorterSideThenCrop { shorter_side_px } => {
            format!("shorter side to {shorter_side_px}, then the centre")
        }
        ResizeRule::Squash => "both sides, whatever the proportions".to_owned(),
    };
    let channels = preprocessing.channels_text();
    let convention = preprocessing
        .preset_in_use()
        .map_or("own numbers", |preset| preset.label);
    format!(
        "{} x {} pixels ({resize}), {channels}, {convention}: values {}",
        preprocessing.width_px,
        preprocessing.height_px,
        preprocessing.value_range_text()
    )
}

fn shape(dimensions: &[String]) -> String {
    format!("[{}]", dimensions.join(", "))
}

/// A number with three digits and its power of a thousand in words.
fn count(number: u64) -> String {
    let value = number as f64;
    if value >= 1e9 {
        format!("{:.3} billion", value / 1e9)
    } else if value >= 1e6 {
        format!("{:.3} million", value / 1e6)
    } else {
        number.to_string()
    }
}

fn bytes(number: u64) -> String {
    let value = number as f64;
    if value >= 1e6 {
        format!("{:.1} MB", value / 1e6)
    } else {
        format!("{:.1} kB", value / 1e3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::ModelCost;

    #[test]
    fn the_card_is_readable() {
        let card = ModelCard {
            name: "a model".to_owned(),
            input_shape: vec!["n".to_owned(), "3".to_owned()],
            operators: vec![("Conv".to_owned(), 3)],
            parameters: 4_652_008,
            cost: Some(ModelCost {
                multiply_adds: 385_000_000,
                weight_bytes: 18_600_000,
                forward_bytes: 900,
                gradient_bytes: 60_000_000,
            }),
            warnings: vec!["Take care.".to_owned()],
            ..ModelCard::default()
        };
        let text = card_text(&card);
        for part in [
            "a model\n",
            "[n, 3]",
            "Conv 3",
            "4.652 million",
            "385.000 million",
            "60.0 MB",
            "-2.12 to 2.64",
            "ImageNet (torchvision)",
            "Take care.",
        ] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
    }
}
