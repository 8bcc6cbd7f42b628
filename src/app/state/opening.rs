//! Opening images and models: what was open stays until the new one is known to be good.

use super::{Attachment, Command, FileTicket, ImageSource, Notice, RunKind, Sample, Shared, State};
use crate::{
    app::strings::notices,
    protocol::{Classification, Failure, ImageCard, JobId, Request, RequestBody},
};

impl State {
    /// Name of the open image's file.
    pub fn image_file(&self) -> Option<&str> {
        self.image_source.as_ref().map(ImageSource::file_name)
    }

    pub(super) fn open_file(&mut self, file: FileTicket, out: &mut Vec<Command>) {
        if file.is_model() {
            self.open_model_file(file, out);
        } else if file.is_text() {
            out.push(Command::ReadText(file));
        } else {
            self.strip.stop_waiting();
            self.open_image(file.into(), out);
        }
    }

    pub(super) fn set_samples(&mut self, samples: Vec<Sample>, out: &mut Vec<Command>) {
        self.samples = samples;
        // A finished example explains the page better than an empty one.
        if (self.image_source.is_none() || self.example.is_some()) && self.pending_image.is_none() {
            self.open_sample(0, out);
        }
    }

    pub(super) fn open_sample(&mut self, index: usize, out: &mut Vec<Command>) {
        let Some(sample) = self.samples.get(index) else {
            return;
        };
        self.strip.stop_waiting();
        self.open_image(
            ImageSource {
                name: sample.title.clone(),
                attachment: Attachment::Sample(format!("samples/{}", sample.file)),
            },
            out,
        );
    }

    pub(super) fn open_image(&mut self, source: ImageSource, out: &mut Vec<Command>) {
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

    pub(super) fn is_image_job(&self, job: JobId) -> bool {
        self.pending_image
            .as_ref()
            .is_some_and(|(id, _)| *id == job)
    }

    pub(super) fn image_ready(&mut self, job: JobId, card: ImageCard, out: &mut Vec<Command>) {
        if let Some((_, source)) = self.pending_image.take_if(|(id, _)| *id == job) {
            self.classify_job = job;
            // The same image again, after a restart, keeps what the person had chosen and seen.
            if self.image_source.as_ref() != Some(&source) {
                self.go_to_image(source);
            }
        }
        self.image = Some(Shared::new(card));
        self.keep_in_strip();
        // The engine forgets the mask with the image it was laid over.
        self.post_mask(out);
    }

    /// Everything said about an image or by a model that is no longer open.
    pub(super) fn forget_answers(&mut self) {
        self.target = None;
        self.forget_chosen_targets();
        self.classification = None;
        self.map = None;
        self.rcap = None;
        self.rcap_current = false;
        self.times.clear();
        self.gradients = None;
        self.prepared = None;
    }

    pub(super) fn classified(&mut self, answer: Classification, out: &mut Vec<Command>) {
        let classes = answer.logits.len();
        if self.target.is_none_or(|target| target >= classes) {
            self.target = answer.top(1).first().map(|score| score.class);
        }
        self.classification = Some(Shared::new(answer));
        self.note_likeliest();
        self.keep_example();
        if !self.open_waiting(out) && !self.halted {
            self.explain(RunKind::Full, out);
        }
    }

    pub(super) fn opening_failed(&mut self, job: JobId, failure: Failure, out: &mut Vec<Command>) {
        self.pending_image.take_if(|(id, _)| *id == job);
        self.model_refused(job, &failure);
        if self.open_with_weights(out) {
            return;
        }
        self.notice = Some(failure.into());
        self.progress = None;
        self.feeding_failed(job, out);
        self.resume(out);
    }

    pub(super) fn attachment_lost(&mut self, job: JobId, name: &str, out: &mut Vec<Command>) {
        if self.is_batch_job(job) {
            self.batch_image_failed(&notices().file_gone.replace("{name}", name));
        }
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

    /// Opens the next of several images, or takes up again what opening something had stopped, since
    /// what was open still is.
    fn resume(&mut self, out: &mut Vec<Command>) {
        if self.open_waiting(out) || self.feeding.is_some() {
            return;
        }
        let finished = self.map.as_ref().is_some_and(|map| map.is_final()) && self.rcap_current;
        if self.classification.is_some() && !finished && !self.halted && self.run.is_none() {
            self.explain(RunKind::Full, out);
        }
    }
}
