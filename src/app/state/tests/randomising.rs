//! The randomisation check of the large map, and the parameters of measures.

use super::*;
use crate::protocol::{
    Curve, MeasureReport, RANDOMISATION, RANDOMISATION_CURVE, RandomisedMap, Settings,
};

fn offer() -> MeasureOffer {
    let parameter = |name: &str, kind| ParameterDescription {
        name: name.to_owned(),
        label: name.to_owned(),
        meaning: String::new(),
        unit: String::new(),
        kind,
        free: true,
    };
    MeasureOffer {
        description: MeasureDescription {
            id: RANDOMISATION.to_owned(),
            label: "Check".to_owned(),
            summary: String::new(),
            citations: Vec::new(),
            cost: String::new(),
            needs_mask: false,
            parameters: vec![
                parameter(
                    "groups",
                    ParameterKind::Integer {
                        min: 1,
                        max: 20,
                        default: 20,
                    },
                ),
                parameter(
                    "noise",
                    ParameterKind::Choice {
                        options: vec!["same".to_owned(), "fresh".to_owned()],
                    },
                ),
            ],
            scores: Vec::new(),
        },
        forward_passes: 0,
        maps: 20,
    }
}

/// A page with a finished map that can be checked.
fn finished() -> State {
    let (mut state, job) = explaining();
    state.measures = vec![offer()];
    finish(&mut state, job, 20);
    let layers = model();
    state.model = Some(Shared::new(ModelCard {
        weight_layers: 3,
        ..layers
    }));
    state
}

fn is_randomise(body: &RequestBody) -> bool {
    matches!(body, RequestBody::Randomise(_))
}

/// Starts the check; its job and its settings.
fn start(state: &mut State) -> (JobId, Settings) {
    let commands = state.update(A::Randomise);
    let sent_along = commands.iter().any(|command| {
        matches!(
            command,
            Command::Post {
                attachment: Some(Attachment::Map(_)),
                ..
            }
        )
    });
    assert!(sent_along, "the original map goes with it");
    match posted(&commands, is_randomise) {
        Some((job, RequestBody::Randomise(request))) => {
            assert_eq!(request.explain, {
                let mut request = state.run.as_ref().unwrap().request.clone();
                request.rcap = None;
                request
            });
            (job, request.settings)
        }
        other => panic!("{other:?}"),
    }
}

fn step(state: &mut State, job: JobId, step: usize, steps: usize) {
    let Event::Map(report) = map(state, 20) else {
        panic!("a map is a map");
    };
    state.update(cpu(
        job,
        Event::Randomised(Box::new(RandomisedMap {
            step,
            steps,
            layers: vec![format!("layer {step}")],
            spearman: 1.0 / step as f64,
            similarity: 0.5,
            map: report,
        })),
    ));
}

fn end(state: &mut State, job: JobId, rho: f64) -> Vec<Command> {
    let report = MeasureReport {
        measure: RANDOMISATION.to_owned(),
        target: 1,
        settings: Settings::default(),
        scores: Vec::new(),
        curves: vec![Curve {
            id: RANDOMISATION_CURVE.to_owned(),
            x_label: String::new(),
            y_label: String::new(),
            x: vec![1.0],
            y: vec![rho],
        }],
    };
    state.update(cpu(job, Event::Measured(Box::new(report))));
    state.update(cpu(
        job,
        Event::Finished {
            times: Vec::new(),
            gradients: 60,
        },
    ))
}

fn set(name: &str, value: Setting) -> Action {
    A::SetMeasure {
        measure: RANDOMISATION.to_owned(),
        name: name.to_owned(),
        value,
    }
}

#[test]
fn the_cost_is_known_before_it_is_paid() {
    let mut state = finished();
    let cost = state.cascade_cost(DEFAULT_METHOD);
    assert_eq!((cost.maps, cost.gradients), (3, 60));
    state.update(set("groups", Setting::Integer(2)));
    let cost = state.cascade_cost(DEFAULT_METHOD);
    assert_eq!((cost.maps, cost.gradients), (2, 40));
}

#[test]
fn maps_gather_as_they_come_and_leave_the_large_map_alone() {
    let mut state = finished();
    let large = state.map.clone();
    let (job, settings) = start(&mut state);
    assert_eq!(settings.choice("noise"), Some("same"));
    assert!(state.is_randomising() && !state.is_main_busy());
    for k in 1..=3 {
        step(&mut state, job, k, 3);
        assert_eq!(state.cascade_in_view().unwrap().steps.len(), k);
    }
    end(&mut state, job, 0.9);
    assert!(!state.is_busy());
    assert_eq!(state.map, large);
    assert_eq!(state.cascade_in_view().unwrap().total, 3);
    let result = state.result_of(DEFAULT_METHOD).unwrap();
    let report = result.measure(RANDOMISATION).unwrap();
    assert_eq!(report.is_insensitive(), Some(true));
}

