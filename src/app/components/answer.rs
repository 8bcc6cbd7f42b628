//! The most probable classes; any of them can be explained, and any other can be searched for.

use yew::prelude::*;

use super::class_search::ClassSearch;
use crate::{
    app::{
        state::{Action, Shared, State},
        strings::{percent, text},
    },
    protocol::ClassScore,
};

/// Classes that are always shown.
const SHOWN: usize = 5;

/// What the answer card shows.
#[derive(Properties, PartialEq)]
pub struct AnswerProps {
    /// The page's state.
    pub state: Shared<State>,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// The answer card.
#[component]
pub fn Answer(props: &AnswerProps) -> Html {
    let state = &props.state;
    let rows = state.classification.as_ref().map(|answer| {
        let mut scores = answer.top(SHOWN);
        if let Some(target) = state.target
            && target < answer.logits.len()
            && scores.iter().all(|score| score.class != target)
        {
            scores.push(answer.score(target));
        }
        scores
    });
    html! {
        <section class="card answer" aria-labelledby="answer-title">
            <h2 id="answer-title"><span class="step" aria-hidden="true">{ "2" }</span>{ text().answer }</h2>
            if let Some(scores) = rows {
                <p class="hint">{ text().answer_hint }</p>
                <ol class="classes" data-testid="top-classes">
                    { for scores.into_iter().map(|score| row(props, &score)) }
                </ol>
                <ClassSearch state={state.clone()} dispatch={props.dispatch.clone()} />
            } else {
                <p class="hint">{ text().answer_waiting }</p>
                <ol class="classes" data-testid="top-classes" />
            }
        </section>
    }
}

fn row(props: &AnswerProps, score: &ClassScore) -> Html {
    let class = score.class;
    let name = props.state.class_name(class);
    let share = percent(f64::from(score.probability));
    let chosen = props.state.target == Some(class);
    html! {
        <li key={class}>
            <button
                class={classes!("class-row", chosen.then_some("is-chosen"))}
                type="button"
                aria-pressed={chosen.to_string()}
                data-class={class.to_string()}
                onclick={props.dispatch.reform(move |_| Action::ChooseTarget(class))}
            >
                <span class="class-name">{ name }</span>
                <span class="class-percent">{ share }</span>
                <svg class="class-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                    <rect class="track" width="100" height="4" rx="2" />
                    <rect
                        class="fill"
                        width={format!("{:.2}", f64::from(score.probability) * 100.0)}
                        height="4"
                        rx="2"
                    />
                </svg>
            </button>
        </li>
    }
}
