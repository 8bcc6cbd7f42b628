//! The images opened so far, to go back to or to remove.

use yew::prelude::*;

use super::picture::Picture;
use crate::app::{
    canvas::Drawing,
    state::{Action, Shared, State, StripImage},
    strings::{fill, text},
};

/// What the strip shows.
#[derive(Properties, PartialEq)]
pub struct StripCardProps {
    /// The page's state.
    pub state: Shared<State>,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// The strip; nothing while there is only one image.
#[component]
pub fn StripCard(props: &StripCardProps) -> Html {
    let images = props.state.strip.images();
    if images.len() < 2 {
        return html! {};
    }
    html! {
        <section class="card" aria-labelledby="strip-title">
            <h2 id="strip-title">{ text().strip }</h2>
            <ul class="strip" data-testid="strip">
                { for images.iter().map(|image| shown(props, image)) }
            </ul>
        </section>
    }
}

fn shown(props: &StripCardProps, image: &StripImage) -> Html {
    let (words, generation) = (text(), image.generation);
    let name = &*image.card.name;
    let class = props.state.likeliest_of(image);
    let label = match &class {
        Some(class) => fill(words.strip_open_class, &[("name", name), ("class", class)]),
        None => fill(words.strip_open, &[("name", name)]),
    };
    let remove = fill(words.strip_remove, &[("name", name)]);
    let current = generation == props.state.image_generation;
    html! {
        <li key={generation.to_string()} class={current.then_some("is-current")}>
            <button
                class="strip-open"
                type="button"
                title={label.clone()}
                aria-label={label}
                aria-current={current.then_some("true")}
                data-testid="strip-open"
                onclick={props.dispatch.reform(move |_: MouseEvent| Action::ShowImage(generation))}
            >
                <Picture drawing={Drawing::Overview(image.card.clone())} label={name.to_owned()} />
                <span>{ name }</span>
                <span class="quiet">{ class }</span>
            </button>
            <button
                class="button-icon button-tiny"
                type="button"
                title={remove.clone()}
                aria-label={remove}
                data-testid="strip-remove"
                onclick={props.dispatch.reform(move |_: MouseEvent| Action::RemoveImage(generation))}
            >
                <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M4 4 12 12 M12 4 4 12" /></svg>
            </button>
        </li>
    }
}
