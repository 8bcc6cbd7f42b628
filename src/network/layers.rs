//! Inner values: the spatial activation a class activation map looks at, and the gradient by it.

use burn_backend::{TensorMetadata, tensor::FloatTensor};

use super::{
    Network,
    build::Step,
    kernels::Kernels,
    objective::logit_gradient,
    run::{no_path, read},
    value::{Value, upload},
};
use crate::classifier::{BackwardRule, ClassifierError, InnerGradient, Objective, Size};

/// Operators whose output no longer lies over the image as its input did.
const REARRANGING: [&str; 9] = [
    "Reshape",
    "Transpose",
    "Flatten",
    "MatMul",
    "Gemm",
    "Softmax",
    "Squeeze",
    "Unsqueeze",
    "Einsum",
];

/// Names listed where one is not found.
const LISTED: usize = 8;

impl<B: Kernels> Network<B> {
    /// See [`crate::classifier::Classifier::inner_gradient`].
    pub(super) async fn gradient_by_layer(
        &self,
        image: Vec<f32>,
        size: Size,
        objective: Objective,
        layer: Option<&str>,
    ) -> Result<InnerGradient, ClassifierError> {
        self.check_size(size)?;
        let (images, _) = self.upload_images(image, size);
        let mut search = Search::new(&self.steps, self.slots, self.input, layer);
        let (output, tape) = self.forward(images, true, &mut |step, value| {
            search.visit(step, value);
        })?;
        let (step, activation) = search.found()?;
        let shape = output.shape().to_vec();
        let (_, classes) = self.classes(&output)?;
        if objective.class() >= classes {
            return Err(ClassifierError::NoSuchClass {
                class: objective.class(),
                classes,
            });
        }
        let logits = read::<B>(output).await?;
        let seed = upload::<B>(
            logit_gradient(objective, self.probabilities, &logits, classes),
            &shape,
            &self.device,
        );
        let gradient = self
            .backward(tape, seed, BackwardRule::Standard, step.output)
            .ok_or_else(no_path)?;
        let grid = activation.shape().to_vec();
        let [_, channels, height, width] = grid[..] else {
            return Err(ClassifierError::NoSpatialLayer);
        };
        // Behind the first image, a fixed batch holds only filling.
        let first = async |tensor| {
            let mut values = read::<B>(tensor).await?;
            values.truncate(channels * height * width);
            Ok::<_, ClassifierError>(values)
        };
        Ok(InnerGradient {
            layer: step.value.clone(),
            channels,
            size: Size {
                height,
                width,
                channels,
            },
            activation: first(activation).await?,
            gradient: first(gradient).await?,
        })
    }
}

/// Looks for a spatial activation while a forward pass runs.
struct Search<'a, B: Kernels> {
    steps: &'a [Step<B>],
    wanted: Option<&'a str>,
    /// Values that depend on the image.
    depends: Vec<bool>,
    /// Values that lie over the image, row by row and column by column.
    spatial: Vec<bool>,
    names: Vec<&'a str>,
    found: Option<(usize, FloatTensor<B>)>,
    /// Whether positions were mixed by attention after the last one found.
    mixed: bool,
}

impl<'a, B: Kernels> Search<'a, B> {
    fn new(steps: &'a [Step<B>], slots: usize, input: usize, wanted: Option<&'a str>) -> Self {
        let only_input: Vec<bool> = (0..slots).map(|slot| slot == input).collect();
        Self {
            steps,
            wanted,
            depends: only_input.clone(),
            spatial: only_input,
            names: Vec::new(),
            found: None,
            mixed: false,
        }
    }

    fn visit(&mut self, index: usize, output: &Value<B>) {
        let step = &self.steps[index];
        let count = |marks: &[bool]| step.inputs.iter().flatten().filter(|&&s| marks[s]).count();
        let (depending, spatial) = (count(&self.depends), count(&self.spatial));
        self.depends[step.output] = depending > 0;
        // A product of two values that both depend on the image is how attention mixes positions.
        self.mixed |= step.op == "MatMul" && depending > 1;
        if let Value::Device(tensor) = output
            && spatial > 0
            && is_grid(&tensor.shape().to_vec())
            && !REARRANGING.contains(&step.op.as_str())
        {
            self.spatial[step.output] = true;
            self.names.push(&step.value);
            if self.wanted.is_none_or(|name| is_called(step, name)) {
                self.found = Some((index, tensor.clone()));
                self.mixed = false;
            }
        }
    }

    fn found(self) -> Result<(&'a Step<B>, FloatTensor<B>), ClassifierError> {
        match (self.found, self.wanted) {
            (None, Some(layer)) if !self.names.is_empty() => {
                let first = self.names.len().saturating_sub(LISTED);
                Err(ClassifierError::NoSuchLayer {
                    layer: layer.to_owned(),
                    known: self.names[first..]
                        .iter()
                        .map(|&name| name.to_owned())
                        .collect(),
                })
            }
            (Some((index, tensor)), wanted) if wanted.is_some() || !self.mixed => {
                Ok((&self.steps[index], tensor))
            }
            _ => Err(ClassifierError::NoSpatialLayer),
        }
    }
}

/// Whether `name` is the step's own, its output's, or that of the node that PyTorch named its output
/// after, which differs where a rectifier was fused into the step.
fn is_called<B: Kernels>(step: &Step<B>, name: &str) -> bool {
    step.name == name || step.value == name || step.value.strip_prefix(name) == Some("_output_0")
}

/// `[n, channels, rows, columns]` with several rows and columns.
fn is_grid(shape: &[usize]) -> bool {
    matches!(shape, [_, _, height, width] if *height > 1 && *width > 1)
}
