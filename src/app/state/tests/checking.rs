//! The second opinion: asked, passed on, answered, stopped.

use super::*;
use crate::protocol::{
    CheckInput, CheckMaterial, CheckOutcome, CheckOutput, DeviceKind, Layout, ModelSource,
};

fn material() -> CheckMaterial {
    CheckMaterial {
        device: DeviceReport {
            kind: DeviceKind::Cpu,
            name: "CPU".to_owned(),
            rejected: None,
        },
        model: "m".to_owned(),
        input: CheckInput {
            name: "x".to_owned(),
            channels: 3,
            height: 2,
            width: 2,
            layout: Layout::Nchw,
            axes: 4,
            held: Vec::new(),
        },
        output: CheckOutput {
            value: "y".to_owned(),
            map: None,
            is_binary: false,
        },
        quantised: false,
        target: 1,
        image: vec![0.5; 12],
        logits: vec![1.0, 2.0, 3.0],
        gradient: vec![0.25; 12],
    }
}

/// A page that has classified a photo and explained it, and the job of the check that it then asked for.
fn asked() -> (State, JobId) {
    let (mut state, job) = explaining();
    finish(&mut state, job, 20);
    assert!(state.can_check());
    let commands = state.update(A::Check(CheckAction::Start));
    let job = commands.iter().find_map(|command| match command {
        Command::Post { request, .. } => match request.body {
            RequestBody::CheckMaterial(target) => {
                assert_eq!(target, state.target);
                Some(request.job)
            }
            _ => None,
        },
        _ => None,
    });
    (state, job.unwrap())
}

fn from_checker(state: &mut State, job: JobId, event: Event) -> Vec<Command> {
    let answer = Box::new(Answer { job, event });
    state.update(A::Check(CheckAction::Answered(answer)))
}

fn outcome() -> CheckOutcome {
    CheckOutcome::NotRun {
        program: "tract".to_owned(),
        reason: "no".to_owned(),
    }
}

#[test]
fn a_check_goes_through_both_workers_and_ends_the_second() {
    let (mut state, job) = asked();
    assert!(state.is_checking() && !state.can_check());
    let commands = state.update(cpu(job, Event::CheckMaterial(Box::new(material()))));
    assert!(commands.contains(&Command::StartChecker));
    let commands = from_checker(&mut state, 0, Event::ReadyToCheck);
    let [Command::PostCheck { order, attachment }] = commands.as_slice() else {
        panic!("{commands:?}");
    };
    assert!(matches!(order.source, ModelSource::Url(_)));
    let Attachment::Check { values, files } = attachment else {
        panic!("{attachment:?}");
    };
    assert_eq!((values.len(), files.len()), (12 + 3 + 12, 0));
    let progress = Progress {
        stage: Stage::Measure,
        done: 3,
        total: 9,
        elapsed_ms: 1.0,
    };
    from_checker(&mut state, job, Event::Progress(progress));
    assert_eq!(state.check_progress(), Some((3, 9)));
    let commands = from_checker(&mut state, job, Event::Checked(Box::new(outcome())));
    assert_eq!(commands, [Command::StopChecker]);
    assert_eq!(state.check_answer(), Some(&CheckAnswer::Outcome(outcome())));
    assert!(state.can_check());
}

#[test]
fn an_answer_is_about_one_model_and_image() {
    let (mut state, job) = asked();
    state.update(cpu(job, Event::CheckMaterial(Box::new(material()))));
    from_checker(&mut state, job, Event::Checked(Box::new(outcome())));
    state.image_generation += 1;
    assert_eq!(state.check_answer(), None);
    state.image_generation -= 1;
    state.model_generation += 1;
    assert_eq!(state.check_answer(), None);
}

#[test]
fn a_check_of_what_is_gone_is_ended() {
    let (mut state, _) = asked();
    state.model_generation += 1;
    assert_eq!(state.update(A::Dismiss), [Command::StopChecker]);
    assert!(!state.is_checking());
}

#[test]
fn a_check_can_be_stopped_and_can_die() {
    let (mut state, _) = asked();
    assert_eq!(
        state.update(A::Check(CheckAction::Stop)),
        [Command::StopChecker]
    );
    assert_eq!(state.check_answer(), None);

    let (mut state, job) = asked();
    state.update(cpu(job, Event::CheckMaterial(Box::new(material()))));
    let crashed = Event::Crashed {
        message: "unreachable".to_owned(),
    };
    from_checker(&mut state, 0, crashed);
    let ended = CheckAnswer::Ended("unreachable".to_owned());
    assert_eq!(state.check_answer(), Some(&ended));
    // The engine goes on.
    assert!(state.workers.can_ask());
}
