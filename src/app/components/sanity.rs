//! The sanity check: the network randomised from the output down, and the map that comes of it.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{
    cascade_plot::CascadePlot, comparison::method_label, measure_parameters::MeasureParameters,
    picture::Picture,
};
use crate::{
    app::{
        canvas::Drawing,
        state::{Action, Cascade, CascadeStep, Shared, State},
        strings::{fill, sanity},
    },
    protocol::{INSENSITIVE_RHO, Progress, RANDOMISATION, Setting},
};

/// Has a box of its own beside the button.
const NOISE: &[&str] = &["noise"];

/// What the card shows.
#[derive(Properties, PartialEq)]
pub struct SanityProps {
    /// The page's state.
    pub state: Shared<State>,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// The card.
#[component]
pub fn Sanity(props: &SanityProps) -> Html {
    let (state, words) = (&props.state, sanity());
    // The newest step follows the check until the person chooses one.
    let chosen = use_state(|| None::<usize>);
    let cascade = state.cascade_in_view();
    let there = cascade.map_or(0, |cascade| cascade.steps.len());
    let shown = chosen.map_or(there, |step| step.min(there));
    let show = {
        let chosen = chosen.clone();
        Callback::from(move |step| chosen.set(Some(step)))
    };
    let on_start = {
        let dispatch = props.dispatch.clone();
        move |_: MouseEvent| {
            chosen.set(None);
            dispatch.emit(Action::Randomise);
        }
    };
    html! {
        <section id="sanity" class="card sanity" aria-labelledby="sanity-title" tabindex="-1">
            <div class="card-head">
                <h2 id="sanity-title">
                    <span class="step" aria-hidden="true">{ "6" }</span>{ words.title }
                </h2>
                { buttons(props, on_start) }
            </div>
            <p class="hint">{ words.hint }</p>
            { pace(props) }
            { settings(props) }
            if let Some(cascade) = cascade {
                <div class="sanity-body">
                    { pictures(props, cascade, shown, &show) }
                    <div class="sanity-numbers">
                        { verdict(cascade) }
                        <CascadePlot cascade={cascade.clone()} {shown} {show} />
                    </div>
                </div>
            }
        </section>
    }
}

fn buttons(props: &SanityProps, on_start: impl Fn(MouseEvent) + 'static) -> Html {
    let (state, words) = (&props.state, sanity());
    if state.is_randomising() {
        let stopping = state.run.as_ref().is_some_and(|run| run.stopping);
        return html! {
            <button
                class="button"
                type="button"
                data-testid="sanity-stop"
                disabled={stopping}
                onclick={props.dispatch.reform(|_: MouseEvent| Action::Cancel)}
            >
                { if stopping { words.stopping } else { words.stop } }
            </button>
        };
    }
    let again = state.cascade_in_view().is_some();
    let possible = state.can_randomise() && state.cascade_cost(&state.method).maps > 0;
    html! {
        <button
            class={classes!("button", (!again).then_some("button-primary"))}
            type="button"
            data-testid="sanity-start"
            disabled={!possible}
            onclick={on_start}
        >
            { if again { words.again } else { words.start } }
        </button>
    }
}

/// What the check costs, or how far it has come.
fn pace(props: &SanityProps) -> Html {
    let (state, words) = (&props.state, sanity());
    if state.is_randomising() {
        let cascade = state.cascade_in_view();
        let now = cascade.map_or_else(
            || words.progress_first.to_owned(),
            |cascade| {
                let step = (cascade.steps.len() + 1).min(cascade.total);
                fill(
                    words.progress,
                    &[
                        ("step", &step.to_string()),
                        ("steps", &cascade.total.to_string()),
                    ],
                )
            },
        );
        let share = state.progress.as_ref().and_then(Progress::share);
        return html! {
            <div class="pace-words">
                <p class="pace-now" data-testid="sanity-progress">{ now }</p>
                <progress
                    max="1"
                    value={share.map(|share| format!("{share:.3}"))}
                    aria-label={words.title}
                />
            </div>
        };
    }
    let cost = state.cascade_cost(&state.method);
    let loaded = state
        .model
        .as_ref()
        .is_some_and(|model| model.parameters > 0);
    let mut said = if !state.can_randomise() {
        words.waits.to_owned()
    } else if cost.maps == 0 && loaded {
        words.no_layers.to_owned()
    } else {
        let numbers = [
            ("method", method_label(state, &state.method)),
            ("maps", cost.maps.to_string()),
            ("gradients", cost.gradients.to_string()),
        ];
        let numbers = numbers
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        fill(words.cost, &numbers)
    };
    if let Some(seconds) = cost
        .seconds
        .filter(|_| state.can_randomise() && cost.maps > 0)
    {
        let seconds = format!("{:.0}", seconds.max(1.0));
        said.push(' ');
        said.push_str(&fill(words.cost_time, &[("seconds", &seconds)]));
    }
    let complete = state
        .cascade_in_view()
        .is_some_and(|cascade| cascade.steps.len() == cascade.total);
    html! {
        <>
            <p class="hint" data-testid="sanity-cost">{ said }</p>
            // Spoken once, not with every step.
            <span class="visually-hidden" role="status">
                { if complete { words.spoken_done } else { "" } }
            </span>
        </>
    }
}

fn settings(props: &SanityProps) -> Html {
    let (state, words) = (&props.state, sanity());
    let settings = state.measure_settings(RANDOMISATION);
    let set_fresh = props.dispatch.reform(|event: Event| {
        let fresh = event.target_unchecked_into::<HtmlInputElement>().checked();
        Action::SetMeasure {
            measure: RANDOMISATION.to_owned(),
            name: "noise".to_owned(),
            value: Setting::Choice(if fresh { "fresh" } else { "same" }.to_owned()),
        }
    });
    html! {
        <div class="row">
            <label class="field-inline" title={words.fresh_hint}>
                <input
                    type="checkbox"
                    checked={settings.choice("noise") == Some("fresh")}
                    data-testid="sanity-fresh"
                    onchange={set_fresh}
                />
                <span>{ words.fresh }</span>
            </label>
            <details class="about">
                <summary>{ words.settings }</summary>
                <MeasureParameters
                    state={state.clone()}
                    measure={RANDOMISATION}
                    without={NOISE}
                    dispatch={props.dispatch.clone()}
                />
            </details>
        </div>
    }
}

fn numbers([abs, rho, ssim]: [f64; 3]) -> String {
    let written = [abs, rho, ssim].map(|value| format!("{value:.3}"));
    let [abs, rho, ssim] = &written;
    fill(
        sanity().numbers,
        &[("abs", abs), ("rho", rho), ("ssim", ssim)],
    )
}

/// The map of the step on show, and the slider through all of them.
fn pictures(props: &SanityProps, cascade: &Cascade, shown: usize, show: &Callback<usize>) -> Html {
    let (state, words) = (&props.state, sanity());
    let step = shown
        .checked_sub(1)
        .and_then(|index| cascade.steps.get(index));
    let map = step.map_or(&cascade.original, |step| &step.map);
    let said = step.map_or_else(
        || words.intact.to_owned(),
        |step| {
            fill(
                words.step,
                &[
                    ("step", &shown.to_string()),
                    ("steps", &cascade.total.to_string()),
                    ("layers", &step.layers.join(", ")),
                ],
            )
        },
    );
    let likeness = step.map_or([1.0; 3], |step| {
        [step.spearman.abs(), step.spearman, step.similarity]
    });
    let label = fill(
        words.map_alt,
        &[
            ("method", &method_label(state, &cascade.key.method)),
            ("step", &said),
        ],
    );
    let slide = show.reform(|event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        // A cast of what is no number is 0.
        input.value_as_number() as usize
    });
    html! {
        <div class="sanity-map">
            if let Some(image) = &state.image {
                <div class="stage-small">
                    <Picture
                        drawing={Drawing::Map {
                            image: image.clone(),
                            map: Some(map.clone()),
                            view: state.view,
                            scale: None,
                        }}
                        {label}
                        testid="sanity-canvas"
                    />
                </div>
            }
            <input
                type="range"
                min="0"
                max={cascade.steps.len().to_string()}
                step="1"
                value={shown.to_string()}
                aria-label={words.slider}
                aria-valuetext={said.clone()}
                data-testid="sanity-step"
                oninput={slide}
            />
            <p class="reading" data-testid="sanity-reading">{ numbers(likeness) }</p>
            <p class="layers hint">{ said }</p>
        </div>
    }
}

/// Whether the map passed, once every group is random.
fn verdict(cascade: &Cascade) -> Html {
    let words = sanity();
    let Some(last) = cascade.steps.last() else {
        return html! {};
    };
    let mean = |of: fn(&CascadeStep) -> f64| {
        cascade.steps.iter().map(of).sum::<f64>() / cascade.steps.len() as f64
    };
    let means = numbers([
        mean(|step| step.spearman.abs()),
        mean(|step| step.spearman),
        mean(|step| step.similarity),
    ]);
    let complete = cascade.steps.len() == cascade.total;
    let failed = last.spearman.abs() > INSENSITIVE_RHO;
    let constant = cascade.steps.iter().any(|step| step.map.constant);
    let abs = format!("{:.3}", last.spearman.abs());
    let template = if failed { words.failed } else { words.passed };
    html! {
        <>
            if complete {
                <p
                    class={classes!("note", failed.then_some("is-failed"))}
                    data-testid="sanity-verdict"
                    data-failed={failed.to_string()}
                >
                    { fill(template, &[("abs", &abs)]) }
                    if constant {
                        { " " }{ words.constant }
                    }
                </p>
            }
            <p class="hint">{ fill(words.mean, &[("numbers", &means)]) }</p>
        </>
    }
}
