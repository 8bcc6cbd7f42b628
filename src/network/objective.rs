//! The gradient of an objective by the logits, where the way back begins.

use crate::{classifier::Objective, protocol::Probabilities};

/// Gradient of `objective` by the `[images, classes]` logits, which become probabilities as `kind` says;
/// in double precision inside.
pub fn logit_gradient(
    objective: Objective,
    kind: Probabilities,
    logits: &[f32],
    classes: usize,
) -> Vec<f32> {
    let target = objective.class();
    let mut gradient = vec![0.0; logits.len()];
    let rows = gradient.chunks_exact_mut(classes);
    for (row, logits) in rows.zip(logits.chunks_exact(classes)) {
        match objective {
            Objective::Logit(_) => row[target] = 1.0,
            Objective::NegativeLogLikelihood(_) | Objective::Probability(_) => {
                let probabilities = kind.of(logits);
                let of_target = probabilities[target];
                // The logarithm of the target's probability by each score.
                for (class, (g, p)) in row.iter_mut().zip(&probabilities).enumerate() {
                    let logarithm = match (class == target, kind.are_independent()) {
                        (true, _) => kind.logarithm_slope(logits[target].into(), of_target),
                        (false, true) => 0.0,
                        (false, false) => -p,
                    };
                    *g = match objective {
                        Objective::Probability(_) => of_target * logarithm,
                        _ => -logarithm,
                    } as f32;
                }
            }
        }
    }
    gradient
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Central differences of the objectives themselves.
    #[test]
    fn gradients_match_differences() {
        let logits = [0.3_f32, -1.2, 2.0, 0.5];
        let value = |objective, kind: Probabilities, logits: &[f32]| match objective {
            Objective::Logit(c) => f64::from(logits[c]),
            Objective::NegativeLogLikelihood(c) => kind.surprise(logits, c),
            Objective::Probability(c) => kind.of(logits)[c],
        };
        let objectives = [
            Objective::Logit(2),
            Objective::NegativeLogLikelihood(1),
            Objective::Probability(3),
        ];
        for (objective, kind) in objectives
            .into_iter()
            .flat_map(|objective| Probabilities::ALL.map(|kind| (objective, kind)))
        {
            let logits = match kind {
                Probabilities::Given => [0.3, 0.4, 0.25, 0.5],
                _ => logits,
            };
            let gradient = logit_gradient(objective, kind, &logits, 4);
            for k in 0..4 {
                let step = 1e-3_f32;
                let (mut above, mut below) = (logits, logits);
                above[k] += step;
                below[k] -= step;
                let difference = (value(objective, kind, &above) - value(objective, kind, &below))
                    / (f64::from(above[k]) - f64::from(below[k]));
                assert!(
                    (difference - f64::from(gradient[k])).abs() < 1e-4,
                    "{objective:?} of {kind} at {k}: {difference} against {}",
                    gradient[k]
                );
            }
        }
    }
}
