//! What the engine says, taken in; what belongs to an earlier request is dropped.

use super::{Command, Notice, RunKind, Shared, State, WorkerKind};
use crate::protocol::{Answer, DeviceReport, Event, JobId, Progress, StageTime};

impl State {
    pub(super) fn answered(&mut self, worker: WorkerKind, answer: Answer, out: &mut Vec<Command>) {
        let Answer { job, event } = answer;
        match event {
            Event::Methods(methods) => {
                self.methods = methods;
                self.worker_ready(worker, out);
            }
            Event::Device(report) => self.device_reported(worker, report, out),
            Event::Crashed { message } => self.worker_lost(worker, &message, out),
            event if worker != self.workers.active => self.heard_aside(worker, event, out),
            event => self.heard(job, event, out),
        }
    }

    /// The worker that is not asked only ever gets ready.
    fn heard_aside(&mut self, worker: WorkerKind, event: Event, out: &mut Vec<Command>) {
        match event {
            Event::ModelReady(_) => self.worker_open(worker, out),
            Event::Failed(failure) if worker == WorkerKind::Gpu => {
                self.worker_lost(worker, &failure.message, out);
            }
            _ => {}
        }
    }

    fn heard(&mut self, job: JobId, event: Event, out: &mut Vec<Command>) {
        match event {
            Event::ModelReady(card) if self.is_model_job(job) => {
                self.model_ready(job, *card, out);
                self.worker_open(self.workers.active, out);
            }
            Event::ImageReady(card) if self.is_image_job(job) || job == self.classify_job => {
                self.image_ready(job, *card);
            }
            Event::Classified(answer) if job == self.classify_job => self.classified(answer, out),
            Event::Failed(failure) if self.opens(job) => self.opening_failed(job, failure, out),
            Event::Cancelled if self.opens(job) => {
                self.pending_image.take_if(|(id, _)| *id == job);
                self.pending_model.take_if(|(id, _)| *id == job);
                self.progress = None;
            }
            Event::Finished { times, .. } if self.opens(job) => {
                self.keep_times(times);
                self.progress = None;
                self.go_over_to_gpu(out);
            }
            Event::Progress(progress) if self.opens(job) => self.progress = Some(progress),
            event if self.run.as_ref().is_some_and(|run| run.job == job) => {
                self.run_heard(event, out);
            }
            // Not about any request.
            Event::Failed(failure) if job == 0 => self.notice = Some(failure.into()),
            // An answer to a request that was overtaken by another.
            _ => {}
        }
    }

    fn opens(&self, job: JobId) -> bool {
        self.is_image_job(job) || self.is_model_job(job) || job == self.classify_job
    }

    fn run_heard(&mut self, event: Event, out: &mut Vec<Command>) {
        match event {
            Event::Progress(progress) => {
                if let Some(run) = &mut self.run {
                    run.stage = Some(progress.stage);
                }
                self.progress = Some(progress);
            }
            Event::Map(map) => {
                let complete = map.is_final();
                self.map = Some(Shared::new(map));
                if complete {
                    self.gradients_are_in(out);
                }
            }
            Event::Rcap(report) => {
                self.rcap = Some(Shared::new(*report));
                self.rcap_current = true;
            }
            Event::Finished { times, gradients } => {
                let kind = self.run.take().map(|run| run.kind);
                self.keep_times(times);
                if gradients > 0 || kind == Some(RunKind::Full) {
                    self.gradients = Some(gradients);
                }
                self.idle(out);
            }
            Event::Cancelled => {
                self.run = None;
                self.progress = None;
                self.halted = true;
            }
            Event::Failed(failure) => {
                self.run = None;
                self.wanted = None;
                self.progress = None;
                self.halted = true;
                self.notice = Some(Notice::from(failure));
            }
            _ => {}
        }
    }

    fn device_reported(
        &mut self,
        worker: WorkerKind,
        report: DeviceReport,
        out: &mut Vec<Command>,
    ) {
        if report.rejected.is_none() {
            self.workers.set_device(worker, report);
            return;
        }
        self.rejected_devices
            .retain(|known| known.name != report.name);
        self.rejected_devices.push(report);
        if worker == WorkerKind::Gpu {
            self.refuse_gpu(out);
        }
    }

    fn keep_times(&mut self, times: Vec<StageTime>) {
        for time in times {
            self.times.retain(|known| known.stage != time.stage);
            self.times.push(time);
        }
    }
}

impl Progress {
    /// Share that is done, 0 to 1; `None` where the whole is not known.
    pub fn share(&self) -> Option<f64> {
        (self.total > 0).then(|| (self.done as f64 / self.total as f64).clamp(0.0, 1.0))
    }

    /// Milliseconds still to go at the pace so far; `None` until there is a pace.
    pub fn remaining_ms(&self) -> Option<f64> {
        let share = self.share()?;
        (self.done > 0).then(|| self.elapsed_ms * (1.0 - share) / share)
    }
}
