//! Name, model and device choice.

use web_sys::{File, HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::{
    app::{
        state::{Action, Adapter, Shared},
        strings::{Language, batch, compare, fill, language, model_text, text},
    },
    protocol::{DeviceChoice, ModelCard},
};

/// What the header shows.
#[derive(Properties, PartialEq)]
pub struct HeaderProps {
    /// The open model.
    pub model: Option<Shared<ModelCard>>,
    /// How many classes it tells apart.
    pub classes: usize,
    /// Name of a model being loaded.
    pub loading: Option<AttrValue>,
    /// What is known about the model is on show.
    pub panel: bool,
    /// The device asked for.
    pub choice: DeviceChoice,
    /// What WebGPU would run on.
    pub adapter: Adapter,
    /// Opens a file.
    pub open: Callback<File>,
    /// Takes actions.
    pub dispatch: Callback<Action>,
    /// Takes the language the person chose.
    pub speak: Callback<Language>,
}

const CHOICES: [(DeviceChoice, &str); 3] = [
    (DeviceChoice::Auto, "auto"),
    (DeviceChoice::Cpu, "cpu"),
    (DeviceChoice::WebGpu, "webgpu"),
];

fn choice_label(choice: DeviceChoice, adapter: Adapter) -> &'static str {
    match choice {
        DeviceChoice::WebGpu if adapter == Adapter::NotBuilt => text().device_webgpu_not_built,
        DeviceChoice::Auto => text().device_auto,
        DeviceChoice::Cpu => text().device_cpu,
        DeviceChoice::WebGpu => text().device_webgpu,
    }
}

/// The bar at the top.
#[component]
pub fn Header(props: &HeaderProps) -> Html {
    let choose = props.dispatch.reform(|event: Event| {
        let id = event.target_unchecked_into::<HtmlSelectElement>().value();
        let choice = CHOICES.iter().find(|(_, known)| *known == id);
        Action::ChooseDevice(choice.map_or(DeviceChoice::Auto, |(choice, _)| *choice))
    });
    let pick = {
        let open = props.open.clone();
        move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            // A model and the files of its weights may be chosen together, in any order.
            let chosen = input.files();
            let count = chosen.as_ref().map_or(0, web_sys::FileList::length);
            for file in (0..count).filter_map(|index| chosen.as_ref()?.get(index)) {
                open.emit(file);
            }
            // So that choosing the same file again is a change again.
            input.set_value("");
        }
    };
    let line = match (&props.loading, &props.model) {
        (Some(name), None) => fill(text().model_loading, &[("name", name)]),
        (_, Some(model)) => fill(
            text().model_line,
            &[
                ("name", &model.name),
                ("classes", &props.classes.to_string()),
            ],
        ),
        (None, None) => String::new(),
    };
    let panel = props.panel;
    let about = if panel {
        model_text().hide
    } else {
        model_text().show
    };
    let speak = props.speak.reform(|event: Event| {
        let tag = event.target_unchecked_into::<HtmlSelectElement>().value();
        Language::from_tag(&tag).unwrap_or_default()
    });
    html! {
        <header class="bar">
            <div class="brand">
                { mark() }
                <div>
                    <h1>{ text().brand }</h1>
                    <p>{ text().tagline }</p>
                </div>
            </div>
            <nav class="bar-nav" aria-label={text().sections}>
                <a href="#map">{ text().map }</a>
                <a href="#compare">{ compare().title }</a>
                <a href="#batch">{ batch().title }</a>
            </nav>
            <div class="bar-tools">
                <div class="bar-model">
                    <button
                        class="button button-small button-model"
                        type="button"
                        title={about}
                        aria-expanded={panel.to_string()}
                        data-testid="show-model"
                        onclick={props.dispatch.reform(move |_: MouseEvent| Action::ShowModel(!panel))}
                    >
                        <span data-testid="model">{ line }</span>
                        <span class="visually-hidden">{ " " }{ about }</span>
                        <svg class="chevron" viewBox="0 0 16 16" aria-hidden="true">
                            <path d={if panel { "M3 11 8 6 13 11" } else { "M3 5 8 10 13 5" }} />
                        </svg>
                    </button>
                    <label class="button button-small" title={text().model_own_hint}>
                        { text().model_own }
                        <input
                            class="visually-hidden"
                            type="file"
                            multiple=true
                            data-testid="model-input"
                            onchange={pick}
                        />
                    </label>
                </div>
                <label class="field-inline">
                    <span class="visually-hidden">{ text().device_choice }</span>
                    <select data-testid="device-choice" onchange={choose}>
                        { for CHOICES.iter().map(|(choice, id)| html! {
                            <option
                                value={*id}
                                selected={*choice == props.choice}
                                disabled={*choice == DeviceChoice::WebGpu
                                    && matches!(props.adapter, Adapter::None | Adapter::NotBuilt)}
                            >
                                { choice_label(*choice, props.adapter) }
                            </option>
                        }) }
                    </select>
                </label>
                <label class="field-inline">
                    <span class="visually-hidden">{ text().language }</span>
                    <select data-testid="language" onchange={speak}>
                        { for Language::ALL.into_iter().map(|known| html! {
                            <option value={known.tag()} lang={known.tag()} selected={known == language()}>
                                { known.name() }
                            </option>
                        }) }
                    </select>
                </label>
            </div>
        </header>
    }
}

/// Gradient arrows meeting in a lens.
fn mark() -> Html {
    html! {
        <svg class="mark" viewBox="0 0 40 40" aria-hidden="true">
            <circle class="mark-ring" cx="20" cy="20" r="17" />
            <circle class="mark-low" cx="20" cy="20" r="12" />
            <circle class="mark-middle" cx="22" cy="18" r="7.5" />
            <circle class="mark-high" cx="23.5" cy="16.5" r="3.5" />
        </svg>
    }
}
