//! Several methods side by side: which are chosen, what is still to be computed, in which order.

use super::{Attachment, Command, MapResult, ResultKey, Run, RunKind, Shared, State};
use crate::protocol::{
    ExplainRequest, Failure, MapReport, MeasureReport, MeasureRequest, RANDOMISATION,
    RandomiseRequest, RequestBody, StageTime,
};

/// Methods that look at no model, added to every table on request.
pub const CONTROLS: [&str; 4] = [
    "control-random",
    "control-edge",
    "control-blob",
    "control-inverted",
];

/// Whether a method is one of the controls.
pub fn is_control(method: &str) -> bool {
    method.starts_with("control-")
}

/// One side of the comparison of two pictures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Side {
    /// The photo.
    Photo,
    /// The map of this method.
    Map(String),
}

/// The comparison of two pictures with a line between them.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// Left of the line.
    pub left: Side,
    /// Right of the line.
    pub right: Side,
    /// Where the line stands, 0 (left edge) to 1.
    pub share: f32,
}

impl Default for Split {
    fn default() -> Self {
        Self {
            left: Side::Photo,
            right: Side::Photo,
            share: 0.5,
        }
    }
}

/// Something that could not be computed, and is not tried again.
#[derive(Clone, Debug, PartialEq)]
pub struct Setback {
    /// The map it was about.
    pub key: ResultKey,
    /// The measure, or nothing where the map itself failed.
    pub measure: Option<String>,
    /// Why.
    pub failure: Failure,
}

/// What the comparison knows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// Ids of the methods, in the order they are shown.
    pub methods: Vec<String>,
    /// Ids of the measures besides RCAP, in the order they were chosen.
    pub measures: Vec<String>,
    /// The person stopped it; nothing is computed until they go on.
    pub paused: bool,
    /// All maps are coloured by one scale of raw values.
    pub scale_locked: bool,
    /// Two pictures against each other.
    pub split: Split,
    /// The map under way.
    pub partial: Option<Shared<MapReport>>,
    /// What could not be computed.
    pub setbacks: Vec<Setback>,
}

/// What is known of one method in the comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Tile {
    /// Id of the method.
    pub method: String,
    /// Its finished map.
    pub result: Option<Shared<MapResult>>,
    /// Its map so far, while it is computed.
    pub partial: Option<Shared<MapReport>>,
    /// It is being computed or measured.
    pub running: bool,
    /// Why there is no map.
    pub failure: Option<Failure>,
}

impl State {
    /// What the map of a method depends on, with the settings as they are.
    pub fn result_key(&self, method: &str) -> Option<ResultKey> {
        Some(ResultKey {
            image_generation: self.image_generation,
            model_generation: self.model_generation,
            target: self.target?,
            method: method.to_owned(),
            settings: self.settings_of(method),
        })
    }

    /// The finished map of a method with the settings as they are.
    pub fn result_of(&self, method: &str) -> Option<&Shared<MapResult>> {
        self.results
            .find(&self.result_key(method)?, self.rcap_settings)
    }

    /// The methods in the comparison with what is known of each.
    pub fn tiles(&self) -> Vec<Tile> {
        let run = self.run.as_ref();
        self.comparison
            .methods
            .iter()
            .map(|method| {
                let key = self.result_key(method);
                let running = run.is_some_and(|run| {
                    let of_tile = !matches!(run.kind, RunKind::Draft | RunKind::Lesson);
                    Some(&run.result_key) == key.as_ref() && of_tile
                });
                let failure = key.as_ref().and_then(|key| {
                    let mut setbacks = self.comparison.setbacks.iter();
                    let found = setbacks.find(|s| s.key == *key && s.measure.is_none())?;
                    Some(found.failure.clone())
                });
                let partial = self.comparison.partial.clone();
                Tile {
                    method: method.clone(),
                    result: self.result_of(method).cloned(),
                    partial: partial.filter(|map| running && map.method == *method),
                    running,
                    failure,
                }
            })
            .collect()
    }

    /// Lowest and highest raw value of all maps in the comparison.
    pub fn shared_scale(&self) -> Option<(f32, f32)> {
        let maps: Vec<_> = self
            .tiles()
            .into_iter()
            .filter_map(|tile| tile.result)
            .collect();
        let low = maps.iter().map(|r| r.map.raw_min).reduce(f32::min)?;
        let high = maps.iter().map(|r| r.map.raw_max).reduce(f32::max)?;
        (high > low).then_some((low, high))
    }

    /// The comparison has something under way.
    pub fn is_comparing(&self) -> bool {
        self.run
            .as_ref()
            .is_some_and(|run| matches!(run.kind, RunKind::Tile | RunKind::Measure))
    }

    /// Something that gives way to the large map is under way.
    pub fn is_aside(&self) -> bool {
        self.is_comparing() || self.is_randomising() || self.is_lesson_run()
    }

    /// Something about the large map or the opening of files is under way.
    pub fn is_main_busy(&self) -> bool {
        self.is_busy() && !self.is_aside()
    }

    pub(super) fn add_methods(&mut self, ids: Vec<String>, out: &mut Vec<Command>) {
        for id in ids {
            let known = self.methods.iter().any(|method| method.id == id);
            if known && !self.comparison.methods.contains(&id) {
                self.comparison.methods.push(id);
            }
        }
        self.seat_sides();
        self.go_on_comparing(out);
    }

    pub(super) fn remove_method(&mut self, id: &str, out: &mut Vec<Command>) {
        self.comparison.methods.retain(|method| method != id);
        self.seat_sides();
        let of_it = self.run.as_ref().is_some_and(|run| {
            matches!(run.kind, RunKind::Tile | RunKind::Measure) && run.result_key.method == id
        });
        if of_it {
            self.stop_run(out);
            self.compare_next(out);
        }
    }

