//! The one place methods get gradients from: batching, counting, progress and cancelling live here.

use std::{cell::Cell, rc::Rc};

use super::{AttributionError, Pace, objective_value};
use crate::{
    classifier::{
        BackwardRule, Classifier, Gradients, InnerGradient, NormImage, Objective, Rectifiers, Size,
    },
    protocol::Probabilities,
};

/// Streams gradients at any number of points through batches of constant size.
pub struct GradientSource<'a> {
    classifier: &'a dyn Classifier,
    pace: &'a dyn Pace,
    size: Size,
    objective: Objective,
    rule: BackwardRule,
    batch: usize,
    computed: Rc<Cell<usize>>,
}

impl<'a> GradientSource<'a> {
    /// A source of gradients of `objective` for images of `size`.
    pub fn new(
        classifier: &'a dyn Classifier,
        pace: &'a dyn Pace,
        size: Size,
        objective: Objective,
        rule: BackwardRule,
    ) -> Self {
        Self {
            batch: classifier.preferred_batch(size).max(1),
            classifier,
            pace,
            size,
            objective,
            rule,
            computed: Rc::default(),
        }
    }

    /// The same source for another objective and rule; both add to one count.
    pub fn with(&self, objective: Objective, rule: BackwardRule) -> Self {
        Self {
            objective,
            rule,
            computed: Rc::clone(&self.computed),
            ..*self
        }
    }

    /// Height and width of the images.
    pub fn size(&self) -> Size {
        self.size
    }

    /// What is differentiated.
    pub fn objective(&self) -> Objective {
        self.objective
    }

    /// Gradients computed so far, by this source and those made from it.
    pub fn computed(&self) -> usize {
        self.computed.get()
    }

    /// Computes the gradient at `count` points in order.
    ///
    /// `point(k, out)` writes point k into `out`, `[3, height, width]` in normalised space, all
    /// zeros before. `visit(k, gradient, logits)` sees each result in order. `batch_done(k)` is
    /// called after each batch with the number of points done, for partial results. Memory does
    /// not depend on `count`.
    ///
    /// # Errors
    /// Cancelled, the model failed, or a gradient is not finite.
    pub async fn stream(
        &self,
        count: usize,
        point: impl FnMut(usize, &mut [f32]),
        visit: impl FnMut(usize, &[f32], &[f32]),
        batch_done: impl FnMut(usize),
    ) -> Result<(), AttributionError> {
        self.stream_from(0, count, point, visit, batch_done).await
    }

    /// As [`GradientSource::stream`], for the points from `first` up to `count` only; progress is
    /// reported out of `count`.
    ///
    /// # Errors
    /// As [`GradientSource::stream`].
    pub async fn stream_from(
        &self,
        first: usize,
        count: usize,
        mut point: impl FnMut(usize, &mut [f32]),
        mut visit: impl FnMut(usize, &[f32], &[f32]),
        mut batch_done: impl FnMut(usize),
    ) -> Result<(), AttributionError> {
        let values = self.size.values();
        let mut done = first;
        self.pace.pause(done, count).await?;
        while done < count {
            let images = self.batch.min(count - done);
            let mut points = vec![0.0; images * values];
            for (k, out) in points.chunks_exact_mut(values).enumerate() {
                point(done + k, out);
            }
            let gradients = self.batch(points, images).await?;
            let classes = gradients.logits.len() / images;
            for k in 0..images {
                visit(
                    done + k,
                    &gradients.values[k * values..(k + 1) * values],
                    &gradients.logits[k * classes..(k + 1) * classes],
                );
            }
            done += images;
            batch_done(done);
            self.pace.pause(done, count).await?;
        }
        Ok(())
    }

    /// The gradient and the logits at one point, as number `step` of `steps` that follow from each
    /// other and cannot be computed together.
    ///
    /// # Errors
    /// As [`GradientSource::stream`].
    pub async fn step(
        &self,
        step: usize,
        steps: usize,
        point: Vec<f32>,
    ) -> Result<Gradients, AttributionError> {
        self.pace.pause(step, steps).await?;
        let gradients = self.batch(point, 1).await?;
        self.pace.pause(step + 1, steps).await?;
        Ok(gradients)
    }

    /// A spatial activation of the model at one image with the gradient by it: the one called
    /// `layer`, else the last.
    ///
    /// # Errors
    /// As [`GradientSource::stream`], and where the model has no such activation.
    pub async fn inner(
        &self,
        image: &NormImage,
        layer: Option<&str>,
    ) -> Result<InnerGradient, AttributionError> {
        self.pace.pause(0, 1).await?;
        let found = self
            .classifier
            .inner_gradient(image.values.clone(), self.size, self.objective, layer)
            .await?;
        check_finite(&found.gradient, self.objective)?;
        self.computed.set(self.computed.get() + 1);
        self.pace.pause(1, 1).await?;
        Ok(found)
    }

    /// What is differentiated, where the model's outputs are `logits`.
    pub fn value_of(&self, logits: &[f32]) -> f64 {
        objective_value(self.objective, self.probabilities(), logits)
    }

    /// How the model's scores become probabilities.
    pub fn probabilities(&self) -> Probabilities {
        self.classifier.probabilities()
    }

    /// The rectifiers of the model; `None` where they are not known.
    pub fn rectifiers(&self) -> Option<Rectifiers> {
        self.classifier.rectifiers()
    }

    /// The logits at one point, without a gradient.
    ///
    /// # Errors
    /// The model failed.
    pub async fn logits(&self, point: Vec<f32>) -> Result<Vec<f32>, AttributionError> {
        Ok(self.classifier.logits(point, self.size).await?)
    }

    async fn batch(&self, points: Vec<f32>, images: usize) -> Result<Gradients, AttributionError> {
        let gradients = self
            .classifier
            .input_gradients(points, self.size, self.objective, self.rule)
            .await?;
        check_finite(&gradients.values, self.objective)?;
        self.computed.set(self.computed.get() + images);
        Ok(gradients)
    }

    /// The gradient at one image.
    ///
    /// # Errors
    /// As [`GradientSource::stream`].
    pub async fn at(&self, image: &NormImage) -> Result<Vec<f32>, AttributionError> {
        let mut gradient = Vec::new();
        self.stream(
            1,
            |_, out| out.copy_from_slice(&image.values),
            |_, g, _| gradient.extend_from_slice(g),
            |_| {},
        )
        .await?;
        Ok(gradient)
    }
}

fn check_finite(gradients: &[f32], objective: Objective) -> Result<(), AttributionError> {
    let count = gradients.iter().filter(|g| !g.is_finite()).count();
    if count == 0 {
        return Ok(());
    }
    Err(AttributionError::NonFinite {
        class: objective.class(),
        count,
        total: gradients.len(),
    })
}
