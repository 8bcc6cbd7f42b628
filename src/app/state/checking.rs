//! The second opinion on the open model: asked of the engine, then of the worker that checks, which lives as long as that
//! takes.

use super::{Attachment, Command, FileTicket, Shared, State, WorkerKind};
use crate::protocol::{
    Answer, CheckMaterial, CheckOrder, CheckOutcome, Event, FileBeside, JobId, Request, RequestBody,
};

/// Something about the check.
#[derive(Clone, Debug, PartialEq)]
pub enum CheckAction {
    /// The person wants the open model checked.
    Start,
    /// The person has waited long enough.
    Stop,
    /// The worker that checks said something.
    Answered(Box<Answer>),
    /// It died, or could not be started; what is known of it.
    Lost(String),
}

/// What came of a check on the page.
#[derive(Clone, Debug, PartialEq)]
pub enum CheckAnswer {
    /// The programs were compared, or the other one said why not.
    Outcome(CheckOutcome),
    /// The check itself ended; what is known of it.
    Ended(String),
}

/// The check under way, and what came of the newest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checking {
    running: Option<RunningCheck>,
    answer: Option<(CheckedWhat, Shared<CheckAnswer>)>,
}

/// A model and an image; another engine than the one asked counts as another too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct CheckedWhat {
    model: u64,
    image: u64,
}

#[derive(Clone, Debug, PartialEq)]
struct RunningCheck {
    job: JobId,
    what: CheckedWhat,
    worker: WorkerKind,
    session: u64,
    /// What the engine computed, once it has.
    material: Option<Shared<CheckMaterial>>,
    /// Scores that the other program has computed, of all.
    progress: Option<(u64, u64)>,
}

impl State {
    /// The open model can be checked: there is an image that it has seen.
    pub fn can_check(&self) -> bool {
        self.check.running.is_none()
            && self.classification.is_some()
            && self.model.is_some()
            && self.image.is_some()
            && self.example.is_none()
            && self.workers.can_ask()
    }

    /// A check is under way.
    pub fn is_checking(&self) -> bool {
        self.check.running.is_some()
    }

    /// How many scores the other program has computed, and of how many.
    pub fn check_progress(&self) -> Option<(u64, u64)> {
        self.check.running.as_ref()?.progress
    }

    /// What came of checking the open model with the open image.
    pub fn check_answer(&self) -> Option<&CheckAnswer> {
        let (what, answer) = self.check.answer.as_ref()?;
        (*what == self.checked_now()).then_some(&**answer)
    }

    fn checked_now(&self) -> CheckedWhat {
        CheckedWhat {
            model: self.model_generation,
            image: self.image_generation,
        }
    }

    pub(super) fn check_acted(&mut self, action: CheckAction, out: &mut Vec<Command>) {
        match action {
            CheckAction::Start => self.start_check(out),
            CheckAction::Stop => self.stop_check(out),
            CheckAction::Answered(answer) => self.check_heard(*answer, out),
            CheckAction::Lost(message) => self.end_check(CheckAnswer::Ended(message), out),
        }
    }

    fn start_check(&mut self, out: &mut Vec<Command>) {
        if !self.can_check() {
            return;
        }
        let job = self.take_job();
        self.check = Checking {
            running: Some(RunningCheck {
                job,
                what: self.checked_now(),
                worker: self.workers.active,
                session: self.session,
                material: None,
                progress: None,
            }),
            answer: None,
        };
        out.push(Command::Post {
            worker: self.workers.active,
            request: Request {
                job,
                body: RequestBody::CheckMaterial(self.target),
            },
            attachment: None,
        });
    }

    pub(super) fn is_check_job(&self, job: JobId) -> bool {
        let running = self.check.running.as_ref();
        running.is_some_and(|running| running.job == job)
    }

    /// The engine said something about its part of the check.
    pub(super) fn check_material_came(&mut self, event: Event, out: &mut Vec<Command>) {
        match event {
            Event::CheckMaterial(material) => {
                if let Some(running) = &mut self.check.running {
                    running.material = Some(Shared::new(*material));
                    out.push(Command::StartChecker);
                }
            }
            Event::Failed(failure) => {
                self.end_check(CheckAnswer::Ended(failure.message), out);
            }
            Event::Cancelled => self.stop_check(out),
            _ => {}
        }
    }

    fn check_heard(&mut self, answer: Answer, out: &mut Vec<Command>) {
        let Some(running) = &mut self.check.running else {
            return;
        };
        match answer.event {
            Event::ReadyToCheck => {
                let Some(material) = running.material.take() else {
                    return;
                };
                let job = running.job;
                let choice = &self.model_choice;
                let beside = choice.beside.iter().map(|file| FileBeside {
                    name: file.name.clone(),
                    bytes: file.bytes,
                });
                let (order, values) = CheckOrder::new(
                    job,
                    choice.source.clone(),
                    beside.collect(),
                    (*material).clone(),
                );
                let files: Vec<FileTicket> =
                    choice.file.iter().chain(&choice.beside).cloned().collect();
                out.push(Command::PostCheck {
                    order: Box::new(order),
                    attachment: Attachment::Check { values, files },
                });
            }
            Event::Progress(progress) => running.progress = Some((progress.done, progress.total)),
            Event::Checked(outcome) => self.end_check(CheckAnswer::Outcome(*outcome), out),
            Event::Crashed { message } => self.end_check(CheckAnswer::Ended(message), out),
            _ => {}
        }
    }

    fn end_check(&mut self, answer: CheckAnswer, out: &mut Vec<Command>) {
        if let Some(running) = self.check.running.take() {
            self.check.answer = Some((running.what, Shared::new(answer)));
            out.push(Command::StopChecker);
        }
    }

    fn stop_check(&mut self, out: &mut Vec<Command>) {
        if self.check.running.take().is_some() {
            out.push(Command::StopChecker);
        }
    }

    /// Ends a check of what is no longer open, or of which the engine cannot answer any more.
    pub(super) fn mind_check(&mut self, out: &mut Vec<Command>) {
        let now = self.checked_now();
        let (session, active) = (self.session, self.workers.active);
        let is_over = |running: &RunningCheck| {
            let unanswered = running.material.is_none() && running.progress.is_none();
            running.what != now
                || unanswered && (running.session != session || running.worker != active)
        };
        if self.check.running.as_ref().is_some_and(is_over) {
            self.stop_check(out);
        }
    }
}
