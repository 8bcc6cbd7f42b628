//! Running a network: forwards with a tape, backwards along it.

use burn_backend::{TensorMetadata, tensor::FloatTensor};

use super::{
    Network,
    kernels::Kernels,
    objective::logit_gradient,
    operator::Backward,
    ops::axes::host_value,
    value::{self, Value, upload},
};
use crate::{
    classifier::{
        BackwardRule, Classifier, ClassifierError, Cost, Gradients, InnerGradient, LocalFuture,
        NotFinite, Objective, Rectifiers, Size,
    },
    onnx::Dimension,
    protocol::Probabilities,
};

/// One step's way back.
pub(super) struct Taped<B: Kernels> {
    step: usize,
    backward: Backward<B>,
}

/// Sees the number and the output of every step of a forward pass.
pub(super) type Observer<'a, B> = &'a mut dyn FnMut(usize, &Value<B>);

impl<B: Kernels> Network<B> {
    /// Number of images the graph insists on, where its batch is fixed.
    pub(super) fn fixed_batch(&self) -> Option<usize> {
        match self.input_shape.first() {
            Some(Dimension::Fixed(batch)) => Some(*batch),
            _ => None,
        }
    }

    pub(super) fn check_size(&self, size: Size) -> Result<(), ClassifierError> {
        let fits = |axis: usize, length: usize| !matches!(self.input_shape.get(axis), Some(Dimension::Fixed(n)) if *n != length);
        if !fits(1, size.channels) {
            return Err(ClassifierError::Channels {
                expected: self
                    .input_shape
                    .get(1)
                    .map(ToString::to_string)
                    .unwrap_or_default(),
                actual: size.channels,
            });
        }
        if fits(2, size.height) && fits(3, size.width) {
            return Ok(());
        }
        Err(ClassifierError::Size {
            expected: Dimension::describe(&self.input_shape[2..]),
            actual: format!("[{}, {}]", size.height, size.width),
        })
    }

    pub(super) fn forward(
        &self,
        images: FloatTensor<B>,
        track: bool,
        observer: Observer<'_, B>,
    ) -> Result<(FloatTensor<B>, Vec<Taped<B>>), ClassifierError> {
        let mut values: Vec<Option<Value<B>>> = vec![None; self.slots];
        let mut tracked = vec![false; self.slots];
        for (slot, constant) in &self.constants {
            values[*slot] = Some(constant.clone());
        }
        values[self.input] = Some(Value::Device(images));
        tracked[self.input] = track;
        let mut tape = Vec::new();
        for (index, step) in self.steps.iter().enumerate() {
            let inputs: Vec<Option<Value<B>>> = step
                .inputs
                .iter()
                .map(|slot| slot.and_then(|slot| values[slot].clone()))
                .collect();
            let on_path = step.inputs.iter().flatten().any(|&slot| tracked[slot]);
            let runs = step
                .runs(
                    |slot| values[slot].is_some(),
                    |index| host_value(&inputs, index),
                )
                .map_err(|reason| self.misfit(step, reason))?;
            // Values nobody reads any more go first, so that kernels may reuse their memory.
            for &slot in &step.finished {
                values[slot] = None;
            }
            if !runs {
                continue;
            }
            let forward = step
                .operator
                .forward(&inputs, on_path)
                .map_err(|reason| self.misfit(step, reason))?;
            if let Some(backward) = forward.backward {
                tracked[step.output] = true;
                tape.push(Taped {
                    step: index,
                    backward,
                });
            }
            observer(index, &forward.output);
            values[step.output] = Some(forward.output);
        }
        match values[self.output].take() {
            Some(Value::Device(logits)) => Ok((logits, tape)),
            _ => Err(ClassifierError::Output { shape: vec![] }),
        }
    }

    /// The gradient by the value in slot `to`: the image, or the output of a step.
    pub(super) fn backward(
        &self,
        tape: Vec<Taped<B>>,
        seed: FloatTensor<B>,
        rule: BackwardRule,
        to: usize,
    ) -> Option<FloatTensor<B>> {
        let mut gradients: Vec<Option<FloatTensor<B>>> = vec![None; self.slots];
        gradients[self.output] = Some(seed);
        for taped in tape.into_iter().rev() {
            let step = &self.steps[taped.step];
            if step.output == to {
                break;
            }
            let Some(gradient) = gradients[step.output].take() else {
                continue;
            };
            let by_inputs = (taped.backward)(gradient, rule);
            for (slot, gradient) in step.inputs.iter().zip(by_inputs) {
                if let (Some(slot), Some(gradient)) = (slot, gradient) {
                    gradients[*slot] = Some(match gradients[*slot].take() {
                        Some(so_far) => B::float_add(so_far, gradient),
                        None => gradient,
                    });
                }
            }
        }
        gradients[to].take()
    }

    /// Images and their count, with zero images added up to a fixed batch.
    pub(super) fn upload_images(
        &self,
        mut images: Vec<f32>,
        size: Size,
    ) -> (FloatTensor<B>, usize) {
        let count = images.len() / size.values().max(1);
        let padded = self.fixed_batch().map_or(count, |batch| batch.max(count));
        images.resize(padded * size.values(), 0.0);
        let shape = [padded, size.channels, size.height, size.width];
        (upload::<B>(images, &shape, &self.device), count)
    }

    /// Images and classes of an output.
    pub(super) fn classes(
        &self,
        logits: &FloatTensor<B>,
    ) -> Result<(usize, usize), ClassifierError> {
        let shape = logits.shape().to_vec();
        row_of_scores(&shape).ok_or(ClassifierError::Output { shape })
    }

