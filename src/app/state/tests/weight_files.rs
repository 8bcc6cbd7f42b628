//! A model whose weights are in files of their own.

use super::*;

fn opened_with(commands: &[Command]) -> Option<(JobId, Vec<String>)> {
    commands.iter().rev().find_map(|command| match command {
        Command::Post {
            request,
            attachment,
            ..
        } if is_model(&request.body) => {
            let names = match attachment {
                Some(Attachment::Files(files)) => files.iter().map(|f| f.name.clone()).collect(),
                Some(Attachment::File(file)) => vec![file.name.clone()],
                _ => Vec::new(),
            };
            Some((request.job, names))
        }
        _ => None,
    })
}

fn refuse(state: &mut State, job: JobId) -> Vec<Command> {
    let missing = vec!["weights/m.onnx.data".to_owned()];
    let mut commands = state.update(cpu(job, Event::ModelFilesMissing(missing)));
    commands.extend(state.update(cpu(job, failure("missing"))));
    commands
}

#[test]
fn dropped_together_they_are_opened_together_in_either_order() {
    for names in [
        ["m.onnx", "m.onnx.data"],
        ["m.onnx.data", "m.onnx"],
        ["onnx__Conv_1", "m.onnx"],
    ] {
        let mut state = explaining().0;
        let files = names.iter().zip(7..).map(|(name, id)| ticket(name, id));
        let commands = state.update(A::OpenFiles(files.collect()));
        let (_, opened) = opened_with(&commands).unwrap();
        assert_eq!(opened.len(), 2, "{names:?}");
        assert_eq!(opened[0], "m.onnx");
    }
}

#[test]
fn weights_first_wait_for_their_model() {
    let mut state = explaining().0;
    let commands = state.update(A::OpenFiles(vec![ticket("m.onnx.data", 7)]));
    assert!(opened_with(&commands).is_none());
    assert!(
        state
            .notice
            .as_ref()
            .is_some_and(|notice| notice.message.contains("m.onnx.data"))
    );
    let commands = state.update(A::OpenFiles(vec![ticket("m.onnx", 8)]));
    assert_eq!(opened_with(&commands).unwrap().1, ["m.onnx", "m.onnx.data"]);
    assert!(state.notice.is_none());
}

#[test]
fn weights_after_a_refusal_open_the_model_again() {
    let mut state = explaining().0;
    let commands = state.update(A::OpenFiles(vec![ticket("m.onnx", 7)]));
    let (job, _) = opened_with(&commands).unwrap();
    let commands = refuse(&mut state, job);
    assert!(opened_with(&commands).is_none());
    assert_eq!(
        state.refused_model.as_ref().unwrap().missing,
        ["weights/m.onnx.data"]
    );
    let commands = state.update(A::OpenFiles(vec![ticket("m.onnx.data", 8)]));
    let (job, opened) = opened_with(&commands).unwrap();
    assert_eq!(opened, ["m.onnx", "m.onnx.data"]);
    // Refused once more, it is not tried for ever.
    assert!(opened_with(&refuse(&mut state, job)).is_none());
}

#[test]
fn weights_that_come_while_the_model_is_read_are_not_lost() {
    let mut state = explaining().0;
    let commands = state.update(A::OpenFiles(vec![ticket("m.onnx", 7)]));
    let (job, _) = opened_with(&commands).unwrap();
    let commands = state.update(A::OpenFiles(vec![ticket("m.onnx.data", 8)]));
    assert!(opened_with(&commands).is_none());
    let commands = refuse(&mut state, job);
    assert_eq!(opened_with(&commands).unwrap().1, ["m.onnx", "m.onnx.data"]);
}

#[test]
fn a_model_and_a_photo_are_both_opened_in_either_order() {
    for names in [["m.onnx", "cat.png"], ["cat.png", "m.onnx"]] {
        let mut state = explaining().0;
        let files = names.iter().zip(7..).map(|(name, id)| ticket(name, id));
        let commands = state.update(A::OpenFiles(files.collect()));
        let posted: Vec<_> = commands
            .iter()
            .filter_map(|command| match command {
                Command::Post { request, .. } => Some(is_model(&request.body)),
                _ => None,
            })
            .collect();
        assert_eq!(opened_with(&commands).unwrap().1, ["m.onnx"], "{names:?}");
        assert!(posted.contains(&false), "the photo too: {commands:?}");
    }
}
