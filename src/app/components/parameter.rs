//! One parameter as a labelled control of its kind.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::{
    app::{state::Action, strings::text},
    protocol::{ParameterDescription, ParameterKind, Setting},
};

/// Whole-number ranges wider than this get a box without a slider: seeds, not counts.
const WIDEST_SLIDER: u64 = 1_000;

/// What the control changes.
#[derive(Properties, PartialEq)]
pub struct ParameterProps {
    /// The parameter.
    pub parameter: ParameterDescription,
    /// Its value.
    pub value: Setting,
    /// Stands before its name in the page's markup, where several have the same name.
    #[prop_or_default]
    pub prefix: AttrValue,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// The control.
#[component]
pub fn Parameter(props: &ParameterProps) -> Html {
    let ParameterDescription {
        name,
        label,
        meaning,
        unit,
        kind,
        free,
    } = &props.parameter;
    let id = format!("parameter-{}{name}", props.prefix);
    let about = format!("{id}-about");
    let control = match kind {
        ParameterKind::Integer { min, max, .. } => {
            let slider = (max - min <= WIDEST_SLIDER).then_some("1");
            number(
                props,
                &id,
                &about,
                &min.to_string(),
                &max.to_string(),
                slider,
                "1",
            )
        }
        ParameterKind::Real { min, max, step, .. } => {
            let step = step.to_string();
            number(
                props,
                &id,
                &about,
                &min.to_string(),
                &max.to_string(),
                Some(&step),
                "any",
            )
        }
        ParameterKind::Choice { options } => choice(props, &id, &about, options),
        ParameterKind::Text => text_field(props, &id, &about),
    };
    html! {
        <div
            class={classes!(
                "parameter",
                matches!(kind, ParameterKind::Choice { .. } | ParameterKind::Text)
                    .then_some("is-choice"),
            )}
        >
            <label for={id}>
                { label }
                if !unit.is_empty() {
                    <span class="unit">{ " " }{ unit }</span>
                }
                if *free {
                    <span class="badge">{ text().setting_free }</span>
                }
            </label>
            { control }
            <p id={about} class="meaning" role="tooltip">{ meaning }</p>
        </div>
    }
}

fn shown(value: &Setting) -> String {
    match value {
        Setting::Integer(value) => value.to_string(),
        // Sliders step in binary fractions; nobody wants to read 0.15000000000000002.
        Setting::Real(value) => ((value * 1e6).round() / 1e6).to_string(),
        Setting::Choice(value) => value.clone(),
    }
}

/// The value typed or dragged to, brought into range; `None` for what is no number.
fn parsed(kind: &ParameterKind, typed: &str) -> Option<Setting> {
    let value: f64 = typed.trim().parse().ok()?;
    match kind {
        ParameterKind::Integer { min, max, .. } => {
            // Casting saturates, so nothing typed can be out of the type's range.
            Some(Setting::Integer((value.round() as u64).clamp(*min, *max)))
        }
        ParameterKind::Real { min, max, .. } if value.is_finite() => {
            Some(Setting::Real(value.clamp(*min, *max)))
        }
        ParameterKind::Real { .. } | ParameterKind::Choice { .. } | ParameterKind::Text => None,
    }
}

fn number(
    props: &ParameterProps,
    id: &str,
    about: &str,
    min: &str,
    max: &str,
    slider: Option<&str>,
    step: &str,
) -> Html {
    let value = shown(&props.value);
    let send = {
        let (dispatch, parameter) = (props.dispatch.clone(), props.parameter.clone());
        let before = value.clone();
        move |input: HtmlInputElement| match parsed(&parameter.kind, &input.value()) {
            Some(value) => {
                // What was out of range is seen to be brought back.
                input.set_value(&shown(&value));
                dispatch.emit(Action::Set(parameter.name.clone(), value));
            }
            None => input.set_value(&before),
        }
    };
    let on_slide = {
        let send = send.clone();
        move |event: InputEvent| send(event.target_unchecked_into())
    };
    // Half a number, such as "0." on the way to 0.15, is left alone until it is one.
    let on_type = {
        let (dispatch, parameter) = (props.dispatch.clone(), props.parameter.clone());
        move |event: InputEvent| {
            let typed = event.target_unchecked_into::<HtmlInputElement>().value();
            if let Some(value) = parsed(&parameter.kind, &typed)
                && shown(&value) == typed
            {
                dispatch.emit(Action::Set(parameter.name.clone(), value));
            }
        }
    };
    let on_leave = move |event: Event| send(event.target_unchecked_into());
    html! {
        <div class="number">
            if let Some(slider_step) = slider {
                <input
                    type="range"
                    aria-label={props.parameter.label.clone()}
                    aria-describedby={about.to_owned()}
                    min={min.to_owned()}
                    max={max.to_owned()}
                    step={slider_step.to_owned()}
                    value={value.clone()}
                    oninput={on_slide}
                />
            }
            <input
                id={id.to_owned()}
                type="number"
                aria-describedby={about.to_owned()}
                min={min.to_owned()}
                max={max.to_owned()}
                step={step.to_owned()}
                {value}
                data-testid={format!("{}{}", props.prefix, props.parameter.name)}
                oninput={on_type}
                onchange={on_leave}
            />
        </div>
    }
}

fn text_field(props: &ParameterProps, id: &str, about: &str) -> Html {
    let name = props.parameter.name.clone();
    let on_change = props.dispatch.reform(move |event: Event| {
        let typed = event.target_unchecked_into::<HtmlInputElement>().value();
        Action::Set(name.clone(), Setting::Choice(typed.trim().to_owned()))
    });
    html! {
        <input
            id={id.to_owned()}
            type="text"
            aria-describedby={about.to_owned()}
            value={shown(&props.value)}
            data-testid={format!("{}{}", props.prefix, props.parameter.name)}
            onchange={on_change}
        />
    }
}

fn choice(props: &ParameterProps, id: &str, about: &str, options: &[String]) -> Html {
    let value = shown(&props.value);
    let name = props.parameter.name.clone();
    let on_change = props.dispatch.reform(move |event: Event| {
        let value = event.target_unchecked_into::<HtmlSelectElement>().value();
        Action::Set(name.clone(), Setting::Choice(value))
    });
    html! {
        <select
            id={id.to_owned()}
            ~value={value.clone()}
            aria-describedby={about.to_owned()}
            data-testid={format!("{}{}", props.prefix, props.parameter.name)}
            onchange={on_change}
        >
            { for options.iter().map(|option| html! {
                <option value={option.clone()} selected={*option == value}>{ option }</option>
            }) }
        </select>
    }
}
