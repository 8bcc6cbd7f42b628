//! What a network will do with an image of a given size, found by its shape rules alone: the shape of
//! its output, what does not fit, and what it costs. Nothing is computed on the device.

use std::collections::HashSet;

use burn_backend::TensorMetadata;

use super::{
    Network,
    build::Step,
    kernels::Kernels,
    ops::axes::host_inferred,
    run::row_of_scores,
    value::{Inferred, Value},
};
use crate::{
    classifier::{ClassifierError, Cost, Size},
    onnx::{OF_CLASSES, limits},
};

/// Bytes of one value on a device.
const VALUE_BYTES: u64 = 4;

/// Sees every step of a walk with its inputs.
type Observer<'a, B> = &'a mut dyn FnMut(&Step<B>, &[Option<Inferred>]);

/// Sizes of what a step puts out, for the sums over memory.
struct Made {
    slot: usize,
    bytes: u64,
    /// Whether a gradient passes it on the way back.
    on_path: bool,
}

impl<B: Kernels> Network<B> {
    /// Walks the steps for so many images of this size.
    ///
    /// # Errors
    /// The size, the first step whose input does not fit, or an output that is no row of class scores.
    pub(super) fn walk(&self, size: Size, images: usize) -> Result<Cost, ClassifierError> {
        self.walk_seeing(size, images, &mut |_, _| {})
    }

