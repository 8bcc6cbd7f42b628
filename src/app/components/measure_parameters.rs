//! The parameters of one measure, built from the measure's description of itself.

use yew::prelude::*;

use super::parameter::Parameter;
use crate::{
    app::state::{Action, Shared, State},
    protocol::ParameterDescription,
};

/// What is changed.
#[derive(Properties, PartialEq)]
pub struct MeasureParametersProps {
    /// The page's state.
    pub state: Shared<State>,
    /// Id of the measure.
    pub measure: String,
    /// Parameters with controls of their own elsewhere.
    #[prop_or_default]
    pub without: &'static [&'static str],
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// A control for each parameter.
#[component]
pub fn MeasureParameters(props: &MeasureParametersProps) -> Html {
    let MeasureParametersProps { state, measure, .. } = props;
    let mut offers = state.measures.iter();
    let Some(offer) = offers.find(|offer| offer.description.id == *measure) else {
        return html! {};
    };
    let settings = state.measure_settings(measure);
    let dispatch = {
        let measure = measure.clone();
        props.dispatch.reform(move |action| match action {
            Action::Set(name, value) => Action::SetMeasure {
                measure: measure.clone(),
                name,
                value,
            },
            other => other,
        })
    };
    let shown = offer.description.parameters.iter();
    let shown = shown.filter(|parameter| !props.without.contains(&parameter.name.as_str()));
    html! {
        <div class="parameters" role="group" aria-label={offer.description.label.clone()}>
            { for shown.filter_map(|parameter| {
                let value = settings.0.get(&parameter.name)?.clone();
                Some(html! {
                    <Parameter
                        key={parameter.name.clone()}
                        // It is measured anew, which is not at once.
                        parameter={ParameterDescription { free: false, ..parameter.clone() }}
                        {value}
                        prefix={format!("{measure}-")}
                        dispatch={dispatch.clone()}
                    />
                })
            }) }
        </div>
    }
}
