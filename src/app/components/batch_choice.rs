//! What is measured of every image: methods, measures, the class.

use yew::prelude::*;

use crate::app::{
    state::{Action, BatchAction, BatchPhase, Shared, State},
    strings::batch,
    strings::fill,
};

/// What is chosen from.
#[derive(Properties, PartialEq)]
pub struct BatchChoiceProps {
    /// The page's state.
    pub state: Shared<State>,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// Boxes for methods and measures; fast while the batch computes.
#[component]
pub fn BatchChoice(props: &BatchChoiceProps) -> Html {
    let (state, words) = (&props.state, batch());
    let (methods, measures) = (state.batch_methods(), state.batch_measures());
    let disabled = state.batch.phase != BatchPhase::Idle;
    let named = state
        .methods
        .iter()
        .filter(|method| methods.contains(&method.id));
    let named = named.map(|method| method.label.clone());
    let measured = state.measures.iter().map(|offer| &offer.description);
    let measured = measured.filter(|measure| measures.contains(&measure.id));
    let chosen: Vec<String> = named
        .chain(measured.map(|measure| measure.label.clone()))
        .collect();
    let act = |action: BatchAction| {
        props
            .dispatch
            .reform(move |_: Event| Action::Batch(action.clone()))
    };
    html! {
        <details class="about batch-choice">
            <summary data-testid="batch-choice">
                { words.choice }{ ": " }
                <span data-testid="batch-chosen">{ chosen.join(", ") }</span>
            </summary>
            <fieldset class="measure-choice" {disabled}>
                <legend>{ words.methods }</legend>
                { for state.methods.iter().map(|method| html! {
                    <label title={method.summary.clone()} key={method.id.clone()}>
                        <input
                            type="checkbox"
                            checked={methods.contains(&method.id)}
                            data-testid={format!("batch-method-{}", method.id)}
                            onchange={act(BatchAction::ToggleMethod(method.id.clone()))}
                        />
                        <span>{ &method.label }</span>
                    </label>
                }) }
            </fieldset>
            <fieldset class="measure-choice" {disabled}>
                <legend>{ words.measures }</legend>
                { for state.measures.iter().map(|offer| {
                    let known = &offer.description;
                    html! {
                        <label title={known.summary.clone()} key={known.id.clone()}>
                            <input
                                type="checkbox"
                                checked={measures.contains(&known.id)}
                                data-testid={format!("batch-measure-{}", known.id)}
                                onchange={act(BatchAction::ToggleMeasure(known.id.clone()))}
                            />
                            <span>{ &known.label }</span>
                            if known.needs_mask {
                                <span class="quiet">{ words.needs_mask }</span>
                            }
                        </label>
                    }
                }) }
            </fieldset>
            <fieldset class="measure-choice" {disabled}>
                <legend>{ words.class }</legend>
                { class_choice(props, false) }
                { class_choice(props, true) }
            </fieldset>
            if !state.batch_follows_comparison() {
                <button
                    class="button button-small"
                    type="button"
                    {disabled}
                    data-testid="batch-as-compared"
                    onclick={props.dispatch.reform(|_: MouseEvent| {
                        Action::Batch(BatchAction::AsCompared)
                    })}
                >
                    { words.as_compared }
                </button>
            }
        </details>
    }
}

fn class_choice(props: &BatchChoiceProps, chosen: bool) -> Html {
    let (state, words) = (&props.state, batch());
    let label = if chosen {
        let name = state.target.map(|target| state.class_name(target));
        fill(words.class_chosen, &[("name", &name.unwrap_or_default())])
    } else {
        words.class_likeliest.to_owned()
    };
    html! {
        <label>
            <input
                type="radio"
                name="batch-class"
                checked={state.batch.chosen_class == chosen}
                disabled={chosen && state.target.is_none()}
                data-testid={if chosen { "batch-class-chosen" } else { "batch-class-likeliest" }}
                onchange={props.dispatch.reform(move |_: Event| {
                    Action::Batch(BatchAction::ChosenClass(chosen))
                })}
            />
            <span>{ label }</span>
        </label>
    }
}
