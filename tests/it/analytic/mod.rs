//! Classifiers with known gradients, and what it takes to explain an image with them.

#![allow(dead_code, reason = "every test file uses its own part of this")]

use std::{
    future::Future,
    pin::pin,
    task::{Context as TaskContext, Poll, Waker},
};

use gradlens::{
    attribution::{
        AttributionError, Context, GradientSource, Moments, NoiseCache, NoiseSource, RawMap,
        Unhurried, find,
    },
    classifier::{
        BackwardRule, Classifier, ClassifierError, Gradients, LocalFuture, NormImage, Objective,
        Size,
    },
    protocol::{Setting, Settings},
};

/// Runs a future that never really waits.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut cx = TaskContext::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut cx) {
            return value;
        }
    }
}

/// Logits and their gradients, written down by hand.
pub trait Scores {
    fn classes(&self) -> usize;
    fn logit(&self, class: usize, x: &[f64]) -> f64;
    fn gradient(&self, class: usize, x: &[f64]) -> Vec<f64>;
}

/// A classifier from scores.
pub struct Analytic<S> {
    pub scores: S,
    pub batch: usize,
}

impl<S: Scores> Analytic<S> {
    fn all(&self, x: &[f64]) -> Vec<f64> {
        (0..self.scores.classes())
            .map(|class| self.scores.logit(class, x))
            .collect()
    }

    fn objective_gradient(&self, objective: Objective, x: &[f64]) -> Vec<f64> {
        let class = objective.class();
        let logits = self.all(x);
        let sum: f64 = logits.iter().map(|z| z.exp()).sum();
        let mut total = vec![0.0; x.len()];
        for (j, z) in logits.iter().enumerate() {
            let p = z.exp() / sum;
            let own = f64::from(u8::from(j == class));
            let factor = match objective {
                Objective::Logit(_) => own,
                Objective::NegativeLogLikelihood(_) => p - own,
                Objective::Probability(_) => logits[class].exp() / sum * (own - p),
            };
            for (sum, g) in total.iter_mut().zip(self.scores.gradient(j, x)) {
                *sum += factor * g;
            }
        }
        total
    }
}

impl<S: Scores> Classifier for Analytic<S> {
    fn logits<'a>(
        &'a self,
        images: Vec<f32>,
        size: Size,
    ) -> LocalFuture<'a, Result<Vec<f32>, ClassifierError>> {
        let logits = images
            .chunks_exact(size.values())
            .flat_map(|x| self.all(&wide(x)))
            .map(|z| z as f32)
            .collect();
        Box::pin(std::future::ready(Ok(logits)))
    }

    fn input_gradients<'a>(
        &'a self,
        images: Vec<f32>,
        size: Size,
        objective: Objective,
        _rule: BackwardRule,
    ) -> LocalFuture<'a, Result<Gradients, ClassifierError>> {
        Box::pin(async move {
            let values = images
                .chunks_exact(size.values())
                .flat_map(|x| self.objective_gradient(objective, &wide(x)))
                .map(|g| g as f32)
                .collect();
            let logits = self.logits(images, size).await?;
            Ok(Gradients { values, logits })
        })
    }

    fn preferred_batch(&self, _size: Size) -> usize {
        self.batch
    }
}

fn wide(x: &[f32]) -> Vec<f64> {
    x.iter().map(|&v| f64::from(v)).collect()
}

/// `z_c = sum_i w_ci x_i`.
pub struct Linear;

/// `z_c = sum_i w_ci x_i + v_ci x_i^2 / 2`.
pub struct Quadratic;

/// `z_c = sum_h u_ch softplus(sum_i a_hi x_i)`: smooth, and not a polynomial.
pub struct Softplus;

/// Fixed pseudo-random weights between -1 and 1.
pub fn weight(row: usize, i: usize) -> f64 {
    ((row * 7919 + i * 104_729 + 17) % 2003) as f64 / 1001.0 - 1.0
}

impl Scores for Linear {
    fn classes(&self) -> usize {
        3
    }
    fn logit(&self, class: usize, x: &[f64]) -> f64 {
        x.iter()
            .enumerate()
            .map(|(i, x)| weight(class, i) * x)
            .sum()
    }
    fn gradient(&self, class: usize, x: &[f64]) -> Vec<f64> {
        (0..x.len()).map(|i| weight(class, i)).collect()
    }
}

