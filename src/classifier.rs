//! The seam between methods and networks: logits, and gradients of an objective by the input.

use std::{future::Future, pin::Pin};

use serde::{Deserialize, Serialize};

use crate::protocol::Probabilities;
pub use crate::protocol::Rectifiers;

/// A future that stays on its thread, as everything in a browser worker does.
pub type LocalFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Height, width and channels of an image in model space; a map goes by its image's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Size {
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// Channels.
    pub channels: usize,
}

impl Size {
    /// The size of an image of three channels.
    pub const fn colour(height: usize, width: usize) -> Self {
        Self {
            height,
            width,
            channels: 3,
        }
    }

    /// Number of pixels.
    pub const fn pixels(self) -> usize {
        self.height * self.width
    }

    /// Number of values in one image, all channels together.
    pub const fn values(self) -> usize {
        self.channels * self.pixels()
    }
}

/// One preprocessed image, `[channels, height, width]`, channel-major, in the model's normalised space.
#[derive(Clone, Debug, PartialEq)]
pub struct NormImage {
    /// Its size.
    pub size: Size,
    /// `channels * height * width` values.
    pub values: Vec<f32>,
}

impl NormImage {
    /// Smallest and largest value over all channels.
    pub fn range(&self) -> (f32, f32) {
        self.values
            .iter()
            .fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), &v| {
                (low.min(v), high.max(v))
            })
    }
}

/// The quantity that is differentiated, for a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Objective {
    /// The raw output of the class; the default of every method but the integrated ones.
    Logit(usize),
    /// Minus the logarithm of the class's probability: grows as the class becomes less likely.
    NegativeLogLikelihood(usize),
    /// Probability of the class, as [`Classifier::probabilities`] says.
    Probability(usize),
}

impl Objective {
    /// The class it is about.
    pub fn class(self) -> usize {
        match self {
            Self::Logit(class) | Self::NegativeLogLikelihood(class) | Self::Probability(class) => {
                class
            }
        }
    }
}

/// Which part of the incoming gradient a rectifier lets through in guided backpropagation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum GuidedSign {
    /// `max(g, 0)`, the published rule.
    Positive,
    /// `min(g, 0)`.
    Negative,
    /// `|g|`.
    Absolute,
    /// `g`: the ordinary gradient.
    Both,
}

/// How gradients pass backwards through rectifiers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum BackwardRule {
    /// The true gradient.
    #[default]
    Standard,
    /// Guided backpropagation at every `Relu`, after its ordinary mask.
    Guided {
        /// What is let through.
        sign: GuidedSign,
        /// Also at every `Clip` to 0..6.
        relu6: bool,
        /// Also at every smooth relative of `Relu`, behind its own slope; see [`Rectifiers::silu`].
        silu: bool,
    },
}

/// Gradients of a batch, with the logits found on the way.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradients {
    /// `[batch, channels, height, width]`.
    pub values: Vec<f32>,
    /// `[batch, classes]`.
    pub logits: Vec<f32>,
}

/// What one image costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Shape of the output.
    pub output_shape: Vec<usize>,
    /// Classes in it.
    pub classes: usize,
    /// Multiply-adds of one forward pass.
    pub multiply_adds: u64,
    /// Bytes of the weights, however many images there are.
    pub weight_bytes: u64,
    /// Most bytes of values held at once by a forward pass.
    pub forward_bytes: u64,
    /// Most bytes that a gradient holds at once, weights in further layouts included; an upper bound.
    pub gradient_bytes: u64,
}

/// An inner value of a network for one image, with the gradient of an objective by it.
#[derive(Clone, Debug, PartialEq)]
pub struct InnerGradient {
    /// Name of the value.
    pub layer: String,
    /// Its channels.
    pub channels: usize,
    /// Its rows and columns.
    pub size: Size,
    /// `[channels, rows, columns]`.
    pub activation: Vec<f32>,
    /// Gradient by the activation, of the same shape.
    pub gradient: Vec<f32>,
}

/// Where values stop to be finite on the way through a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotFinite {
    /// Name of the node.
    pub node: String,
    /// ONNX operator.
    pub op: String,
}

