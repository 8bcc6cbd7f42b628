//! Which measures are taken of every compared map, with what each asks and costs.

use yew::prelude::*;

use super::measure_parameters::MeasureParameters;
use crate::{
    app::{
        state::{Action, Shared, State},
        strings::{compare, fill, sanity},
    },
    protocol::{RANDOMISATION, citation::one_line},
};

/// What is chosen from.
#[derive(Properties, PartialEq)]
pub struct MeasureChoiceProps {
    /// The page's state.
    pub state: Shared<State>,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// A box for each measure.
#[component]
pub fn MeasureChoice(props: &MeasureChoiceProps) -> Html {
    let (state, words) = (&props.state, compare());
    let chosen = state.measures.iter().filter(|offer| {
        let description = &offer.description;
        let own = ["rcap", RANDOMISATION].contains(&description.id.as_str());
        !own && !description.parameters.is_empty()
            && state.comparison.measures.contains(&description.id)
    });
    html! {
        <>
        <fieldset class="measure-choice">
            <legend>{ words.measures }</legend>
            { for state.measures.iter().map(|offer| {
                let description = &offer.description;
                let id = description.id.clone();
                let about = fill(words.measure_cost, &[
                    ("cost", &description.cost),
                    ("summary", &description.summary),
                    ("citation", &one_line(&description.citations)),
                ]);
                let waits = description.needs_mask && state.mask.is_none();
                let toggle = {
                    let id = id.clone();
                    props.dispatch.reform(move |_: Event| Action::ToggleMeasure(id.clone()))
                };
                html! {
                    <label title={about} key={id.clone()}>
                        <input
                            type="checkbox"
                            checked={state.comparison.measures.contains(&id)}
                            data-testid={format!("measure-{id}")}
                            onchange={toggle}
                        />
                        <span>{ &description.label }</span>
                        if waits {
                            <span class="quiet">{ words.measure_needs_mask }</span>
                        }
                    </label>
                }
            }) }
        </fieldset>
        { for chosen.map(|offer| {
            let id = offer.description.id.clone();
            html! {
                <details class="about" key={id.clone()} data-testid={format!("measure-settings-{id}")}>
                    <summary>{ sanity().parameters }{ ": " }{ &offer.description.label }</summary>
                    <MeasureParameters
                        state={state.clone()}
                        measure={id}
                        dispatch={props.dispatch.clone()}
                    />
                </details>
            }
        }) }
        </>
    }
}
