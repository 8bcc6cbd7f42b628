//! What is known about a loaded model, and what can be chosen about it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{OutputRegion, Preprocessing, Probabilities};

/// Where a worker finds the model's bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelSource {
    /// A same-origin address.
    Url(String),
    /// A file handle that came with the message.
    Attached,
}

/// Order of the axes of the image input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// Batch, channels, height, width; what PyTorch exports.
    #[default]
    Nchw,
    /// Batch, height, width, channels; what Keras exports.
    Nhwc,
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nchw => "NCHW",
            Self::Nhwc => "NHWC",
        })
    }
}

/// An input or output of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortCard {
    /// Its name, as in [`ModelOptions`].
    pub name: String,
    /// Declared shape; symbolic dimensions by name, `?` where they have none; empty where undeclared.
    pub shape: Vec<String>,
    /// Element type, such as `float32`; empty where undeclared.
    pub element_type: String,
    /// Why it cannot be chosen; empty where it can.
    pub refusal: String,
}

/// The inputs and outputs there are, told when a file cannot be opened without a choice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelPorts {
    /// Inputs that are no weights, in the file's order.
    pub inputs: Vec<PortCard>,
    /// Outputs, in the file's order.
    pub outputs: Vec<PortCard>,
    /// Values inside the graph that hold the scores of an output that does not, such as those before
    /// an `ArgMax`; they can be chosen as outputs can.
    #[serde(default)]
    pub inner: Vec<PortCard>,
}

/// A node that cannot be differentiated here, with all that is needed to find it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnsupportedNode {
    /// Name of the node, or of its first output where it has none.
    pub node: String,
    /// ONNX operator, with its domain where that is not the default one.
    pub op: String,
    /// Operator set version the file asks for.
    pub opset: i64,
    /// What is not supported about it, attributes by name.
    pub reason: String,
}

/// What a model's own output layer does to the class scores. It is left out, so that scores are
/// logits and gradients are taken before it; probabilities are computed of them as
/// [`ModelCard::probabilities`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FinalActivation {
    /// Probabilities that sum to 1.
    Softmax,
    /// Their logarithms.
    LogSoftmax,
    /// One probability per class, for models with several right answers.
    Sigmoid,
    /// One probability p of two classes, put out as p and 1 - p in some order.
    Complement,
}

impl fmt::Display for FinalActivation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Softmax => "Softmax",
            Self::LogSoftmax => "LogSoftmax",
            Self::Sigmoid => "Sigmoid",
            Self::Complement => "Sigmoid put out as p and 1 - p",
        })
    }
}

/// What one image costs at the size of [`ModelCard::preprocessing`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelCost {
    /// Multiply-adds of one forward pass. A gradient takes about twice as many in addition.
    pub multiply_adds: u64,
    /// Bytes of the weights on the device.
    pub weight_bytes: u64,
    /// Bytes of the values held at once during one forward pass, weights not counted.
    pub forward_bytes: u64,
    /// Bytes of the values held at once during one gradient, weights not counted: all that the
    /// forward pass computed is kept for the way back.
    pub gradient_bytes: u64,
}

/// A model's description of itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelCard {
    /// File name or title.
    pub name: String,
    /// SHA-256 of the file in lower-case hexadecimal: what settings for it are remembered by.
    pub sha256: String,
    /// Program that wrote the file, with its version.
    pub producer: String,
    /// Version of the default operator set.
    pub opset: i64,
    /// Name of the image input.
    pub input_name: String,
    /// Declared input shape; symbolic dimensions by name.
    pub input_shape: Vec<String>,
    /// Element type of the input, such as `float32`.
    pub input_type: String,
    /// Order of the input's axes.
    pub layout: Layout,
    /// Name of the output that holds the class scores.
    pub output_name: String,
    /// Its shape for one image, where the shape rules found it, else as declared.
    pub output_shape: Vec<String>,
    /// Element type of the output, such as `float32`.
    pub output_type: String,
    /// The output layer that was left out, if there was one.
    pub activation: Option<FinalActivation>,
    /// How scores become probabilities.
    #[serde(default)]
    pub probabilities: Probabilities,
    /// Why, as half a sentence.
    #[serde(default)]
    pub probabilities_source: String,
    /// The part of the output that counts, where it is a map of scores.
    #[serde(default)]
    pub region: Option<OutputRegion>,
    /// Channels of the image input.
    #[serde(default)]
    pub channels: usize,
    /// All inputs and outputs of the file, for a person to choose from where there are several.
    pub ports: ModelPorts,
    /// Number of classes; 0 until the first run where neither the shape rules nor the file tell.
    pub classes: usize,
    /// The file gives one score, of which the second class was made here.
    #[serde(default)]
    pub one_score: bool,
    /// Number of weights.
    pub parameters: usize,
    /// Layers with weights, which the randomisation check takes away from the output down.
    #[serde(default)]
    pub weight_layers: usize,
    /// Size of the file.
    pub size_bytes: u64,
    /// Operator kinds of the file with their counts, most frequent first.
    pub operators: Vec<(String, usize)>,
    /// Rectifiers of the network as it is run.
    pub rectifiers: Rectifiers,
    /// What one image costs; `None` where the shape rules do not tell.
    pub cost: Option<ModelCost>,
    /// Preprocessing in use.
    pub preprocessing: Preprocessing,
    /// Where that preprocessing came from and why, as half a sentence, such as "the file's own
    /// description".
    pub preprocessing_source: String,
    /// Name of the label set, such as "imagenet-1k"; empty where unknown.
    pub labels: String,
    /// Where the label set came from, as half a sentence; empty where there is none.
    pub labels_source: String,
    /// Names of the classes, where the file itself lists them; else empty.
    pub class_names: Vec<String>,
    /// What a person should know before trusting a map: sentences.
    pub warnings: Vec<String>,
}

/// How many rectifiers of each kind a network has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rectifiers {
    /// `Relu` nodes.
    pub relu: usize,
    /// `Clip` nodes to 0..6.
    pub relu6: usize,
    /// Nodes of `SiLU` (ONNX calls it `Swish`), `HardSwish`, `Gelu` and `Mish`: smooth, and below 0
    /// for a stretch, but close to `Relu` away from it.
    pub silu: usize,
}

impl ModelCard {
    /// What was done about the output layer, as a sentence; `None` where nothing was.
    pub fn activation_note(&self) -> Option<String> {
        self.activation.map(|activation| {
            format!(
                "The model ends in a {activation}: it is left out, and gradients are taken of the \
                 class score before it."
            )
        })
    }
}
