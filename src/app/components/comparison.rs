//! Methods side by side: which ones, their maps, two of them against each other, their scores.

use web_sys::{File, HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::{
    altered::Altered, curves::Curves, mask::MaskCard, measures::MeasureChoice,
    score_table::ScoreTable, split_view::SplitView, tile::TileCard,
};
use crate::app::{
    state::{Action, CONTROLS, RunKind, Shared, State},
    strings::{compare, fill, text},
};

/// The methods of the paper's tables.
const PAPER: [&str; 8] = [
    "gradient",
    "smoothgrad",
    "vargrad",
    "guided-backprop",
    "integrated-gradients",
    "guided-ig",
    "blur-ig",
    "guided-absolute-grad",
];

/// What the comparison shows.
#[derive(Properties, PartialEq)]
pub struct ComparisonProps {
    /// The page's state.
    pub state: Shared<State>,
    /// Opens a mask.
    pub open_mask: Callback<File>,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// The comparison.
#[component]
pub fn Comparison(props: &ComparisonProps) -> Html {
    let (state, words) = (&props.state, compare());
    let tiles = state.tiles();
    let dragged = use_state(|| None::<String>);
    let locked = state.comparison.scale_locked;
    let scale = state.shared_scale().filter(|_| locked);
    let lock = props.dispatch.reform(|event: Event| {
        Action::LockScale(event.target_unchecked_into::<HtmlInputElement>().checked())
    });
    let label = |id: &str| method_label(state, id);
    html! {
        <section id="compare" class="card compare" aria-labelledby="compare-title" tabindex="-1">
            <div class="card-head">
                <h2 id="compare-title">
                    <span class="step" aria-hidden="true">{ "5" }</span>{ words.title }
                </h2>
                { chooser(props) }
            </div>
            <p class="hint">{ words.hint }</p>
            if tiles.is_empty() {
                <p class="compare-empty">{ words.empty }</p>
            } else {
                { pace_line(props) }
                <ul class="tiles" aria-label={words.tiles} data-testid="tiles">
                    { for tiles.iter().enumerate().map(|(place, tile)| html! {
                        <TileCard
                            key={tile.method.clone()}
                            tile={tile.clone()}
                            label={label(&tile.method)}
                            place={place}
                            last={place + 1 == tiles.len()}
                            paused={state.comparison.paused}
                            large={tile.method == state.method}
                            image={state.image.clone()}
                            view={state.view}
                            {scale}
                            dragged={(*dragged).clone()}
                            drag={{
                                let dragged = dragged.clone();
                                Callback::from(move |id| dragged.set(id))
                            }}
                            dispatch={props.dispatch.clone()}
                        />
                    }) }
                </ul>
                <label class="field-inline" title={words.scale_lock_hint}>
                    <input
                        type="checkbox"
                        checked={locked}
                        data-testid="scale-lock"
                        onchange={lock}
                    />
                    <span>{ words.scale_lock }</span>
                </label>
                <div class="compare-columns">
                    <SplitView
                        image={state.image.clone()}
                        view={state.view}
                        {scale}
                        split={state.comparison.split.clone()}
                        methods={tiles.iter().map(|tile| {
                            let map = tile.result.as_ref().map(|result| result.map.clone());
                            (tile.method.clone(), label(&tile.method), map)
                        }).collect::<Vec<_>>()}
                        dispatch={props.dispatch.clone()}
                    />
                    <div class="compare-results">
                        <ScoreTable state={state.clone()} dispatch={props.dispatch.clone()} />
                        <MeasureChoice state={state.clone()} dispatch={props.dispatch.clone()} />
                    </div>
                </div>
                <div class="compare-columns">
                    <div class="compare-results">
                        <Curves state={state.clone()} />
                        <Altered state={state.clone()} />
                    </div>
                    <MaskCard
                        image={state.image.clone()}
                        mask={state.mask.clone()}
                        settings={state.mask_settings}
                        open={props.open_mask.clone()}
                        dispatch={props.dispatch.clone()}
                    />
                </div>
            }
        </section>
    }
}

/// Name of a method for people.
pub fn method_label(state: &State, id: &str) -> String {
    let mut methods = state.methods.iter();
    methods
        .find(|method| method.id == id)
        .map_or_else(|| id.to_owned(), |method| method.label.clone())
}

fn chooser(props: &ComparisonProps) -> Html {
    let (state, words) = (&props.state, compare());
    let add = props.dispatch.reform(|event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        let id = select.value();
        select.set_value("");
        Action::AddMethods(vec![id])
    });
    let button = |ids: &'static [&'static str],
                  words: &'static str,
                  hint: &'static str,
                  testid: &'static str| {
        let onclick = props.dispatch.reform(move |_: MouseEvent| {
            Action::AddMethods(ids.iter().map(|&id| id.to_owned()).collect())
        });
        html! {
            <button
                class="button button-small"
                type="button"
                title={hint}
                data-testid={testid}
                {onclick}
            >
                { words }
            </button>
        }
    };
    let clear = {
        let (dispatch, ids) = (props.dispatch.clone(), state.comparison.methods.clone());
        move |_: MouseEvent| {
            for id in &ids {
                dispatch.emit(Action::RemoveMethod(id.clone()));
            }
        }
    };
    html! {
        <div class="row">
            <label class="field-inline">
                <span>{ words.add }</span>
                <select data-testid="add-method" onchange={add}>
                    <option value="" selected=true>{ words.add_choose }</option>
                    { for state.methods.iter().map(|method| html! {
                        <option
                            value={method.id.clone()}
                            disabled={state.comparison.methods.contains(&method.id)}
                        >
                            { &method.label }
                        </option>
                    }) }
                </select>
            </label>
            { button(&PAPER, words.add_all, words.add_all_hint, "add-paper") }
            { button(&CONTROLS, words.add_controls, words.add_controls_hint, "add-controls") }
            if !state.comparison.methods.is_empty() {
                <button
                    class="button button-small"
                    type="button"
                    data-testid="clear-methods"
                    onclick={clear}
                >
                    { words.clear }
                </button>
            }
        </div>
    }
}

