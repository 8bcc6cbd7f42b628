//! Back to a saved result: what comes back, and what is said to be missing.

use super::*;
use crate::app::export;

/// A page with two finished maps of different classes, settings and measures chosen.
fn finished() -> State {
    let (mut state, job) = explaining();
    state.measures = vec![offer("curves", false)];
    finish(&mut state, job, 20);
    state.update(A::ToggleMeasure("curves".to_owned()));
    let commands = state.update(A::ChooseTarget(2));
    let (job, _) = posted(&commands, is_explain).unwrap();
    finish(&mut state, job, 20);
    state
}

fn restore(state: &mut State, json: &str) -> Vec<Command> {
    state.update(A::TextRead(ticket("saved.json", 5), json.to_owned()))
}

fn said(state: &State) -> &str {
    &state.notice.as_ref().unwrap().message
}

fn show(state: &mut State, name: &str, id: u64) -> Vec<Command> {
    let commands = state.update(A::OpenFiles(vec![ticket(name, id)]));
    come(state, &commands, name)
}

fn come(state: &mut State, commands: &[Command], name: &str) -> Vec<Command> {
    let (job, _) = posted(commands, is_image).unwrap();
    state.update(cpu(job, Event::ImageReady(Box::new(image(name)))));
    let answer = Classification::from_logits(vec![3.0, 0.0, 0.0]);
    state.update(cpu(job, Event::Classified(answer)))
}

#[test]
fn everything_but_the_photo_comes_back_and_can_be_undone() {
    let mut state = finished();
    let (saved, map) = (export::json(&state), state.map.clone());
    let commands = state.update(percentile(20.0));
    state.update(settled(&commands));
    state.update(A::ChooseTarget(0));
    state.update(A::ToggleMeasure("curves".to_owned()));
    let commands = restore(&mut state, &saved);
    assert_eq!(posted(&commands, is_explain), None, "the map is still kept");
    assert_eq!(state.map, map);
    assert_eq!(state.target, Some(2));
    assert_eq!(state.settings().real("percentile"), Some(85.0));
    assert_eq!(state.comparison.measures, ["curves"]);
    assert_eq!(
        said(&state),
        "Restored from saved.json: method, settings, class and measures."
    );
    state.update(A::Undo);
    assert_eq!(state.settings().real("percentile"), Some(20.0));
    assert_eq!(state.target, Some(0));
}

#[test]
fn a_photo_that_was_open_before_is_shown_again() {
    let mut state = finished();
    let saved = export::json(&state);
    let commands = show(&mut state, "dog.png", 1);
    let (job, _) = posted(&commands, is_explain).unwrap();
    finish(&mut state, job, 20);
    let commands = restore(&mut state, &saved);
    assert!(!said(&state).contains("not there"), "{}", said(&state));
    let commands = come(&mut state, &commands, "cat");
    assert_eq!(posted(&commands, is_explain), None);
    assert_eq!(state.image.as_ref().unwrap().name, "cat");
    assert_eq!(state.target, Some(2));
}

#[test]
fn a_photo_that_is_not_there_is_named_and_its_class_waits_for_it() {
    let mut state = finished();
    let saved = export::json(&state).replace(r#""name": "cat""#, r#""name": "bird.png""#);
    restore(&mut state, &saved);
    assert!(
        said(&state).contains("not there: the photo bird.png"),
        "{}",
        said(&state)
    );
    show(&mut state, "dog.png", 1);
    assert_eq!(
        state.target,
        Some(0),
        "another photo has a class of its own"
    );
    show(&mut state, "bird.png", 2);
    assert_eq!(state.target, Some(2));
}

#[test]
fn another_model_is_named() {
    let mut state = finished();
    let mut value: serde_json::Value = serde_json::from_str(&export::json(&state)).unwrap();
    value["model"]["sha256"] = "ab".into();
    value["model"]["name"] = "mine.onnx".into();
    value["target"] = 7.into();
    restore(&mut state, &value.to_string());
    let said = said(&state);
    assert!(
        said.contains("method, settings and measures; not there"),
        "{said}"
    );
    assert!(said.contains("class 7"), "{said}");
    assert!(said.contains("the model mine.onnx"), "{said}");
    assert_eq!(state.target, Some(2), "the class stays as it was");
}