impl Scores for Quadratic {
    fn classes(&self) -> usize {
        3
    }
    fn logit(&self, class: usize, x: &[f64]) -> f64 {
        x.iter()
            .enumerate()
            .map(|(i, x)| weight(class, i) * x + weight(class + 50, i) * x * x / 2.0)
            .sum()
    }
    fn gradient(&self, class: usize, x: &[f64]) -> Vec<f64> {
        x.iter()
            .enumerate()
            .map(|(i, x)| weight(class, i) + weight(class + 50, i) * x)
            .collect()
    }
}

const HIDDEN: usize = 8;

fn hidden(h: usize, x: &[f64]) -> f64 {
    x.iter()
        .enumerate()
        .map(|(i, x)| weight(h + 100, i) * x * 0.3)
        .sum()
}

impl Scores for Softplus {
    fn classes(&self) -> usize {
        3
    }
    fn logit(&self, class: usize, x: &[f64]) -> f64 {
        (0..HIDDEN)
            .map(|h| weight(class, h) * hidden(h, x).exp().ln_1p())
            .sum()
    }
    fn gradient(&self, class: usize, x: &[f64]) -> Vec<f64> {
        let mut total = vec![0.0; x.len()];
        for h in 0..HIDDEN {
            let slope = weight(class, h) / (1.0 + (-hidden(h, x)).exp());
            for (i, sum) in total.iter_mut().enumerate() {
                *sum += slope * weight(h + 100, i) * 0.3;
            }
        }
        total
    }
}

/// A smooth image of this size with values between -1 and 1.
pub fn image(height: usize, width: usize) -> NormImage {
    let size = Size::colour(height, width);
    let values = (0..size.values())
        .map(|i| ((i as f32 * 0.37).sin() + (i as f32 * 0.011).cos()) / 2.0)
        .collect();
    NormImage { size, values }
}

/// Settings from names and values; whole numbers, real numbers and choices are told apart.
pub fn settings(pairs: &[(&str, &str)]) -> Settings {
    let mut settings = Settings::default();
    for (name, value) in pairs {
        let setting = match (value.parse::<u64>(), value.parse::<f64>()) {
            (Ok(v), _) => Setting::Integer(v),
            (_, Ok(v)) => Setting::Real(v),
            _ => Setting::Choice((*value).to_owned()),
        };
        settings.set(name, setting);
    }
    settings
}

/// Everything that stays the same between explanations of one image with one classifier.
pub struct Bench<'a> {
    pub gradients: GradientSource<'a>,
    pub image: &'a NormImage,
    pub noise: Option<NoiseSource>,
    pub uniform: Option<Vec<f32>>,
    pub cache: NoiseCache,
}

impl<'a> Bench<'a> {
    pub fn new(classifier: &'a dyn Classifier, image: &'a NormImage) -> Self {
        Self {
            gradients: GradientSource::new(
                classifier,
                &Unhurried,
                image.size,
                Objective::Logit(0),
                BackwardRule::Standard,
            ),
            image,
            noise: None,
            uniform: None,
            cache: NoiseCache::default(),
        }
    }

    /// The map of a method for a class, by a classifier that may have to be waited for.
    pub async fn explanation(
        &self,
        method: &str,
        target: usize,
        given: &Settings,
        on_partial: &dyn Fn(&Moments, usize, usize),
    ) -> Result<RawMap, AttributionError> {
        let method = find(method).ok_or_else(|| AttributionError::UnknownMethod(method.into()))?;
        let settings = method.description().complete(given)?;
        let seeded = NoiseSource::Seeded(settings.integer("seed").unwrap_or(0));
        let cx = Context {
            gradients: &self.gradients,
            image: self.image,
            target,
            settings: &settings,
            noise: self.noise.as_ref().unwrap_or(&seeded),
            uniform: self.uniform.as_deref(),
            preprocessing: None,
            cache: &self.cache,
            on_partial,
        };
        method.explain(&cx).await
    }

    /// The map of a method for a class.
    pub fn try_explain(
        &self,
        method: &str,
        target: usize,
        given: &Settings,
        on_partial: &dyn Fn(&Moments, usize, usize),
    ) -> Result<RawMap, AttributionError> {
        block_on(self.explanation(method, target, given, on_partial))
    }

    /// The map of class 1.
    pub fn explain(&self, method: &str, pairs: &[(&str, &str)]) -> RawMap {
        self.try_explain(method, 1, &settings(pairs), &|_, _, _| {})
            .unwrap()
    }
}
