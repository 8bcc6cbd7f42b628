//! How far the batch has come, what it still costs, and the buttons to start and to stop it.

use yew::prelude::*;

use super::{comparison::method_label, progress::stage_label};
use crate::app::{
    batch_table::Found,
    state::{Action, BatchAction, BatchCost, BatchPhase, BatchPlan, Shared, State},
    strings::{batch, fill},
};

/// What the line shows.
#[derive(Properties, PartialEq)]
pub struct BatchPaceProps {
    /// The page's state.
    pub state: Shared<State>,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// The line.
#[component]
pub fn BatchPace(props: &BatchPaceProps) -> Html {
    let (state, words) = (&props.state, batch());
    let known = &state.batch;
    let busy = known.phase != BatchPhase::Idle;
    let plan = if busy {
        known.plan.as_deref().cloned()
    } else {
        state.batch_plan()
    };
    // It looks at every image: not with every sample that is done.
    let basis = (plan.clone(), Found::of(known), known.images.clone());
    let cost = {
        let state = state.clone();
        use_memo(basis, move |(plan, ..)| {
            plan.as_ref().map(|plan| state.batch_cost(plan))
        })
    };
    let Some(plan) = plan else {
        return html! { <p class="hint">{ words.nothing_chosen }</p> };
    };
    let cost = cost.unwrap_or_default();
    let total = known.images.len();
    let done = total - cost.images.min(total);
    let failed = known.failures.len();
    let others = !busy && known.plan.as_deref().is_some_and(|shown| *shown != plan);
    let about = if busy { left(&cost) } else { to_do(&cost) };
    html! {
        <div class="pace" data-testid="batch-pace">
            <div class="pace-words">
                <p class="hint" data-testid="batch-cost">{ about }</p>
                if busy {
                    <p class="pace-now" data-testid="batch-progress">
                        { now(state, &plan, done) }
                    </p>
                    <progress
                        max="1"
                        value={format!("{:.4}", done as f64 / total.max(1) as f64)}
                        aria-label={words.title}
                    />
                    <p class="hint">{ words.beside }</p>
                }
                if failed > 0 {
                    <p class="tile-failed" data-testid="batch-failures">
                        { fill(words.failures, &[
                            ("count", &failed.to_string()),
                            ("total", &total.to_string()),
                        ]) }
                    </p>
                }
                if others {
                    <p class="note">{ words.other_settings }</p>
                }
                <span class="visually-hidden" role="status">
                    { if !busy && cost.images == 0 { words.all_done } else { "" } }
                </span>
            </div>
            { buttons(props, &cost, done) }
        </div>
    }
}

fn buttons(props: &BatchPaceProps, cost: &BatchCost, done: usize) -> Html {
    let (known, words) = (&props.state.batch, batch());
    let act = |action: BatchAction| {
        props
            .dispatch
            .reform(move |_: MouseEvent| Action::Batch(action.clone()))
    };
    let stopping = known.phase == BatchPhase::Stopping;
    html! {
        <div class="row">
            if known.phase != BatchPhase::Idle {
                <button
                    class="button"
                    type="button"
                    disabled={stopping}
                    data-testid="batch-stop"
                    onclick={act(BatchAction::Stop)}
                >
                    { if stopping { words.stopping } else { words.stop } }
                </button>
            } else {
                if cost.images > 0 {
                    <button
                        class="button button-primary"
                        type="button"
                        data-testid="batch-start"
                        onclick={act(BatchAction::Start)}
                    >
                        { if done > 0 { words.go_on } else { words.start } }
                    </button>
                }
                if known.has_failures() {
                    <button
                        class="button button-small"
                        type="button"
                        data-testid="batch-retry"
                        onclick={act(BatchAction::Retry)}
                    >
                        { words.retry }
                    </button>
                }
            }
        </div>
    }
}

/// What is done this moment.
fn now(state: &State, plan: &BatchPlan, done: usize) -> String {
    let (known, words) = (&state.batch, batch());
    let Some(run) = &known.run else {
        return words.waits.to_owned();
    };
    let name = known.images.get(run.image).map(|image| image.file.name());
    let mut now = fill(
        words.progress,
        &[
            ("index", &(done + 1).to_string()),
            ("total", &known.images.len().to_string()),
            ("name", name.unwrap_or_default()),
        ],
    );
    let mut methods = plan.methods.iter();
    let label = run.methods.get(run.done);
    let item = methods.find(|(item, _)| Some(&item.label) == label);
    if let (Some((item, _)), Some(progress)) = (item, &run.progress) {
        let method = method_label(state, &item.id);
        let stage = stage_label(progress.stage);
        let (part, whole) = (progress.done.to_string(), progress.total.to_string());
        let template = if progress.total > 0 {
            words.progress_count
        } else {
            words.progress_method
        };
        now.push_str(" – ");
        now.push_str(&fill(
            template,
            &[
                ("method", &method),
                ("stage", stage),
                ("done", &part),
                ("count", &whole),
            ],
        ));
    }
    now
}

fn to_do(cost: &BatchCost) -> String {
    let words = batch();
    if cost.images == 0 {
        return words.all_done.to_owned();
    }
    let mut to_do = fill(
        words.cost,
        &[
            ("images", &cost.images.to_string()),
            ("gradients", &cost.gradients.to_string()),
            ("passes", &cost.forward_passes.to_string()),
        ],
    );
    if let Some(seconds) = cost.seconds {
        to_do.push(' ');
        let (about, count) = about(
            seconds,
            [words.about_seconds, words.about_minutes, words.about_hours],
        );
        to_do.push_str(&fill(about, &[("count", &count)]));
    }
    to_do
}

fn left(cost: &BatchCost) -> String {
    let words = batch();
    let Some(seconds) = cost.seconds else {
        return String::new();
    };
    let (left, count) = about(
        seconds,
        [words.left_seconds, words.left_minutes, words.left_hours],
    );
    fill(left, &[("count", &count)])
}

/// A time in the unit that suits it: seconds, minutes or hours.
fn about(seconds: f64, units: [&'static str; 3]) -> (&'static str, String) {
    let [in_seconds, in_minutes, in_hours] = units;
    if seconds < 90.0 {
        (in_seconds, format!("{:.0}", seconds.max(1.0)))
    } else if seconds < 5_400.0 {
        (in_minutes, format!("{:.0}", seconds / 60.0))
    } else {
        (in_hours, format!("{:.1}", seconds / 3_600.0))
    }
}
