//! Many images: one after another, beside everything else, stopped, resumed, saved and taken over.

use super::*;
use crate::{
    app::batch_table::{Found, Line, averages, csv},
    protocol::{Direction, Score, ScoreDescription, StudyRequest, StudyRow},
};

fn measure(id: &str, needs_mask: bool) -> MeasureOffer {
    let mut offer = offer(id, needs_mask);
    offer.forward_passes = 6;
    offer.description.scores.push(ScoreDescription {
        id: id.to_owned(),
        label: id.to_owned(),
        summary: String::new(),
        direction: Direction::HigherIsBetter,
        lowest: None,
        highest: None,
    });
    offer
}

fn folder(names: &[&str]) -> Vec<BatchFile> {
    let files = names.iter().enumerate();
    files
        .map(|(id, name)| BatchFile {
            ticket: FileTicket {
                id: id as u64,
                name: (*name).to_owned(),
                bytes: 10,
            },
            bytes: 10,
        })
        .collect()
}

fn batch(action: BatchAction) -> Action {
    A::Batch(action)
}

/// An idle page with two methods, two measures and a folder of three images, one of them with a mask.
fn given() -> State {
    let (mut state, job) = explaining();
    state.methods.push(MethodDescription {
        id: "gradient".to_owned(),
        parameters: Vec::new(),
        ..method()
    });
    state.measures = vec![measure("rcap", false), measure("localisation", true)];
    finish(&mut state, job, 20);
    let files = folder(&["a.png", "b.png", "c.png", "masks/b.png", "notes.txt"]);
    state.update(batch(BatchAction::Images(files)));
    state.update(batch(BatchAction::ToggleMethod("gradient".to_owned())));
    state.update(batch(BatchAction::ToggleMeasure("localisation".to_owned())));
    state
}

fn is_study(body: &RequestBody) -> bool {
    matches!(body, RequestBody::StudyImage { .. })
}

fn asked(commands: &[Command]) -> Option<(JobId, StudyRequest)> {
    match posted(commands, is_study)? {
        (job, RequestBody::StudyImage { study, .. }) => Some((job, *study)),
        _ => None,
    }
}

fn row(study: &StudyRequest, method: usize, value: f64) -> StudyRow {
    let scores = study.measures.iter().map(|measure| Score {
        id: measure.id.clone(),
        value,
    });
    StudyRow {
        image: study.name.clone(),
        method: study.methods[method].label.clone(),
        target: 1,
        probability: 0.5,
        gradients: 20,
        seconds: 1.0,
        note: None,
        scores: scores.collect(),
        failure: None,
    }
}

fn tell(state: &mut State, job: JobId, row: StudyRow) {
    state.update(cpu(job, Event::StudyRow(Box::new(row))));
}

fn end(state: &mut State, job: JobId) -> Vec<Command> {
    let times = vec![StageTime {
        stage: Stage::Explain,
        elapsed_ms: 2_000.0,
    }];
    let gradients = 21;
    state.update(cpu(job, Event::Finished { times, gradients }))
}

/// Answers one image with the same value for every score.
fn answer(state: &mut State, (job, study): (JobId, StudyRequest), value: f64) -> Vec<Command> {
    for method in 0..study.methods.len() {
        tell(state, job, row(&study, method, value));
    }
    end(state, job)
}

fn found(state: &State) -> Found {
    Found::of(&state.batch).unwrap()
}

fn names(state: &State) -> Vec<String> {
    found(state)
        .lines()
        .iter()
        .map(|line| match line {
            Line::Row(item, row) => format!("{} {}", row.image, item.id),
            Line::Failed(image, _) => format!("{image} failed"),
        })
        .collect()
}

