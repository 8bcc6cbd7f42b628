//! The lesson: opened, stepped, played, linked to, and computed beside the large map without touching it.

use super::*;
use crate::protocol::{BrokenMap, LessonCopy, LessonReport};

fn plane() -> MapReport {
    match map(&State::default(), 20) {
        Event::Map(report) => report,
        other => panic!("{other:?}"),
    }
}

fn report() -> Event {
    let broken = |rcap| BrokenMap { map: plane(), rcap };
    Event::Lesson(Box::new(LessonReport {
        copies: vec![
            LessonCopy {
                picture: image("copy").model_view,
                gradient: plane(),
                magnitude: plane(),
            };
            3
        ],
        mean_magnitude: plane(),
        variance: plane(),
        thresholds: vec![0.5; 3],
        above: plane(),
        weight: plane(),
        reversed: broken(0.1),
        random: broken(0.05),
    }))
}

fn is_lesson(body: &RequestBody) -> bool {
    matches!(body, RequestBody::Lesson(_))
}

fn act(state: &mut State, action: LessonAction) -> Vec<Command> {
    state.update(A::Lesson(action))
}

fn show(state: &mut State, step: LessonStep) -> Vec<Command> {
    act(state, LessonAction::Show(step))
}

fn done(job: JobId) -> Action {
    cpu(
        job,
        Event::Finished {
            times: Vec::new(),
            gradients: 3,
        },
    )
}

/// A page with a finished map.
fn finished() -> State {
    let (mut state, job) = explaining();
    finish(&mut state, job, 20);
    state
}

/// A page with an open lesson whose pictures are there.
fn taught() -> State {
    let mut state = finished();
    let commands = show(&mut state, LessonStep::Photo);
    let (job, _) = posted(&commands, is_lesson).unwrap();
    state.update(cpu(job, report()));
    state.update(done(job));
    assert!(state.can_show(LessonStep::Guide) && !state.is_busy());
    state
}

#[test]
fn it_asks_for_the_map_on_show_and_leaves_it_alone() {
    let mut state = finished();
    let (large, rcap) = (state.map.clone(), state.rcap.clone());
    let commands = show(&mut state, LessonStep::Photo);
    let (job, body) = posted(&commands, is_lesson).unwrap();
    let RequestBody::Lesson(request) = body else {
        panic!("it is a lesson");
    };
    assert_eq!(request.method, TAUGHT);
    assert_eq!(request.settings, state.settings());
    assert_eq!(request.rcap, Some(state.rcap_settings));
    assert!(state.is_lesson_run() && !state.is_main_busy());
    assert!(!state.can_show(LessonStep::Copies) && state.can_show(LessonStep::Map));

    state.update(cpu(job, report()));
    assert!(posted(&state.update(done(job)), is_lesson).is_none());
    assert_eq!(state.lesson_material().unwrap().copies.len(), 3);
    assert_eq!((&state.map, &state.rcap), (&large, &rcap));
    assert!(state.rcap_current && !state.halted);

    // Once more from the start: nothing is computed twice.
    act(&mut state, LessonAction::Close);
    assert!(posted(&show(&mut state, LessonStep::Copies), is_lesson).is_none());
}

#[test]
fn steps_go_forth_and_back_and_stop_at_the_ends() {
    let mut state = taught();
    let mut seen = vec![state.lesson.step.unwrap()];
    for _ in 0..12 {
        act(&mut state, LessonAction::Next);
        seen.push(state.lesson.step.unwrap());
    }
    assert_eq!(seen[..10], LessonStep::ALL);
    assert!(seen[10..].iter().all(|step| *step == LessonStep::Exercise));
    for _ in 0..12 {
        act(&mut state, LessonAction::Before);
    }
    assert_eq!(state.lesson.step, Some(LessonStep::Photo));
    act(&mut state, LessonAction::Close);
    act(&mut state, LessonAction::Next);
    assert_eq!(state.lesson.step, None, "a closed lesson has no next step");
}

