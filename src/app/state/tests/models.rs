//! What is known, chosen and remembered about models.

use super::*;
use crate::protocol::{ModelPorts, PortCard};

fn hashed(sha256: &str) -> ModelCard {
    ModelCard {
        sha256: sha256.to_owned(),
        ..model()
    }
}

fn done() -> Event {
    Event::Finished {
        times: Vec::new(),
        gradients: 0,
    }
}

fn is_feeding(body: &RequestBody) -> bool {
    matches!(body, RequestBody::SetPreprocessing(_))
}

fn file(name: &str) -> FileTicket {
    ticket(name, 9)
}

fn open(state: &mut State, name: &str, card: ModelCard) -> Vec<Command> {
    let commands = state.update(A::OpenFiles(vec![file(name)]));
    let (job, _) = posted(&commands, is_model).unwrap();
    state.update(cpu(job, Event::ModelReady(Box::new(card))))
}

#[test]
fn another_preprocessing_is_remembered_and_starts_over() {
    let (mut state, job) = explaining();
    finish(&mut state, job, 20);
    open(&mut state, "own.onnx", hashed("ab"));
    let chosen = Preprocessing::preset("tf").unwrap();
    let commands = state.update(A::SetPreprocessing(Some(chosen.clone())));
    let (job, _) = posted(&commands, is_feeding).unwrap();
    let card = ModelCard {
        preprocessing: chosen.clone(),
        ..hashed("ab")
    };
    state.update(cpu(job, Event::ModelReady(Box::new(card))));
    state.update(cpu(job, Event::ImageReady(Box::new(image("cat")))));
    let answer = Classification::from_logits(vec![0.0, 2.0, 1.0]);
    let commands = state.update(cpu(job, Event::Classified(answer)));
    assert!(posted(&commands, is_explain).is_some());
    let commands = state.update(cpu(job, done()));
    assert!(
        commands
            .iter()
            .any(|command| matches!(command, Command::Remember(json) if json.contains("ab")))
    );

    // The same file on another visit.
    let memory = state.memory.clone();
    let (mut state, _) = explaining();
    state.update(A::Remember(memory));
    let commands = open(&mut state, "own.onnx", hashed("ab"));
    let (job, body) = posted(&commands, is_feeding).unwrap();
    assert_eq!(body, RequestBody::SetPreprocessing(Some(chosen)));
    state.update(cpu(job, done()));

    // Back to the model's own, which is not overruled by the memory of the other.
    let (job, _) = posted(&state.update(A::SetPreprocessing(None)), is_feeding).unwrap();
    let commands = state.update(cpu(job, Event::ModelReady(Box::new(hashed("ab")))));
    assert_eq!(posted(&commands, is_feeding), None);
    state.update(cpu(job, done()));
    assert_eq!(state.memory.of("ab"), None);
}

#[test]
fn a_preprocessing_that_does_not_work_is_taken_back_and_not_remembered() {
    let (mut state, job) = explaining();
    finish(&mut state, job, 20);
    open(&mut state, "own.onnx", hashed("ab"));
    let commands = state.update(A::SetPreprocessing(Preprocessing::preset("tf")));
    let (job, _) = posted(&commands, is_feeding).unwrap();
    let commands = state.update(cpu(job, failure("The model takes 32 x 32 pixels.")));
    let (_, body) = posted(&commands, is_feeding).unwrap();
    assert_eq!(body, RequestBody::SetPreprocessing(None));
    assert!(state.notice.is_some());
    assert_eq!(state.memory.of("ab"), None);
}

#[test]
fn dropped_names_are_used_where_there_are_as_many_as_classes() {
    let (mut state, _) = explaining();
    open(&mut state, "own.onnx", hashed("ab"));
    let commands = state.update(A::OpenFiles(vec![file("names.txt")]));
    assert_eq!(commands, [Command::ReadText(file("names.txt"))]);
    state.update(A::TextRead(
        file("names.txt"),
        "cat\ndog\nbird\n".to_owned(),
    ));
    assert_eq!(state.class_name(2), "bird");
    assert_eq!(state.memory.of("ab").unwrap().own_labels.len(), 3);

    state.update(A::TextRead(file("two.txt"), "cat\ndog\n".to_owned()));
    assert_eq!(state.class_name(2), "bird", "two names are not three");
    assert!(state.notice.is_some());

    state.update(A::ChooseLabels("indices".to_owned()));
    assert_eq!(state.class_name(2), "class 2");
}

#[test]
fn a_refused_model_says_why_and_what_can_be_chosen() {
    let (mut state, job) = explaining();
    finish(&mut state, job, 20);
    let before = state.map.clone();
    let commands = state.update(A::OpenFiles(vec![file("two-inputs.onnx")]));
    let (job, _) = posted(&commands, is_model).unwrap();
    let port = |name: &str| PortCard {
        name: name.to_owned(),
        shape: Vec::new(),
        element_type: String::new(),
        refusal: String::new(),
    };
    state.update(cpu(
        job,
        Event::ModelPorts(Box::new(ModelPorts {
            inner: Vec::new(),
            inputs: vec![port("image"), port("other")],
            outputs: Vec::new(),
        })),
    ));
    let node = UnsupportedNode {
        node: "n".to_owned(),
        op: "NonMaxSuppression".to_owned(),
        opset: 17,
        reason: "it has no gradient".to_owned(),
    };
    state.update(cpu(job, Event::UnsupportedNodes(vec![node.clone()])));
    state.update(cpu(job, failure("The model has two inputs.")));
    let refused = state.refused_model.clone().unwrap();
    assert_eq!(refused.failure.message, "The model has two inputs.");
    assert_eq!(refused.nodes, [node]);
    assert_eq!(refused.ports.unwrap().inputs.len(), 2);
    assert_eq!(state.map, before, "what was open still is");

    let mut options = state.model_options().clone();
    options.input = Some("image".to_owned());
    let commands = state.update(A::SetModelOptions(options));
    let (job, body) = posted(&commands, is_model).unwrap();
    assert!(matches!(body, RequestBody::OpenModel { name, .. } if name == "two-inputs.onnx"));
    state.update(cpu(job, Event::ModelReady(Box::new(hashed("cd")))));
    assert_eq!(state.refused_model, None);
    assert_eq!(state.model_choice.options.input.as_deref(), Some("image"));
}