    async fn gradients_of_chunk(
        &self,
        images: Vec<f32>,
        size: Size,
        objective: Objective,
        rule: BackwardRule,
    ) -> Result<Gradients, ClassifierError> {
        let (images, count) = self.upload_images(images, size);
        let (output, tape) = self.forward(images, true, &mut |_, _| {})?;
        let shape = output.shape().to_vec();
        let (padded, classes) = self.classes(&output)?;
        if objective.class() >= classes {
            return Err(ClassifierError::NoSuchClass {
                class: objective.class(),
                classes,
            });
        }
        let seeded = |logits: &[f32]| {
            let seed = logit_gradient(objective, self.probabilities, logits, classes);
            let seed = upload::<B>(seed, &shape, &self.device);
            self.backward(tape, seed, rule, self.input)
                .ok_or_else(no_path)
        };
        // A logit's own gradient needs no logits: both are read back at once then.
        let (mut logits, mut values);
        if matches!(objective, Objective::Logit(_)) {
            let gradient = seeded(&vec![0.0; padded * classes])?;
            let flat = |tensor: FloatTensor<B>| {
                let length = tensor.shape().num_elements();
                B::float_reshape(tensor, [length].into())
            };
            values = read::<B>(B::float_cat(vec![flat(gradient), flat(output)], 0)).await?;
            logits = values.split_off(padded * size.values());
        } else {
            logits = read::<B>(output).await?;
            values = read::<B>(seeded(&logits)?).await?;
        }
        logits.truncate(count * classes);
        values.truncate(count * size.values());
        Ok(Gradients { values, logits })
    }

    /// Number of images that go through at once.
    fn chunk(&self, size: Size, count: usize) -> usize {
        let images = match self.fixed_batch() {
            Some(batch) => batch,
            None if self.takes_batches(size) => count,
            None => 1,
        };
        let images = images.max(1);
        images * size.values()
    }
}

/// Images and classes of an output of shape `[images, classes]`, also with axes of length 1 anywhere
/// behind the first, or `[classes]` of one image; `None` where it is no row of scores.
pub(super) fn row_of_scores(shape: &[usize]) -> Option<(usize, usize)> {
    match shape {
        [classes] if *classes > 0 => Some((1, *classes)),
        [images, rest @ ..] if rest.iter().filter(|&&length| length != 1).count() <= 1 => {
            let classes = rest.iter().product();
            (!rest.is_empty() && classes > 0).then_some((*images, classes))
        }
        _ => None,
    }
}

pub(super) fn no_path() -> ClassifierError {
    ClassifierError::Device(
        "no gradient reaches the image: the output does not depend on it".to_owned(),
    )
}

/// Reads a tensor back without blocking.
pub(super) async fn read<B: Kernels>(tensor: FloatTensor<B>) -> Result<Vec<f32>, ClassifierError> {
    let values = value::read::<B>(tensor).await;
    values.map_err(ClassifierError::Device)
}

impl<B: Kernels> Classifier for Network<B> {
    fn logits<'a>(
        &'a self,
        images: Vec<f32>,
        size: Size,
    ) -> LocalFuture<'a, Result<Vec<f32>, ClassifierError>> {
        Box::pin(async move {
            self.check_size(size)?;
            let mut logits = Vec::new();
            let count = images.len() / size.values().max(1);
            for chunk in images.chunks(self.chunk(size, count)) {
                let (images, count) = self.upload_images(chunk.to_vec(), size);
                let (output, _) = self.forward(images, false, &mut |_, _| {})?;
                let (_, classes) = self.classes(&output)?;
                let mut values = read::<B>(output).await?;
                values.truncate(count * classes);
                logits.extend(values);
            }
            Ok(logits)
        })
    }

    fn input_gradients<'a>(
        &'a self,
        images: Vec<f32>,
        size: Size,
        objective: Objective,
        rule: BackwardRule,
    ) -> LocalFuture<'a, Result<Gradients, ClassifierError>> {
        Box::pin(async move {
            self.check_size(size)?;
            let mut all = Gradients {
                values: Vec::with_capacity(images.len()),
                logits: Vec::new(),
            };
            let count = images.len() / size.values().max(1);
            for chunk in images.chunks(self.chunk(size, count)) {
                let part = self
                    .gradients_of_chunk(chunk.to_vec(), size, objective, rule)
                    .await?;
                all.values.extend(part.values);
                all.logits.extend(part.logits);
            }
            Ok(all)
        })
    }

    fn inner_gradient<'a>(
        &'a self,
        image: Vec<f32>,
        size: Size,
        objective: Objective,
        layer: Option<&'a str>,
    ) -> LocalFuture<'a, Result<InnerGradient, ClassifierError>> {
        Box::pin(self.gradient_by_layer(image, size, objective, layer))
    }

    fn first_not_finite<'a>(
        &'a self,
        image: Vec<f32>,
        size: Size,
    ) -> LocalFuture<'a, Result<Option<NotFinite>, ClassifierError>> {
        Box::pin(self.find_not_finite(image, size))
    }

    fn probabilities(&self) -> Probabilities {
        self.probabilities
    }

    fn rectifiers(&self) -> Option<Rectifiers> {
        Some(self.rectifiers)
    }

    fn preferred_batch(&self, size: Size) -> usize {
        if self.takes_batches(size) {
            self.batch.min(self.fitting(size))
        } else {
            1
        }
    }

    fn cost(&self, size: Size) -> Result<Option<Cost>, ClassifierError> {
        self.walk(size, self.fixed_batch().unwrap_or(1)).map(Some)
    }
}