/// A model could not be run.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ClassifierError {
    /// The class does not exist.
    #[error("class {class} was asked for, but the model has {classes} classes (0 to {})", classes.saturating_sub(1))]
    NoSuchClass {
        /// Asked for.
        class: usize,
        /// Classes of the model.
        classes: usize,
    },
    /// An operator cannot work on the shapes or values it was given.
    #[error("node {node} ({op}, opset {opset}): {reason}")]
    Node {
        /// Name of the node.
        node: String,
        /// ONNX operator.
        op: String,
        /// Operator set version of the file.
        opset: i64,
        /// What does not fit, with shapes.
        reason: String,
    },
    /// What a softmax at the end took together are not the classes.
    #[error("the Softmax at the end of the model ({node}) does not run over its classes: {reason}")]
    SoftmaxAxes {
        /// Name of the node.
        node: String,
        /// The axes, the shape, and the scores.
        reason: String,
    },
    /// A gradient is infinite or not a number.
    #[error(
        "the gradient of class {class} is not finite at this image: something on the way has no slope there, such as a \
         root at 0, or its numbers overflow"
    )]
    GradientNotFinite {
        /// The class that was differentiated.
        class: usize,
    },
    /// The image does not have the size the model takes.
    #[error("the model takes images of {expected}, but this one is {actual}")]
    Size {
        /// Height x width, symbolic where free.
        expected: String,
        /// Height x width.
        actual: String,
    },
    /// The image does not have the channels the model takes.
    #[error("the model takes images of {expected} channels, but this one has {actual}")]
    Channels {
        /// How many, symbolic where free.
        expected: String,
        /// How many there are.
        actual: usize,
    },
    /// The model's output is not one row of class scores per image.
    #[error(
        "the model's output has shape {shape:?}, but one row of class scores per image is needed"
    )]
    Output {
        /// Its shape.
        shape: Vec<usize>,
    },
    /// No value in front of the classifier is a grid of features.
    #[error(
        "the model has no spatial activation in front of its class scores (what it computes there \
         is not laid out in rows and columns)"
    )]
    NoSpatialLayer,
    /// The inner value that was asked for does not exist or is no grid.
    #[error("the model has no spatial activation called {layer}; the last ones are {}", known.join(", "))]
    NoSuchLayer {
        /// Asked for.
        layer: String,
        /// The last ones there are.
        known: Vec<String>,
    },
    /// The output is not finite because weights are not.
    #[error("the model's output for class {class} is not finite: its weights {} hold numbers that are not", weights.join(", "))]
    WeightsNotFinite {
        /// The first class whose score is not finite.
        class: usize,
        /// The weights.
        weights: Vec<String>,
    },
    /// The output is not finite, and this is where that begins.
    #[error(
        "the model's output for class {class} is not finite: the first values that are not come out of node {node} ({op})"
    )]
    NodeNotFinite {
        /// The first class whose score is not finite.
        class: usize,
        /// Name of the node.
        node: String,
        /// ONNX operator.
        op: String,
    },
    /// The output is not finite, and where that begins is not known.
    #[error("the model's output for class {class} is not finite")]
    OutputNotFinite {
        /// The first class whose score is not finite.
        class: usize,
    },
    /// The device reported an error or was lost.
    #[error("the device failed: {0}")]
    Device(String),
}

/// Something that scores images and can be differentiated by its input.
///
/// Implemented by networks on a device and, in tests, by functions with known gradients. Images of
/// a batch are independent of each other: a batch gives what its images give one by one.
pub trait Classifier {
    /// Logits `[batch, classes]` of `images`, `[batch, channels, height, width]` in normalised space.
    ///
    /// # Errors
    /// Where the model cannot take images of this size, or the device fails.
    fn logits<'a>(
        &'a self,
        images: Vec<f32>,
        size: Size,
    ) -> LocalFuture<'a, Result<Vec<f32>, ClassifierError>>;

    /// Gradient of `objective` by every input value of every image.
    ///
    /// # Errors
    /// As [`Classifier::logits`], and where the objective's class does not exist.
    fn input_gradients<'a>(
        &'a self,
        images: Vec<f32>,
        size: Size,
        objective: Objective,
        rule: BackwardRule,
    ) -> LocalFuture<'a, Result<Gradients, ClassifierError>>;

    /// A spatial activation of one image, `[channels, rows, columns]` with more than one row and
    /// column, and the gradient of `objective` by it: the one called `layer`, else the last.
    ///
    /// # Errors
    /// As [`Classifier::input_gradients`], and where there is no such activation.
    fn inner_gradient<'a>(
        &'a self,
        image: Vec<f32>,
        size: Size,
        objective: Objective,
        layer: Option<&'a str>,
    ) -> LocalFuture<'a, Result<InnerGradient, ClassifierError>> {
        let _ = (image, size, objective, layer);
        Box::pin(std::future::ready(Err(ClassifierError::NoSpatialLayer)))
    }

    /// The first node whose values for one image are not finite; `None` where all are, or that is not known.
    ///
    /// # Errors
    /// As [`Classifier::logits`].
    fn first_not_finite<'a>(
        &'a self,
        image: Vec<f32>,
        size: Size,
    ) -> LocalFuture<'a, Result<Option<NotFinite>, ClassifierError>> {
        let _ = (image, size);
        Box::pin(std::future::ready(Ok(None)))
    }

    /// How its scores become probabilities.
    fn probabilities(&self) -> Probabilities {
        Probabilities::Softmax
    }

    /// The rectifiers that guided backpropagation may reach; `None` where that is not known.
    fn rectifiers(&self) -> Option<Rectifiers> {
        None
    }

    /// How many compute each batch together, itself included; `None` where nothing is shared.
    fn workers(&self) -> Option<usize> {
        None
    }

    /// Images worth computing at once at this size, at least 1.
    fn preferred_batch(&self, size: Size) -> usize;

    /// What one image of this size costs, found without computing anything; `None` where that is not
    /// known.
    ///
    /// # Errors
    /// Images of this size cannot be taken; says where they stop to fit.
    fn cost(&self, _size: Size) -> Result<Option<Cost>, ClassifierError> {
        Ok(None)
    }
}
