//! Filling in a model's card, as its file is read, reduced and measured.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::{
    classifier::Cost,
    onnx::{
        Dimension, ElementType, FileHandle, Graph, KNOWN_OPSETS, OnnxError, Selection, ports,
        type_name,
    },
    protocol::{LabelSet, ModelCard, ModelCost, label_mismatch, parse_labels},
};

/// Key of the file's metadata that names the label set.
const LABELS_KEY: &str = "gradlens.labels";
/// Key of the file's metadata that holds a title.
const TITLE_KEY: &str = "gradlens.title";
/// Keys of the metadata that hold the names of the classes, as exporters write them.
const NAMES_KEYS: [&str; 6] = [
    "names",
    "class_names",
    "classes",
    "labels",
    "id2label",
    "categories",
];
/// What is known of the file, with those beside it that hold its weights, without reading it.
pub fn of_file(card: &mut ModelCard, name: &str, file: &FileHandle) {
    name.clone_into(&mut card.name);
    card.size_bytes = file.parts().iter().map(FileHandle::size).sum();
}

/// The file's hash, from its bytes piece by piece, with those of the files beside it that hold its weights behind it in the
/// order of their names.
///
/// # Errors
/// The file cannot be read.
pub fn hashed(card: &mut ModelCard, file: &FileHandle) -> Result<(), OnnxError> {
    let mut hash = Sha256::new();
    for part in file.parts() {
        part.read_in_pieces(|piece| hash.update(piece))
            .map_err(OnnxError::Unreadable)?;
    }
    card.sha256 = hash
        .finalize()
        .iter()
        .fold(String::new(), |mut text, byte| {
            // Writing to a string does not fail.
            let _ = write!(text, "{byte:02x}");
            text
        });
    Ok(())
}

/// What the graph tells as it is in the file.
pub fn describe(card: &mut ModelCard, graph: &crate::onnx::Graph) {
    let metadata = |key: &str| graph.metadata.get(key).cloned().unwrap_or_default();
    let title = metadata(TITLE_KEY);
    if !title.is_empty() {
        card.name = title;
    }
    card.producer.clone_from(&graph.producer);
    card.opset = graph.opset;
    card.ports = ports(graph);
    card.parameters = graph.parameters();
    card.operators = graph.operators();
    card.labels = metadata(LABELS_KEY);
    card.class_names = NAMES_KEYS
        .iter()
        .find_map(|key| parse_labels(graph.metadata.get(*key)?).ok())
        .unwrap_or_default();
    if !KNOWN_OPSETS.contains(&graph.opset) {
        card.warnings.push(format!(
            "The file uses operator set {}, and operators are read here as of {} to {}: compare the \
             predictions with those of another program before trusting a map.",
            graph.opset,
            KNOWN_OPSETS.start(),
            KNOWN_OPSETS.end()
        ));
    }
}

/// What was chosen of it. Returns the tables of names in the file.
pub fn selected(card: &mut ModelCard, graph: &Graph, selection: Selection) -> Vec<Vec<String>> {
    let shape = |shape: &[Dimension]| shape.iter().map(ToString::to_string).collect();
    card.input_name.clone_from(&selection.input.name);
    card.input_shape = shape(&selection.input.shape);
    card.input_type = type_name(&selection.input);
    card.layout = selection.layout;
    card.channels = selection.channels;
    card.output_name.clone_from(&selection.output.name);
    card.output_shape = shape(&selection.output.shape);
    card.output_type = type_name(&selection.output);
    card.classes = match selection.output.shape.get(1) {
        Some(Dimension::Fixed(classes)) => *classes,
        _ => 0,
    };
    card.warnings.extend(selection.warnings);
    if selection.input.element_type == Some(ElementType::U8) {
        card.warnings.push(
            "The input takes 8-bit pixels, which the graph turns into real numbers. Gradients are \
             taken of those, and noisy copies are not rounded."
                .to_owned(),
        );
    }
    if graph.nodes.iter().any(|node| node.op == "DequantizeLinear") {
        card.warnings.push(
            "The weights were rounded to few bits (quantised). Gradients are those of the rounded \
             weights."
                .to_owned(),
        );
    }
    selection.tables
}

/// Names the classes by the one table in the file that has as many names as there are classes.
pub fn name_by_table(card: &mut ModelCard, tables: &[Vec<String>]) {
    let mut fitting = tables.iter().filter(|names| names.len() == card.classes);
    let Some(names) = fitting.next().filter(|_| card.class_names.is_empty()) else {
        return;
    };
    if fitting.all(|other| other == names) {
        card.class_names.clone_from(names);
        "a table of names in the graph".clone_into(&mut card.labels_source);
    }
}

/// What the shape rules found for the size in use.
pub fn costed(card: &mut ModelCard, cost: Option<Cost>) {
    if let Some(cost) = &cost {
        card.output_shape = cost.output_shape.iter().map(ToString::to_string).collect();
        card.classes = cost.classes;
    }
    card.cost = cost.map(|cost| ModelCost {
        multiply_adds: cost.multiply_adds,
        weight_bytes: cost.weight_bytes,
        forward_bytes: cost.forward_bytes,
        gradient_bytes: cost.gradient_bytes,
    });
    named(card);
}

/// Who the classes are, and what is odd about how many there are.
fn named(card: &mut ModelCard) {
    let guess = LabelSet::guess(card.classes);
    if !card.class_names.is_empty() && !card.labels_source.starts_with("a table") {
        "the file's own list".clone_into(&mut card.labels_source);
    } else if !card.class_names.is_empty() {
        // Named by a table of the graph before.
    } else if card.labels_source.is_empty() && !card.labels.is_empty() {
        "the file's own description".clone_into(&mut card.labels_source);
    } else if let (Some(set), true) = (guess, card.labels.is_empty()) {
        set.name.clone_into(&mut card.labels);
        card.labels_source = format!(
            "guessed, because the model has {} classes; their order may differ",
            card.classes
        );
    }
    let known = LabelSet::find(&card.labels).map_or(0, |set| set.classes);
    let names = if card.class_names.is_empty() {
        known
    } else {
        card.class_names.len()
    };
    let mut warn = |warning: String| {
        if !card.warnings.contains(&warning) {
            card.warnings.push(warning);
        }
    };
    if let Some(warning) = label_mismatch(names, card.classes) {
        warn(warning);
    }
}
