//! A choice among several inputs or outputs of a model.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::{
    app::{
        state::Action,
        strings::{compare, model_text},
    },
    protocol::{ModelOptions, ModelPorts, PortCard},
};

/// What can be chosen.
#[derive(Properties, PartialEq)]
pub struct PortsProps {
    /// Inputs and outputs of the file.
    pub ports: ModelPorts,
    /// The input in use; empty where none is.
    pub input: String,
    /// The output in use; empty where none is.
    pub output: String,
    /// What was chosen before.
    pub options: ModelOptions,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// One list for the inputs and one for the outputs, where there are several.
#[component]
pub fn Ports(props: &PortsProps) -> Html {
    html! {
        <>
            { list(
                props,
                model_text().input,
                "model-input-port",
                &props.ports.inputs,
                &props.input,
                |options, name| ModelOptions { input: Some(name), ..options },
            ) }
            { list(
                props,
                model_text().output,
                "model-output-port",
                &props.ports.outputs,
                &props.output,
                |options, name| ModelOptions { output: Some(name), ..options },
            ) }
        </>
    }
}

fn list(
    props: &PortsProps,
    label: &'static str,
    testid: &'static str,
    ports: &[PortCard],
    chosen: &str,
    choose: fn(ModelOptions, String) -> ModelOptions,
) -> Html {
    if ports.len() < 2 {
        return html! {};
    }
    let options = props.options.clone();
    let onchange = props.dispatch.reform(move |event: Event| {
        let name = event.target_unchecked_into::<HtmlSelectElement>().value();
        Action::SetModelOptions(choose(options.clone(), name))
    });
    html! {
        <label class="field">
            <span>{ label }</span>
            <select data-testid={testid} {onchange}>
                if chosen.is_empty() {
                    <option value="" selected=true disabled=true>{ compare().add_choose }</option>
                }
                { for ports.iter().map(|port| html! {
                    <option
                        value={port.name.clone()}
                        selected={port.name == chosen}
                        disabled={!port.refusal.is_empty()}
                    >
                        { described(port) }
                    </option>
                }) }
            </select>
        </label>
    }
}

fn described(port: &PortCard) -> String {
    let mut words = port.name.clone();
    if !port.shape.is_empty() {
        words.push_str(&format!(" [{}]", port.shape.join(", ")));
    }
    if !port.element_type.is_empty() {
        words.push(' ');
        words.push_str(&port.element_type);
    }
    if !port.refusal.is_empty() {
        words.push_str(&format!(" ({})", port.refusal));
    }
    words
}
