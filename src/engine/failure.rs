//! Errors of every layer in the words of the person who has to act on them.

use super::Stopped;
use crate::{
    attribution::AttributionError,
    classifier::ClassifierError,
    image::ImageError,
    metric::MetricError,
    onnx::OnnxError,
    protocol::{Failure, FailureKind, Stage},
};

fn failure(stage: Stage, kind: FailureKind, error: &dyn std::error::Error, hint: &str) -> Failure {
    Failure {
        stage,
        kind,
        message: sentence(&error.to_string()),
        hint: hint.to_owned(),
    }
}

/// With a capital and a full stop.
fn sentence(text: &str) -> String {
    let mut characters = text.trim().chars();
    let first = characters.next().map(char::to_uppercase);
    let mut sentence: String = first.into_iter().flatten().chain(characters).collect();
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}

/// A model needs more memory than there is.
pub fn too_large(name: &str, needed_bytes: u64, available_bytes: u64) -> Failure {
    Failure {
        stage: Stage::Model,
        kind: FailureKind::Model,
        message: format!(
            "{name} was not opened: it needs at least {} of memory, but only {} can be used here.",
            in_words(needed_bytes),
            in_words(available_bytes)
        ),
        hint: if cfg!(target_family = "wasm") {
            "A browser gives a page 4 GB at most. Choose a smaller model, or use the command line."
        } else {
            "Choose a smaller model, or a machine with more memory."
        }
        .to_owned(),
    }
}

/// Another program cannot be asked for the scores: the file puts out only what is made of them.
pub fn scores_inside() -> Failure {
    Failure {
        stage: Stage::Explain,
        kind: FailureKind::Model,
        message: "This model was not checked: it makes two classes of one score inside the file, and the score by itself is not \
                  compared yet."
            .to_owned(),
        hint: "Export the model without its last Sigmoid, or check a model that gives its scores.".to_owned(),
    }
}

/// A model fits, but not what is between its layers.
pub fn too_large_gradient(name: &str, needed_bytes: u64, available_bytes: u64) -> Failure {
    Failure {
        stage: Stage::Model,
        kind: FailureKind::Model,
        message: format!(
            "{name} cannot be explained at this size: one gradient needs up to {} of memory, but only {} can be used here.",
            in_words(needed_bytes),
            in_words(available_bytes)
        ),
        hint: "Choose a smaller input size, or a smaller model.".to_owned(),
    }
}

/// A number of bytes as people say it.
fn in_words(bytes: u64) -> String {
    let bytes = bytes as f64;
    if bytes >= 1e9 {
        format!("{:.1} GB", bytes / 1e9)
    } else {
        format!("{:.0} MB", bytes / 1e6)
    }
}

/// Nothing can be shown to a model before there is one.
pub fn no_model() -> Failure {
    Failure {
        stage: Stage::Image,
        kind: FailureKind::Model,
        message: "No model is open yet, so the image cannot be classified.".to_owned(),
        hint: "Open a model first.".to_owned(),
    }
}

/// An image's file went away after it was chosen.
pub fn unreadable_image(name: &str, reason: &str) -> Failure {
    Failure {
        stage: Stage::Image,
        kind: FailureKind::Image,
        message: format!("{name} could not be read: {reason}."),
        hint: "It may have been moved or changed since it was chosen. Choose it again.".to_owned(),
    }
}

/// Nothing can be explained before there is an image.
pub fn no_photo() -> Failure {
    Failure {
        stage: Stage::Explain,
        kind: FailureKind::Image,
        message: "No image is open yet, so there is nothing to explain.".to_owned(),
        hint: "Open an image first.".to_owned(),
    }
}

/// RCAP was asked of a map that puts no pixel before another.
pub fn constant_map() -> Failure {
    Failure {
        stage: Stage::Measure,
        kind: FailureKind::Numbers,
        message: "The map has the same value everywhere, so that no pixel comes before another and RCAP says nothing."
            .to_owned(),
        hint: "Choose another class, another image or another method.".to_owned(),
    }
}

/// Every device was turned down.
pub fn no_device() -> Failure {
    Failure {
        stage: Stage::Device,
        kind: FailureKind::Device,
        message: "No device computes a known gradient correctly, so nothing can be explained."
            .to_owned(),
        hint: "Try another browser or another machine.".to_owned(),
    }
}

impl From<ImageError> for Stopped {
    fn from(error: ImageError) -> Self {
        let hint = error.hint();
        Self::Failed(failure(Stage::Image, FailureKind::Image, &error, hint))
    }
}

