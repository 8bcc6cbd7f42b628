//! Buttons that zoom all pictures of the photo.

use yew::prelude::*;

use super::zoom_stage::KEY_TIMES;
use crate::app::{
    state::{Action, Zoom, ZoomStep},
    strings::{fill, percent, text},
};

/// What the buttons change.
#[derive(Properties, PartialEq)]
pub struct ZoomToolsProps {
    /// What is shown.
    pub zoom: Zoom,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// Smaller, whole, larger.
#[component]
pub fn ZoomTools(props: &ZoomToolsProps) -> Html {
    let (words, zoom) = (text(), props.zoom);
    let level = fill(words.zoom_level, &[("percent", &percent(zoom.factor()))]);
    html! {
        <div class="zoom-tools" role="group" aria-label={words.zoom}>
            <span role="status" data-testid="zoom-level">
                if !zoom.is_whole() {
                    { level }
                }
            </span>
            { button(props, "M3 8 H13", words.zoom_out, "zoom-out", ZoomStep::larger(1.0 / KEY_TIMES)) }
            { button(props, "M3 3 H13 V13 H3 Z", words.zoom_whole, "zoom-whole", ZoomStep::Whole) }
            { button(props, "M3 8 H13 M8 3 V13", words.zoom_in, "zoom-in", ZoomStep::larger(KEY_TIMES)) }
        </div>
    }
}

fn button(
    props: &ZoomToolsProps,
    path: &'static str,
    label: &'static str,
    testid: &'static str,
    step: ZoomStep,
) -> Html {
    // A button that would do nothing stays in reach of the Tab key, so that focus is not lost on it.
    let idle = props.zoom.after(step) == props.zoom;
    html! {
        <button
            class="button-icon button-tiny"
            type="button"
            title={label}
            aria-label={label}
            aria-disabled={idle.to_string()}
            data-testid={testid}
            onclick={props.dispatch.reform(move |_: MouseEvent| Action::Zoom(step))}
        >
            <svg viewBox="0 0 16 16" aria-hidden="true"><path d={path} /></svg>
        </button>
    }
}
