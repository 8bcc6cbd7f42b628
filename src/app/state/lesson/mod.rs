//! The lesson: Guided AbsoluteGrad on the open photo, step by step. It takes what the page has kept, and
//! asks the engine for the rest beside the large map, which it never touches.

mod exercise;
mod material;
mod step;

pub use exercise::{Candidate, CandidateMap};
pub use material::LessonMaterial;
pub use step::LessonStep;

use super::{Command, ResultKey, Run, RunKind, Shared, State, Timer, sharing::LESSON};
use crate::protocol::{Failure, LessonReport, MapReport, RcapReport};

/// The method that is taught.
pub const TAUGHT: &str = "guided-absolute-grad";
/// How long a step stays when the lesson plays by itself: time for a sentence, a formula and a look.
const PLAY_MS: u32 = 8_000;

/// What can happen to the lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LessonAction {
    /// Open it at a step, or go there.
    Show(LessonStep),
    /// The next step.
    Next,
    /// The step before.
    Before,
    /// Go on by itself from step to step, or no longer.
    Play(bool),
    /// Compute what is missing, after a stop or a failure.
    Retry,
    /// The person takes the map at a place of the exercise for the real one.
    Pick(usize),
    /// The exercise anew, in another order.
    Shuffle,
    /// Close it.
    Close,
}

/// What is known of the lesson.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lesson {
    /// The step on show; nothing while it is closed.
    pub step: Option<LessonStep>,
    /// It goes on by itself.
    pub playing: bool,
    /// The map that the person took for the real one, by its place.
    pub picked: Option<usize>,
    /// Computing was stopped; it starts again when the person says so.
    pub stopped: bool,
    shuffles: u64,
    /// Counts the waits for a next step: those of an earlier count are stale.
    waits: u64,
    material: Option<Shared<LessonMaterial>>,
    setback: Option<(ResultKey, Failure)>,
}

impl State {
    /// What the engine told of the steps to the map as it is now.
    pub fn lesson_material(&self) -> Option<&LessonMaterial> {
        let key = self.result_key(TAUGHT)?;
        let material = self.lesson.material.as_deref();
        material.filter(|known| known.key == key && known.rcap_settings == self.rcap_settings)
    }

    /// The map the lesson leads to, with its measure.
    pub fn lesson_result(&self) -> Option<(Shared<MapReport>, Shared<RcapReport>)> {
        if let Some(kept) = self.result_of(TAUGHT) {
            return Some((kept.map.clone(), kept.rcap.clone()));
        }
        // The example, before an engine has seen its photo.
        let shown = self.method == TAUGHT && self.map_is_current() && self.rcap_current;
        shown.then(|| Some((self.map.clone()?, self.rcap.clone()?)))?
    }

    /// Why the lesson cannot be computed.
    pub fn lesson_failure(&self) -> Option<&Failure> {
        let key = self.result_key(TAUGHT)?;
        let own = self.lesson.setback.as_ref().filter(|(of, _)| *of == key);
        let mut of_map = self.comparison.setbacks.iter();
        let of_map = of_map.find(|setback| setback.key == key && setback.measure.is_none());
        own.map(|(_, failure)| failure)
            .or(of_map.map(|setback| &setback.failure))
    }

    /// The pictures of a step are there.
    pub fn can_show(&self, step: LessonStep) -> bool {
        match step {
            LessonStep::Photo => self.image.is_some(),
            step if step.needs_material() => {
                self.lesson_material().is_some() && self.lesson_result().is_some()
            }
            _ => self.image.is_some() && self.lesson_result().is_some(),
        }
    }

    /// The lesson is open and lacks something that can be computed.
    pub(super) fn lesson_is_due(&self) -> bool {
        if self.lesson.step.is_none() || self.lesson.stopped {
            return false;
        }
        let known = self.methods.iter().any(|known| known.id == TAUGHT);
        let complete = self.lesson_material().is_some() && self.result_of(TAUGHT).is_some();
        known && !complete && self.lesson_failure().is_none()
    }

    /// What is under way is the lesson's own.
    pub fn is_lesson_run(&self) -> bool {
        let run = self.run.as_ref();
        run.is_some_and(|run| run.kind == RunKind::Lesson)
    }

