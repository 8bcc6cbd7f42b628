//! Explaining: what is asked of the engine when a setting changes, and what is left alone.
//!
//! A change that needs no gradient is drawn at once as a draft, without the measure; the measure
//! follows when the settings have been left alone for a moment.

use super::{Command, MapResult, ResultKey, Shared, State, Timer, example::PREPARED};
use crate::protocol::{
    ExplainRequest, JobId, MapReport, ParameterDescription, PresetDescription, RcapReport,
    RcapSettings, Request, RequestBody, Setting, Settings, Stage,
};

/// How long settings must be left alone before something costly is computed.
const SETTLE_MS: u32 = 250;
/// How long a stopped job may take to say so before its worker is ended.
const CANCEL_MS: u32 = 3_000;

/// How much of an explanation is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunKind {
    /// The map alone, from gradients that are already there.
    Draft,
    /// The map and its measure.
    Full,
    /// The same, for a tile of the comparison.
    Tile,
    /// One more measure of a finished map of the comparison.
    Measure,
    /// The randomisation check of the large map.
    Randomise,
    /// The steps to a finished map.
    Lesson,
}

/// An explanation under way.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Its job.
    pub job: JobId,
    /// How much was asked for.
    pub kind: RunKind,
    /// The stage it is in, once it has said so.
    pub stage: Option<Stage>,
    /// The person asked it to stop.
    pub stopping: bool,
    /// What the result depends on.
    pub result_key: ResultKey,
    /// The measure that was asked for besides RCAP.
    pub measure: Option<String>,
    pub(super) map: Option<Shared<MapReport>>,
    pub(super) rcap: Option<Shared<RcapReport>>,
    pub(super) request: ExplainRequest,
    pub(super) key: RunKey,
}

/// What decides whether gradients can be reused: everything but the free parameters.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RunKey {
    image_generation: u64,
    target: usize,
    method: String,
    costly: Settings,
}

impl State {
    /// The value of a parameter of the method in use: what was set, or its default.
    pub fn value(&self, parameter: &ParameterDescription) -> Setting {
        self.value_of(&self.method, parameter)
    }

    /// The value of a parameter of a method: what was set by name, else the preset's, else the
    /// parameter's default.
    pub fn value_of(&self, method: &str, parameter: &ParameterDescription) -> Setting {
        let preset = self
            .preset()
            .and_then(|preset| preset.settings.get(method))
            .and_then(|settings| settings.0.get(&parameter.name));
        let values = [self.values.get(&parameter.name), preset];
        let allowed = values
            .into_iter()
            .flatten()
            .find(|value| parameter.check(value).is_ok());
        match allowed {
            Some(value) => value.clone(),
            None => parameter.kind.default_value(),
        }
    }

    /// The set of settings in use, if it is not the default one.
    pub fn preset(&self) -> Option<&PresetDescription> {
        self.presets.iter().find(|preset| preset.id == self.preset)
    }

    /// The settings in use, for the request and for exported files.
    pub fn settings(&self) -> Settings {
        self.settings_of(&self.method)
    }

    /// The settings of a method as they are.
    pub fn settings_of(&self, method: &str) -> Settings {
        self.settings_where(method, |_| true)
    }

    fn settings_where(
        &self,
        method: &str,
        keep: impl Fn(&ParameterDescription) -> bool,
    ) -> Settings {
        let mut settings = Settings::default();
        if let Some(method) = self.methods.iter().find(|known| known.id == method) {
            for parameter in method.parameters.iter().filter(|p| keep(p)) {
                settings.set(&parameter.name, self.value_of(&method.id, parameter));
            }
        }
        settings
    }

    fn request(&self, kind: RunKind, method: &str) -> Option<ExplainRequest> {
        Some(ExplainRequest {
            target: Some(self.target?),
            method: method.to_owned(),
            settings: self.settings_of(method),
            rcap: (kind != RunKind::Draft).then_some(self.rcap_settings),
        })
    }

    fn key(&self) -> Option<RunKey> {
        self.key_of(&self.method)
    }

