//! The gradient of an objective by the logits, where the way back begins.

use crate::classifier::Objective;

/// Gradient of `objective` by the `[images, classes]` logits, in double precision inside.
pub fn logit_gradient(objective: Objective, logits: &[f32], classes: usize) -> Vec<f32> {
    let target = objective.class();
    let mut gradient = vec![0.0; logits.len()];
    let rows = gradient.chunks_exact_mut(classes);
    for (row, logits) in rows.zip(logits.chunks_exact(classes)) {
        match objective {
            Objective::Logit(_) => row[target] = 1.0,
            Objective::NegativeLogLikelihood(_) => {
                for (class, (g, p)) in row.iter_mut().zip(softmax(logits)).enumerate() {
                    *g = (p - f64::from(u8::from(class == target))) as f32;
                }
            }
            Objective::Probability(_) => {
                let probabilities = softmax(logits);
                let of_target = probabilities[target];
                for (class, (g, p)) in row.iter_mut().zip(&probabilities).enumerate() {
                    *g = (of_target * (f64::from(u8::from(class == target)) - p)) as f32;
                }
            }
        }
    }
    gradient
}

fn softmax(logits: &[f32]) -> Vec<f64> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let exponentials: Vec<f64> = logits
        .iter()
        .map(|&logit| (f64::from(logit) - f64::from(largest)).exp())
        .collect();
    let sum: f64 = exponentials.iter().sum();
    exponentials.into_iter().map(|e| e / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Central differences of the objectives themselves.
    #[test]
    fn gradients_match_differences() {
        let logits = [0.3_f32, -1.2, 2.0, 0.5];
        let value = |objective, logits: &[f32]| match objective {
            Objective::Logit(c) => f64::from(logits[c]),
            Objective::NegativeLogLikelihood(c) => -softmax(logits)[c].ln(),
            Objective::Probability(c) => softmax(logits)[c],
        };
        for objective in [
            Objective::Logit(2),
            Objective::NegativeLogLikelihood(1),
            Objective::Probability(3),
        ] {
            let gradient = logit_gradient(objective, &logits, 4);
            for k in 0..4 {
                let step = 1e-2_f32;
                let (mut above, mut below) = (logits, logits);
                above[k] += step;
                below[k] -= step;
                let difference = (value(objective, &above) - value(objective, &below))
                    / (f64::from(above[k]) - f64::from(below[k]));
                assert!(
                    (difference - f64::from(gradient[k])).abs() < 1e-4,
                    "{objective:?} at {k}: {difference} against {}",
                    gradient[k]
                );
            }
        }
    }
}
