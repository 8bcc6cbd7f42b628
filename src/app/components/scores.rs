//! How a model's scores become probabilities, and which part of a map of scores counts.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::{
    app::{
        state::{Action, Shared},
        strings::model_text,
    },
    protocol::{ModelCard, ModelOptions, OutputRegion, Probabilities},
};

/// What is chosen.
#[derive(Properties, PartialEq)]
pub struct ScoresProps {
    /// The model.
    pub model: Shared<ModelCard>,
    /// What was chosen about it.
    pub options: ModelOptions,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// The choices that make sense for the model.
#[component]
pub fn Scores(props: &ScoresProps) -> Html {
    let words = model_text();
    let model = &props.model;
    let names = [
        (Probabilities::Softmax, words.probabilities_softmax),
        (Probabilities::Sigmoid, words.probabilities_sigmoid),
        (Probabilities::Binary, words.probabilities_binary),
        (Probabilities::Given, words.probabilities_given),
    ];
    // Two classes are made of one score, and of one score alone there is no softmax.
    let single =
        model.probabilities == Probabilities::Binary || model.one_score || model.classes == 1;
    let offered = names.into_iter().filter(|(kind, _)| match kind {
        Probabilities::Softmax => !single,
        Probabilities::Sigmoid => true,
        Probabilities::Binary => single,
        // A last layer that was left out makes probabilities of scores.
        Probabilities::Given => model.activation.is_none(),
    });
    let options = props.options.clone();
    let choose = props.dispatch.reform(move |event: Event| {
        let name = event.target_unchecked_into::<HtmlSelectElement>().value();
        Action::SetModelOptions(ModelOptions {
            probabilities: Probabilities::find(&name),
            ..options.clone()
        })
    });
    let options = props.options.clone();
    let choose_region = props.dispatch.reform(move |event: Event| {
        let name = event.target_unchecked_into::<HtmlSelectElement>().value();
        Action::SetModelOptions(ModelOptions {
            region: OutputRegion::parse(&name).ok(),
            ..options.clone()
        })
    });
    html! {
        <>
            <label class="field">
                <span>{ words.probabilities }</span>
                <select data-testid="model-probabilities" title={model.probabilities_source.clone()} onchange={choose}>
                    { for offered.map(|(kind, name)| html! {
                        <option value={kind.name()} selected={kind == model.probabilities}>{ name }</option>
                    }) }
                </select>
            </label>
            if let Some(region) = model.region {
                <label class="field">
                    <span>{ words.region }</span>
                    <select data-testid="model-region" onchange={choose_region}>
                        <option value="mean" selected={region == OutputRegion::Mean}>{ words.region_mean }</option>
                        <option value="centre" selected={region == OutputRegion::Centre}>{ words.region_centre }</option>
                    </select>
                </label>
            }
        </>
    }
}
