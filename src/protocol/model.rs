//! What is known about a loaded model.

use serde::{Deserialize, Serialize};

use super::Preprocessing;

/// Where a worker finds the model's bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelSource {
    /// A same-origin address.
    Url(String),
    /// A file handle that came with the message.
    Attached,
}

/// A model's description of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelCard {
    /// File name or title.
    pub name: String,
    /// Program that wrote the file, with its version.
    pub producer: String,
    /// Version of the default operator set.
    pub opset: i64,
    /// Name of the image input.
    pub input_name: String,
    /// Declared input shape; symbolic dimensions by name.
    pub input_shape: Vec<String>,
    /// Number of classes; 0 until the first run where the file does not declare it.
    pub classes: usize,
    /// Number of weights.
    pub parameters: usize,
    /// Size of the file.
    pub size_bytes: u64,
    /// Operator kinds with their counts, most frequent first.
    pub operators: Vec<(String, usize)>,
    /// Preprocessing in use.
    pub preprocessing: Preprocessing,
    /// Where that preprocessing came from, such as "the file's own description".
    pub preprocessing_source: String,
    /// Name of the label set, such as "imagenet-1k"; empty where unknown.
    pub labels: String,
}