    pub(super) fn lesson_acted(&mut self, action: LessonAction, out: &mut Vec<Command>) {
        let step = self.lesson.step;
        match action {
            LessonAction::Show(step) => self.show_step(Some(step)),
            LessonAction::Next => self.show_step(step.and_then(LessonStep::next)),
            LessonAction::Before => self.show_step(step.and_then(LessonStep::before)),
            LessonAction::Play(playing) => self.play_lesson(playing, out),
            LessonAction::Retry => self.retry_lesson(),
            LessonAction::Pick(place) => {
                self.lesson.picked = self.lesson.picked.or(Some(place));
            }
            LessonAction::Shuffle => {
                self.lesson.picked = None;
                self.lesson.shuffles += 1;
            }
            LessonAction::Close => self.close_lesson(out),
        }
    }

    /// Goes to a step, if there is one; by hand, so that it no longer goes on by itself.
    fn show_step(&mut self, step: Option<LessonStep>) {
        if step.is_some() {
            self.lesson.step = step;
        }
        self.lesson.playing = false;
    }

    /// Opens the lesson as a link says.
    pub(super) fn open_lesson(&mut self, number: &str) {
        let step = number.parse().ok().and_then(LessonStep::numbered);
        self.show_step(step);
    }

    /// The part of a link that opens the lesson at the step on show.
    pub(super) fn lesson_link(&self) -> Option<(String, String)> {
        let step = self.lesson.step?;
        Some((LESSON.to_owned(), step.number().to_string()))
    }

    fn play_lesson(&mut self, playing: bool, out: &mut Vec<Command>) {
        let lesson = &mut self.lesson;
        lesson.playing = playing && lesson.step.is_some();
        if lesson.playing && lesson.step == Some(LessonStep::Exercise) {
            lesson.step = Some(LessonStep::Photo);
        }
        self.wait_for_next_step(out);
    }

    fn wait_for_next_step(&mut self, out: &mut Vec<Command>) {
        self.lesson.waits += 1;
        if self.lesson.playing {
            out.push(Command::Wait {
                timer: Timer::LessonStep(self.lesson.waits),
                delay_ms: PLAY_MS,
            });
        }
    }

    /// A step has been on show for long enough; the next one waits until its pictures are there.
    pub(super) fn lesson_step_over(&mut self, waits: u64, out: &mut Vec<Command>) {
        if !self.lesson.playing || waits != self.lesson.waits {
            return;
        }
        if let Some(next) = self.lesson.step.and_then(LessonStep::next)
            && self.can_show(next)
        {
            self.lesson.step = Some(next);
            self.lesson.playing = next.next().is_some();
        }
        self.wait_for_next_step(out);
    }

    fn retry_lesson(&mut self) {
        self.lesson.stopped = false;
        self.lesson.setback = None;
        if let Some(key) = self.result_key(TAUGHT) {
            let setbacks = &mut self.comparison.setbacks;
            setbacks.retain(|setback| setback.key != key || setback.measure.is_some());
        }
    }

    fn close_lesson(&mut self, out: &mut Vec<Command>) {
        self.lesson.step = None;
        self.lesson.playing = false;
        self.lesson.stopped = false;
        if self.is_lesson_run() {
            self.stop_run(out);
        }
        // What gave way to it goes on.
        self.compare_next(out);
    }

    /// After every action: asks for what the lesson lacks, once nothing else is under way. Tiles of the
    /// comparison give way.
    pub(super) fn mind_lesson(&mut self, out: &mut Vec<Command>) {
        if !self.lesson_is_due() || self.settling || self.classification.is_none() {
            return;
        }
        let is_own = |run: &Run| run.kind == RunKind::Tile && run.result_key.method == TAUGHT;
        if self.is_comparing() && !self.run.as_ref().is_some_and(is_own) {
            self.stop_run(out);
        }
        if self.is_busy() {
            return;
        }
        let kind = match self.result_of(TAUGHT) {
            Some(_) => RunKind::Lesson,
            None => RunKind::Tile,
        };
        self.start_run(kind, TAUGHT, None, out);
    }

    /// The engine told the steps.
    pub(super) fn lesson_came(&mut self, report: LessonReport) {
        let Some(run) = self.run.as_ref().filter(|_| self.is_lesson_run()) else {
            return;
        };
        let rcap_settings = run.request.rcap.unwrap_or_default();
        let material = LessonMaterial::new(run.result_key.clone(), rcap_settings, report);
        self.lesson.material = Some(Shared::new(material));
        self.lesson.picked = None;
    }

    /// What was under way has ended early: the lesson does not ask again by itself.
    pub(super) fn halt_lesson(&mut self) {
        self.lesson.stopped = self.lesson.step.is_some();
    }

    /// The lesson could not be computed.
    pub(super) fn lesson_failed(&mut self, run: Run, failure: Failure, out: &mut Vec<Command>) {
        self.lesson.setback = Some((run.result_key, failure));
        self.idle(out);
    }
}
