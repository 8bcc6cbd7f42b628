//! Undo and redo: settings come back, results are not computed again, dragging is one step.

use super::*;
use crate::protocol::Settings;

/// A page with a finished map and a second method.
fn finished() -> State {
    let (mut state, job) = explaining();
    state.methods.push(named("gradient"));
    state.measures = vec![offer("curves", false)];
    finish(&mut state, job, 20);
    state
}

fn finish_newest(state: &mut State, commands: &[Command]) {
    let (job, _) = posted(commands, is_explain).unwrap();
    finish(state, job, 20);
}

#[test]
fn a_change_is_taken_back_and_made_again_without_computing() {
    let mut state = finished();
    assert!(!state.can_undo() && !state.can_redo());
    let commands = state.update(A::ChooseTarget(2));
    finish_newest(&mut state, &commands);
    let commands = state.update(A::ChooseMethod("gradient".to_owned()));
    finish_newest(&mut state, &commands);
    let last = state.map.clone();

    assert_eq!(posted(&state.update(A::Undo), is_explain), None);
    assert_eq!((state.target, &*state.method), (Some(2), DEFAULT_METHOD));
    assert!(state.map_is_current() && state.rcap_current);
    state.update(A::Undo);
    assert_eq!(state.target, Some(1));
    assert!(!state.can_undo());
    assert_eq!(state.update(A::Undo), Vec::new());

    state.update(A::Redo);
    let commands = state.update(A::Redo);
    assert_eq!(posted(&commands, is_explain), None);
    assert_eq!(state.method, "gradient");
    assert_eq!(state.map, last);
    assert!(!state.can_redo());
}

#[test]
fn something_new_ends_what_could_be_made_again() {
    let mut state = finished();
    state.update(A::ChooseTarget(2));
    state.update(A::Undo);
    assert!(state.can_redo());
    state.update(A::ChooseTarget(0));
    assert!(!state.can_redo());
    state.update(A::Undo);
    assert_eq!(state.target, Some(1));
}

#[test]
fn dragging_is_one_step_until_it_rests() {
    let mut state = finished();
    state.update(percentile(80.0));
    let commands = state.update(percentile(70.0));
    state.update(settled(&commands));
    state.update(percentile(60.0));
    state.update(percentile(50.0));
    state.update(A::Undo);
    assert_eq!(state.settings().real("percentile"), Some(70.0));
    state.update(A::Undo);
    assert_eq!(state.settings().real("percentile"), Some(85.0));
    assert!(!state.can_undo());
}

#[test]
fn a_reset_and_the_settings_of_measures_are_taken_back() {
    let mut state = finished();
    let rcap = RcapSettings {
        lower_bound: 0.2,
        ..RcapSettings::default()
    };
    state.update(A::SetRcap(rcap));
    state.update(percentile(40.0));
    state.update(A::SetMeasure {
        measure: "curves".to_owned(),
        name: "step".to_owned(),
        value: Setting::Real(2.0),
    });
    state.update(A::ResetSettings);
    assert_eq!(state.rcap_settings, RcapSettings::default());
    state.update(A::Undo);
    assert_eq!(state.rcap_settings, rcap);
    assert_eq!(state.settings().real("percentile"), Some(40.0));
    let set = |state: &State| state.measure_values.get("curves").cloned();
    assert_eq!(set(&state).unwrap().real("step"), Some(2.0));
    state.update(A::Undo);
    assert_eq!(
        set(&state).unwrap_or_else(Settings::default),
        Settings::default()
    );
}

#[test]
fn classes_of_another_image_are_left_alone() {
    let mut state = finished();
    state.update(A::ChooseTarget(2));
    state.update(percentile(40.0));
    let commands = state.update(A::OpenSample(1));
    let (job, _) = posted(&commands, is_image).unwrap();
    state.update(cpu(job, Event::ImageReady(Box::new(image("dog")))));
    let answer = Classification::from_logits(vec![3.0, 2.0, 1.0]);
    state.update(cpu(job, Event::Classified(answer)));
    state.update(A::Undo);
    assert_eq!(state.settings().real("percentile"), Some(85.0));
    assert_eq!(state.target, Some(0), "the class of this image stays");
    assert!(!state.can_undo(), "only a class of the other image is left");
}
