//! RCAP: the score, its settings, the curve, what the model was shown, and the table.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{curve::Curve, curve_table::CurveTable, recovered::Recovered};
use crate::{
    app::{
        state::{Action, Shared, State},
        strings::text,
    },
    protocol::RcapSettings,
};

/// What the measure card shows.
#[derive(Properties, PartialEq)]
pub struct MeasureProps {
    /// The page's state.
    pub state: Shared<State>,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// The measure card.
#[component]
pub fn Measure(props: &MeasureProps) -> Html {
    let state = &props.state;
    let marked = use_state(|| None::<usize>);
    let mark = {
        let marked = marked.clone();
        Callback::from(move |step| marked.set(step))
    };
    let stale = state.rcap.is_some() && !state.rcap_current;
    html! {
        <section class="card measure" aria-labelledby="measure-title">
            <div class="card-head">
                <h2 id="measure-title">
                    <span class="step" aria-hidden="true">{ "4" }</span>{ text().measure }
                </h2>
                <p class="score" title={text().score_hint}>
                    <span class="score-name">{ text().score }</span>
                    { " " }
                    <output
                        class={classes!("score-value", stale.then_some("is-stale"))}
                        data-testid="rcap-score"
                        data-current={state.rcap_current.to_string()}
                    >
                        { state.rcap.as_ref().map_or_else(
                            || "–".to_owned(),
                            |report| format!("{:.3}", report.score),
                        ) }
                    </output>
                </p>
            </div>
            <p class="hint">{ text().measure_hint }</p>
            <div class={classes!("measure-body", stale.then_some("is-stale"))}>
                if let Some(report) = &state.rcap {
                    <Curve report={report.clone()} marked={*marked} mark={mark.clone()} />
                    <Recovered report={report.clone()} marked={*marked} {mark} />
                    <CurveTable report={report.clone()} />
                } else {
                    <p class="curve-empty">{ text().curve_waiting }</p>
                }
            </div>
            { settings(props) }
        </section>
    }
}

fn settings(props: &MeasureProps) -> Html {
    let current = props.state.rcap_settings;
    let field = |label: &'static str,
                 testid: &'static str,
                 value: f64,
                 (min, max): (f64, f64),
                 change: fn(RcapSettings, f64) -> RcapSettings| {
        let dispatch = props.dispatch.clone();
        let onchange = move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            let typed = input.value_as_number();
            let percent = if typed.is_finite() {
                typed.clamp(min, max)
            } else {
                value * 100.0
            };
            input.set_value(&percent.to_string());
            dispatch.emit(Action::SetRcap(change(current, percent / 100.0)));
        };
        html! {
            <label class="field-inline">
                <span>{ label }</span>
                <input
                    type="number"
                    min={min.to_string()}
                    max={max.to_string()}
                    step="1"
                    value={((value * 1e4).round() / 1e2).to_string()}
                    data-testid={testid}
                    {onchange}
                />
                <span>{ text().percent_sign }</span>
            </label>
        }
    };
    html! {
        <div class="measure-settings" role="group" aria-label={text().rcap_settings}>
            { field(
                text().lower_bound,
                "rcap-lower-bound",
                current.lower_bound,
                (1.0, 99.0),
                |settings, lower_bound| RcapSettings { lower_bound, ..settings },
            ) }
            { field(
                text().interval,
                "rcap-interval",
                current.interval,
                (1.0, 50.0),
                |settings, interval| RcapSettings { interval, ..settings },
            ) }
        </div>
    }
}
