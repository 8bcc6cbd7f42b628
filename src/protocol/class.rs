//! What the classifier said about an image.

use serde::{Deserialize, Serialize};

use super::Probabilities;

/// One class and how strongly the classifier holds to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassScore {
    /// Index of the class in the model's output, from 0.
    pub class: usize,
    /// Its probability, 0 to 1, as [`Classification::kind`] says.
    pub probability: f32,
    /// The raw output, before probabilities are made of it.
    pub logit: f32,
}

/// The classifier's whole answer for one image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Classification {
    /// One logit per class.
    pub logits: Vec<f32>,
    /// One probability per class.
    pub probabilities: Vec<f32>,
    /// What made the probabilities of the logits.
    #[serde(default)]
    pub kind: Probabilities,
}

impl Classification {
    /// The answer of a model whose classes share a probability of 1.
    pub fn from_logits(logits: Vec<f32>) -> Self {
        Self::new(logits, Probabilities::Softmax)
    }

    /// The answer of a model whose scores become probabilities as `kind` says.
    pub fn new(logits: Vec<f32>, kind: Probabilities) -> Self {
        let probabilities = kind.of(&logits).into_iter().map(|p| p as f32).collect();
        Self {
            logits,
            probabilities,
            kind,
        }
    }

    /// The `count` most probable classes, best first; ties keep the lower index first.
    pub fn top(&self, count: usize) -> Vec<ClassScore> {
        let mut order: Vec<usize> = (0..self.logits.len()).collect();
        order.sort_by(|&a, &b| self.logits[b].total_cmp(&self.logits[a]));
        order
            .into_iter()
            .take(count)
            .map(|class| self.score(class))
            .collect()
    }

    /// The score of one class.
    pub fn score(&self, class: usize) -> ClassScore {
        ClassScore {
            class,
            probability: self.probabilities[class],
            logit: self.logits[class],
        }
    }
}