#[test]
fn every_image_is_asked_for_once_and_the_photo_stays() {
    let mut state = given();
    let before = (state.map.clone(), state.image.clone(), state.target);
    assert_eq!(*state.batch.others, ["notes.txt"]);
    let commands = state.update(batch(BatchAction::Start));
    let (job, first) = asked(&commands).unwrap();
    assert_eq!(first.name, "a.png");
    let labels: Vec<&str> = first
        .methods
        .iter()
        .map(|item| item.label.as_str())
        .collect();
    assert_eq!(labels, [DEFAULT_METHOD, "gradient"]);
    assert_eq!(first.target, None, "its own likeliest class");
    assert_eq!(first.measures.len(), 1, "there is no mask for the other");
    let commands = answer(&mut state, (job, first), 0.2);
    let (job, second) = asked(&commands).unwrap();
    assert_eq!((second.name.as_str(), second.measures.len()), ("b.png", 2));
    let pair = commands.iter().any(|command| {
        matches!(command, Command::Post { attachment: Some(Attachment::Pair(pair)), .. }
            if pair[0].name == "b.png" && pair[1].name == "masks/b.png")
    });
    assert!(pair, "the mask travels with it");
    let commands = answer(&mut state, (job, second), 0.4);
    let third = asked(&commands).unwrap();
    let plan = state.batch.plan.clone().unwrap();
    let cost = state.batch_cost(&plan);
    assert_eq!(
        (cost.images, cost.seconds),
        (1, Some(2.0)),
        "at the pace so far"
    );
    let commands = answer(&mut state, third, 0.6);
    assert_eq!(asked(&commands), None);
    assert_eq!(state.batch.phase, BatchPhase::Idle);
    assert_eq!(
        (state.map.clone(), state.image.clone(), state.target),
        before
    );
    let averages = averages(&found(&state), str::to_owned, true);
    assert_eq!(averages.images, [3, 1]);
    let rcap = averages.means[0][0].unwrap();
    assert!((rcap.value - 0.4).abs() < 1e-12 && rcap.interval.is_some());
}

#[test]
fn a_failed_image_or_method_is_a_row_and_no_end() {
    let mut state = given();
    let commands = state.update(batch(BatchAction::Start));
    let (job, _) = asked(&commands).unwrap();
    let commands = state.update(cpu(job, failure("It is no picture.")));
    let (job, second) = asked(&commands).unwrap();
    let Event::Failed(reason) = failure("The gradient is not finite.") else {
        panic!("a failure is a failure");
    };
    let mut failed = row(&second, 0, 0.0);
    (failed.scores, failed.failure) = (Vec::new(), Some(reason));
    tell(&mut state, job, failed);
    tell(&mut state, job, row(&second, 1, 0.4));
    let commands = end(&mut state, job);
    answer(&mut state, asked(&commands).unwrap(), 0.6);
    assert_eq!(state.batch.phase, BatchPhase::Idle);
    assert_eq!(state.notice, None);
    let expected = [
        "a.png failed",
        "b.png guided-absolute-grad",
        "b.png gradient",
        "c.png guided-absolute-grad",
        "c.png gradient",
    ];
    assert_eq!(names(&state), expected);
    let text = csv(&found(&state));
    assert!(text.contains("a.png,,,,,,It is no picture.,"), "{text}");
    assert!(text.contains("The gradient is not finite."), "{text}");
    // Tried again: the image as a whole, and the method alone.
    let commands = state.update(batch(BatchAction::Retry));
    let (job, again) = asked(&commands).unwrap();
    assert_eq!((again.name.as_str(), again.methods.len()), ("a.png", 2));
    let commands = answer(&mut state, (job, again), 0.2);
    let (_, again) = asked(&commands).unwrap();
    assert_eq!((again.name.as_str(), again.methods.len()), ("b.png", 1));
}

#[test]
fn it_stops_at_once_and_goes_on_where_it_stopped() {
    let mut state = given();
    let commands = state.update(batch(BatchAction::Start));
    let (job, first) = asked(&commands).unwrap();
    tell(&mut state, job, row(&first, 0, 0.2));
    let commands = state.update(batch(BatchAction::Stop));
    assert_eq!(posted(&commands, is_cancel).unwrap().0, job);
    assert_eq!(state.batch.phase, BatchPhase::Stopping);
    let commands = state.update(cpu(job, Event::Cancelled));
    assert_eq!(
        (asked(&commands), state.batch.phase),
        (None, BatchPhase::Idle)
    );
    let commands = state.update(batch(BatchAction::Start));
    let (_, rest) = asked(&commands).unwrap();
    assert_eq!(rest.name, "a.png");
    assert_eq!(
        rest.methods.len(),
        1,
        "what was measured is not measured again"
    );
    assert_eq!(rest.methods[0].id, "gradient");
}

#[test]
fn it_gives_way_to_the_photo_and_takes_up_again() {
    let mut state = given();
    let commands = state.update(batch(BatchAction::Start));
    let (job, _) = asked(&commands).unwrap();
    let commands = state.update(A::ChooseTarget(2));
    assert_eq!(posted(&commands, is_cancel).unwrap().0, job);
    assert_eq!(asked(&commands), None, "the photo comes first");
    let (explained, _) = posted(&commands, is_explain).unwrap();
    assert_eq!(state.batch.phase, BatchPhase::Running);
    let commands = state.update(cpu(job, Event::Cancelled));
    assert_eq!(asked(&commands), None);
    let commands = finish(&mut state, explained, 20);
    assert_eq!(asked(&commands).unwrap().1.name, "a.png");
}

