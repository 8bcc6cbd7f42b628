//! One image of many gives the numbers of one that is opened, and leaves the open one as it is.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::fs;

use crate::recorder::Recorder;
use crate::small_engine::small_engine;
use crate::support::{block_on, root};
use gradlens::{
    engine::{Engine, Stopped},
    protocol::{
        Event, ExplainRequest, MaskSettings, Request, RequestBody, Setting, Settings, StudyItem,
        StudyMask, StudyRequest, StudyRow,
    },
};

fn photo(name: &str) -> Vec<u8> {
    fs::read(root().join(format!("static/samples/{name}.jpg"))).unwrap()
}

fn engine(host: &Recorder) -> Engine {
    small_engine(host, "tiny/tiny.onnx")
}

fn settings(percentile: f64) -> Settings {
    let mut settings = Settings::default();
    settings.set("samples", Setting::Integer(4));
    settings.set("percentile", Setting::Real(percentile));
    settings
}

fn item(id: &str, settings: Settings) -> StudyItem {
    StudyItem {
        label: format!("my {id}"),
        id: id.to_owned(),
        settings,
    }
}

fn study() -> StudyRequest {
    StudyRequest {
        name: "coffee".to_owned(),
        target: None,
        accept: None,
        methods: vec![
            item("guided-absolute-grad", settings(60.0)),
            item("gradient", Settings::default()),
        ],
        measures: vec![
            item("rcap", Settings::default()),
            item("localisation", Settings::default()),
        ],
        mask: Some(StudyMask {
            name: "rocket".to_owned(),
            settings: MaskSettings::default(),
        }),
    }
}

fn explain(engine: &mut Engine, host: &Recorder, percentile: f64) -> usize {
    let request = ExplainRequest {
        target: None,
        method: "guided-absolute-grad".to_owned(),
        settings: settings(percentile),
        rcap: None,
    };
    block_on(engine.explain(host, 3, &request))
        .unwrap()
        .gradients
}

fn rows(
    engine: &mut Engine,
    host: &Recorder,
    study: &StudyRequest,
    image: &[u8],
) -> (Vec<StudyRow>, Result<(), Stopped>) {
    let mut rows = Vec::new();
    let mask = photo("rocket");
    let mut on_row = |row| rows.push(row);
    let done = block_on(engine.study_image(host, 4, study, (image, &mask), &mut on_row));
    (rows, done.map(|_| ()))
}

#[test]
fn it_gives_what_opening_the_image_gives() {
    let host = Recorder::new();
    let mut engine = engine(&host);
    assert_eq!(explain(&mut engine, &host, 50.0), 4);
    let before = engine.photo().cloned();
    let (rows, done) = rows(&mut engine, &host, &study(), &photo("coffee"));
    done.unwrap();
    assert_eq!(engine.photo().cloned(), before);
    assert_eq!(
        explain(&mut engine, &host, 70.0),
        0,
        "its gradients are still there"
    );

    let methods: Vec<&str> = rows.iter().map(|row| row.method.as_str()).collect();
    assert_eq!(methods, ["my guided-absolute-grad", "my gradient"]);
    assert_eq!(
        rows.iter().map(|row| row.gradients).collect::<Vec<_>>(),
        [4, 1]
    );
    block_on(engine.open_image(&host, 5, "coffee", &photo("coffee"))).unwrap();
    engine
        .use_mask("rocket", &photo("rocket"), MaskSettings::default())
        .unwrap();
    let best = engine.photo().unwrap().classification.top(1)[0].clone();
    for (row, method) in rows.iter().zip(&study().methods) {
        let request = ExplainRequest {
            target: Some(best.class),
            method: method.id.clone(),
            settings: method.settings.clone(),
            rcap: None,
        };
        let found = block_on(engine.explain(&host, 6, &request)).unwrap();
        let mut scores = Vec::new();
        for measure in study().measures {
            let wanted = (measure.id.as_str(), &measure.settings);
            let report = engine.measure(&host, 6, &found.map.values, best.class, wanted);
            scores.extend(block_on(report).unwrap().scores);
        }
        assert_eq!(
            (row.target, row.probability),
            (best.class, best.probability)
        );
        assert_eq!(row.scores, scores);
        assert!(row.scores.len() > 10 && row.failure.is_none());
    }
}

#[test]
fn what_cannot_be_done_leaves_the_open_image_too() {
    let host = Recorder::new();
    let mut engine = engine(&host);
    let before = engine.photo().cloned();
    let (found, done) = rows(&mut engine, &host, &study(), b"no picture");
    assert!(found.is_empty() && matches!(done, Err(Stopped::Failed(_))));

    let wrong = StudyRequest {
        accept: Some(Vec::new()),
        ..study()
    };
    let (found, done) = rows(&mut engine, &host, &wrong, &photo("coffee"));
    let Err(Stopped::Failed(failure)) = done else {
        panic!("no class is right");
    };
    assert!(
        found.is_empty() && failure.message.contains("wrong"),
        "{failure}"
    );

    // A method that cannot be computed is a row; the next one follows.
    let mut impossible = study();
    impossible.methods[0].settings = settings(400.0);
    let (found, done) = rows(&mut engine, &host, &impossible, &photo("coffee"));
    done.unwrap();
    assert!(found[0].failure.is_some() && found[0].scores.is_empty());
    assert!(found[1].failure.is_none() && !found[1].scores.is_empty());

    host.cancel_after.set(Some(0));
    let (found, done) = rows(&mut engine, &host, &study(), &photo("coffee"));
    assert!(found.is_empty() && done == Err(Stopped::Cancelled));
    assert_eq!(engine.photo().cloned(), before);
}

#[test]
fn a_request_brings_rows_and_no_pictures() {
    let host = Recorder::new();
    let mut engine = engine(&host);
    host.events.borrow_mut().clear();
    let image = photo("coffee");
    let request = Request {
        job: 7,
        body: RequestBody::StudyImage {
            study: Box::new(study()),
            image_bytes: image.len() as u64,
        },
    };
    let both = [image, photo("rocket")].concat();
    block_on(engine.handle(&host, request, Some(both.into())));
    let events = host.events.borrow();
    let is_row = |event: &&Event| matches!(event, Event::StudyRow(_));
    assert_eq!(events.iter().filter(is_row).count(), 2);
    assert!(matches!(
        events.last(),
        Some(Event::Finished { gradients: 5, .. })
    ));
    for event in events.iter() {
        let expected = matches!(
            event,
            Event::StudyRow(_) | Event::Progress(_) | Event::Memory { .. } | Event::Finished { .. }
        );
        assert!(expected, "{event:?}");
    }
}
