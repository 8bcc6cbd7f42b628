//! The method and its parameters, built from the method's description of itself.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::parameter::Parameter;
use crate::{
    app::{
        state::{Action, Shared, State},
        strings::text,
    },
    protocol::citation::one_line,
};

/// What the method card shows.
#[derive(Properties, PartialEq)]
pub struct MethodProps {
    /// The page's state.
    pub state: Shared<State>,
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
                    // A property, for an option once picked no longer follows its attribute.
                    <select data-testid="method" ~value={state.method.clone()} onchange={choose}>
                        { for state.methods.iter().map(|method| html! {
                            <option value={method.id.clone()} selected={method.id == state.method}>
                                { &method.label }
                            </option>
                        }) }
                    </select>
                </label>
                <div class="row">
                    { tool(props, text().settings_undo, text().settings_undo_hint, "undo", state.can_undo(), Action::Undo) }
                    { tool(props, text().settings_redo, text().settings_redo_hint, "redo", state.can_redo(), Action::Redo) }
                    { tool(props, text().settings_reset, text().settings_reset_hint, "reset", true, Action::ResetSettings) }
                </div>
            </div>
            { presets(props) }
            if let Some(note) = no_relu(state) {
                <p class="note" data-testid="no-relu">{ note }</p>
            }
            if let Some(method) = description {
                <details class="about">
                    <summary>{ text().settings_about }</summary>
                    <p>{ &method.summary }{ " " }{ &method.cost }{ " " }<cite>{ one_line(&method.citations) }</cite></p>
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

/// A button for all settings. One that would do nothing stays in reach of the Tab key.
fn tool(
    props: &MethodProps,
    label: &'static str,
    hint: &'static str,
    testid: &'static str,
    possible: bool,
    action: Action,
) -> Html {
    html! {
        <button
            class="button button-small"
            type="button"
            title={hint}
            aria-disabled={(!possible).to_string()}
            data-testid={testid}
            onclick={props.dispatch.reform(move |_: MouseEvent| action.clone())}
        >
            { label }
        </button>
    }
}

/// The sets of settings of the paper's case studies.
fn presets(props: &MethodProps) -> Html {
    let (state, words) = (&props.state, text());
    if state.presets.is_empty() {
        return html! {};
    }
    let choose = props.dispatch.reform(|event: Event| {
        Action::ChoosePreset(event.target_unchecked_into::<HtmlSelectElement>().value())
    });
    html! {
        <label class="field-inline preset" title={words.preset_hint}>
            <span>{ words.preset }</span>
            <select data-testid="preset" ~value={state.preset.clone()} onchange={choose}>
                <option value="" selected={state.preset.is_empty()}>{ words.preset_default }</option>
                { for state.presets.iter().map(|preset| html! {
                    <option value={preset.id.clone()} selected={preset.id == state.preset}>
                        { &preset.label }
                    </option>
                }) }
            </select>
        </label>
    }
}

/// What to know where Guided Backprop has nothing to guide.
fn no_relu(state: &State) -> Option<&'static str> {
    let found = state.model.as_ref()?.rectifiers;
    if state.method != "guided-backprop" || found.relu > 0 {
        return None;
    }
    let settings = state.settings();
    let is = |name, value| settings.choice(name) == Some(value);
    let guided = |count: usize, option| count > 0 && is(option, "on");
    if is("rule", "both") || guided(found.relu6, "relu6") || guided(found.silu, "silu") {
        return None;
    }
    Some(match (found.relu6 > 0, found.silu > 0) {
        (true, _) => text().no_relu_clip,
        (false, true) => text().no_relu_silu,
        (false, false) => text().no_relu,
    })
}
