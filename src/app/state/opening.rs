//! Opening images and models: what was open stays until the new one is known to be good.

use super::{
    Attachment, Command, FileTicket, ImageSource, ModelChoice, Notice, RunKind, Sample, Shared,
    State, WorkerKind, WorkerPhase,
};
use crate::{
    app::strings::notices,
    protocol::{
        Classification, Failure, ImageCard, JobId, ModelCard, ModelOptions, ModelSource, Request,
        RequestBody,
    },
};

impl State {
    pub(super) fn open_file(&mut self, file: FileTicket, out: &mut Vec<Command>) {
        if file.name.to_lowercase().ends_with(".onnx") {
            self.open_model(
                ModelChoice {
                    name: file.name.clone(),
                    source: ModelSource::Attached,
                    file: Some(file),
                },
                out,
            );
        } else {
            self.open_image(
                ImageSource {
                    name: file.name.clone(),
                    attachment: Attachment::File(file),
                },
                out,
            );
        }
    }

    pub(super) fn set_samples(&mut self, samples: Vec<Sample>, out: &mut Vec<Command>) {
        self.samples = samples;
        // A finished example explains the page better than an empty one.
        if self.image_source.is_none() && self.pending_image.is_none() {
            self.open_sample(0, out);
        }
    }

    pub(super) fn open_sample(&mut self, index: usize, out: &mut Vec<Command>) {
        let Some(sample) = self.samples.get(index) else {
            return;
        };
        self.open_image(
            ImageSource {
                name: sample.title.clone(),
                attachment: Attachment::Sample(format!("samples/{}", sample.file)),
            },
            out,
        );
    }

    fn open_image(&mut self, source: ImageSource, out: &mut Vec<Command>) {
        self.notice = None;
        self.halted = false;
        self.stop_run(out);
        let job = self.take_job();
        self.pending_image = Some((job, source));
        if self.workers.can_ask() {
            self.post_pending_image(out);
        }
    }

    fn post_pending_image(&mut self, out: &mut Vec<Command>) {
        if let Some((job, source)) = &self.pending_image {
            out.push(Command::Post {
                worker: self.workers.active,
                request: Request {
                    job: *job,
                    body: RequestBody::OpenImage {
                        name: source.name.clone(),
                    },
                },
                attachment: Some(source.attachment.clone()),
            });
        }
    }

    /// Gives the worker that is asked the image that is open or about to be.
    pub(super) fn post_image_again(&mut self, out: &mut Vec<Command>) {
        let source = match (self.pending_image.take(), &self.image_source) {
            (Some((_, source)), _) => source,
            (None, Some(source)) => source.clone(),
            (None, None) => return,
        };
        let job = self.take_job();
        self.pending_image = Some((job, source));
        self.post_pending_image(out);
    }

    pub(super) fn open_model(&mut self, choice: ModelChoice, out: &mut Vec<Command>) {
        self.notice = None;
        self.halted = false;
        self.stop_run(out);
        let job = self.take_job();
        self.pending_model = Some((job, choice.clone()));
        if self.workers.can_ask() {
            self.post_model_to(self.workers.active, job, &choice, out);
        }
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
                    preprocessing: None,
                    options: ModelOptions::default(),
                },
            },
            attachment: choice.file.clone().map(Attachment::File),
        });
    }

    pub(super) fn is_image_job(&self, job: JobId) -> bool {
        self.pending_image
            .as_ref()
            .is_some_and(|(id, _)| *id == job)
    }

    pub(super) fn is_model_job(&self, job: JobId) -> bool {
        self.pending_model
            .as_ref()
            .is_some_and(|(id, _)| *id == job)
    }

    pub(super) fn model_ready(&mut self, job: JobId, card: ModelCard, out: &mut Vec<Command>) {
        if let Some((_, choice)) = self.pending_model.take_if(|(id, _)| *id == job)
            && choice != self.model_choice
        {
            self.model_choice = choice;
            self.forget_answers();
            let other = self.workers.active.other();
            if self.workers.phase(other) >= WorkerPhase::Ready {
                self.workers.set(other, WorkerPhase::Ready);
                self.post_model(other, out);
            }
        }
        if !card.labels.is_empty() && !self.labels.has(&card.labels) {
            out.push(Command::FetchLabels(card.labels.clone()));
        }
        self.model = Some(Shared::new(card));
        self.classify_job = job;
        self.finished_key = None;
    }

    pub(super) fn image_ready(&mut self, job: JobId, card: ImageCard) {
        if let Some((_, source)) = self.pending_image.take_if(|(id, _)| *id == job) {
            self.classify_job = job;
            // The same image again, after a restart, keeps what the person had chosen and seen.
            if self.image_source.as_ref() != Some(&source) {
                self.image_source = Some(source);
                self.image_generation += 1;
                self.forget_answers();
            }
        }
        self.image = Some(Shared::new(card));
    }

    /// Everything said about an image or by a model that is no longer open.
    fn forget_answers(&mut self) {
        self.target = None;
        self.classification = None;
        self.map = None;
        self.rcap = None;
        self.rcap_current = false;
        self.times.clear();
        self.gradients = None;
    }

    pub(super) fn classified(&mut self, answer: Classification, out: &mut Vec<Command>) {
        let classes = answer.logits.len();
        if self.target.is_none_or(|target| target >= classes) {
            self.target = answer.top(1).first().map(|score| score.class);
        }
        self.classification = Some(Shared::new(answer));
        if !self.halted {
            self.explain(RunKind::Full, out);
        }
    }

    pub(super) fn opening_failed(&mut self, job: JobId, failure: Failure, out: &mut Vec<Command>) {
        self.pending_image.take_if(|(id, _)| *id == job);
        self.pending_model.take_if(|(id, _)| *id == job);
        self.notice = Some(failure.into());
        self.progress = None;
        self.resume(out);
    }

    pub(super) fn attachment_lost(&mut self, job: JobId, name: &str, out: &mut Vec<Command>) {
        if self.is_image_job(job) || self.is_model_job(job) {
            self.pending_image.take_if(|(id, _)| *id == job);
            self.pending_model.take_if(|(id, _)| *id == job);
            self.notice = Some(Notice::problem(
                notices().file_gone.replace("{name}", name),
                notices().file_gone_hint,
            ));
            self.resume(out);
        }
    }

    /// Takes up again what opening something had stopped, since what was open still is.
    fn resume(&mut self, out: &mut Vec<Command>) {
        let finished = self.map.as_ref().is_some_and(|map| map.is_final()) && self.rcap_current;
        if self.classification.is_some() && !finished && !self.halted && self.run.is_none() {
            self.explain(RunKind::Full, out);
        }
    }
}
