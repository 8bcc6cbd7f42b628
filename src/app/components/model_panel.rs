//! Everything about the model: a bar while it loads, why it was refused, its card, its choices.

use web_sys::{File, HtmlInputElement};
use yew::prelude::*;

use super::{
    check_model::CheckModel, labels::LabelsChoice, model_facts::ModelFacts, ports::Ports,
    preprocessing::PreprocessingEditor, scores::Scores,
};
use crate::{
    app::{
        state::{Action, RefusedModel, Shared, State},
        strings::{fill, model_text},
    },
    protocol::{Progress, Stage},
};

/// What the panel shows.
#[derive(Properties, PartialEq)]
pub struct ModelPanelProps {
    /// The page's state.
    pub state: Shared<State>,
    /// Opens a file.
    pub open: Callback<File>,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// The panel; nothing while it is hidden.
#[component]
pub fn ModelPanel(props: &ModelPanelProps) -> Html {
    let state = &props.state;
    if !state.model_panel {
        return html! {};
    }
    let words = model_text();
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
    html! {
        <section id="model" class="card model-panel" aria-labelledby="model-title" data-testid="model-panel">
            <div class="card-head">
                <h2 id="model-title">{ words.title }</h2>
                <div class="row">
                    <label class="button button-small button-primary">
                        { words.choose }
                        <input
                            class="visually-hidden"
                            type="file"
                            multiple=true
                            data-testid="model-panel-input"
                            onchange={pick}
                        />
                    </label>
                    <span class="quiet">{ words.drop }</span>
                    if !state.has_default_model() {
                        <button
                            class="button button-small"
                            type="button"
                            data-testid="default-model"
                            onclick={props.dispatch.reform(|_: MouseEvent| Action::OpenDefaultModel)}
                        >
                            { words.default }
                        </button>
                    }
                    <button
                        class="button button-small"
                        type="button"
                        data-testid="hide-model"
                        onclick={props.dispatch.reform(|_: MouseEvent| Action::ShowModel(false))}
                    >
                        { words.hide }
                    </button>
                </div>
            </div>
            { loading(state) }
            if let Some(refused) = &state.refused_model {
                { refusal(props, refused) }
            }
            if let Some(model) = &state.model {
                <div class="model-columns">
                    <div>
                        <ModelFacts model={model.clone()} classes={state.classes()} />
                        <CheckModel state={state.clone()} dispatch={props.dispatch.clone()} />
                    </div>
                    <div>
                        <PreprocessingEditor
                            model={model.clone()}
                            options={state.model_options().clone()}
                            dispatch={props.dispatch.clone()}
                        />
                    </div>
                    <div class="model-choices">
                        <LabelsChoice
                            model={model.clone()}
                            label_set={state.label_set.clone()}
                            own={state.memory.of(&model.sha256).is_some_and(|m| !m.own_labels.is_empty())}
                            open={props.open.clone()}
                            dispatch={props.dispatch.clone()}
                        />
                        <Scores
                            model={model.clone()}
                            options={state.model_options().clone()}
                            dispatch={props.dispatch.clone()}
                        />
                        <Ports
                            ports={model.ports.clone()}
                            input={model.input_name.clone()}
                            output={model.output_name.clone()}
                            options={state.model_options().clone()}
                            dispatch={props.dispatch.clone()}
                        />
                    </div>
                </div>
            }
        </section>
    }
}

fn loading(state: &State) -> Html {
    let Some(name) = state.opening_model() else {
        return html! {};
    };
    let progress = state
        .progress
        .as_ref()
        .filter(|progress| progress.stage == Stage::Model);
    let share = progress.and_then(Progress::share);
    let megabytes = |bytes: u64| format!("{:.1}", bytes as f64 / 1e6);
    let words = match progress.filter(|progress| progress.total > 0) {
        Some(progress) => fill(
            model_text().loading_bytes,
            &[
                ("name", name),
                ("done", &megabytes(progress.done)),
                ("total", &megabytes(progress.total)),
            ],
        ),
        None => fill(model_text().loading, &[("name", name)]),
    };
    html! {
        <div class="model-loading" data-testid="model-loading">
            <progress
                max="1"
                value={share.map(|share| format!("{share:.3}"))}
                aria-label={fill(model_text().loading, &[("name", name)])}
            />
            <span>{ words }</span>
        </div>
    }
}

/// Why a model was refused: in one sentence, node by node, and what may be chosen instead.
fn refusal(props: &ModelPanelProps, refused: &RefusedModel) -> Html {
    let words = model_text();
    html! {
        <div class="refusal" role="alert" data-testid="model-refused">
            <h3>{ fill(words.refused, &[("name", &refused.name)]) }</h3>
            <p class="lines">{ &refused.failure.message }</p>
            if !refused.nodes.is_empty() {
                <div
                    class="scroll"
                    tabindex="0"
                    role="region"
                    aria-label={words.nodes}
                >
                    <table data-testid="unsupported-nodes">
                        <thead>
                            <tr>
                                { for [words.node, words.operator, words.opset, words.reason]
                                    .into_iter()
                                    .map(|name| html! { <th scope="col" class="left">{ name }</th> }) }
                            </tr>
                        </thead>
                        <tbody>
                            { for refused.nodes.iter().map(|node| html! {
                                <tr>
                                    <th scope="row" class="left">{ &node.node }</th>
                                    <td class="left">{ &node.op }</td>
                                    <td class="left">{ node.opset }</td>
                                    <td class="left">{ &node.reason }</td>
                                </tr>
                            }) }
                        </tbody>
                    </table>
                </div>
            }
            <p>
                { &refused.failure.hint }{ " " }
                if props.state.model.is_some() {
                    { words.refused_kept }
                }
            </p>
            if let Some(ports) = &refused.ports {
                <Ports
                    ports={(**ports).clone()}
                    input={String::new()}
                    output={String::new()}
                    options={props.state.model_options().clone()}
                    dispatch={props.dispatch.clone()}
                />
            }
        </div>
    }
}
