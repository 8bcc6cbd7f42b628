//! The batch at work: one image after another, giving way to whatever the person does beside it.

use super::{
    super::{Attachment, Command, Notice, Shared, State, Timer, WorkerKind},
    BatchPhase, BatchRow, BatchRun,
};
use crate::{
    app::strings::batch,
    protocol::{Event, JobId, Request, RequestBody, StageTime, StudyRow},
};

/// How long a stopped image may take to say so before its worker is ended.
const CANCEL_MS: u32 = 3_000;

impl State {
    pub(super) fn start_batch(&mut self) {
        if let Some(plan) = self.batch_plan() {
            let other = self.batch.plan.as_deref() != Some(&plan);
            if other {
                self.batch.failures = Shared::default();
                self.batch.spent = (0.0, 0);
                self.batch.plan = Some(Shared::new(plan));
            }
            self.batch.phase = BatchPhase::Running;
        }
    }

    pub(super) fn stop_batch(&mut self, out: &mut Vec<Command>) {
        self.batch.phase = match &self.batch.run {
            Some(run) => {
                out.push(cancel(run));
                out.push(Command::Wait {
                    timer: Timer::CancelOverdue(run.job),
                    delay_ms: CANCEL_MS,
                });
                BatchPhase::Stopping
            }
            None => BatchPhase::Idle,
        };
    }

    /// Forgets what failed, and goes on.
    pub(super) fn retry_batch(&mut self) {
        let batch = &mut self.batch;
        batch.failures = Shared::default();
        let mut rows = (*batch.rows).clone();
        for kept in rows.values_mut() {
            kept.retain(|kept| kept.row.failure.is_none());
        }
        batch.rows = Shared::new(rows);
        self.start_batch();
    }

    /// After every action: gives way to what was just asked of the same worker, and goes on once
    /// nothing else is under way.
    pub(in super::super) fn mind_batch(&mut self, out: &mut Vec<Command>) {
        let overtaken = |run: &BatchRun| {
            run.worker != self.workers.active
                || out.iter().any(|command| match command {
                    Command::Post {
                        worker, request, ..
                    } => *worker == run.worker && !is_batch(&request.body),
                    Command::StartWorker { worker, .. } | Command::StopWorker(worker) => {
                        *worker == run.worker
                    }
                    _ => false,
                })
        };
        if self.batch.run.as_ref().is_some_and(overtaken)
            && let Some(run) = self.batch.run.take()
        {
            out.push(cancel(&run));
            if self.batch.phase == BatchPhase::Stopping {
                self.batch.phase = BatchPhase::Idle;
            }
        }
        let another_model = |generation| generation != self.model_generation;
        if self.batch.phase == BatchPhase::Running
            && let Some(plan) = &self.batch.plan
            && another_model(plan.model_generation)
        {
            self.stop_batch(out);
            self.notice = Some(Notice::information(batch().model_changed));
        }
        self.batch_next(out);
    }

    fn batch_next(&mut self, out: &mut Vec<Command>) {
        let free = !self.is_busy() && !self.settling && self.workers.can_ask();
        if self.batch.phase != BatchPhase::Running || self.batch.run.is_some() || !free {
            return;
        }
        let Some(plan) = self.batch.plan.clone() else {
            return;
        };
        let images = self.batch.images.clone();
        let batch = &self.batch;
        let next = images
            .iter()
            .enumerate()
            .find(|(_, image)| !batch.is_finished(&plan, image));
        let Some((place, image)) = next else {
            self.batch.phase = BatchPhase::Idle;
            return;
        };
        let Some(study) = plan.request(&self.batch.rows, image) else {
            return;
        };
        let job = self.take_job();
        self.batch.run = Some(BatchRun {
            worker: self.workers.active,
            job,
            image: place,
            methods: study
                .methods
                .iter()
                .map(|item| item.label.clone())
                .collect(),
            done: 0,
            progress: None,
        });
        let ticket = image.file.ticket.clone();
        out.push(Command::Post {
            worker: self.workers.active,
            request: Request {
                job,
                body: RequestBody::StudyImage {
                    study: Box::new(study),
                    image_bytes: image.file.bytes,
                },
            },
            attachment: Some(match &image.mask {
                Some(mask) => Attachment::Pair(Box::new([ticket, mask.ticket.clone()])),
                None => Attachment::File(ticket),
            }),
        });
    }

    pub(in super::super) fn is_batch_job(&self, job: JobId) -> bool {
        self.batch.run.as_ref().is_some_and(|run| run.job == job)
    }

    /// The engine said something of the image under way.
    pub(in super::super) fn batch_heard(&mut self, event: Event) {
        match event {
            Event::Progress(progress) => {
                if let Some(run) = &mut self.batch.run {
                    run.progress = Some(progress);
                }
            }
            Event::StudyRow(row) => self.batch_row(*row),
            Event::Finished { times, .. } => self.batch_image_done(&times),
            Event::Failed(failure) => self.batch_image_failed(&failure.to_string()),
            Event::Cancelled => {
                self.batch.run = None;
                self.batch.phase = BatchPhase::Idle;
            }
            _ => {}
        }
    }

    fn batch_row(&mut self, row: StudyRow) {
        let batch = &mut self.batch;
        if let Some(run) = &mut batch.run {
            run.done += 1;
            run.progress = None;
        }
        let basis = batch.plan.as_ref().and_then(|plan| plan.basis(&row.method));
        if let Some(basis) = basis.cloned() {
            let mut rows = (*batch.rows).clone();
            let kept = rows.entry(row.image.clone()).or_default();
            kept.push(Shared::new(BatchRow { row, basis }));
            batch.rows = Shared::new(rows);
        }
    }

    fn batch_image_done(&mut self, times: &[StageTime]) {
        let spent = &mut self.batch.spent;
        spent.0 += times.iter().map(|time| time.elapsed_ms).sum::<f64>();
        spent.1 += 1;
        // One that brought fewer rows than it should would be asked for again and again.
        let left = self
            .batch
            .run
            .as_ref()
            .map(|run| run.methods.len() - run.done.min(run.methods.len()));
        if left.is_some_and(|left| left > 0) {
            self.batch_image_failed(batch().incomplete);
        }
        self.batch_image_over();
    }

    /// The image under way cannot be used: the others go on.
    pub(in super::super) fn batch_image_failed(&mut self, reason: &str) {
        let batch = &mut self.batch;
        let image = batch
            .run
            .as_ref()
            .and_then(|run| batch.images.get(run.image));
        if let Some(image) = image {
            let mut failures = (*batch.failures).clone();
            failures.insert(image.file.name().to_owned(), reason.to_owned());
            batch.failures = Shared::new(failures);
        }
        self.batch_image_over();
    }

    fn batch_image_over(&mut self) {
        self.batch.run = None;
        if self.batch.phase == BatchPhase::Stopping {
            self.batch.phase = BatchPhase::Idle;
        }
    }

    /// A worker died: the image it had is not given to it again.
    pub(in super::super) fn batch_worker_lost(&mut self, worker: WorkerKind, reason: &str) {
        if self
            .batch
            .run
            .as_ref()
            .is_some_and(|run| run.worker == worker)
        {
            self.batch_image_failed(reason);
        }
    }
}

fn is_batch(body: &RequestBody) -> bool {
    matches!(body, RequestBody::StudyImage { .. } | RequestBody::Cancel)
}

fn cancel(run: &BatchRun) -> Command {
    Command::Post {
        worker: run.worker,
        request: Request {
            job: run.job,
            body: RequestBody::Cancel,
        },
        attachment: None,
    }
}
