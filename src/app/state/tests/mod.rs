//! The state driven from outside: actions in, commands out.

mod batch;
mod checking;
mod comparing;
mod explaining;
mod history;
mod lesson;
mod models;
mod opening;
mod randomising;
mod recomputing;
mod restoring;
mod strip;
mod weight_files;
mod workers;

use super::{Action as A, *};
use crate::protocol::{
    Answer, ChannelOrder, Event, Failure, FailureKind, FurtherChannels, MeasureDescription,
    ParameterDescription, ParameterKind, Pixels, Preprocessing, RequestBody, ResizeRule, Stage,
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
        citations: Vec::new(),
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

/// The same under another name.
fn named(id: &str) -> MethodDescription {
    MethodDescription {
        id: id.to_owned(),
        label: id.to_owned(),
        ..method()
    }
}

/// A measure without parameters and scores.
fn offer(id: &str, needs_mask: bool) -> MeasureOffer {
    MeasureOffer {
        description: MeasureDescription {
            id: id.to_owned(),
            label: id.to_owned(),
            summary: String::new(),
            citations: Vec::new(),
            cost: String::new(),
            needs_mask,
            parameters: Vec::new(),
            scores: Vec::new(),
        },
        forward_passes: 10,
        maps: 0,
    }
}

fn model() -> ModelCard {
    ModelCard {
        name: "m".to_owned(),
        classes: 3,
        preprocessing: Preprocessing {
            height_px: 2,
            width_px: 2,
            resize: ResizeRule::Squash,
            mean_px: vec![0.0; 3],
            std_px: vec![1.0; 3],
            channels: ChannelOrder::Rgb,
            further: FurtherChannels::default(),
        },
        labels: "three".to_owned(),
        ..ModelCard::default()
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
    let values = vec![0.0, 0.5, 0.5, 1.0];
    let target = state.target.unwrap_or_default();
    Event::Map(MapReport {
        samples_done: done,
        samples_total: 20,
        ..MapReport::finished(&state.method, target, [2, 2], values)
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

fn ticket(name: &str, id: u64) -> FileTicket {
    FileTicket {
        id,
        name: name.to_owned(),
        bytes: 10 * id,
    }
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
