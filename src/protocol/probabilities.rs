//! How a model's scores become probabilities.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What turns class scores into the model's own probabilities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Probabilities {
    /// One right answer: the classes share a probability of 1.
    #[default]
    Softmax,
    /// Several right answers: each class has a probability of its own.
    Sigmoid,
    /// Two classes from one score: the first class has the score, the second its negative, and their
    /// probabilities are p and 1 - p.
    Binary,
    /// What the model puts out are probabilities already.
    Given,
}

impl Probabilities {
    /// All there are.
    pub const ALL: [Self; 4] = [Self::Softmax, Self::Sigmoid, Self::Binary, Self::Given];

    /// The name on the command line, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Softmax => "softmax",
            Self::Sigmoid => "sigmoid",
            Self::Binary => "binary",
            Self::Given => "given",
        }
    }

    /// The kind of this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether the probability of a class depends on its own score alone.
    pub fn are_independent(self) -> bool {
        self != Self::Softmax
    }

    /// The derivative of the logarithm of a probability, `share`, by its own score.
    pub fn logarithm_slope(self, score: f64, share: f64) -> f64 {
        match self {
            Self::Given if (0.0..=1.0).contains(&score) => 1.0 / share.max(SMALLEST_SHARE),
            // Kept within its bounds.
            Self::Given => 0.0,
            _ => 1.0 - share,
        }
    }

    /// A probability for each of the scores of one image, in double precision and without overflow.
    pub fn of(self, scores: &[f32]) -> Vec<f64> {
        let each = |of: fn(f64) -> f64| scores.iter().map(|&score| of(score.into())).collect();
        match self {
            Self::Softmax => {}
            Self::Sigmoid | Self::Binary => return each(sigmoid),
            // Sums of shares may miss the bounds by a rounding.
            Self::Given => return each(|score| score.clamp(0.0, 1.0)),
        }
        let largest = largest(scores);
        let exponentials: Vec<f64> = scores
            .iter()
            .map(|&score| (f64::from(score) - largest).exp())
            .collect();
        let sum: f64 = exponentials.iter().sum();
        exponentials.iter().map(|e| e / sum).collect()
    }

    /// Minus the logarithm of the probability of `class`, exact where that is close to 0 or 1; not a
    /// number for a class beyond the scores.
    pub fn surprise(self, scores: &[f32], class: usize) -> f64 {
        let score = scores.get(class).map_or(f64::NAN, |&score| score.into());
        match self {
            Self::Softmax => {}
            Self::Sigmoid | Self::Binary => return softplus(-score),
            Self::Given => return -score.clamp(SMALLEST_SHARE, 1.0).ln(),
        }
        let largest = largest(scores);
        let sum: f64 = scores
            .iter()
            .map(|&score| (f64::from(score) - largest).exp())
            .sum();
        largest + sum.ln() - score
    }
}

/// A probability of 0 would be an infinite surprise, which no curve can show.
const SMALLEST_SHARE: f64 = 1e-12;

impl fmt::Display for Probabilities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

fn largest(scores: &[f32]) -> f64 {
    scores.iter().fold(f64::NEG_INFINITY, |largest, &score| {
        largest.max(score.into())
    })
}

fn sigmoid(score: f64) -> f64 {
    if score >= 0.0 {
        1.0 / (1.0 + (-score).exp())
    } else {
        let e = score.exp();
        e / (1.0 + e)
    }
}

/// `ln(1 + exp(x))`.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_what_it_says() {
        let scores = [2.0_f32, 0.0, -1.0];
        let softmax = Probabilities::Softmax.of(&scores);
        assert!((softmax.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let sigmoid = Probabilities::Sigmoid.of(&scores);
        assert!((sigmoid[0] - 0.880_797_077_977_882_3).abs() < 1e-12);
        assert_eq!(sigmoid[1], 0.5);
        let binary = Probabilities::Binary.of(&[1.25, -1.25]);
        assert!((binary[0] + binary[1] - 1.0).abs() < 1e-12);
        for kind in Probabilities::ALL {
            let scores = match kind {
                Probabilities::Given => [0.25, 0.75, 1.0],
                _ => scores,
            };
            for (class, p) in kind.of(&scores).into_iter().enumerate() {
                assert!((kind.surprise(&scores, class) + p.ln()).abs() < 1e-12);
            }
            assert!(kind.surprise(&scores, 3).is_nan());
            assert_eq!(Probabilities::find(kind.name()), Some(kind));
        }
    }

    #[test]
    fn large_scores_overflow_nothing() {
        for kind in Probabilities::ALL {
            let found = kind.of(&[800.0, -800.0]);
            assert_eq!(found, [1.0, 0.0], "{kind}");
            assert!(kind.surprise(&[800.0, -800.0], 1).is_finite());
        }
    }
}
