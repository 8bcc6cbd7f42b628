//! Several methods side by side: nothing is computed twice, and nothing is lost.

use super::*;
use crate::protocol::{MeasureReport, PresetDescription, Score, Settings};

/// A page with a finished map and three methods to choose from.
fn finished() -> State {
    let (mut state, job) = explaining();
    state.methods.extend([named("gradient"), named("vargrad")]);
    state.measures = vec![offer("curves", false), offer("localisation", true)];
    finish(&mut state, job, 20);
    state
}

fn add(state: &mut State, ids: &[&str]) -> Vec<Command> {
    let ids = ids.iter().map(|&id| id.to_owned()).collect();
    state.update(A::AddMethods(ids))
}

fn explained(commands: &[Command]) -> Option<(JobId, String)> {
    let (job, body) = posted(commands, is_explain)?;
    Some((job, explain_request(body).method))
}

fn is_measure(body: &RequestBody) -> bool {
    matches!(body, RequestBody::Measure(_))
}

fn finish_tile(state: &mut State, job: JobId) -> Vec<Command> {
    let (method, target) = {
        let run = state.run.as_ref().unwrap();
        (run.result_key.method.clone(), run.result_key.target)
    };
    let Event::Map(mut report) = map(state, 20) else {
        panic!("a map is a map");
    };
    report.method = method;
    let mut commands = state.update(cpu(job, Event::Map(report)));
    commands.extend(state.update(cpu(job, rcap(target))));
    commands.extend(state.update(cpu(
        job,
        Event::Finished {
            times: Vec::new(),
            gradients: 1,
        },
    )));
    commands
}

#[test]
fn the_large_map_is_a_tile_without_being_computed_again() {
    let mut state = finished();
    let commands = add(&mut state, &[DEFAULT_METHOD]);
    assert_eq!(explained(&commands), None);
    assert!(state.tiles()[0].result.is_some());
}

#[test]
fn methods_are_computed_one_after_another_and_leave_the_large_map_alone() {
    let mut state = finished();
    let large = state.map.clone();
    let commands = add(&mut state, &["gradient", "vargrad"]);
    let (job, first) = explained(&commands).unwrap();
    assert_eq!(first, "gradient");
    assert!(state.is_comparing() && !state.is_main_busy());
    let commands = finish_tile(&mut state, job);
    let (job, second) = explained(&commands).unwrap();
    assert_eq!(second, "vargrad");
    let kept = state.tiles()[0].result.clone();
    let commands = finish_tile(&mut state, job);
    assert_eq!(explained(&commands), None);
    assert_eq!(state.map, large);
    assert_eq!(state.tiles()[0].result, kept, "adding recomputes nothing");
    assert!(!state.is_busy());
}

#[test]
fn a_compared_map_opens_at_once() {
    let mut state = finished();
    let commands = add(&mut state, &["gradient"]);
    let (job, _) = explained(&commands).unwrap();
    finish_tile(&mut state, job);
    let commands = state.update(A::ChooseMethod("gradient".to_owned()));
    assert_eq!(explained(&commands), None);
    assert!(state.map_is_current() && state.rcap_current);
    // And so does the first one.
    let commands = state.update(A::ChooseMethod(DEFAULT_METHOD.to_owned()));
    assert_eq!(explained(&commands), None);
    assert!(state.map_is_current());
}

#[test]
fn another_class_is_computed_for_all_and_the_first_one_is_kept() {
    let mut state = finished();
    let commands = add(&mut state, &["gradient"]);
    let (job, _) = explained(&commands).unwrap();
    finish_tile(&mut state, job);
    let commands = state.update(A::ChooseTarget(2));
    let (job, method) = explained(&commands).unwrap();
    assert_eq!(method, DEFAULT_METHOD);
    let commands = finish(&mut state, job, 20);
    assert_eq!(explained(&commands).unwrap().1, "gradient");
    let (job, _) = explained(&commands).unwrap();
    finish_tile(&mut state, job);
    let commands = state.update(A::ChooseTarget(1));
    assert_eq!(explained(&commands), None);
    assert!(state.tiles()[0].result.is_some());
}

