//! A network that shares its batches out: colleagues have the same model open and compute parts of
//! them at the same time.

use serde::{Deserialize, Serialize};

use super::{Engine, Host};
use crate::{
    classifier::{
        BackwardRule, Classifier, ClassifierError, Cost, Gradients, InnerGradient, LocalFuture,
        NotFinite, Objective, Rectifiers, Size,
    },
    protocol::{Event, JobId, Probabilities},
};

/// What is asked of a part of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Height and width of the images.
    pub size: Size,
    /// What to compute.
    pub work: PartWork,
}

/// What is computed of a part of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PartWork {
    /// The logits only.
    Logits,
    /// Gradients by the input, and the logits found on the way.
    Gradients {
        /// What is differentiated.
        objective: Objective,
        /// How gradients pass rectifiers.
        rule: BackwardRule,
    },
}

/// One that has the same model open and computes at the same time, such as a worker beside this one.
pub trait Colleague {
    /// Whether its model is open, and it has not failed since.
    fn is_ready(&self) -> bool;

    /// Begins with `images`, `[batch, channels, height, width]`, before it returns; the answer is waited for
    /// later. Where only logits were asked for, the gradients are empty.
    ///
    /// The answer is an error, in a person's words, where the colleague could not do it.
    fn begin(&self, part: Part, images: &[f32]) -> LocalFuture<'static, Result<Gradients, String>>;
}

impl Part {
    /// Computes this part of a batch with `classifier`.
    ///
    /// # Errors
    /// As [`Classifier::input_gradients`].
    pub async fn compute(
        self,
        classifier: &dyn Classifier,
        images: Vec<f32>,
    ) -> Result<Gradients, ClassifierError> {
        match self.work {
            PartWork::Logits => Ok(Gradients {
                values: Vec::new(),
                logits: classifier.logits(images, self.size).await?,
            }),
            PartWork::Gradients { objective, rule } => {
                classifier
                    .input_gradients(images, self.size, objective, rule)
                    .await
            }
        }
    }
}

/// A classifier that gives every colleague that is ready an equal part of each batch.
///
/// Images of a batch do not depend on each other, so that the results are those of the classifier
/// alone, to the bit. What a colleague fails at is computed here.
pub struct SharedClassifier {
    own: Box<dyn Classifier>,
    colleagues: Vec<Box<dyn Colleague>>,
}

impl SharedClassifier {
    /// `own` computes the first part of each batch and whatever cannot be shared.
    pub fn new(own: Box<dyn Classifier>, colleagues: Vec<Box<dyn Colleague>>) -> Self {
        Self { own, colleagues }
    }

    fn ready(&self) -> impl Iterator<Item = &dyn Colleague> {
        let all = self.colleagues.iter().map(AsRef::as_ref);
        all.filter(|colleague| colleague.is_ready())
    }

    async fn compute(
        &self,
        part: Part,
        mut images: Vec<f32>,
    ) -> Result<Gradients, ClassifierError> {
        let values = part.size.values().max(1);
        let count = images.len() / values;
        let mut shares = equal_shares(count, 1 + self.ready().count()).into_iter();
        let shared = images.split_off(shares.next().unwrap_or(count) * values);
        let mut rest = shared.as_slice();
        let mut begun = Vec::new();
        for (colleague, share) in self.ready().zip(shares) {
            let (theirs, after) = rest.split_at(share * values);
            rest = after;
            if share > 0 {
                begun.push((theirs, colleague.begin(part, theirs)));
            }
        }
        let mut all = part.compute(self.own.as_ref(), images).await?;
        let classes = all.logits.len() / (count - shared.len() / values).max(1);
        for (theirs, answer) in begun {
            let complete = |answer: &Gradients| {
                let gradients = match part.work {
                    PartWork::Logits => 0,
                    PartWork::Gradients { .. } => theirs.len(),
                };
                answer.values.len() == gradients
                    && answer.logits.len() == theirs.len() / values * classes
            };
            let answer = match answer.await {
                Ok(answer) if complete(&answer) => answer,
                _ => part.compute(self.own.as_ref(), theirs.to_vec()).await?,
            };
            all.values.extend(answer.values);
            all.logits.extend(answer.logits);
        }
        Ok(all)
    }
}

impl Engine {
    /// Tells how many threads compute from now on, where that is news.
    pub(super) fn tell_threads(&mut self, host: &dyn Host, job: JobId) {
        if let (Some(model), Some(device)) = (&self.model, &mut self.device)
            && let Some(workers) = model.classifier.workers()
            && device.set_threads(workers)
        {
            host.emit(job, Event::Device(device.report().clone()));
        }
    }

    /// Computes a part of somebody else's batch with the open model.
    ///
    /// # Errors
    /// No model is open, or it failed, in a person's words.
    pub async fn compute_part(&self, part: Part, images: Vec<f32>) -> Result<Gradients, String> {
        let model = self.model().ok_or("no model is open")?;
        let computed = part.compute(model.classifier.as_ref(), images).await;
        computed.map_err(|error| error.to_string())
    }
}

/// `count` in `parts` whole numbers that differ by at most 1, the larger ones first.
fn equal_shares(count: usize, parts: usize) -> Vec<usize> {
    (0..parts)
        .map(|part| count / parts + usize::from(part < count % parts))
        .collect()
}

impl Classifier for SharedClassifier {
    fn logits<'a>(
        &'a self,
        images: Vec<f32>,
        size: Size,
    ) -> LocalFuture<'a, Result<Vec<f32>, ClassifierError>> {
        let part = Part {
            size,
            work: PartWork::Logits,
        };
        Box::pin(async move { Ok(self.compute(part, images).await?.logits) })
    }

    fn input_gradients<'a>(
        &'a self,
        images: Vec<f32>,
        size: Size,
        objective: Objective,
        rule: BackwardRule,
    ) -> LocalFuture<'a, Result<Gradients, ClassifierError>> {
        let part = Part {
            size,
            work: PartWork::Gradients { objective, rule },
        };
        Box::pin(self.compute(part, images))
    }

    fn inner_gradient<'a>(
        &'a self,
        image: Vec<f32>,
        size: Size,
        objective: Objective,
        layer: Option<&'a str>,
    ) -> LocalFuture<'a, Result<InnerGradient, ClassifierError>> {
        self.own.inner_gradient(image, size, objective, layer)
    }

    fn first_not_finite<'a>(
        &'a self,
        image: Vec<f32>,
        size: Size,
    ) -> LocalFuture<'a, Result<Option<NotFinite>, ClassifierError>> {
        self.own.first_not_finite(image, size)
    }

    fn probabilities(&self) -> Probabilities {
        self.own.probabilities()
    }

    fn rectifiers(&self) -> Option<Rectifiers> {
        self.own.rectifiers()
    }

    fn workers(&self) -> Option<usize> {
        Some(1 + self.ready().count())
    }

    fn preferred_batch(&self, size: Size) -> usize {
        self.own.preferred_batch(size).max(1) * (1 + self.ready().count())
    }

    fn cost(&self, size: Size) -> Result<Option<Cost>, ClassifierError> {
        self.own.cost(size)
    }
}

#[cfg(test)]
mod tests;