#[test]
fn other_settings_are_other_rows_and_the_first_ones_are_kept() {
    let mut state = given();
    let run_all = |state: &mut State| {
        let mut commands = state.update(batch(BatchAction::Start));
        let mut asked_for = 0;
        while let Some(next) = asked(&commands) {
            asked_for += next.1.methods.len();
            commands = answer(state, next, 0.5);
        }
        asked_for
    };
    assert_eq!(run_all(&mut state), 6);
    assert_eq!(run_all(&mut state), 0);
    // Fewer measures are all there; a method with another setting is not.
    state.update(batch(BatchAction::ToggleMeasure("localisation".to_owned())));
    assert_eq!(run_all(&mut state), 0);
    state.update(batch(BatchAction::ToggleMeasure("localisation".to_owned())));
    state
        .values
        .insert("percentile".to_owned(), Setting::Real(75.0));
    assert_eq!(run_all(&mut state), 3);
    let plan = state.batch.plan.clone().unwrap();
    assert_eq!(
        plan.methods[0].0.label,
        "guided-absolute-grad:percentile=75"
    );
    state.values.clear();
    assert_eq!(run_all(&mut state), 0, "the first ones were kept");
    // Another language is no other setting.
    state.offered.1 = vec![measure("rcap", false), measure("localisation", true)];
    state.offered.1[0].description.label = "Anders".to_owned();
    state.update(A::LanguageChanged);
    let plan = state.batch.plan.as_deref().cloned();
    assert_eq!(plan, state.batch_plan());
    assert_eq!(plan.unwrap().measures[0].label, "Anders");
    // One class for all.
    state.update(batch(BatchAction::ChosenClass(true)));
    assert_eq!(run_all(&mut state), 6);
}

#[test]
fn a_saved_table_is_gone_on_with() {
    let mut state = given();
    let commands = state.update(batch(BatchAction::Start));
    let commands = answer(&mut state, asked(&commands).unwrap(), 0.125);
    answer(&mut state, asked(&commands).unwrap(), 0.25);
    let text = csv(&found(&state));
    let first = text.lines().next().unwrap();
    assert_eq!(
        first,
        "image,method,target,probability,gradients,seconds,note,rcap,localisation,model,model_sha256,settings"
    );
    let file = ticket("results.csv", 99);
    let mut another = given();
    another.update(A::TextRead(file.clone(), text.clone()));
    let commands = another.update(batch(BatchAction::Start));
    assert_eq!(asked(&commands).unwrap().1.name, "c.png");
    answer(&mut another, asked(&commands).unwrap(), 0.5);
    let whole = csv(&found(&another));
    let rows: Vec<&str> = whole.lines().collect();
    assert_eq!(
        rows[..5],
        text.lines().take(5).collect::<Vec<_>>(),
        "to the letter"
    );
    // Of another model nothing is taken for this one's.
    let mut other = given();
    other.update(A::TextRead(file, text.replace(",m,,", ",m,other,")));
    let commands = other.update(batch(BatchAction::Start));
    assert_eq!(asked(&commands).unwrap().1.name, "a.png");
}

#[test]
fn another_model_stops_it_and_a_lost_worker_costs_one_image() {
    let mut state = given();
    let commands = state.update(batch(BatchAction::Start));
    let (job, _) = asked(&commands).unwrap();
    let lost = A::WorkerLost {
        worker: WorkerKind::Cpu,
        message: "out of memory".to_owned(),
    };
    state.update(lost);
    assert_eq!(
        state.batch.failures.get("a.png").map(String::as_str),
        Some("out of memory")
    );
    assert!(!state.is_batch_job(job));
    assert_eq!(
        state.batch.phase,
        BatchPhase::Running,
        "it goes on once there is a worker"
    );

    let mut state = given();
    state.update(batch(BatchAction::Start));
    let commands = state.update(A::OpenFiles(vec![ticket("other.onnx", 7)]));
    let (job, _) = posted(&commands, is_model).unwrap();
    assert!(posted(&commands, is_cancel).is_some());
    let commands = state.update(cpu(job, Event::ModelReady(Box::new(model()))));
    assert_eq!(
        (asked(&commands), state.batch.phase),
        (None, BatchPhase::Idle)
    );
    assert!(state.notice.is_some());
}
