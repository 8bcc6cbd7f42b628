//! A choice among several inputs or outputs of a model.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::{
    app::{
        state::Action,
        strings::{compare, fill, model_text},
    },
    protocol::{InputValue, ModelOptions, ModelPorts, PortCard},
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
                &[props.ports.outputs.as_slice(), props.ports.inner.as_slice()].concat(),
                &props.output,
                |options, name| ModelOptions { output: Some(name), ..options },
            ) }
            { for props.ports.inputs.iter().filter(|port| port.name != props.input).map(|port| held(props, port)) }
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

/// What an input beside the image holds: one number.
fn held(props: &PortsProps, port: &PortCard) -> Html {
    if props.ports.inputs.len() < 2 {
        return html! {};
    }
    let value = match props.options.values.get(&port.name) {
        Some(InputValue::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let (options, name) = (props.options.clone(), port.name.clone());
    let onchange = props.dispatch.reform(move |event: Event| {
        let typed = event
            .target_unchecked_into::<HtmlInputElement>()
            .value_as_number();
        let mut options = options.clone();
        if typed.is_finite() {
            options
                .values
                .insert(name.clone(), InputValue::Number(typed));
        } else {
            options.values.remove(&name);
        }
        Action::SetModelOptions(options)
    });
    html! {
        <label class="field">
            <span>{ fill(model_text().held, &[("name", &port.name)]) }</span>
            <input
                type="number"
                step="any"
                placeholder="0"
                {value}
                data-testid={format!("model-held-{}", port.name)}
                {onchange}
            />
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
