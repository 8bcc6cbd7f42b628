//! The randomisation check of the large map: what it would cost, and the map after each step.

use super::{Command, ResultKey, RunKind, Shared, State};
use crate::protocol::{MapReport, MeasureOffer, RANDOMISATION, RandomisedMap, Settings};

/// The newest cascade, as far as it has come: at most as many maps as there are groups.
#[derive(Clone, Debug, PartialEq)]
pub struct Cascade {
    /// The map under test.
    pub key: ResultKey,
    /// All settings of the check.
    pub settings: Settings,
    /// The map of the intact network.
    pub original: Shared<MapReport>,
    /// One a group of layers, from the output down; each includes all before it.
    pub steps: Vec<CascadeStep>,
    /// Groups in all.
    pub total: usize,
}

/// One more group of layers without trained weights.
#[derive(Clone, Debug, PartialEq)]
pub struct CascadeStep {
    /// Layers of the group.
    pub layers: Vec<String>,
    /// Rank correlation with the original map.
    pub spearman: f64,
    /// Structural similarity with the original map.
    pub similarity: f64,
    /// The map of the network as it is then.
    pub map: Shared<MapReport>,
}

/// What a check costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CascadeCost {
    /// Networks, and so maps.
    pub maps: usize,
    /// Gradients for all of them.
    pub gradients: usize,
    /// About how long, at the pace so far; `None` until there is one.
    pub seconds: Option<f64>,
}

impl State {
    /// The check as it is offered, once the engine has said so.
    pub fn randomisation_offer(&self) -> Option<&MeasureOffer> {
        let mut offers = self.measures.iter();
        offers.find(|offer| offer.description.id == RANDOMISATION)
    }

    /// The cascade of the map in the large view, if it is the newest one.
    pub fn cascade_in_view(&self) -> Option<&Cascade> {
        let key = self.result_key(&self.method)?;
        let settings = self.measure_settings(RANDOMISATION);
        self.cascade
            .as_ref()
            .filter(|cascade| cascade.key == key && cascade.settings == settings)
    }

    /// The large map is finished, so that it can be checked.
    pub fn can_randomise(&self) -> bool {
        !self.is_main_busy() && self.result_of(&self.method).is_some() && self.workers.can_ask()
    }

    /// The check of the large map is under way.
    pub fn is_randomising(&self) -> bool {
        self.run
            .as_ref()
            .is_some_and(|run| run.kind == RunKind::Randomise)
    }

    /// What checking a method's map costs with the settings as they are.
    pub fn cascade_cost(&self, method: &str) -> CascadeCost {
        let most = self.randomisation_offer().map_or(0, |offer| offer.maps);
        let groups = self.measure_settings(RANDOMISATION).integer("groups");
        let layers = self.model.as_ref().map_or(0, |model| model.weight_layers);
        let maps = groups.map_or(most, |groups| groups as usize).min(layers);
        let gradients = maps * self.gradients_of(method);
        let seconds = self
            .pace_ms()
            .map(|(gradient, _)| gradients as f64 * gradient / 1e3);
        CascadeCost {
            maps,
            gradients,
            seconds,
        }
    }

    /// Checks the large map; whatever the comparison has under way gives way and is taken up after.
    pub(super) fn randomise(&mut self, out: &mut Vec<Command>) {
        if !self.can_randomise() {
            return;
        }
        self.stop_run(out);
        self.cascade = None;
        let method = self.method.clone();
        let check = Some(RANDOMISATION.to_owned());
        self.start_run(RunKind::Randomise, &method, check, out);
    }

    /// Another map of a cascade came; only those of the large map are kept.
    pub(super) fn randomised(&mut self, step: RandomisedMap) {
        let Some(key) = self.run.as_ref().map(|run| run.result_key.clone()) else {
            return;
        };
        if self.result_key(&self.method).as_ref() != Some(&key) {
            return;
        }
        let settings = self.measure_settings(RANDOMISATION);
        let Some(original) = self.result_of(&key.method).map(|result| result.map.clone()) else {
            return;
        };
        if step.step <= 1 {
            self.cascade = Some(Cascade {
                key,
                settings,
                original,
                steps: Vec::new(),
                total: step.steps,
            });
        }
        if let Some(cascade) = &mut self.cascade {
            cascade.steps.push(CascadeStep {
                layers: step.layers,
                spearman: step.spearman,
                similarity: step.similarity,
                map: Shared::new(step.map),
            });
        }
    }
}
