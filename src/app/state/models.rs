//! The model: opening one, feeding it otherwise, choosing among its inputs and outputs.

use super::{Attachment, Command, FileTicket, ModelChoice, Shared, State, WorkerKind, WorkerPhase};
use crate::protocol::{
    Failure, FileBeside, JobId, ModelCard, ModelOptions, ModelPorts, ModelSource, Preprocessing,
    Request, RequestBody, UnsupportedNode,
};

/// A model that could not be opened, kept until another is tried.
#[derive(Clone, Debug, PartialEq)]
pub struct RefusedModel {
    /// Its name.
    pub name: String,
    /// Why.
    pub failure: Failure,
    /// Every node that cannot be differentiated.
    pub nodes: Vec<UnsupportedNode>,
    /// What may be chosen to open it after all.
    pub ports: Option<Shared<ModelPorts>>,
    /// Files that hold its weights and were not given.
    pub missing: Vec<String>,
    pub(super) choice: ModelChoice,
}

impl State {
    pub(super) fn open_model_file(&mut self, file: FileTicket, out: &mut Vec<Command>) {
        self.model_panel = true;
        let choice = ModelChoice {
            name: file.name.clone(),
            source: ModelSource::Attached,
            file: Some(file),
            beside: self.weight_files.waiting.clone(),
            ..ModelChoice::default()
        };
        self.open_model(choice, out);
    }

    pub(super) fn open_model(&mut self, choice: ModelChoice, out: &mut Vec<Command>) {
        self.notice = None;
        self.halted = false;
        self.refused_model = None;
        self.ports = None;
        self.weight_files.missing.clear();
        self.unsupported.clear();
        self.stop_run(out);
        let job = self.take_job();
        self.pending_model = Some((job, choice.clone()));
        if self.workers.can_ask() {
            self.post_model_to(self.workers.active, job, &choice, out);
        }
    }

    /// Opens the model once more, with other inputs, outputs or axes.
    pub(super) fn set_model_options(&mut self, options: ModelOptions, out: &mut Vec<Command>) {
        let choice = match &self.refused_model {
            Some(refused) => refused.choice.clone(),
            None => self.model_choice.clone(),
        };
        self.open_model(
            ModelChoice {
                options,
                // What was remembered is asked for again once the file's hash is known.
                preprocessing: None,
                ..choice
            },
            out,
        );
    }

    /// The options the open model was opened with, or those tried last.
    pub fn model_options(&self) -> &ModelOptions {
        match &self.refused_model {
            Some(refused) => &refused.choice.options,
            None => &self.model_choice.options,
        }
    }

    /// Name of the open model's file.
    pub fn model_file(&self) -> &str {
        self.model_choice.file_name()
    }

    /// The open model comes with the page.
    pub fn has_default_model(&self) -> bool {
        self.model_choice.file.is_none()
    }

    /// Gives a worker the model that is open or about to be. The worker that is not asked gets
    /// it on the side: the person waits for the other.
    pub(super) fn post_model(&mut self, worker: WorkerKind, out: &mut Vec<Command>) {
        let job = self.take_job();
        let choice = if worker == self.workers.active {
            let choice = match self.pending_model.take() {
                Some((_, choice)) => choice,
                None => self.model_choice.clone(),
            };
            self.pending_model = Some((job, choice.clone()));
            choice
        } else {
            self.model_choice.clone()
        };
        self.post_model_to(worker, job, &choice, out);
    }

    fn post_model_to(
        &self,
        worker: WorkerKind,
        job: JobId,
        choice: &ModelChoice,
        out: &mut Vec<Command>,
    ) {
        out.push(Command::Post {
            worker,
            request: Request {
                job,
                body: RequestBody::OpenModel {
                    name: choice.name.clone(),
                    source: choice.source.clone(),
                    preprocessing: choice.preprocessing.clone(),
                    options: choice.options.clone(),
                    beside: choice
                        .beside
                        .iter()
                        .map(|file| FileBeside {
                            name: file.name.clone(),
                            bytes: file.bytes,
                        })
                        .collect(),
                },
            },
            attachment: choice.file.clone().map(|file| {
                if choice.beside.is_empty() {
                    return Attachment::File(file);
                }
                let others = choice.beside.iter().cloned();
                Attachment::Files(std::iter::once(file).chain(others).collect())
            }),
        });
    }

