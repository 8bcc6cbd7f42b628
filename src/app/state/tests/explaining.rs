//! What is asked for when settings change, and what is done with the answers.

use super::*;

#[test]
fn drops_what_belongs_to_an_overtaken_job() {
    let (mut state, first) = explaining();
    let commands = state.update(A::ChooseTarget(2));
    assert_eq!(posted(&commands, is_cancel).unwrap().0, first);
    let (second, _) = posted(&commands, is_explain).unwrap();
    let late = map(&state, 8);
    state.update(cpu(first, late));
    state.update(cpu(first, Event::Cancelled));
    assert_eq!(state.map, None);
    assert_eq!(state.run.as_ref().map(|run| run.job), Some(second));
    assert!(!state.halted);
}

#[test]
fn the_map_refines_and_the_run_ends() {
    let (mut state, job) = explaining();
    let part = map(&state, 8);
    state.update(cpu(job, part));
    assert_eq!(state.map.as_ref().unwrap().samples_done, 8);
    finish(&mut state, job, 20);
    assert!(state.rcap_current && !state.is_busy());
    assert_eq!(state.gradients, Some(20));
}

#[test]
fn the_percentile_redraws_at_once_and_is_measured_when_it_rests() {
    let (mut state, job) = explaining();
    finish(&mut state, job, 20);
    let commands = state.update(percentile(70.0));
    let (draft, body) = posted(&commands, is_explain).unwrap();
    assert_eq!(explain_request(body).rcap, None);
    let waiting = settled(&commands);

    // Moved on before the draft is back: one draft at a time, the newest value last.
    let commands = state.update(percentile(60.0));
    assert_eq!(posted(&commands, is_explain), None);
    let newest = settled(&commands);
    let redrawn = map(&state, 20);
    state.update(cpu(draft, redrawn));
    let commands = state.update(cpu(
        draft,
        Event::Finished {
            times: Vec::new(),
            gradients: 0,
        },
    ));
    let (draft, body) = posted(&commands, is_explain).unwrap();
    assert_eq!(
        explain_request(body).settings.real("percentile"),
        Some(60.0)
    );
    state.update(cpu(
        draft,
        Event::Finished {
            times: Vec::new(),
            gradients: 0,
        },
    ));

    assert_eq!(state.update(waiting), Vec::new());
    let (full, body) = posted(&state.update(newest), is_explain).unwrap();
    assert!(explain_request(body).rcap.is_some());
    finish(&mut state, full, 0);
    assert!(state.rcap_current);
}

#[test]
fn the_percentile_does_not_disturb_gradients_under_way() {
    let (mut state, job) = explaining();
    let commands = state.update(percentile(70.0));
    assert_eq!(posted(&commands, |_| true), None);
    let rest = settled(&commands);
    state.update(rest);
    assert_eq!(state.run.as_ref().map(|run| run.job), Some(job));
    // Once they are in, the old map is not measured any more.
    let last = map(&state, 20);
    let commands = state.update(cpu(job, last));
    assert_eq!(posted(&commands, is_cancel).unwrap().0, job);
    let (_, body) = posted(&commands, is_explain).unwrap();
    let request = explain_request(body);
    assert_eq!(request.settings.real("percentile"), Some(70.0));
    assert!(request.rcap.is_some());
}

#[test]
fn setting_a_value_to_what_it_is_does_nothing() {
    let (mut state, job) = explaining();
    finish(&mut state, job, 20);
    assert_eq!(state.update(percentile(85.0)), Vec::new());
    assert!(state.rcap_current);
}

#[test]
fn samples_stop_the_run_and_start_another_when_they_rest() {
    let (mut state, job) = explaining();
    let commands = state.update(A::Set("samples".to_owned(), Setting::Integer(40)));
    assert_eq!(posted(&commands, is_cancel).unwrap().0, job);
    assert_eq!(posted(&commands, is_explain), None);
    let rest = settled(&commands);
    let (_, body) = posted(&state.update(rest), is_explain).unwrap();
    assert_eq!(explain_request(body).settings.integer("samples"), Some(40));
}

#[test]
fn cancelling_keeps_the_partial_map_and_waits_for_the_person() {
    let (mut state, job) = explaining();
    let part = map(&state, 8);
    state.update(cpu(job, part));
    let commands = state.update(A::Cancel);
    assert_eq!(posted(&commands, is_cancel).unwrap().0, job);
    state.update(cpu(job, Event::Cancelled));
    assert!(state.halted && !state.is_busy() && state.map.is_some());
    // The timer that would have ended the worker finds the job gone.
    assert_eq!(
        state.update(A::Elapsed(Timer::CancelOverdue(job))),
        Vec::new()
    );
    assert!(posted(&state.update(A::Explain), is_explain).is_some());
}
