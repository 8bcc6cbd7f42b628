//! The method and its parameters, built from the method's description of itself.

use std::rc::Rc;

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::parameter::Parameter;
use crate::app::{
    state::{Action, State},
    strings::text,
};

/// What the method card shows.
#[derive(Properties, PartialEq)]
pub struct MethodProps {
    /// The page's state.
    pub state: Rc<State>,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// The method card.
#[component]
pub fn Method(props: &MethodProps) -> Html {
    let state = &props.state;
    let choose = props.dispatch.reform(|event: Event| {
        Action::ChooseMethod(event.target_unchecked_into::<HtmlSelectElement>().value())
    });
    let description = state.method_description();
    html! {
        <section class="card method" aria-labelledby="method-title">
            <div class="card-head">
                <h2 id="method-title">{ text().method }</h2>
                <label class="method-picker">
                    <span class="visually-hidden">{ text().method_picker }</span>
                    <select data-testid="method" onchange={choose}>
                        { for state.methods.iter().map(|method| html! {
                            <option value={method.id.clone()} selected={method.id == state.method}>
                                { &method.label }
                            </option>
                        }) }
                    </select>
                </label>
                <button
                    class="button button-small"
                    type="button"
                    title={text().settings_reset_hint}
                    data-testid="reset"
                    onclick={props.dispatch.reform(|_: MouseEvent| Action::ResetSettings)}
                >
                    { text().settings_reset }
                </button>
            </div>
            if let Some(method) = description {
                <details class="about">
                    <summary>{ text().settings_about }</summary>
                    <p>{ &method.summary }{ " " }{ &method.cost }{ " " }<cite>{ &method.citation }</cite></p>
                </details>
                <div class="parameters">
                    { for method.parameters.iter().map(|parameter| html! {
                        <Parameter
                            key={parameter.name.clone()}
                            parameter={parameter.clone()}
                            value={state.value(parameter)}
                            dispatch={props.dispatch.clone()}
                        />
                    }) }
                </div>
            }
        </section>
    }
}