    /// Moves a method to another place in the order.
    pub(super) fn move_method(&mut self, id: &str, place: usize) {
        let methods = &mut self.comparison.methods;
        if let Some(from) = methods.iter().position(|method| method == id) {
            let moved = methods.remove(from);
            methods.insert(place.min(methods.len()), moved);
        }
    }

    /// Sides that show a method that is gone get another one.
    fn seat_sides(&mut self) {
        let methods = self.comparison.methods.clone();
        let split = &mut self.comparison.split;
        let gone = |side: &Side| matches!(side, Side::Map(id) if !methods.contains(id));
        if gone(&split.left) {
            split.left = Side::Photo;
        }
        let unset = split.left == Side::Photo && split.right == Side::Photo;
        if gone(&split.right) || unset {
            split.right = methods
                .first()
                .map_or(Side::Photo, |id| Side::Map(id.clone()));
        }
    }

    pub(super) fn toggle_measure(&mut self, id: &str, out: &mut Vec<Command>) {
        let measures = &mut self.comparison.measures;
        if measures.iter().any(|known| known == id) {
            measures.retain(|known| known != id);
            let of_it = self
                .run
                .as_ref()
                .is_some_and(|run| run.measure.as_deref() == Some(id));
            if of_it {
                self.stop_run(out);
                self.compare_next(out);
            }
        } else {
            measures.push(id.to_owned());
            self.go_on_comparing(out);
        }
    }

    /// The person wants what is missing computed.
    pub(super) fn go_on_comparing(&mut self, out: &mut Vec<Command>) {
        self.comparison.paused = false;
        self.compare_next(out);
    }

    pub(super) fn pause_comparing(&mut self, out: &mut Vec<Command>) {
        self.comparison.paused = true;
        if self.is_comparing() {
            self.cancel(out);
        }
    }

    /// Failed maps and measures are tried once more.
    pub(super) fn retry_comparing(&mut self, out: &mut Vec<Command>) {
        self.comparison.setbacks.clear();
        self.go_on_comparing(out);
    }

    /// Starts whatever is missing first, if nothing is under way.
    pub(super) fn compare_next(&mut self, out: &mut Vec<Command>) {
        if self.comparison.paused
            || self.settling
            || self.is_busy()
            || self.lesson_is_due()
            || self.classification.is_none()
        {
            return;
        }
        let methods = self.comparison.methods.clone();
        let missing = methods.iter().find(|id| self.is_missing(id, None));
        if let Some(method) = missing {
            self.start_run(RunKind::Tile, method, None, out);
            return;
        }
        for measure in self.measures_to_take() {
            if let Some(method) = methods
                .iter()
                .find(|id| self.is_missing(id, Some(&measure)))
            {
                self.start_run(RunKind::Measure, method, Some(measure), out);
                return;
            }
        }
    }

    /// The chosen measures that can be taken: those that need a mask wait for one.
    pub(super) fn measures_to_take(&self) -> Vec<String> {
        let offers = self.measures.iter().filter(|offer| {
            self.comparison.measures.contains(&offer.description.id)
                && (self.mask.is_some() || !offer.description.needs_mask)
        });
        offers.map(|offer| offer.description.id.clone()).collect()
    }

    pub(super) fn is_missing(&self, method: &str, measure: Option<&str>) -> bool {
        let Some(key) = self.result_key(method) else {
            return false;
        };
        let given_up = self
            .comparison
            .setbacks
            .iter()
            .any(|setback| setback.key == key && setback.measure.as_deref() == measure);
        if given_up {
            return false;
        }
        match (self.results.find(&key, self.rcap_settings), measure) {
            (None, None) => true,
            (Some(result), Some(measure)) => result.measure(measure).is_none(),
            _ => false,
        }
    }

    /// The request for a measure of a method's map, with the map to be sent along.
    pub(super) fn measure_request(
        &self,
        method: &str,
        measure: &str,
    ) -> Option<(RequestBody, Attachment)> {
        let result = self.result_of(method)?;
        let settings = self.measure_settings(measure);
        let body = if measure == RANDOMISATION {
            RequestBody::Randomise(RandomiseRequest {
                explain: ExplainRequest {
                    target: Some(result.key.target),
                    method: method.to_owned(),
                    settings: result.key.settings.clone(),
                    rcap: None,
                },
                settings,
            })
        } else {
            RequestBody::Measure(MeasureRequest {
                measure: measure.to_owned(),
                settings,
                target: result.key.target,
            })
        };
        Some((body, Attachment::Map(result.map.clone())))
    }

    pub(super) fn measured(&mut self, report: MeasureReport) {
        if let Some(Run { result_key, .. }) = &self.run {
            let key = result_key.clone();
            self.results.add_measure(&key, report);
        }
    }

    /// Keeps the map of a run that has finished.
    pub(super) fn keep_result(&mut self, run: Run, times: Vec<StageTime>, gradients: usize) {
        if let (Some(map), Some(rcap)) = (run.map, run.rcap) {
            let device = self.workers.device();
            self.results.keep(MapResult {
                key: run.result_key,
                map,
                rcap,
                measures: Vec::new(),
                altered: Vec::new(),
                times,
                gradients,
                device: device.map(|device| device.name.clone()).unwrap_or_default(),
                run_key: run.key,
                session: self.session,
            });
        }
    }

    /// A map or a measure of the comparison failed: the others go on.
    pub(super) fn set_back(&mut self, run: Run, failure: Failure, out: &mut Vec<Command>) {
        self.comparison.setbacks.push(Setback {
            key: run.result_key,
            measure: run.measure,
            failure,
        });
        self.comparison.partial = None;
        self.idle(out);
    }
}
