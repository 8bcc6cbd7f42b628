//! What a comparison still costs, before it is paid.

use super::{State, is_control};
use crate::protocol::{RANDOMISATION, Settings, Stage};

/// What remains to be computed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Remaining {
    /// Maps.
    pub maps: usize,
    /// Gradients for them, at most: a family shares its noise.
    pub gradients: usize,
    /// Measurements besides those of new maps.
    pub measurements: usize,
    /// Images to be run through the model to measure.
    pub forward_passes: usize,
    /// About how long, at the pace so far; `None` until there is one.
    pub seconds: Option<f64>,
}

impl State {
    /// What is still to be computed, and about how long that takes.
    pub fn remaining(&self) -> Remaining {
        let mut remaining = Remaining::default();
        let mut shared = 0;
        let rcap_steps = self.rcap.as_ref().map_or(5, |report| report.steps.len());
        let measures = self.measures_to_take();
        for method in &self.comparison.methods {
            let new = self.is_missing(method, None);
            if new {
                remaining.maps += 1;
                remaining.forward_passes += rcap_steps + 1;
                let gradients = self.gradients_of(method);
                if self.settings_of(method).integer("samples").is_some() {
                    shared = shared.max(gradients);
                } else {
                    remaining.gradients += gradients;
                }
            }
            for measure in &measures {
                if new || self.is_missing(method, Some(measure)) {
                    remaining.measurements += 1;
                    remaining.forward_passes += self.passes_of(measure);
                    if measure == RANDOMISATION {
                        remaining.gradients += self.cascade_cost(method).gradients;
                    }
                }
            }
        }
        remaining.gradients += shared;
        remaining.seconds = self.pace_ms().map(|(gradient, pass)| {
            (remaining.gradients as f64 * gradient + remaining.forward_passes as f64 * pass) / 1e3
        });
        remaining
    }

    /// Images that a measure runs through the model with its settings as they are.
    pub(super) fn passes_of(&self, measure: &str) -> usize {
        let mut offers = self.measures.iter();
        let Some(offer) = offers.find(|offer| offer.description.id == measure) else {
            return 0;
        };
        let mut parameters = offer.description.parameters.iter();
        let step = parameters.find(|known| known.name == "step" && known.unit == "%");
        let Some(step) = step else {
            return offer.forward_passes;
        };
        // As many images at every step from 0 to 100 %.
        let points = |settings: &Settings| {
            let percent = settings.real("step").unwrap_or(100.0).max(0.1);
            (100.0 / percent - 1e-9).ceil() as usize + 1
        };
        let mut default = Settings::default();
        default.set("step", step.kind.default_value());
        let now = points(&self.measure_settings(measure));
        offer.forward_passes / points(&default) * now
    }

    /// Gradients that one map of a method takes with the settings as they are, if it shares none.
    pub(super) fn gradients_of(&self, method: &str) -> usize {
        let settings = self.settings_of(method);
        let count = |name: &str| settings.integer(name).map(|n| n as usize);
        match (count("samples"), count("steps")) {
            (Some(samples), _) => samples,
            (None, Some(steps)) => (steps + 1) * count("trials").unwrap_or(1),
            _ if is_control(method) => 0,
            _ => 1,
        }
    }

    /// Milliseconds a gradient and a forward pass take, from the newest results that tell.
    pub(super) fn pace_ms(&self) -> Option<(f64, f64)> {
        let result = self.results.newest_with_gradients()?;
        let time = |stage: Stage| {
            let mut times = result.times.iter();
            times
                .find(|time| time.stage == stage)
                .map(|time| time.elapsed_ms)
        };
        let gradient = time(Stage::Explain)? / result.gradients.max(1) as f64;
        let pass = time(Stage::Measure)? / (result.rcap.steps.len() + 1) as f64;
        Some((gradient, pass))
    }
}
