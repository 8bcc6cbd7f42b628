//! A linear classifier: `logits = W @ flatten(x) + b`.

use gradlens::classifier::{
    BackwardRule, Classifier, ClassifierError, Gradients, LocalFuture, Objective, Size,
};

/// Its weights, `[classes, 3 * height * width]`, and biases.
pub struct LinearModel {
    /// Row-major.
    pub weights: Vec<f32>,
    /// One a class.
    pub biases: Vec<f32>,
    /// Images it takes at once.
    pub batch: usize,
}

impl LinearModel {
    fn score(&self, image: &[f32], class: usize) -> f32 {
        let row = &self.weights[class * image.len()..(class + 1) * image.len()];
        let products = row
            .iter()
            .zip(image)
            .map(|(&w, &x)| f64::from(w) * f64::from(x));
        (products.sum::<f64>() + f64::from(self.biases[class])) as f32
    }
}

impl Classifier for LinearModel {
    fn logits<'a>(
        &'a self,
        images: Vec<f32>,
        size: Size,
    ) -> LocalFuture<'a, Result<Vec<f32>, ClassifierError>> {
        assert!(
            images.len() <= self.batch * size.values(),
            "batch too large"
        );
        let logits = images
            .chunks_exact(size.values())
            .flat_map(|image| (0..self.biases.len()).map(|class| self.score(image, class)))
            .collect();
        Box::pin(std::future::ready(Ok(logits)))
    }

    fn input_gradients<'a>(
        &'a self,
        _images: Vec<f32>,
        _size: Size,
        _objective: Objective,
        _rule: BackwardRule,
    ) -> LocalFuture<'a, Result<Gradients, ClassifierError>> {
        let refusal = ClassifierError::Device("measures of a map need no gradient".to_owned());
        Box::pin(std::future::ready(Err(refusal)))
    }

    fn preferred_batch(&self, _size: Size) -> usize {
        self.batch
    }
}
