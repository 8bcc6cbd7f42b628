//! What the classifier said about an image.

use serde::{Deserialize, Serialize};

/// One class and how strongly the classifier holds to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassScore {
    /// Index of the class in the model's output, from 0.
    pub class: usize,
    /// Softmax probability, 0 to 1.
    pub probability: f32,
    /// The raw output before softmax.
    pub logit: f32,
}

/// The classifier's whole answer for one image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Classification {
    /// One logit per class.
    pub logits: Vec<f32>,
    /// One softmax probability per class; they sum to 1.
    pub probabilities: Vec<f32>,
}

impl Classification {
    /// Softmax over `logits`, computed in double precision and shifted by the largest logit.
    pub fn from_logits(logits: Vec<f32>) -> Self {
        let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let exponentials: Vec<f64> = logits
            .iter()
            .map(|logit| f64::from(logit - largest).exp())
            .collect();
        let sum: f64 = exponentials.iter().sum();
        let probabilities = exponentials.iter().map(|e| (e / sum) as f32).collect();
        Self {
            logits,
            probabilities,
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