    pub(super) fn key_of(&self, method: &str) -> Option<RunKey> {
        Some(RunKey {
            image_generation: self.image_generation,
            target: self.target?,
            method: method.to_owned(),
            costly: self.settings_where(method, |parameter| !parameter.free),
        })
    }

    /// Asks for an explanation with the settings as they are, in place of any under way; one that
    /// was finished before is shown again.
    pub(super) fn explain(&mut self, kind: RunKind, out: &mut Vec<Command>) {
        self.stop_run(out);
        if self.classification.is_none() || !self.workers.can_ask() {
            return;
        }
        let method = self.method.clone();
        if kind == RunKind::Full
            && let Some(kept) = self.result_of(&method).cloned()
        {
            self.show_kept(&kept);
            self.idle(out);
            return;
        }
        self.start_run(kind, &method, None, out);
        self.prepared = None;
        self.halted = false;
        self.rcap_current = false;
    }

    fn show_kept(&mut self, kept: &MapResult) {
        self.map = Some(kept.map.clone());
        self.rcap = Some(kept.rcap.clone());
        self.rcap_current = true;
        self.halted = false;
        self.times.clone_from(&kept.times);
        self.gradients = Some(kept.gradients);
        self.prepared = (kept.session == PREPARED).then(|| kept.device.clone());
        // An engine that has not computed the gradients has none of them in memory.
        self.finished_key = (kept.session == self.session).then(|| kept.run_key.clone());
    }

    /// Posts the request for a map, or for one more measure of one.
    pub(super) fn start_run(
        &mut self,
        kind: RunKind,
        method: &str,
        measure: Option<String>,
        out: &mut Vec<Command>,
    ) {
        let (Some(request), Some(key)) = (self.request(kind, method), self.key_of(method)) else {
            return;
        };
        let Some(result_key) = self.result_key(method) else {
            return;
        };
        let (body, attachment) = match &measure {
            None if kind == RunKind::Lesson => (RequestBody::Lesson(request.clone()), None),
            None => (RequestBody::Explain(request.clone()), None),
            Some(measure) => match self.measure_request(method, measure) {
                Some((body, map)) => (body, Some(map)),
                None => return,
            },
        };
        if !self.workers.can_ask() {
            return;
        }
        let job = self.take_job();
        out.push(Command::Post {
            worker: self.workers.active,
            request: Request { job, body },
            attachment,
        });
        self.run = Some(Run {
            job,
            kind,
            stage: None,
            stopping: false,
            result_key,
            measure,
            map: None,
            rcap: None,
            request,
            key,
        });
    }

    /// Takes the run under way off the engine's hands; what it still sends is stale.
    pub(super) fn stop_run(&mut self, out: &mut Vec<Command>) {
        self.wanted = None;
        self.comparison.partial = None;
        if let Some(run) = self.run.take() {
            self.progress = None;
            self.post_cancel(run.job, out);
        }
    }

    fn post_cancel(&self, job: JobId, out: &mut Vec<Command>) {
        out.push(Command::Post {
            worker: self.workers.active,
            request: Request {
                job,
                body: RequestBody::Cancel,
            },
            attachment: None,
        });
    }

    /// The person wants what is under way to stop.
    pub(super) fn cancel(&mut self, out: &mut Vec<Command>) {
        self.strip.stop_waiting();
        let job = if let Some(run) = &mut self.run {
            run.stopping = true;
            run.job
        } else if let Some((job, _)) = &self.pending_image {
            *job
        } else if let Some((job, _)) = &self.pending_model {
            *job
        } else if let Some(job) = self.feeding {
            job
        } else {
            return;
        };
        self.wanted = None;
        self.post_cancel(job, out);
        out.push(Command::Wait {
            timer: Timer::CancelOverdue(job),
            delay_ms: CANCEL_MS,
        });
    }

