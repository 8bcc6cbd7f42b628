//! What is under way and how long it will take, or what was computed on what in which time.

use yew::prelude::*;

use crate::{
    app::{
        state::{Action, Shared, State},
        strings::{fill, notices, text},
    },
    protocol::{DeviceKind, DeviceReport, Progress, Stage},
};

/// What the line shows.
#[derive(Properties, PartialEq)]
pub struct ProgressLineProps {
    /// The page's state.
    pub state: Shared<State>,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// A stage in the page's words.
pub fn stage_label(stage: Stage) -> &'static str {
    match stage {
        Stage::Device => text().stage_device,
        Stage::Model => text().stage_model,
        Stage::Image => text().stage_image,
        Stage::Classify => text().stage_classify,
        Stage::Explain => text().stage_explain,
        Stage::Measure => text().stage_measure,
    }
}

/// Progress with a button to stop, or the device and the times.
#[component]
pub fn ProgressLine(props: &ProgressLineProps) -> Html {
    let state = &props.state;
    let busy = state.is_main_busy();
    let progress = state.progress.as_ref().filter(|_| busy);
    let share = progress.and_then(Progress::share);
    let words = if busy || !state.workers.can_ask() {
        under_way(state, progress)
    } else {
        String::new()
    };
    let stopping = busy && state.run.as_ref().is_some_and(|run| run.stopping);
    html! {
        <div class="status-line">
            <div class={classes!("progress", busy.then_some("is-busy"))} data-testid="progress">
                <progress
                    max="1"
                    value={share.map(|share| format!("{share:.3}"))}
                    aria-label={notices().working}
                    hidden={!busy}
                />
                // Spoken when the stage changes, not with every batch.
                <span class="visually-hidden" role="status" data-testid="progress-stage">
                    { spoken(state, progress) }
                </span>
                if words.is_empty() {
                    { outcome(state) }
                } else {
                    <span class="progress-words" aria-hidden="true">{ words }</span>
                }
            </div>
            if busy {
                <button
                    class="button"
                    type="button"
                    data-testid="cancel"
                    disabled={stopping}
                    onclick={props.dispatch.reform(|_: MouseEvent| Action::Cancel)}
                >
                    { if stopping { text().stopping } else { text().cancel } }
                </button>
            } else if state.halted && state.classification.is_some() {
                <button
                    class="button button-primary"
                    type="button"
                    data-testid="explain"
                    onclick={props.dispatch.reform(|_: MouseEvent| Action::Explain)}
                >
                    { text().resume }
                </button>
            }
        </div>
    }
}

fn under_way(state: &State, progress: Option<&Progress>) -> String {
    let Some(progress) = progress else {
        return waiting_for(state).to_owned();
    };
    let stage = stage_label(progress.stage);
    let count = |value: u64| match progress.stage {
        Stage::Model => format!("{:.1}", value as f64 / 1e6),
        _ => value.to_string(),
    };
    let template = match progress.stage {
        _ if progress.total == 0 => "{stage}",
        Stage::Model => text().progress_bytes,
        _ => text().progress_count,
    };
    let mut words = fill(
        template,
        &[
            ("stage", stage),
            ("done", &count(progress.done)),
            ("total", &count(progress.total)),
        ],
    );
    if let Some(left) = progress.remaining_ms().filter(|left| *left >= 1_000.0) {
        words.push_str(", ");
        let seconds = format!("{:.0}", left / 1_000.0);
        words.push_str(&fill(text().progress_left, &[("seconds", &seconds)]));
    }
    words
}

fn waiting_for(state: &State) -> &'static str {
    if state.run.is_some() {
        text().stage_explain
    } else if state.opening_model().is_some() {
        text().stage_model
    } else if state.workers.can_ask() {
        text().stage_image
    } else {
        text().starting
    }
}

fn spoken(state: &State, progress: Option<&Progress>) -> String {
    if let Some(progress) = progress {
        stage_label(progress.stage).to_owned()
    } else if !state.is_main_busy() && state.rcap_current {
        text().progress_done.to_owned()
    } else {
        String::new()
    }
}

fn device_name(device: &DeviceReport) -> String {
    match device.kind {
        DeviceKind::SoftwareGpu => fill(text().device_software, &[("device", &device.name)]),
        DeviceKind::Cpu | DeviceKind::HardwareGpu => device.name.clone(),
    }
}

fn outcome(state: &State) -> Html {
    let stopped = state
        .map
        .as_ref()
        .filter(|map| state.halted && !map.is_final())
        .map(|map| {
            fill(
                text().stopped,
                &[
                    ("done", &map.samples_done.to_string()),
                    ("total", &map.samples_total.to_string()),
                ],
            )
        });
    if let Some(device) = &state.prepared {
        let words = fill(text().prepared, &[("device", device)]);
        return html! { <span class="device" data-testid="device">{ words }</span> };
    }
    let device = state.workers.device().map(device_name);
    let time = |stage: Stage| {
        state
            .times
            .iter()
            .find(|time| time.stage == stage)
            .map(|time| format!("{:.1}", time.elapsed_ms / 1_000.0))
    };
    let mut parts = Vec::new();
    parts.extend(device.map(|device| fill(text().computed_on, &[("device", &device)])));
    match state.gradients {
        // The times are those of an earlier run.
        _ if state.halted => {}
        Some(0) => parts.push(text().time_reused.to_owned()),
        Some(count) => parts.extend(time(Stage::Explain).map(|seconds| {
            fill(
                text().time_gradients,
                &[("count", &count.to_string()), ("seconds", &seconds)],
            )
        })),
        None => {}
    }
    if state.rcap_current {
        parts.extend(
            time(Stage::Measure).map(|seconds| fill(text().time_rcap, &[("seconds", &seconds)])),
        );
    }
    html! {
        <>
            if let Some(stopped) = stopped {
                <span class="progress-words">{ stopped }</span>
            }
            <span class="device" data-testid="device">{ parts.join(", ") }</span>
            if state.awaits_gpu() {
                <span class="device quiet">{ text().starting_gpu }</span>
            }
            { for state.rejected_devices.iter().map(|device| html! {
                <span class="device quiet" data-testid="device-rejected">
                    { fill(text().device_rejected, &[
                        ("device", &device.name),
                        ("reason", device.rejected.as_deref().unwrap_or_default()),
                    ]) }
                </span>
            }) }
        </>
    }
}
