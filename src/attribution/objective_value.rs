//! Values of the objectives, for attributions that should add up to a difference of them.

use crate::{classifier::Objective, protocol::Probabilities};

/// The objective where the model's outputs are `logits`, which become probabilities as `kind` says;
/// not a number for a class beyond them.
pub fn objective_value(objective: Objective, kind: Probabilities, logits: &[f32]) -> f64 {
    let logit = logits
        .get(objective.class())
        .map_or(f64::NAN, |&logit| f64::from(logit));
    match objective {
        Objective::Logit(_) => logit,
        Objective::NegativeLogLikelihood(class) => kind.surprise(logits, class),
        Objective::Probability(class) => (-kind.surprise(logits, class)).exp(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_agree_with_each_other() {
        let softmax = Probabilities::Softmax;
        let logits = [1.0, 3.0, 700.0, 699.0];
        assert_eq!(objective_value(Objective::Logit(1), softmax, &logits), 3.0);
        let probability = objective_value(Objective::Probability(3), softmax, &logits);
        assert!((probability - 1.0 / (1.0 + 1f64.exp())).abs() < 1e-12);
        let loss = objective_value(Objective::NegativeLogLikelihood(3), softmax, &logits);
        assert!((loss + probability.ln()).abs() < 1e-12);
        assert!(objective_value(Objective::Logit(9), softmax, &logits).is_nan());
    }
}
