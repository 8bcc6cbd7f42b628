//! Undo and redo of what an explanation is made with; results are none of it, they are kept by
//! their settings.

use std::collections::BTreeMap;

use super::{Action, Command, RunKind, State, Timer};
use crate::protocol::{RcapSettings, Setting, Settings};

/// So many steps can be taken back.
const MOST_STEPS: usize = 100;

/// What a person chose for the explanation.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Choices {
    method: String,
    values: BTreeMap<String, Setting>,
    preset: String,
    /// Nothing where it belonged to another image or model.
    target: Option<usize>,
    rcap: RcapSettings,
    measures: BTreeMap<String, Settings>,
}

/// Earlier choices, and those that were taken back; the nearest ones last.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct History {
    past: Vec<Choices>,
    future: Vec<Choices>,
    /// What is being dragged or typed: changes of it are one step until it rests.
    moving: Option<String>,
}

/// What an action changes, if it is one of the person's that can be taken back.
fn changed_by(action: &Action) -> Option<String> {
    let what = match action {
        Action::Set(name, _) => format!("set {name}"),
        Action::SetMeasure { measure, name, .. } => format!("measure {measure} {name}"),
        Action::SetRcap(_) => "rcap".to_owned(),
        // Each of these is a step of its own.
        Action::ChooseTarget(_)
        | Action::ChooseMethod(_)
        | Action::ChoosePreset(_)
        | Action::ResetSettings
        | Action::OpenLink(_)
        | Action::TextRead(..) => String::new(),
        _ => return None,
    };
    Some(what)
}

impl State {
    fn choices(&self) -> Choices {
        Choices {
            method: self.method.clone(),
            values: self.values.clone(),
            preset: self.preset.clone(),
            target: self.target,
            rcap: self.rcap_settings,
            measures: self.measure_values.clone(),
        }
    }

    /// What an action that is about to be taken in may change, to be kept by [`State::note_choices`].
    pub(super) fn choices_before(&mut self, action: &Action) -> Option<(String, Choices)> {
        let rests = match action {
            Action::Elapsed(Timer::Settled(changes)) => *changes == self.changes,
            Action::Elapsed(Timer::MeasuresSettled(changes)) => *changes == self.measure_changes,
            _ => false,
        };
        if rests {
            self.history.moving = None;
        }
        Some((changed_by(action)?, self.choices()))
    }

    /// Keeps what was chosen before an action as a step to be taken back, where it is another choice.
    pub(super) fn note_choices(&mut self, before: Option<(String, Choices)>) {
        let Some((what, before)) = before else { return };
        if before == self.choices() {
            return;
        }
        let history = &mut self.history;
        history.future.clear();
        let one_step = !what.is_empty() && history.moving.as_ref() == Some(&what);
        if !one_step {
            history.past.push(before);
            if history.past.len() > MOST_STEPS {
                history.past.remove(0);
            }
        }
        history.moving = Some(what);
    }

    /// There is something to undo.
    pub fn can_undo(&self) -> bool {
        self.differs(&self.history.past)
    }

    /// There is something to redo.
    pub fn can_redo(&self) -> bool {
        self.differs(&self.history.future)
    }

    fn differs(&self, steps: &[Choices]) -> bool {
        let now = self.choices();
        steps.iter().any(|step| step.clone().or(&now) != now)
    }

    /// Goes back to what was chosen before (`back`), or forth again.
    pub(super) fn travel(&mut self, back: bool, out: &mut Vec<Command>) {
        let now = self.choices();
        let history = &mut self.history;
        history.moving = None;
        let (from, to) = if back {
            (&mut history.past, &mut history.future)
        } else {
            (&mut history.future, &mut history.past)
        };
        while let Some(step) = from.pop() {
            // A step may have been about a class of another image, and about nothing else.
            let wanted = step.or(&now);
            if wanted != now {
                to.push(now);
                self.choose(wanted, out);
                return;
            }
        }
    }

    fn choose(&mut self, wanted: Choices, out: &mut Vec<Command>) {
        let measured_otherwise = wanted.measures != self.measure_values;
        self.method = wanted.method;
        self.values = wanted.values;
        self.preset = wanted.preset;
        self.target = wanted.target;
        self.rcap_settings = wanted.rcap;
        self.measure_values = wanted.measures;
        if measured_otherwise {
            self.forget_other_settings();
        }
        // What was about to be computed for the settings that are gone is not.
        self.changes += 1;
        self.settling = false;
        self.explain(RunKind::Full, out);
    }

    /// Another image or model: the classes chosen before say nothing about it.
    pub(super) fn forget_chosen_targets(&mut self) {
        let history = &mut self.history;
        for step in history.past.iter_mut().chain(&mut history.future) {
            step.target = None;
        }
    }
}

impl Choices {
    /// With the class of `now` where it has none of its own.
    fn or(mut self, now: &Self) -> Self {
        self.target = self.target.or(now.target);
        self
    }
}
