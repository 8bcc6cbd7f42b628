//! Opening photos and models, good and bad.

use super::*;

#[test]
fn opens_the_default_model_and_the_first_sample_and_explains_the_top_class() {
    let (state, job) = explaining();
    assert_eq!(state.target, Some(1));
    assert_eq!(state.run.as_ref().map(|run| run.job), Some(job));
    assert_eq!(state.model_choice, ModelChoice::default());
}

#[test]
fn a_bad_photo_loses_nothing() {
    let (mut state, job) = explaining();
    finish(&mut state, job, 20);
    let before = (state.image.clone(), state.map.clone(), state.target);
    let commands = state.update(A::OpenFiles(vec![ticket("notes.png", 7)]));
    let (bad, _) = posted(&commands, is_image).unwrap();
    state.update(cpu(bad, failure("notes.png is not an image.")));
    assert_eq!(
        (state.image.clone(), state.map.clone(), state.target),
        before
    );
    assert_eq!(
        state.notice.as_ref().unwrap().message,
        "notes.png is not an image."
    );
    assert!(!state.is_busy());
}

#[test]
fn a_bad_photo_during_a_run_lets_the_run_start_again() {
    let (mut state, _) = explaining();
    let commands = state.update(A::OpenFiles(vec![ticket("notes.png", 7)]));
    let (bad, _) = posted(&commands, is_image).unwrap();
    let commands = state.update(cpu(bad, failure("notes.png is not an image.")));
    assert!(posted(&commands, is_explain).is_some());
}

#[test]
fn models_go_by_their_ending() {
    let (mut state, _) = explaining();
    let commands = state.update(A::OpenFiles(vec![ticket("Net.ONNX", 7)]));
    let (job, _) = posted(&commands, is_model).unwrap();
    state.update(cpu(job, Event::ModelReady(Box::new(model()))));
    assert_eq!(
        state.classification, None,
        "the old model's answer is not the new one's"
    );
    assert_eq!(state.model_choice.name, "Net.ONNX");
}

#[test]
fn finds_classes_by_the_beginning_of_a_word() {
    let mut labels = Labels::default();
    let names = ["tabby", "tiger cat", "catamaran", "bobcat"];
    labels.insert("set".to_owned(), names.map(str::to_owned).to_vec());
    assert_eq!(labels.search("set", 4, "cat", 8), vec![2, 1, 3]);
    assert_eq!(labels.search("set", 4, "3", 8), vec![3]);
    assert_eq!(labels.search("other", 4, "class 2", 8), vec![2]);
    assert_eq!(labels.search("set", 4, " ", 8), Vec::<usize>::new());
}

fn example() -> Example {
    let mut image = image("cat");
    image.model_view.rgba = (0..16).collect();
    Example {
        sample: "a.jpg".to_owned(),
        model_sha256: "ab".to_owned(),
        labels: "three".to_owned(),
        image,
        classification: Classification::from_logits(vec![0.0, 2.0, 1.0]),
        settings: State {
            methods: vec![method()],
            ..State::default()
        }
        .settings(),
        map: MapReport::finished(DEFAULT_METHOD, 1, [2, 2], vec![0.0, 0.5, 0.5, 1.0]),
        rcap: RcapReport {
            target: 1,
            settings: RcapSettings::default(),
            score: 0.25,
            original_probability: 0.5,
            original_logit: 1.0,
            steps: Vec::new(),
            recovered: Vec::new(),
        },
        device: "CPU".to_owned(),
        gradients: 20,
        times: Vec::new(),
    }
}

#[test]
fn a_finished_example_is_shown_at_once_and_not_computed_again() {
    let mut state = State::default();
    state.update(A::Start);
    state.update(A::ShowExample(Box::new(example())));
    assert!(state.map_is_current() && state.rcap_current);
    state.update(A::Samples(vec![sample("cat")]));
    let commands = state.update(cpu(0, Event::Methods(vec![method()])));
    let (model_job, _) = posted(&commands, is_model).unwrap();
    let (image_job, _) = posted(&commands, is_image).unwrap();
    let card = ModelCard {
        sha256: "ab".to_owned(),
        ..model()
    };
    state.update(cpu(model_job, Event::ModelReady(Box::new(card))));
    state.update(cpu(image_job, Event::ImageReady(Box::new(image("cat")))));
    assert!(state.map.is_some());
    let answer = Classification::from_logits(vec![0.0, 2.0, 1.0]);
    let commands = state.update(cpu(image_job, Event::Classified(answer)));
    assert!(posted(&commands, is_explain).is_none());
    assert!(state.rcap_current && state.prepared.is_some());
    // Another setting is computed as ever.
    state.update(percentile(50.0));
    let commands = state.update(A::Explain);
    assert!(posted(&commands, is_explain).is_some());
    assert_eq!(state.prepared, None);
}

#[test]
fn an_example_of_another_model_is_computed_anew() {
    let mut state = State::default();
    state.update(A::Start);
    state.update(A::ShowExample(Box::new(example())));
    state.update(A::Samples(vec![sample("cat")]));
    let commands = state.update(cpu(0, Event::Methods(vec![method()])));
    let (model_job, _) = posted(&commands, is_model).unwrap();
    let (image_job, _) = posted(&commands, is_image).unwrap();
    state.update(cpu(model_job, Event::ModelReady(Box::new(model()))));
    state.update(cpu(image_job, Event::ImageReady(Box::new(image("cat")))));
    let answer = Classification::from_logits(vec![0.0, 2.0, 1.0]);
    let commands = state.update(cpu(image_job, Event::Classified(answer)));
    assert!(posted(&commands, is_explain).is_some());
}
