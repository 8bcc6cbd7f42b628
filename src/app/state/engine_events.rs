//! What the engine says, taken in; what belongs to an earlier request is dropped.

use super::{Command, Notice, RunKind, Shared, State, WorkerKind};
use crate::app::strings::{say_failure, say_measures, say_methods};
use crate::protocol::{Answer, DeviceReport, Event, JobId, MapReport, Progress, StageTime};

impl State {
    pub(super) fn answered(&mut self, worker: WorkerKind, answer: Answer, out: &mut Vec<Command>) {
        let Answer { job, event } = answer;
        let event = match event {
            Event::Failed(failure) => Event::Failed(say_failure(failure)),
            event => event,
        };
        match event {
            Event::Measures(measures) => {
                self.measures = say_measures(&measures);
                self.offered.1 = measures;
            }
            Event::Presets(presets) => self.presets = presets,
            Event::Methods(methods) => {
                self.methods = say_methods(&methods);
                self.offered.0 = methods;
                self.drop_unknown();
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
            Event::ModelPorts(ports) if self.is_model_job(job) => self.model_ports(*ports),
            Event::UnsupportedNodes(nodes) if self.is_model_job(job) => self.unsupported = nodes,
            Event::ModelFilesMissing(files) if self.is_model_job(job) => {
                self.weight_files.missing = files
            }
            Event::MaskReady(mask) if self.is_mask_job(job) => self.mask_ready(*mask, out),
            Event::Failed(failure) if self.is_mask_job(job) => {
                self.mask_source = None;
                self.notice = Some(failure.into());
            }
            Event::ImageReady(card) if self.is_image_job(job) || job == self.classify_job => {
                self.image_ready(job, *card, out);
            }
            Event::Classified(answer) if job == self.classify_job => self.classified(answer, out),
            Event::Failed(failure) if self.opens(job) => self.opening_failed(job, failure, out),
            Event::Cancelled if self.opens(job) => {
                self.pending_image.take_if(|(id, _)| *id == job);
                self.pending_model.take_if(|(id, _)| *id == job);
                self.feeding.take_if(|id| *id == job);
                self.progress = None;
            }
            Event::Finished { times, .. } if self.opens(job) => {
                self.feeding_finished(job, out);
                self.keep_times(times);
                self.progress = None;
                self.go_over_to_gpu(out);
                self.compare_next(out);
            }
            Event::Progress(progress) if self.opens(job) => self.progress = Some(progress),
            event if self.run.as_ref().is_some_and(|run| run.job == job) => {
                self.run_heard(event, out);
            }
            event if self.is_batch_job(job) => self.batch_heard(event),
            event if self.is_check_job(job) => self.check_material_came(event, out),
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
            Event::Map(map) => self.map_came(Shared::new(map), out),
            Event::Rcap(report) => {
                let report = Shared::new(*report);
                let Some(run) = &mut self.run else { return };
                run.rcap = Some(report.clone());
                if run.kind != RunKind::Tile {
                    self.rcap = Some(report);
                    self.rcap_current = true;
                }
            }
            Event::Randomised(step) => self.randomised(*step),
            Event::Lesson(report) => self.lesson_came(*report),
            Event::Altered(images) => {
                if let Some(run) = &self.run {
                    let key = run.result_key.clone();
                    self.results.add_altered(&key, *images);
                }
            }
            Event::Measured(report) => self.measured(*report),
            Event::Finished { times, gradients } => self.run_finished(times, gradients, out),
            Event::Cancelled => {
                let run = self.run.take();
                self.halt_lesson();
                self.progress = None;
                self.comparison.partial = None;
                match run.map(|run| run.kind) {
                    Some(RunKind::Tile | RunKind::Measure) => self.comparison.paused = true,
                    Some(RunKind::Randomise | RunKind::Lesson) => self.idle(out),
                    _ => self.halted = true,
                }
            }
            Event::Failed(failure) => {
                self.progress = None;
                let Some(run) = self.run.take() else { return };
                if matches!(run.kind, RunKind::Tile | RunKind::Measure) {
                    self.set_back(run, failure, out);
                    return;
                }
                if run.kind == RunKind::Lesson {
                    self.lesson_failed(run, failure, out);
                    return;
                }
                self.notice = Some(Notice::from(failure));
                if run.kind == RunKind::Randomise {
                    self.idle(out);
                    return;
                }
                self.wanted = None;
                self.halted = true;
            }
            _ => {}
        }
    }

    fn map_came(&mut self, map: Shared<MapReport>, out: &mut Vec<Command>) {
        let complete = map.is_final();
        let Some(run) = &mut self.run else { return };
        if complete {
            run.map = Some(map.clone());
        }
        if run.kind == RunKind::Tile {
            self.comparison.partial = Some(map);
            return;
        }
        self.map = Some(map);
        if complete {
            self.gradients_are_in(out);
        }
    }

    fn run_finished(&mut self, times: Vec<StageTime>, gradients: usize, out: &mut Vec<Command>) {
        let Some(run) = self.run.take() else { return };
        match run.kind {
            RunKind::Draft | RunKind::Full => {
                if gradients > 0 || run.kind == RunKind::Full {
                    self.gradients = Some(gradients);
                }
                self.keep_times(times.clone());
                self.keep_result(run, times, gradients);
            }
            RunKind::Tile => {
                self.comparison.partial = None;
                self.keep_result(run, times, gradients);
            }
            RunKind::Measure | RunKind::Randomise | RunKind::Lesson => {}
        }
        self.idle(out);
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