#[test]
fn a_stopped_check_keeps_what_it_has_and_halts_nothing() {
    let mut state = finished();
    let (job, _) = start(&mut state);
    step(&mut state, job, 1, 3);
    let commands = state.update(A::Cancel);
    assert!(posted(&commands, is_cancel).is_some());
    state.update(cpu(job, Event::Cancelled));
    assert!(!state.is_busy() && !state.halted && !state.comparison.paused);
    assert_eq!(state.cascade_in_view().unwrap().steps.len(), 1);
}

#[test]
fn another_class_ends_the_check_and_hides_its_maps() {
    let mut state = finished();
    let (job, _) = start(&mut state);
    step(&mut state, job, 1, 3);
    let commands = state.update(A::ChooseTarget(2));
    assert!(posted(&commands, is_cancel).is_some());
    assert!(state.cascade_in_view().is_none());
    // What still comes of it is stale.
    step(&mut state, job, 2, 3);
    assert_eq!(state.cascade.as_ref().unwrap().steps.len(), 1);
    state.update(A::ChooseTarget(1));
    assert_eq!(state.cascade_in_view().unwrap().steps.len(), 1);
}

#[test]
fn a_failed_check_is_told_and_halts_nothing() {
    let mut state = finished();
    let (job, _) = start(&mut state);
    state.update(cpu(job, failure("The gradient is not finite.")));
    assert!(state.notice.is_some());
    assert!(!state.is_busy() && !state.halted);
}

#[test]
fn fresh_noise_is_another_check() {
    let mut state = finished();
    let (job, _) = start(&mut state);
    step(&mut state, job, 1, 1);
    end(&mut state, job, 0.1);
    state.update(set("noise", Setting::Choice("fresh".to_owned())));
    assert!(state.cascade_in_view().is_none());
    let result = state.result_of(DEFAULT_METHOD).unwrap();
    assert!(result.measure(RANDOMISATION).is_none());
    let (_, settings) = start(&mut state);
    assert_eq!(settings.choice("noise"), Some("fresh"));
}

#[test]
fn the_comparison_checks_its_methods_too() {
    let mut state = finished();
    state.update(A::AddMethods(vec![DEFAULT_METHOD.to_owned()]));
    let commands = state.update(A::ToggleMeasure(RANDOMISATION.to_owned()));
    let (job, _) = posted(&commands, is_randomise).unwrap();
    step(&mut state, job, 1, 1);
    end(&mut state, job, 0.1);
    assert!(!state.is_busy());
    let kept = state.tiles()[0].result.clone().unwrap();
    assert_eq!(
        kept.measure(RANDOMISATION).unwrap().is_insensitive(),
        Some(false)
    );
    // Another value is measured once it has been left alone.
    let first = state.update(set("groups", Setting::Integer(1)));
    let second = state.update(set("groups", Setting::Integer(2)));
    let timers = |commands: &[Command]| settled(commands);
    assert!(posted(&state.update(timers(&first)), is_randomise).is_none());
    let commands = state.update(timers(&second));
    match posted(&commands, is_randomise) {
        Some((_, RequestBody::Randomise(request))) => {
            assert_eq!(request.settings.integer("groups"), Some(2));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn nothing_is_checked_before_there_is_a_map() {
    let (mut state, _) = explaining();
    state.measures = vec![offer()];
    assert!(!state.can_randomise());
    let commands = state.update(A::Randomise);
    assert!(posted(&commands, is_randomise).is_none());
}

#[test]
fn a_finer_step_costs_more_images() {
    let mut state = finished();
    let mut rise = offer();
    rise.description.id = "rise".to_owned();
    rise.description.parameters = vec![ParameterDescription {
        name: "step".to_owned(),
        label: String::new(),
        meaning: String::new(),
        unit: "%".to_owned(),
        kind: ParameterKind::Real {
            min: 0.1,
            max: 50.0,
            default: 5.0,
            step: 0.5,
        },
        free: true,
    }];
    rise.forward_passes = 42;
    rise.maps = 0;
    state.measures.push(rise);
    state.update(A::AddMethods(vec![DEFAULT_METHOD.to_owned()]));
    state.comparison.measures = vec!["rise".to_owned()];
    assert_eq!(state.remaining().forward_passes, 42);
    state.update(A::SetMeasure {
        measure: "rise".to_owned(),
        name: "step".to_owned(),
        value: Setting::Real(1.0),
    });
    assert_eq!(state.remaining().forward_passes, 202);
}