#[test]
fn a_stopped_comparison_waits_and_goes_on() {
    let mut state = finished();
    let commands = add(&mut state, &["gradient"]);
    let (job, _) = explained(&commands).unwrap();
    let commands = state.update(A::PauseComparing);
    assert!(posted(&commands, is_cancel).is_some());
    let commands = state.update(cpu(job, Event::Cancelled));
    assert_eq!(explained(&commands), None);
    assert!(state.comparison.paused && !state.halted);
    let commands = state.update(A::Compare);
    assert_eq!(explained(&commands).unwrap().1, "gradient");
}

#[test]
fn a_failed_map_holds_up_nothing() {
    let mut state = finished();
    let commands = add(&mut state, &["gradient", "vargrad"]);
    let (job, _) = explained(&commands).unwrap();
    let commands = state.update(cpu(job, failure("The gradient is not finite.")));
    assert_eq!(explained(&commands).unwrap().1, "vargrad");
    assert!(state.tiles()[0].failure.is_some());
    assert_eq!(state.notice, None);
    let (job, _) = explained(&commands).unwrap();
    finish_tile(&mut state, job);
    let commands = state.update(A::RetryComparing);
    assert_eq!(explained(&commands).unwrap().1, "gradient");
}

#[test]
fn measures_follow_the_maps_and_those_of_masks_wait_for_one() {
    let mut state = finished();
    add(&mut state, &[DEFAULT_METHOD]);
    state.update(A::ToggleMeasure("localisation".to_owned()));
    assert!(!state.is_busy(), "there is no mask yet");
    let commands = state.update(A::ToggleMeasure("curves".to_owned()));
    let (job, _) = posted(&commands, is_measure).unwrap();
    assert!(commands.iter().any(|command| matches!(
        command,
        Command::Post {
            attachment: Some(Attachment::Map(_)),
            ..
        }
    )));
    let report = MeasureReport {
        measure: "curves".to_owned(),
        target: 1,
        settings: Settings::default(),
        scores: vec![Score {
            id: "auc".to_owned(),
            value: 0.5,
        }],
        curves: Vec::new(),
    };
    state.update(cpu(job, Event::Measured(Box::new(report))));
    state.update(cpu(
        job,
        Event::Finished {
            times: Vec::new(),
            gradients: 0,
        },
    ));
    assert!(!state.is_busy());
    let result = state.tiles()[0].result.clone().unwrap();
    assert_eq!(result.measure("curves").unwrap().scores[0].value, 0.5);
}

#[test]
fn tiles_move_and_go() {
    let mut state = finished();
    add(&mut state, &["gradient", "vargrad", DEFAULT_METHOD]);
    state.update(A::MoveMethod(DEFAULT_METHOD.to_owned(), 0));
    assert_eq!(
        state.comparison.methods,
        [DEFAULT_METHOD, "gradient", "vargrad"]
    );
    // The one under way goes, the next is taken up.
    let commands = state.update(A::RemoveMethod("gradient".to_owned()));
    assert_eq!(explained(&commands).unwrap().1, "vargrad");
    assert_eq!(state.comparison.methods, [DEFAULT_METHOD, "vargrad"]);
}

#[test]
fn a_preset_sets_each_method_apart_and_a_person_overrules_it() {
    let mut state = finished();
    let mut settings = Settings::default();
    settings.set("samples", Setting::Integer(7));
    state.presets = vec![PresetDescription {
        id: "study".to_owned(),
        label: "Study".to_owned(),
        settings: [("gradient".to_owned(), settings)].into(),
    }];
    state.update(A::ChoosePreset("study".to_owned()));
    assert_eq!(state.settings_of("gradient").integer("samples"), Some(7));
    assert_eq!(state.settings_of("vargrad").integer("samples"), Some(20));
    state.update(A::Set("samples".to_owned(), Setting::Integer(9)));
    assert_eq!(state.settings_of("gradient").integer("samples"), Some(9));
}
