//! A canvas that shows one drawing, with a text alternative.

use web_sys::HtmlCanvasElement;
use yew::prelude::*;

use crate::app::canvas::{self, Drawing};

/// What is drawn.
#[derive(Properties, PartialEq)]
pub struct PictureProps {
    /// The drawing.
    pub drawing: Drawing,
    /// Its text alternative; empty for a picture that only decorates.
    pub label: AttrValue,
    /// Its id in the page.
    #[prop_or_default]
    pub id: Option<AttrValue>,
    /// Finds it in tests.
    #[prop_or_default]
    pub testid: AttrValue,
    /// Its style.
    #[prop_or_default]
    pub class: Classes,
}

/// A picture on a canvas.
#[component]
pub fn Picture(props: &PictureProps) -> Html {
    let node = use_node_ref();
    {
        let node = node.clone();
        use_effect_with(props.drawing.clone(), move |drawing| {
            if let Some(element) = node.cast::<HtmlCanvasElement>() {
                canvas::draw(&element, drawing);
            }
        });
    }
    html! {
        <canvas
            ref={node}
            id={props.id.clone()}
            class={props.class.clone()}
            role="img"
            aria-label={props.label.clone()}
            data-testid={props.testid.clone()}
        />
    }
}
