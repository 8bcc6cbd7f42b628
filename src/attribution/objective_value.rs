//! Values of the objectives, for attributions that should add up to a difference of them.

use crate::classifier::Objective;

/// The objective where the model's outputs are `logits`; not a number for a class beyond them.
pub fn objective_value(objective: Objective, logits: &[f32]) -> f64 {
    let logit = logits
        .get(objective.class())
        .map_or(f64::NAN, |&logit| f64::from(logit));
    match objective {
        Objective::Logit(_) => logit,
        Objective::NegativeLogLikelihood(_) => log_sum_exp(logits) - logit,
        Objective::Probability(_) => (logit - log_sum_exp(logits)).exp(),
    }
}

fn log_sum_exp(logits: &[f32]) -> f64 {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let largest = f64::from(largest);
    let sum: f64 = logits
        .iter()
        .map(|&logit| (f64::from(logit) - largest).exp())
        .sum();
    largest + sum.ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_agree_with_each_other() {
        let logits = [1.0, 3.0, 700.0, 699.0];
        assert_eq!(objective_value(Objective::Logit(1), &logits), 3.0);
        let probability = objective_value(Objective::Probability(3), &logits);
        assert!((probability - 1.0 / (1.0 + 1f64.exp())).abs() < 1e-12);
        let loss = objective_value(Objective::NegativeLogLikelihood(3), &logits);
        assert!((loss + probability.ln()).abs() < 1e-12);
        assert!(objective_value(Objective::Logit(9), &logits).is_nan());
    }
}
