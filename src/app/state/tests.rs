use super::{Action as A, *};
use crate::protocol::{
    Answer, ChannelOrder, Event, Failure, FailureKind, ParameterDescription, ParameterKind, Pixels,
    Preprocessing, RequestBody, ResizeRule, Stage,
};

fn method() -> MethodDescription {
    let parameter = |name: &str, kind, free| ParameterDescription {
        name: name.to_owned(),
        label: name.to_owned(),
        meaning: String::new(),
        unit: String::new(),
        kind,
        free,
    };
    MethodDescription {
        id: DEFAULT_METHOD.to_owned(),
        label: "Guided AbsoluteGrad".to_owned(),
        summary: String::new(),
        citation: String::new(),
        cost: String::new(),
        parameters: vec![
            parameter(
                "samples",
                ParameterKind::Integer {
                    min: 2,
                    max: 200,
                    default: 20,
                },
                false,
            ),
            parameter(
                "percentile",
                ParameterKind::Real {
                    min: 0.0,
                    max: 100.0,
                    default: 85.0,
                    step: 1.0,
                },
                true,
            ),
        ],
    }
}

fn model() -> ModelCard {
    ModelCard {
        name: "m".to_owned(),
        producer: String::new(),
        opset: 13,
        input_name: "x".to_owned(),
        input_shape: Vec::new(),
        classes: 3,
        parameters: 1,
        size_bytes: 1,
        operators: Vec::new(),
        preprocessing: Preprocessing {
            height_px: 2,
            width_px: 2,
            resize: ResizeRule::Squash,
            mean_px: [0.0; 3],
            std_px: [1.0; 3],
            channels: ChannelOrder::Rgb,
        },
        preprocessing_source: String::new(),
        labels: "three".to_owned(),
    }
}

fn image(name: &str) -> ImageCard {
    let pixels = Pixels {
        width: 2,
        height: 2,
        rgba: vec![255; 16],
    };
    ImageCard {
        name: name.to_owned(),
        format: "PNG".to_owned(),
        source_width_px: 2,
        source_height_px: 2,
        crop_px: [0.0, 0.0, 2.0, 2.0],
        notes: Vec::new(),
        model_view: pixels.clone(),
        overview: pixels,
    }
}

fn map(state: &State, done: usize) -> Event {
    Event::Map(MapReport {
        method: state.method.clone(),
        target: state.target.unwrap_or_default(),
        height: 2,
        width: 2,
        values: vec![0.0, 0.5, 0.5, 1.0],
        raw_min: 0.0,
        raw_max: 1.0,
        constant: false,
        samples_done: done,
        samples_total: 20,
    })
}

fn rcap(target: usize) -> Event {
    Event::Rcap(Box::new(RcapReport {
        target,
        settings: RcapSettings::default(),
        score: 0.25,
        original_probability: 0.5,
        original_logit: 1.0,
        steps: Vec::new(),
        recovered: Vec::new(),
    }))
}

fn failure(message: &str) -> Event {
    Event::Failed(Failure {
        stage: Stage::Image,
        kind: FailureKind::Image,
        message: message.to_owned(),
        hint: String::new(),
    })
}

fn sample(title: &str) -> Sample {
    Sample {
        file: "a.jpg".to_owned(),
        thumbnail: String::new(),
        title: title.to_owned(),
        licence: "CC0".to_owned(),
        source: "somebody".to_owned(),
    }
}

fn from(worker: WorkerKind, job: JobId, event: Event) -> Action {
    A::Answered {
        worker,
        answer: Box::new(Answer { job, event }),
    }
}

fn cpu(job: JobId, event: Event) -> Action {
    from(WorkerKind::Cpu, job, event)
}

/// The newest request of a kind among commands.
fn posted(commands: &[Command], wanted: fn(&RequestBody) -> bool) -> Option<(JobId, RequestBody)> {
    commands.iter().rev().find_map(|command| match command {
        Command::Post { request, .. } if wanted(&request.body) => {
            Some((request.job, request.body.clone()))
        }
        _ => None,
    })
}

fn is_explain(body: &RequestBody) -> bool {
    matches!(body, RequestBody::Explain(_))
}

