//! The parameters of the measures: what they are set to, and what a change makes stale.

use std::collections::BTreeMap;

use super::{Command, State, Timer};
use crate::protocol::{Setting, Settings};

/// How long they must be left alone before anything is measured anew.
const SETTLE_MS: u32 = 400;

impl State {
    /// All settings of a measure as they are: what was set, where that is allowed, else the defaults.
    pub fn measure_settings(&self, id: &str) -> Settings {
        let mut settings = Settings::default();
        if id == "rcap" {
            // It has one set of settings on the whole page.
            let rcap = self.rcap_settings;
            settings.set("lower-bound", Setting::Real(rcap.lower_bound));
            settings.set("interval", Setting::Real(rcap.interval));
            return settings;
        }
        let mut offers = self.measures.iter();
        let Some(offer) = offers.find(|offer| offer.description.id == id) else {
            return settings;
        };
        let given = self.measure_values.get(id);
        for parameter in &offer.description.parameters {
            let set = given.and_then(|given| given.0.get(&parameter.name));
            let allowed = set.filter(|value| parameter.check(value).is_ok());
            let value = allowed.cloned();
            let value = value.unwrap_or_else(|| parameter.kind.default_value());
            settings.set(&parameter.name, value);
        }
        settings
    }

    /// Another value for a parameter of a measure: what was measured with the old one goes, and is
    /// measured anew where the comparison asks for it.
    pub(super) fn set_measure(
        &mut self,
        id: &str,
        name: &str,
        value: Setting,
        out: &mut Vec<Command>,
    ) {
        if self.measure_settings(id).0.get(name) == Some(&value) {
            return;
        }
        let values = self.measure_values.entry(id.to_owned()).or_default();
        values.set(name, value);
        let of_it = self
            .run
            .as_ref()
            .is_some_and(|run| run.measure.as_deref() == Some(id));
        if of_it {
            self.stop_run(out);
        }
        self.results.forget_measures(|report| report.measure == id);
        self.comparison
            .setbacks
            .retain(|setback| setback.measure.as_deref() != Some(id));
        self.measure_changes += 1;
        out.push(Command::Wait {
            timer: Timer::MeasuresSettled(self.measure_changes),
            delay_ms: SETTLE_MS,
        });
    }

    /// Forgets what was measured with other settings than those there are now.
    pub(super) fn forget_other_settings(&mut self) {
        let offers = self.measures.iter().map(|offer| &offer.description.id);
        let now: BTreeMap<String, Settings> = offers
            .map(|id| (id.clone(), self.measure_settings(id)))
            .collect();
        self.results
            .forget_measures(|report| now.get(&report.measure) != Some(&report.settings));
    }

    pub(super) fn measures_settled(&mut self, changes: u64, out: &mut Vec<Command>) {
        if changes == self.measure_changes {
            self.compare_next(out);
        }
    }
}
