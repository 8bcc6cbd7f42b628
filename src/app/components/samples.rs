//! Photos that come with the page, with who made them and under which licence.

use yew::prelude::*;

use crate::app::{
    state::{Action, Sample},
    strings::{fill, text},
};

/// What the row of samples shows.
#[derive(Properties, PartialEq)]
pub struct SamplesProps {
    /// The samples.
    pub samples: Vec<Sample>,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// The row of samples.
#[component]
pub fn Samples(props: &SamplesProps) -> Html {
    if props.samples.is_empty() {
        return html! {};
    }
    html! {
        <div class="samples">
            <h3>{ text().samples }</h3>
            <ul>
                { for props.samples.iter().enumerate().map(|(index, sample)| {
                    let about = fill(text().sample_licence, &[
                        ("title", &sample.title),
                        ("licence", &sample.licence),
                        ("source", &sample.source),
                    ]);
                    let picture = if sample.thumbnail.is_empty() {
                        &sample.file
                    } else {
                        &sample.thumbnail
                    };
                    html! {
                        <li key={sample.file.clone()}>
                            <button
                                class="sample"
                                type="button"
                                title={about.clone()}
                                data-testid={format!("sample-{index}")}
                                onclick={props.dispatch.reform(move |_| Action::OpenSample(index))}
                            >
                                <img
                                    src={format!("samples/{picture}")}
                                    alt={about}
                                    width="56"
                                    height="56"
                                />
                                <span aria-hidden="true">{ &sample.licence }</span>
                            </button>
                        </li>
                    }
                }) }
            </ul>
        </div>
    }
}