    pub(super) fn elapsed(&mut self, timer: Timer, out: &mut Vec<Command>) {
        match timer {
            Timer::Settled(changes) if changes == self.changes => self.settled(out),
            Timer::Settled(_) => {}
            Timer::MeasuresSettled(changes) => self.measures_settled(changes, out),
            Timer::LessonStep(waits) => self.lesson_step_over(waits, out),
            Timer::CancelOverdue(job) => {
                let running = self.run.as_ref().is_some_and(|run| run.job == job);
                let batch = self.is_batch_job(job);
                if running || batch || self.is_image_job(job) || self.is_model_job(job) {
                    self.pending_image.take_if(|(id, _)| *id == job);
                    self.pending_model.take_if(|(id, _)| *id == job);
                    self.cancel_overdue(out);
                }
            }
        }
    }

    pub(super) fn choose_target(&mut self, class: usize, out: &mut Vec<Command>) {
        self.target = Some(class);
        self.explain(RunKind::Full, out);
    }

    pub(super) fn choose_method(&mut self, id: String, out: &mut Vec<Command>) {
        self.method = id;
        self.explain(RunKind::Full, out);
    }

    pub(super) fn explain_again(&mut self, out: &mut Vec<Command>) {
        self.notice = None;
        self.explain(RunKind::Full, out);
    }

    pub(super) fn set_parameter(&mut self, name: String, value: Setting, out: &mut Vec<Command>) {
        let before = self
            .method_description()
            .and_then(|method| method.parameters.iter().find(|known| known.name == name))
            .map(|parameter| self.value(parameter));
        if before.as_ref() != Some(&value) {
            self.values.insert(name, value);
            self.changed(out);
        }
    }

    pub(super) fn set_rcap(&mut self, settings: RcapSettings, out: &mut Vec<Command>) {
        self.rcap_settings = settings;
        self.rcap_current = false;
        self.settle_later(out);
    }

    /// Every parameter of every method as in a study, or at its default where `id` names none.
    pub(super) fn choose_preset(&mut self, id: String, out: &mut Vec<Command>) {
        self.values.clear();
        self.preset = id;
        self.changed(out);
    }

    pub(super) fn reset_settings(&mut self, out: &mut Vec<Command>) {
        self.values.clear();
        self.preset.clear();
        self.rcap_settings = RcapSettings::default();
        self.changed(out);
    }

    fn changed(&mut self, out: &mut Vec<Command>) {
        let key = self.key();
        self.rcap_current = false;
        if self.is_aside() {
            // Its settings may have changed as well; it goes on after the large map.
            self.stop_run(out);
        }
        if key.is_some() && key == self.finished_key {
            match &self.run {
                // A draft takes milliseconds: the next one follows it.
                Some(run) if run.kind == RunKind::Draft => self.wanted = Some(RunKind::Draft),
                _ => self.explain(RunKind::Draft, out),
            }
        } else if let Some(run) = &self.run {
            if key.as_ref() == Some(&run.key) {
                // Its gradients are the ones needed; the map is drawn again when they are in.
                self.wanted = Some(RunKind::Draft);
            } else {
                self.stop_run(out);
            }
        }
        self.settle_later(out);
    }

    fn settle_later(&mut self, out: &mut Vec<Command>) {
        self.changes += 1;
        self.settling = true;
        out.push(Command::Wait {
            timer: Timer::Settled(self.changes),
            delay_ms: SETTLE_MS,
        });
    }

    fn settled(&mut self, out: &mut Vec<Command>) {
        let (request, key) = (self.request(RunKind::Full, &self.method), self.key());
        self.settling = false;
        let aside = self.is_aside();
        match self.run.as_ref().filter(|_| !aside) {
            Some(run) if Some(&run.request) == request.as_ref() => self.wanted = None,
            Some(run) if Some(&run.key) == key.as_ref() && self.finished_key != key => {
                self.wanted = Some(RunKind::Full);
            }
            Some(run) if run.kind == RunKind::Draft => self.wanted = Some(RunKind::Full),
            _ => self.explain(RunKind::Full, out),
        }
    }

    /// The run's gradients are all in. If the settings have changed meanwhile there is no point
    /// in measuring the map that was asked for first.
    pub(super) fn gradients_are_in(&mut self, out: &mut Vec<Command>) {
        let Some(run) = &self.run else { return };
        self.finished_key = Some(run.key.clone());
        if run.kind == RunKind::Full
            && let Some(kind) = self.wanted.take()
        {
            self.explain(kind, out);
        }
    }
}
