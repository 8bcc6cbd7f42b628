//! What a batch costs, before it is paid.

use super::{super::State, BatchImage, BatchPlan};
use crate::protocol::RANDOMISATION;

/// What is left of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BatchCost {
    /// Images without all their rows.
    pub images: usize,
    /// Gradients, at most: a family shares its noise.
    pub gradients: usize,
    /// Images to be run through the model to measure and to classify.
    pub forward_passes: usize,
    /// About how long, at the pace so far; `None` until there is one.
    pub seconds: Option<f64>,
}

impl State {
    /// What is left to do by `plan`.
    pub fn batch_cost(&self, plan: &BatchPlan) -> BatchCost {
        let mut cost = BatchCost::default();
        let batch = &self.batch;
        let images = batch.images.iter();
        for image in images.filter(|image| !batch.is_finished(plan, image)) {
            cost.images += 1;
            let (gradients, passes) = self.cost_of(plan, image);
            cost.gradients += gradients;
            cost.forward_passes += passes;
        }
        let (spent_ms, done) = batch.spent;
        cost.seconds = if done > 0 {
            Some(spent_ms / done as f64 * cost.images as f64 / 1e3)
        } else {
            let (gradients, passes) = (cost.gradients as f64, cost.forward_passes as f64);
            let pace = self.pace_ms();
            pace.map(|(gradient, pass)| (gradients * gradient + passes * pass) / 1e3)
        };
        cost
    }

    fn cost_of(&self, plan: &BatchPlan, image: &BatchImage) -> (usize, usize) {
        let measured: usize = self
            .measures
            .iter()
            .filter(|offer| {
                let wanted = plan.measures.iter().any(|m| m.id == offer.description.id);
                wanted && (image.mask.is_some() || !offer.description.needs_mask)
            })
            .map(|offer| self.passes_of(&offer.description.id))
            .sum();
        let missing = plan.missing(&self.batch.rows, image);
        let randomised = plan.measures.iter().any(|m| m.id == RANDOMISATION);
        let (mut shared, mut own) = (0, 0);
        for item in &missing {
            let gradients = self.gradients_of(&item.id);
            if item.settings.integer("samples").is_some() {
                shared = shared.max(gradients);
            } else {
                own += gradients;
            }
            if randomised {
                own += self.cascade_cost(&item.id).gradients;
            }
        }
        (shared + own, 1 + measured * missing.len())
    }
}