impl From<OnnxError> for Stopped {
    fn from(error: OnnxError) -> Self {
        let hint = match &error {
            OnnxError::Empty | OnnxError::NotOnnx(_) | OnnxError::Damaged(_) => {
                "Choose a file that was exported as ONNX, or export it again."
            }
            OnnxError::Unreadable(_) => {
                "It may have been moved or changed since it was chosen. Choose it again."
            }
            OnnxError::Foreign { cure, .. } => cure,
            OnnxError::Packed(_) => "Unpack it, and open the .onnx file in it.",
            OnnxError::ExternalData { .. } | OnnxError::MissingFiles { .. } => {
                "Put those files beside the model, or on the page choose or drop them together with it; or export it into a single file (external_data=False)."
            }
            OnnxError::ExternalPlace { .. } | OnnxError::ExternalRange { .. } => {
                "Export the model into a single file, with its weights inside (external_data=False)."
            }
            OnnxError::ElementType { .. } => {
                "Export the model in single or half precision, or with weights of 4 or 8 bit whole numbers, which are read."
            }
            OnnxError::WeightsMissing { .. } => {
                "Export the model with its weights (export_params=True)."
            }
            OnnxError::NeedsValue { .. } => {
                "Give it one (on the command line --set NAME=VALUE or --set NAME=file.npy), or export the model with that input as a constant."
            }
            OnnxError::InputValue { .. } => "Give another value, a number or an array.",
            OnnxError::Probabilities { .. } => "Choose how probabilities are made in another way.",
            OnnxError::ChooseInput { .. } => {
                "Choose the input that takes the image (on the command line --model-input NAME); the others are then held at 0, or at values that are given (--set NAME=VALUE)."
            }
            OnnxError::NoSuchPort { .. } => "Choose one of those.",
            OnnxError::NoInput { .. } | OnnxError::NoOutput { .. } => {
                "Export a model that takes one image and gives one score a class."
            }
            OnnxError::NoGradient { .. } => {
                "Export the model in floating point, up to its class scores, or choose another output."
            }
            OnnxError::SoftmaxAxis { .. } => {
                "Mend that axis and export the model again, or choose the scores in front of the Softmax as the output (on the command line --output NAME)."
            }
            OnnxError::NoDependence { .. } => "Choose another output, or export the model again.",
            OnnxError::Unsupported(_) => {
                "Export the model without these operators, or choose another model."
            }
            _ => "Check how the model was exported.",
        };
        Self::Failed(failure(Stage::Model, FailureKind::Model, &error, hint))
    }
}

/// A model that failed at `stage`.
pub fn of_classifier(stage: Stage, error: &ClassifierError) -> Failure {
    let (kind, hint) = match error {
        ClassifierError::NoSuchClass { .. } => (FailureKind::Settings, "Choose another class."),
        ClassifierError::Node { .. } | ClassifierError::Output { .. } => (
            FailureKind::Model,
            "The model may need another input size (on the command line --size HEIGHTxWIDTH), or is not an image classifier.",
        ),
        ClassifierError::SoftmaxAxes { .. } => (
            FailureKind::Model,
            "Mend that axis and export the model again, or choose the scores in front of the Softmax as the output (on the command line --output NAME).",
        ),
        ClassifierError::GradientNotFinite { .. } => (
            FailureKind::Numbers,
            "Choose another image or class, or a method that looks at noisy copies of the image.",
        ),
        ClassifierError::Channels { .. } => (
            FailureKind::Model,
            "Set a mean and a standard deviation for each channel of the model.",
        ),
        ClassifierError::Size { .. } => (
            FailureKind::Model,
            "Set the model's input size to what it was exported for.",
        ),
        ClassifierError::NoSpatialLayer => (
            FailureKind::Settings,
            "Choose another method, or name a layer of the model that is a grid.",
        ),
        ClassifierError::NoSuchLayer { .. } => (FailureKind::Settings, "Choose one of these."),
        ClassifierError::WeightsNotFinite { .. }
        | ClassifierError::NodeNotFinite { .. }
        | ClassifierError::OutputNotFinite { .. } => (
            FailureKind::Numbers,
            "Export the model in single precision (float32), or check its weights and its preprocessing.",
        ),
        ClassifierError::Device(_) => (
            FailureKind::Device,
            "Try again on the CPU, which needs no graphics driver.",
        ),
    };
    failure(stage, kind, error, hint)
}

impl From<AttributionError> for Stopped {
    fn from(error: AttributionError) -> Self {
        let (kind, hint) = match &error {
            AttributionError::Cancelled => return Self::Cancelled,
            AttributionError::Classifier(error) => {
                return Self::Failed(of_classifier(Stage::Explain, error));
            }
            AttributionError::NonFinite { .. } => (
                FailureKind::Numbers,
                "No map is shown, because it would mean nothing. Check that the model's preprocessing is right, or choose another class.",
            ),
            _ => (FailureKind::Settings, "Change the setting and try again."),
        };
        Self::Failed(failure(Stage::Explain, kind, &error, hint))
    }
}

impl From<MetricError> for Stopped {
    fn from(error: MetricError) -> Self {
        let kind = match &error {
            MetricError::Cancelled => return Self::Cancelled,
            MetricError::Classifier(error) => {
                return Self::Failed(of_classifier(Stage::Measure, error));
            }
            MetricError::Settings(_) => FailureKind::Settings,
            _ => FailureKind::Numbers,
        };
        Self::Failed(failure(
            Stage::Measure,
            kind,
            &error,
            "The map itself is not affected.",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_sentences() {
        assert_eq!(sentence("the file is empty"), "The file is empty.");
        assert_eq!(sentence("Is it?"), "Is it?");
        assert_eq!(sentence(""), ".");
    }
}
