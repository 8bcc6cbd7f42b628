//! The exercise at the end: a real map between two broken ones, in an order that follows from a seed.

use super::{
    super::{Shared, State},
    TAUGHT,
};
use crate::{protocol::MapReport, study::next_random};

/// What a map of the exercise is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Candidate {
    /// The map on show.
    Real,
    /// The same with high and low exchanged.
    Reversed,
    /// Random numbers.
    Random,
}

/// A map of the exercise.
#[derive(Clone, Debug, PartialEq)]
pub struct CandidateMap {
    /// What it is.
    pub candidate: Candidate,
    /// The map.
    pub map: Shared<MapReport>,
    /// Its RCAP, 0 to 1.
    pub rcap: f64,
}

/// Every order of three.
const ORDERS: [[Candidate; 3]; 6] = {
    use Candidate::{Random, Real, Reversed};
    [
        [Real, Reversed, Random],
        [Real, Random, Reversed],
        [Reversed, Real, Random],
        [Reversed, Random, Real],
        [Random, Real, Reversed],
        [Random, Reversed, Real],
    ]
};

/// A number that looks random and follows from `seed`.
fn mixed(mut seed: u64) -> u64 {
    next_random(&mut seed)
}

impl State {
    /// The maps of the exercise from left to right, once they are there. The order follows from the
    /// seed in the settings, the image, the class and how often it was shuffled.
    pub fn candidates(&self) -> Option<[CandidateMap; 3]> {
        let material = self.lesson_material()?;
        let (map, rcap) = self.lesson_result()?;
        let seed = self.settings_of(TAUGHT).integer("seed");
        let target = material.key.target as u64;
        let parts = [self.image_generation, target, self.lesson.shuffles];
        let drawn = parts
            .into_iter()
            .fold(seed.unwrap_or(0), |state, part| mixed(state ^ mixed(part)));
        let order = ORDERS[(drawn % ORDERS.len() as u64) as usize];
        Some(order.map(|candidate| {
            let (map, rcap) = match candidate {
                Candidate::Real => (map.clone(), rcap.score),
                Candidate::Reversed => material.reversed.clone(),
                Candidate::Random => material.random.clone(),
            };
            CandidateMap {
                candidate,
                map,
                rcap,
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_comes_about_as_often() {
        let mut counts = [0; 6];
        for state in 0..600 {
            counts[(mixed(state) % 6) as usize] += 1;
        }
        assert!(counts.iter().all(|&count| count > 60), "{counts:?}");
        for order in ORDERS {
            let real = order.iter().filter(|c| **c == Candidate::Real);
            assert_eq!(real.count(), 1);
        }
    }
}
