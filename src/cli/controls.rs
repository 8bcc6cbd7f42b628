//! `gradlens explain --controls`: the same measures of maps that know nothing of the model.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    host::{TerminalHost, block_on},
    lists::ListedMeasure,
    opening::sentence,
};
use crate::{
    engine::Engine,
    metric::{beaten_by, measure_descriptions, randomisation_description},
    protocol::{ExplainRequest, MeasureReport, Settings},
};

/// Controls that never saw the model.
const CONTROLS: [&str; 3] = ["control-random", "control-edge", "control-blob"];

/// Scores of the controls, by score and control.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Controls(BTreeMap<String, Vec<(String, f64)>>);

impl Controls {
    /// Measures every control for `target`. The randomisation check says nothing of a map that has
    /// no model to depend on, and is left out.
    ///
    /// # Errors
    /// As for the map itself.
    pub fn measure(
        engine: &mut Engine,
        host: &TerminalHost,
        target: usize,
        measures: &[ListedMeasure],
    ) -> Result<Self, String> {
        let check = randomisation_description().id;
        let mut scores: BTreeMap<String, Vec<(String, f64)>> = BTreeMap::new();
        for control in CONTROLS {
            let request = ExplainRequest {
                target: Some(target),
                method: control.to_owned(),
                settings: Settings::default(),
                rcap: None,
            };
            let found = block_on(engine.explain(host, 5, &request)).map_err(sentence)?;
            for wanted in measures.iter().filter(|wanted| wanted.id != check) {
                let wanted = (wanted.id.as_str(), &wanted.settings);
                let report = engine.measure(host, 5, &found.map.values, target, wanted);
                for score in block_on(report).map_err(sentence)?.scores {
                    let entry = (control.to_owned(), score.value);
                    scores.entry(score.id).or_default().push(entry);
                }
            }
        }
        Ok(Self(scores))
    }

    /// The controls that beat a score of this id and value.
    pub fn beating(&self, id: &str, value: f64) -> Vec<&str> {
        let direction = measure_descriptions()
            .into_iter()
            .flat_map(|measure| measure.scores)
            .find(|score| score.id == id)
            .map(|score| score.direction);
        match (direction, self.0.get(id)) {
            (Some(direction), Some(controls)) => beaten_by(direction, value, controls),
            _ => Vec::new(),
        }
    }

    /// The controls' scores, and which of the map's own they beat.
    pub fn to_json(&self, reports: &[MeasureReport]) -> Value {
        if self.0.is_empty() {
            return Value::Null;
        }
        let beaten: BTreeMap<&str, Vec<&str>> = reports
            .iter()
            .flat_map(|report| &report.scores)
            .map(|score| (score.id.as_str(), self.beating(&score.id, score.value)))
            .filter(|(_, by)| !by.is_empty())
            .collect();
        let scores: BTreeMap<&str, BTreeMap<&str, f64>> = self
            .0
            .iter()
            .map(|(id, values)| {
                let values = values.iter().map(|(name, value)| (name.as_str(), *value));
                (id.as_str(), values.collect())
            })
            .collect();
        json!({ "scores": scores, "beaten": beaten })
    }
}