    /// The same, showing every step with its inputs.
    fn walk_seeing(
        &self,
        size: Size,
        images: usize,
        see: Observer<'_, B>,
    ) -> Result<Cost, ClassifierError> {
        self.check_size(size)?;
        let mut values: Vec<Option<Inferred>> = vec![None; self.slots];
        for (slot, constant) in &self.constants {
            values[*slot] = Some(known(constant));
        }
        values[self.input] = Some(Inferred::Device(vec![
            images,
            size.channels,
            size.height,
            size.width,
        ]));
        let mut on_path: HashSet<usize> = HashSet::from([self.input]);
        let input_bytes = bytes(&[images, size.channels, size.height, size.width]);
        let mut sizes = vec![0_u64; self.slots];
        sizes[self.input] = input_bytes;
        let (mut live, mut forward_bytes) = (input_bytes, input_bytes);
        let mut multiply_adds = 0_u64;
        let mut made = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            let inputs: Vec<Option<Inferred>> = step
                .inputs
                .iter()
                .map(|slot| slot.and_then(|slot| values[slot].clone()))
                .collect();
            let given = |slot: usize| values[slot].is_some();
            let decided = |index: usize| host_inferred(&inputs, index);
            if !step
                .runs(given, decided)
                .map_err(|reason| self.misfit(step, reason))?
            {
                made.push(Made {
                    slot: step.output,
                    bytes: 0,
                    on_path: false,
                });
                continue;
            }
            let output = step
                .operator
                .infer(&inputs)
                .map_err(|reason| self.misfit(step, reason))?;
            see(step, &inputs);
            self.check_apart(step, &inputs)?;
            if output == Inferred::Device(vec![]) && !B::HOLDS_SCALARS {
                let reason = "it computes a value without axes, which this device cannot hold; \
                              choose the CPU"
                    .to_owned();
                return Err(self.misfit(step, reason));
            }
            let device = matches!(output, Inferred::Device(_));
            let output_bytes = if device { bytes(output.shape()) } else { 0 };
            let fits = match &output {
                Inferred::Device(shape) => limits::elements(shape),
                Inferred::Host(tensor) => limits::host_elements(&tensor.shape),
            };
            fits.map_err(|reason| self.misfit(step, reason))?;
            multiply_adds =
                multiply_adds.saturating_add(step.operator.multiply_adds(&inputs, &output));
            live = live.saturating_add(output_bytes);
            forward_bytes = forward_bytes.max(live);
            for &slot in &step.finished {
                values[slot] = None;
                live = live.saturating_sub(sizes[slot]);
            }
            sizes[step.output] = output_bytes;
            let on = device
                && step
                    .inputs
                    .iter()
                    .flatten()
                    .any(|slot| on_path.contains(slot));
            if on {
                on_path.insert(step.output);
            }
            made.push(Made {
                slot: step.output,
                bytes: output_bytes,
                on_path: on,
            });
            values[step.output] = Some(output);
        }
        let output_shape = match values[self.output].take() {
            Some(Inferred::Device(shape)) => shape,
            _ => return Err(ClassifierError::Output { shape: vec![] }),
        };
        let classes = match row_of_scores(&output_shape) {
            Some((rows, classes)) if rows == images => classes,
            _ => {
                return Err(ClassifierError::Output {
                    shape: output_shape,
                });
            }
        };
        let gradient_bytes = self
            .backward_peak(&made, &sizes, input_bytes)
            .max(forward_bytes);
        let layout_bytes = self.steps.iter().map(|s| s.operator.layout_bytes()).sum();
        let per_image = |total: u64| total / images.max(1) as u64;
        Ok(Cost {
            output_shape,
            classes,
            multiply_adds: per_image(multiply_adds),
            weight_bytes: self.weight_bytes,
            forward_bytes: per_image(forward_bytes),
            gradient_bytes: per_image(gradient_bytes).saturating_add(layout_bytes),
        })
    }

    /// Most bytes held at once on the way back. All that a gradient passes is taken to be kept by
    /// the forward pass until then, which is more than most operators need: an upper bound.
    fn backward_peak(&self, made: &[Made], sizes: &[u64], input_bytes: u64) -> u64 {
        let on_path = made.iter().filter(|made| made.on_path);
        let mut kept = input_bytes + on_path.map(|made| made.bytes).sum::<u64>();
        let mut gradients: HashSet<usize> = HashSet::from([self.output]);
        let mut live = sizes[self.output];
        let mut peak = kept.saturating_add(live);
        for (step, made) in self.steps.iter().zip(made).rev() {
            if !made.on_path || !gradients.contains(&made.slot) {
                continue;
            }
            for &slot in step.inputs.iter().flatten() {
                if gradients.insert(slot) {
                    live = live.saturating_add(sizes[slot]);
                }
            }
            peak = peak.max(kept.saturating_add(live));
            live = live.saturating_sub(made.bytes);
            kept = kept.saturating_sub(made.bytes);
        }
        peak
    }

    /// Checks that a step does not take the images of a fixed batch together: the places behind the first image
    /// hold nothing that its output may depend on.
    fn check_apart(
        &self,
        step: &Step<B>,
        inputs: &[Option<Inferred>],
    ) -> Result<(), ClassifierError> {
        let Some(batch) = self.fixed_batch().filter(|&batch| batch > 1) else {
            return Ok(());
        };
        let Some(Some(Inferred::Device(shape))) = inputs.first() else {
            return Ok(());
        };
        let joins = step.operator.joined_axes(inputs).contains(&0);
        if joins && shape.first() == Some(&batch) {
            let reason = format!(
                "it takes all {batch} images of the model's fixed batch together, so that an image has no score of \
                 its own; export the model for a batch of 1"
            );
            return Err(self.misfit(step, reason));
        }
        Ok(())
    }

    /// Lengths of the axes along which steps take values together, for so many images.
    fn joined_lengths(
        &self,
        size: Size,
        images: usize,
    ) -> Result<Vec<Vec<usize>>, ClassifierError> {
        let mut lengths = Vec::with_capacity(self.steps.len());
        self.walk_seeing(size, images, &mut |step, inputs| {
            let shape = match inputs.first() {
                Some(Some(input)) => input.shape(),
                _ => &[],
            };
            let axes = step.operator.joined_axes(inputs).into_iter();
            lengths.push(axes.filter_map(|axis| shape.get(axis).copied()).collect());
        })?;
        Ok(lengths)
    }

    /// Whether several images of this size can be computed at once. Some exporters write the one image they saw
    /// into the graph, although its input is declared to take any number; and some steps take together what
    /// lies along the batch, such as statistics over it, so that every image has to be computed on its own.
    pub(super) fn takes_batches(&self, size: Size) -> bool {
        if let Some(&known) = self.batches.borrow().get(&size) {
            return known;
        }
        let several = self.batch.max(2);
        let mixes = self.steps.iter().any(|step| step.operator.mixes_images());
        let takes = !mixes
            && match self.joined_lengths(size, 1) {
                Ok(alone) => self
                    .joined_lengths(size, several)
                    .is_ok_and(|together| together == alone),
                Err(_) => true,
            };
        self.batches.borrow_mut().insert(size, takes);
        takes
    }

    /// Images of this size whose gradients fit into the memory that there is for them; one at least.
    pub(super) fn fitting(&self, size: Size) -> usize {
        let Some(bytes) = self.memory_bytes else {
            return usize::MAX;
        };
        let each = self.walk(size, 1).map_or(bytes, |cost| cost.gradient_bytes);
        usize::try_from(bytes / each.max(1))
            .unwrap_or(usize::MAX)
            .max(1)
    }

    pub(super) fn misfit(&self, step: &Step<B>, reason: String) -> ClassifierError {
        if step.op == OF_CLASSES {
            return ClassifierError::SoftmaxAxes {
                node: step.name.clone(),
                reason,
            };
        }
        ClassifierError::Node {
            node: step.name.clone(),
            op: operator_in_file(&step.op).to_owned(),
            opset: self.opset,
            reason,
        }
    }
}

/// The operator that a step of our own was written for.
fn operator_in_file(op: &str) -> &str {
    match op {
        "gradlens.Gate" | "gradlens.Choose" => "If",
        "gradlens.RoundWithin" | "gradlens.Along" => "QuantizeLinear",
        "gradlens.Places" => "AffineGrid",
        op => op,
    }
}

fn known<B: Kernels>(constant: &Value<B>) -> Inferred {
    match constant {
        Value::Device(tensor) => Inferred::Device(tensor.shape().to_vec()),
        Value::Host(tensor) => Inferred::Host(tensor.clone()),
    }
}

fn bytes(shape: &[usize]) -> u64 {
    shape
        .iter()
        .try_fold(VALUE_BYTES, |product, &length| {
            product.checked_mul(length as u64)
        })
        .unwrap_or(u64::MAX / 4)
}

#[cfg(test)]
mod tests;
