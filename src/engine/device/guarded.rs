//! A classifier whose device may fail without saying so: its errors are asked for after every run.

use crate::classifier::{
    BackwardRule, Classifier, ClassifierError, Cost, Gradients, InnerGradient, LocalFuture,
    Objective, Rectifiers, Size,
};

/// Asks `first_error` after every run, and gives the error instead of the result.
pub struct Guarded<E> {
    /// What computes.
    pub inner: Box<dyn Classifier>,
    /// The first error since it was last asked.
    pub first_error: E,
}

impl<E: Fn() -> Option<String>> Guarded<E> {
    fn checked<T>(&self, result: Result<T, ClassifierError>) -> Result<T, ClassifierError> {
        match (self.first_error)() {
            Some(message) => Err(ClassifierError::Device(message)),
            None => result,
        }
    }
}

impl<E: Fn() -> Option<String>> Classifier for Guarded<E> {
    fn logits<'a>(
        &'a self,
        images: Vec<f32>,
        size: Size,
    ) -> LocalFuture<'a, Result<Vec<f32>, ClassifierError>> {
        Box::pin(async move { self.checked(self.inner.logits(images, size).await) })
    }

    fn input_gradients<'a>(
        &'a self,
        images: Vec<f32>,
        size: Size,
        objective: Objective,
        rule: BackwardRule,
    ) -> LocalFuture<'a, Result<Gradients, ClassifierError>> {
        Box::pin(async move {
            let result = self
                .inner
                .input_gradients(images, size, objective, rule)
                .await;
            self.checked(result)
        })
    }

    fn inner_gradient<'a>(
        &'a self,
        image: Vec<f32>,
        size: Size,
        objective: Objective,
        layer: Option<&'a str>,
    ) -> LocalFuture<'a, Result<InnerGradient, ClassifierError>> {
        Box::pin(async move {
            let result = self
                .inner
                .inner_gradient(image, size, objective, layer)
                .await;
            self.checked(result)
        })
    }

    fn rectifiers(&self) -> Option<Rectifiers> {
        self.inner.rectifiers()
    }

    fn preferred_batch(&self, size: Size) -> usize {
        self.inner.preferred_batch(size)
    }

    fn cost(&self, size: Size) -> Result<Option<Cost>, ClassifierError> {
        self.inner.cost(size)
    }
}