#[test]
fn a_link_opens_it_at_its_step() {
    let mut state = taught();
    show(&mut state, LessonStep::Guide);
    assert!(state.link().ends_with("&lesson=6"), "{}", state.link());
    act(&mut state, LessonAction::Close);
    assert!(!state.link().contains("lesson"));

    let mut other = State::default();
    other.update(A::OpenLink("#method=vargrad&lesson=6".to_owned()));
    assert_eq!(other.lesson.step, Some(LessonStep::Guide));
    for nonsense in ["#lesson=0", "#lesson=11", "#lesson=guide", "#lesson="] {
        let mut other = State::default();
        other.update(A::OpenLink(nonsense.to_owned()));
        assert_eq!(other.lesson.step, None, "{nonsense}");
    }
}

#[test]
fn a_link_waits_for_the_map_and_then_asks() {
    let (mut state, job) = explaining();
    let commands = show(&mut state, LessonStep::Copies);
    assert!(
        posted(&commands, is_lesson).is_none(),
        "the map comes first"
    );
    let commands = finish(&mut state, job, 20);
    assert!(posted(&commands, is_lesson).is_some());
}

#[test]
fn it_plays_only_when_told_to_and_waits_for_pictures() {
    let mut state = taught();
    assert!(!state.lesson.playing);
    let commands = act(&mut state, LessonAction::Play(true));
    let over = settled(&commands);
    let commands = state.update(over.clone());
    assert_eq!(state.lesson.step, Some(LessonStep::Copies));
    state.update(over);
    assert_eq!(
        state.lesson.step,
        Some(LessonStep::Copies),
        "that wait was over"
    );

    // Another class: the next step has no pictures, and is waited for.
    state.update(A::ChooseTarget(2));
    let waiting = state.update(settled(&commands));
    assert_eq!(state.lesson.step, Some(LessonStep::Copies));
    assert!(state.lesson.playing);
    // A step by hand is the end of it.
    act(&mut state, LessonAction::Next);
    assert!(!state.lesson.playing);
    state.update(settled(&waiting));
    assert_eq!(state.lesson.step, Some(LessonStep::Gradients));
}

#[test]
fn playing_ends_with_the_exercise_and_starts_again_from_there() {
    let mut state = taught();
    show(&mut state, LessonStep::Curve);
    let commands = act(&mut state, LessonAction::Play(true));
    let commands = state.update(settled(&commands));
    assert_eq!(state.lesson.step, Some(LessonStep::Exercise));
    assert!(!state.lesson.playing && commands.is_empty());
    act(&mut state, LessonAction::Play(true));
    assert_eq!(state.lesson.step, Some(LessonStep::Photo));
}

#[test]
fn another_percentile_is_another_lesson() {
    let mut state = taught();
    let commands = state.update(percentile(50.0));
    assert!(state.lesson_material().is_none());
    let (draft, _) = posted(&commands, is_explain).unwrap();
    finish(&mut state, draft, 0);
    assert!(!state.is_lesson_run(), "the person may go on moving it");
    let commands = state.update(settled(&commands));
    let (job, body) = posted(&commands, is_lesson).unwrap();
    let RequestBody::Lesson(request) = body else {
        panic!("it is a lesson");
    };
    assert_eq!(request.settings.real("percentile"), Some(50.0));
    state.update(cpu(job, report()));
    assert!(state.lesson_material().is_some());
}

#[test]
fn what_comes_of_an_earlier_lesson_is_dropped() {
    let mut state = finished();
    let commands = show(&mut state, LessonStep::Copies);
    let (job, _) = posted(&commands, is_lesson).unwrap();
    let commands = act(&mut state, LessonAction::Close);
    assert!(posted(&commands, is_cancel).is_some());
    state.update(cpu(job, report()));
    state.update(cpu(job, Event::Cancelled));
    assert!(state.lesson_material().is_none());
    assert!(!state.halted && !state.lesson.stopped && !state.is_busy());
}