fn is_image(body: &RequestBody) -> bool {
    matches!(body, RequestBody::OpenImage { .. })
}

fn is_model(body: &RequestBody) -> bool {
    matches!(body, RequestBody::OpenModel { .. })
}

fn is_cancel(body: &RequestBody) -> bool {
    matches!(body, RequestBody::Cancel)
}

fn settled(commands: &[Command]) -> Action {
    commands
        .iter()
        .rev()
        .find_map(|command| match command {
            Command::Wait { timer, .. } => Some(A::Elapsed(*timer)),
            _ => None,
        })
        .unwrap()
}

/// A page whose first explanation is under way, and that explanation's job.
fn explaining() -> (State, JobId) {
    let mut state = State::default();
    state.update(A::Start);
    state.update(A::Samples(vec![sample("cat"), sample("dog")]));
    let commands = state.update(cpu(0, Event::Methods(vec![method()])));
    let (model_job, _) = posted(&commands, is_model).unwrap();
    let (image_job, _) = posted(&commands, is_image).unwrap();
    state.update(cpu(model_job, Event::ModelReady(Box::new(model()))));
    state.update(cpu(image_job, Event::ImageReady(Box::new(image("cat")))));
    let answer = Classification::from_logits(vec![0.0, 2.0, 1.0]);
    let commands = state.update(cpu(image_job, Event::Classified(answer)));
    let (job, _) = posted(&commands, is_explain).unwrap();
    (state, job)
}

fn finish(state: &mut State, job: JobId, gradients: usize) -> Vec<Command> {
    let target = state.target.unwrap();
    let last = map(state, 20);
    let mut commands = state.update(cpu(job, last));
    commands.extend(state.update(cpu(job, rcap(target))));
    commands.extend(state.update(cpu(
        job,
        Event::Finished {
            times: Vec::new(),
            gradients,
        },
    )));
    commands
}

fn percentile(value: f64) -> Action {
    A::Set("percentile".to_owned(), Setting::Real(value))
}

fn explain_request(body: RequestBody) -> crate::protocol::ExplainRequest {
    match body {
        RequestBody::Explain(request) => request,
        other => panic!("{other:?} is not an explanation"),
    }
}

#[test]
fn opens_the_default_model_and_the_first_sample_and_explains_the_top_class() {
    let (state, job) = explaining();
    assert_eq!(state.target, Some(1));
    assert_eq!(state.run.as_ref().map(|run| run.job), Some(job));
    assert_eq!(state.model_choice, ModelChoice::default());
}

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

#[test]
fn a_worker_that_does_not_stop_is_ended_and_gets_everything_back() {
    let (mut state, job) = explaining();
    state.update(A::Cancel);
    let commands = state.update(A::Elapsed(Timer::CancelOverdue(job)));
    assert!(matches!(commands.as_slice(), [Command::StartWorker { .. }]));
    let commands = state.update(cpu(0, Event::Methods(vec![method()])));
    let (model_job, _) = posted(&commands, is_model).unwrap();
    let (image_job, _) = posted(&commands, is_image).unwrap();
    state.update(cpu(model_job, Event::ModelReady(Box::new(model()))));
    state.update(cpu(image_job, Event::ImageReady(Box::new(image("cat")))));
    let answer = Classification::from_logits(vec![0.0, 2.0, 1.0]);
    let commands = state.update(cpu(image_job, Event::Classified(answer)));
    assert_eq!(posted(&commands, is_explain), None, "it was stopped");
    assert_eq!(state.target, Some(1));
}

#[test]
fn a_crash_is_told_and_does_not_repeat_by_itself() {
    let (mut state, _) = explaining();
    let crash = Event::Crashed {
        message: "index out of bounds".to_owned(),
    };
    let commands = state.update(cpu(0, crash));
    assert!(matches!(commands.as_slice(), [Command::StartWorker { .. }]));
    assert!(
        state
            .notice
            .as_ref()
            .unwrap()
            .message
            .contains("index out of bounds")
    );
    assert!(state.halted && !state.is_busy());
}