    pub(super) fn is_model_job(&self, job: JobId) -> bool {
        self.feeding == Some(job)
            || self
                .pending_model
                .as_ref()
                .is_some_and(|(id, _)| *id == job)
    }

    pub(super) fn model_ready(&mut self, job: JobId, card: ModelCard, out: &mut Vec<Command>) {
        if let Some((_, choice)) = self.pending_model.take_if(|(id, _)| *id == job)
            && choice != self.model_choice
        {
            self.model_choice = choice;
            self.model_generation += 1;
            self.forget_answers();
            let other = self.workers.active.other();
            if self.workers.phase(other) >= WorkerPhase::Ready {
                self.workers.set(other, WorkerPhase::Ready);
                self.post_model(other, out);
            }
        }
        let fed_otherwise = self.feeding.take_if(|id| *id == job).is_some();
        if fed_otherwise {
            self.model_generation += 1;
            self.stop_run(out);
            self.forget_answers();
        }
        self.refused_model = None;
        self.weight_files.waiting.clear();
        self.classify_job = job;
        self.finished_key = None;
        let sha256 = card.sha256.clone();
        self.model = Some(Shared::new(card));
        self.choose_remembered_labels(out);
        // What was just chosen, the model's own included, is not overruled by what was chosen before.
        if fed_otherwise || self.model_choice.preprocessing.is_some() {
            return;
        }
        let remembered = self.memory.of(&sha256);
        if let Some(remembered) = remembered.and_then(|memory| memory.preprocessing.clone()) {
            self.feed(Some(remembered), out);
        }
    }

    /// The person changed the preprocessing, or wants the model's own back.
    pub(super) fn set_preprocessing(
        &mut self,
        preprocessing: Option<Preprocessing>,
        out: &mut Vec<Command>,
    ) {
        let Some(model) = &self.model else { return };
        if preprocessing.as_ref() != Some(&model.preprocessing) {
            self.feed(preprocessing, out);
        }
    }

    /// A job that fed the model otherwise went well: that is how it is fed from now on.
    pub(super) fn feeding_finished(&mut self, job: JobId, out: &mut Vec<Command>) {
        if self.fed_before.take_if(|(id, _)| *id == job).is_none() {
            return;
        }
        let Some(model) = &self.model else { return };
        let sha256 = model.sha256.clone();
        let preprocessing = self.model_choice.preprocessing.clone();
        self.memory
            .change(&sha256, |memory| memory.preprocessing = preprocessing);
        out.push(Command::Remember(self.memory.to_json()));
    }

    /// The model cannot be fed so: back to what it was fed before.
    pub(super) fn feeding_failed(&mut self, job: JobId, out: &mut Vec<Command>) {
        self.feeding.take_if(|id| *id == job);
        if let Some((_, before)) = self.fed_before.take_if(|(id, _)| *id == job) {
            let notice = self.notice.take();
            self.feed(before, out);
            // Going back is no trial.
            self.fed_before = None;
            self.notice = notice;
        }
    }

    fn feed(&mut self, preprocessing: Option<Preprocessing>, out: &mut Vec<Command>) {
        self.notice = None;
        self.halted = false;
        self.stop_run(out);
        let before = std::mem::replace(&mut self.model_choice.preprocessing, preprocessing.clone());
        let job = self.take_job();
        self.feeding = Some(job);
        self.fed_before = Some((job, before));
        for worker in [self.workers.active, self.workers.active.other()] {
            let ready = self.workers.phase(worker) >= WorkerPhase::Ready;
            if ready
                && (worker == self.workers.active
                    || self.workers.phase(worker) > WorkerPhase::Ready)
            {
                out.push(Command::Post {
                    worker,
                    request: Request {
                        job,
                        body: RequestBody::SetPreprocessing(preprocessing.clone()),
                    },
                    attachment: None,
                });
            }
        }
    }

    pub(super) fn model_ports(&mut self, ports: ModelPorts) {
        self.ports = Some(Shared::new(ports));
    }

    /// Keeps why a model was refused, to be read at leisure.
    pub(super) fn model_refused(&mut self, job: JobId, failure: &Failure) {
        if let Some((_, choice)) = self.pending_model.take_if(|(id, _)| *id == job) {
            self.model_panel = true;
            self.refused_model = Some(RefusedModel {
                name: choice.name.clone(),
                failure: failure.clone(),
                nodes: std::mem::take(&mut self.unsupported),
                ports: self.ports.take(),
                missing: std::mem::take(&mut self.weight_files.missing),
                choice,
            });
        }
    }
}