#[test]
fn a_stopped_lesson_and_a_failed_one_wait_to_be_asked() {
    let mut state = finished();
    let commands = show(&mut state, LessonStep::Copies);
    let (job, _) = posted(&commands, is_lesson).unwrap();
    state.update(A::Cancel);
    let commands = state.update(cpu(job, Event::Cancelled));
    assert!(posted(&commands, is_lesson).is_none());
    assert!(state.lesson.stopped && !state.halted && !state.is_busy());

    let commands = act(&mut state, LessonAction::Retry);
    let (job, _) = posted(&commands, is_lesson).unwrap();
    let commands = state.update(cpu(job, failure("The gradient is not finite.")));
    assert!(posted(&commands, is_lesson).is_none());
    let message = &state.lesson_failure().unwrap().message;
    assert!(message.contains("not finite") && state.notice.is_none());
    assert!(posted(&act(&mut state, LessonAction::Retry), is_lesson).is_some());
}

#[test]
fn a_worker_that_dies_of_it_is_not_asked_again() {
    let mut state = finished();
    show(&mut state, LessonStep::Copies);
    state.update(A::WorkerLost {
        worker: WorkerKind::Cpu,
        message: "out of memory".to_owned(),
    });
    assert!(state.lesson.stopped);
    assert_eq!(state.lesson.step, Some(LessonStep::Copies));
}

#[test]
fn another_method_on_show_stays_on_show() {
    let mut state = finished();
    state.methods.push(named("gradient"));
    let commands = state.update(A::ChooseMethod("gradient".to_owned()));
    let (job, _) = posted(&commands, is_explain).unwrap();
    finish(&mut state, job, 1);
    state.update(A::ChooseTarget(2));
    let run = state.run.clone().unwrap();
    finish(&mut state, run.job, 1);
    let large = state.map.clone();

    // Of this class there is no map of the taught method yet: it comes first, beside the large one.
    let commands = show(&mut state, LessonStep::Photo);
    let (job, body) = posted(&commands, is_explain).unwrap();
    assert_eq!(explain_request(body).method, TAUGHT);
    let mut own = plane();
    own.method = TAUGHT.to_owned();
    state.update(cpu(job, Event::Map(own)));
    state.update(cpu(job, rcap(2)));
    let commands = state.update(done(job));
    assert!(posted(&commands, is_lesson).is_some());
    assert_eq!((&state.map, state.method.as_str()), (&large, "gradient"));
}

#[test]
fn the_comparison_gives_way_and_goes_on_after() {
    let mut state = finished();
    state.methods.push(named("gradient"));
    let commands = state.update(A::AddMethods(vec!["gradient".to_owned()]));
    assert!(posted(&commands, is_explain).is_some());
    let commands = show(&mut state, LessonStep::Copies);
    assert!(posted(&commands, is_cancel).is_some());
    let (job, _) = posted(&commands, is_lesson).unwrap();
    state.update(cpu(job, report()));
    let commands = state.update(done(job));
    let (_, body) = posted(&commands, is_explain).unwrap();
    assert_eq!(explain_request(body).method, "gradient");
}

#[test]
fn the_exercise_follows_its_seed_and_keeps_its_first_answer() {
    let mut state = taught();
    let order = |state: &State| state.candidates().unwrap().map(|shown| shown.candidate);
    let first = order(&state);
    assert_eq!(first, order(&state));
    for shown in state.candidates().unwrap() {
        let expected = match shown.candidate {
            Candidate::Real => 0.25,
            Candidate::Reversed => 0.1,
            Candidate::Random => 0.05,
        };
        assert_eq!(shown.rcap, expected);
    }
    act(&mut state, LessonAction::Pick(1));
    act(&mut state, LessonAction::Pick(2));
    assert_eq!(state.lesson.picked, Some(1));
    let mut orders = vec![first];
    for _ in 0..30 {
        act(&mut state, LessonAction::Shuffle);
        assert_eq!(state.lesson.picked, None);
        if !orders.contains(&order(&state)) {
            orders.push(order(&state));
        }
    }
    assert!(orders.len() > 3, "{orders:?}");
}