#[test]
fn a_worker_that_keeps_dying_is_given_up() {
    let mut state = State::default();
    state.update(A::Start);
    let mut commands = Vec::new();
    for _ in 0..3 {
        commands = state.update(A::WorkerLost {
            worker: WorkerKind::Cpu,
            message: "gone".to_owned(),
        });
    }
    assert_eq!(commands, vec![Command::StopWorker(WorkerKind::Cpu)]);
    assert!(state.notice.is_some());
}

#[test]
fn a_bad_photo_loses_nothing() {
    let (mut state, job) = explaining();
    finish(&mut state, job, 20);
    let before = (state.image.clone(), state.map.clone(), state.target);
    let commands = state.update(A::OpenFile(FileTicket {
        id: 7,
        name: "notes.png".to_owned(),
    }));
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
    let commands = state.update(A::OpenFile(FileTicket {
        id: 7,
        name: "notes.png".to_owned(),
    }));
    let (bad, _) = posted(&commands, is_image).unwrap();
    let commands = state.update(cpu(bad, failure("notes.png is not an image.")));
    assert!(posted(&commands, is_explain).is_some());
}

#[test]
fn models_go_by_their_ending() {
    let (mut state, _) = explaining();
    let commands = state.update(A::OpenFile(FileTicket {
        id: 7,
        name: "Net.ONNX".to_owned(),
    }));
    let (job, _) = posted(&commands, is_model).unwrap();
    state.update(cpu(job, Event::ModelReady(Box::new(model()))));
    assert_eq!(
        state.classification, None,
        "the old model's answer is not the new one's"
    );
    assert_eq!(state.model_choice.name, "Net.ONNX");
}

#[test]
fn the_gpu_takes_over_when_it_is_ready_and_nothing_runs() {
    let (mut state, job) = explaining();
    let commands = state.update(A::Adapter(Adapter::Hardware));
    assert!(matches!(
        commands.as_slice(),
        [Command::StartWorker {
            worker: WorkerKind::Gpu,
            ..
        }]
    ));
    let commands = state.update(from(WorkerKind::Gpu, 0, Event::Methods(vec![method()])));
    let (gpu_job, _) = posted(&commands, is_model).unwrap();
    state.update(from(
        WorkerKind::Gpu,
        gpu_job,
        Event::ModelReady(Box::new(model())),
    ));
    assert_eq!(state.workers.active, WorkerKind::Cpu, "a run is under way");
    let commands = finish(&mut state, job, 20);
    assert_eq!(state.workers.active, WorkerKind::Gpu);
    assert!(posted(&commands, is_image).is_some());
}

#[test]
fn a_software_gpu_is_used_only_when_asked_for() {
    let (mut state, _) = explaining();
    assert_eq!(state.update(A::Adapter(Adapter::Software)), Vec::new());
    let commands = state.update(A::ChooseDevice(DeviceChoice::WebGpu));
    assert!(matches!(
        commands.as_slice(),
        [Command::StartWorker {
            worker: WorkerKind::Gpu,
            ..
        }]
    ));
    let commands = state.update(A::WorkerLost {
        worker: WorkerKind::Gpu,
        message: "device lost".to_owned(),
    });
    assert!(commands.contains(&Command::StopWorker(WorkerKind::Gpu)));
    assert_eq!(state.device_choice, DeviceChoice::Cpu);
}

#[test]
fn a_gpu_that_fails_its_trial_is_named_and_left_alone() {
    let (mut state, job) = explaining();
    state.update(A::Adapter(Adapter::Hardware));
    let commands = state.update(from(WorkerKind::Gpu, 0, Event::Methods(vec![method()])));
    let (gpu_job, _) = posted(&commands, is_model).unwrap();
    let refused = DeviceReport {
        kind: crate::protocol::DeviceKind::HardwareGpu,
        name: "Old Card".to_owned(),
        rejected: Some("its gradients were all zero".to_owned()),
    };
    let commands = state.update(from(WorkerKind::Gpu, gpu_job, Event::Device(refused)));
    assert_eq!(commands, vec![Command::StopWorker(WorkerKind::Gpu)]);
    assert_eq!(state.rejected_devices.len(), 1);
    assert_eq!(finish(&mut state, job, 20), Vec::new());
    assert!(!state.is_busy() && state.rcap_current);
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
