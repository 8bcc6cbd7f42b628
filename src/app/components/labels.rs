//! Which names the classes go by.

use web_sys::{File, HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::{
    app::{
        state::{Action, OWN_LABELS, Shared},
        strings::model_text,
    },
    protocol::{LabelSet, ModelCard},
};

/// What is chosen from.
#[derive(Properties, PartialEq)]
pub struct LabelsChoiceProps {
    /// The model.
    pub model: Shared<ModelCard>,
    /// The set in use.
    pub label_set: String,
    /// The person has brought a list for this model.
    pub own: bool,
    /// Opens a file.
    pub open: Callback<File>,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// The list of sets, and a button for another list.
#[component]
pub fn LabelsChoice(props: &LabelsChoiceProps) -> Html {
    let words = model_text();
    let choose = props.dispatch.reform(|event: Event| {
        Action::ChooseLabels(event.target_unchecked_into::<HtmlSelectElement>().value())
    });
    let pick = {
        let open = props.open.clone();
        move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            if let Some(file) = input.files().and_then(|files| files.get(0)) {
                open.emit(file);
            }
            input.set_value("");
        }
    };
    let own_set = props.label_set == OWN_LABELS;
    let of_model = !own_set && props.label_set == props.model.labels;
    html! {
        <div class="labels-choice">
            <h3>{ words.labels }</h3>
            <div class="row">
                <select aria-label={words.labels} data-testid="label-set" onchange={choose}>
                    <option value="" selected={of_model}>
                        { words.labels_model }
                        if !props.model.labels_source.is_empty() {
                            { format!(" ({})", props.model.labels_source) }
                        }
                    </option>
                    if props.own || own_set {
                        <option value={OWN_LABELS} selected={own_set}>{ words.labels_own }</option>
                    }
                    { for LabelSet::all().iter().map(|set| html! {
                        <option
                            value={set.name}
                            selected={!of_model && set.name == props.label_set}
                        >
                            { set.label }
                        </option>
                    }) }
                </select>
                <label class="button button-small" title={words.labels_hint}>
                    { words.labels_choose }
                    <input
                        class="visually-hidden"
                        type="file"
                        accept=".txt,.json,.csv"
                        data-testid="labels-input"
                        onchange={pick}
                    />
                </label>
            </div>
            <p class="hint">{ words.labels_hint }</p>
        </div>
    }
}