/// What is under way, what it will cost, and the button to stop or to go on.
fn pace_line(props: &ComparisonProps) -> Html {
    let (state, words) = (&props.state, compare());
    let remaining = state.remaining();
    let left = remaining.maps + remaining.measurements;
    let mut cost = if left == 0 {
        words.cost_none.to_owned()
    } else {
        fill(
            words.cost,
            &[
                ("maps", &remaining.maps.to_string()),
                ("gradients", &remaining.gradients.to_string()),
                ("measurements", &remaining.measurements.to_string()),
                ("passes", &remaining.forward_passes.to_string()),
            ],
        )
    };
    if let Some(seconds) = remaining.seconds.filter(|_| left > 0) {
        cost.push(' ');
        let seconds = format!("{seconds:.0}");
        cost.push_str(&fill(words.cost_time, &[("seconds", &seconds)]));
    }
    let run = state.run.as_ref().filter(|_| state.is_comparing());
    let now = run.map(|run| {
        let stage = match run.kind {
            RunKind::Measure => text().stage_measure,
            _ if run.stage == Some(crate::protocol::Stage::Measure) => text().stage_measure,
            _ => text().stage_explain,
        };
        let method = method_label(state, &run.result_key.method);
        match state
            .progress
            .as_ref()
            .filter(|progress| progress.total > 0)
        {
            Some(progress) => fill(
                words.progress_count,
                &[
                    ("method", &method),
                    ("stage", stage),
                    ("done", &progress.done.to_string()),
                    ("total", &progress.total.to_string()),
                ],
            ),
            None => fill(words.progress, &[("method", &method), ("stage", stage)]),
        }
    });
    let share = run
        .and(state.progress.as_ref())
        .and_then(crate::protocol::Progress::share);
    html! {
        <div class="pace">
            <div class="pace-words">
                <p class="hint" data-testid="compare-cost">{ cost }</p>
                if let Some(now) = now {
                    <p class="pace-now" data-testid="compare-progress">{ now }</p>
                    <progress
                        max="1"
                        value={share.map(|share| format!("{share:.3}"))}
                        aria-label={words.title}
                    />
                }
                // Spoken when everything is there, not with every batch.
                <span class="visually-hidden" role="status">
                    { if left == 0 { words.cost_none } else { "" } }
                </span>
            </div>
            if run.is_some() {
                <button
                    class="button"
                    type="button"
                    data-testid="compare-stop"
                    onclick={props.dispatch.reform(|_: MouseEvent| Action::PauseComparing)}
                >
                    { words.stop }
                </button>
            } else if left > 0 && state.comparison.paused {
                <button
                    class="button button-primary"
                    type="button"
                    data-testid="compare-go"
                    onclick={props.dispatch.reform(|_: MouseEvent| Action::Compare)}
                >
                    { words.go_on }
                </button>
            }
            if !state.comparison.setbacks.is_empty() {
                <button
                    class="button button-small"
                    type="button"
                    data-testid="compare-retry"
                    onclick={props.dispatch.reform(|_: MouseEvent| Action::RetryComparing)}
                >
                    { words.retry }
                </button>
            }
        </div>
    }
}
