//! Buttons that save the picture, the map's values and the result.

use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{Blob, HtmlCanvasElement};
use yew::{platform::spawn_local, prelude::*};

use super::map::CANVAS_ID;
use crate::app::{
    browser, export, figure, recompute,
    state::{Action, Notice, Shared, State},
    strings::{fill, notices, text},
};

/// What can be saved.
#[derive(Properties, PartialEq)]
pub struct DownloadsProps {
    /// The page's state.
    pub state: Shared<State>,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// The row of buttons.
#[component]
pub fn Downloads(props: &DownloadsProps) -> Html {
    let state = &props.state;
    let ready = state.map.as_ref().is_some_and(|map| map.is_final());
    let method = state.map.as_ref().map(|map| map.method.as_str());
    let recomputed = method.is_some_and(recompute::is_recomputed);
    let python_hint = if recomputed {
        text().save_python_hint
    } else {
        text().save_python_none
    };
    let button = |label: &'static str,
                  hint: &'static str,
                  testid: &'static str,
                  possible: bool,
                  save: fn(&State, &Callback<Action>) -> Result<(), JsValue>| {
        let (state, dispatch) = (state.clone(), props.dispatch.clone());
        let onclick = move |_: MouseEvent| {
            if let Err(error) = save(&state, &dispatch) {
                dispatch.emit(failed(&error));
            }
        };
        html! {
            <button
                class="button button-small"
                type="button"
                title={hint}
                disabled={!possible}
                data-testid={testid}
                {onclick}
            >
                { label }
            </button>
        }
    };
    html! {
        <div class="downloads" role="group" aria-label={text().save}>
            <span class="quiet" aria-hidden="true">{ text().save }</span>
            { button(text().save_png, text().save_png_hint, "save-png", ready, save_png) }
            { button(text().save_figure, text().save_figure_hint, "save-figure", ready, save_figure) }
            { button(text().save_npy, text().save_npy_hint, "save-npy", ready, save_npy) }
            { button(text().save_json, text().save_json_hint, "save-json", ready, save_json) }
            { button(text().save_python, python_hint, "save-python", ready && recomputed, save_python) }
            { button(text().copy_link, text().copy_link_hint, "copy-link", ready, copy_link) }
        </div>
    }
}

fn failed(error: &JsValue) -> Action {
    Action::Tell(Notice::problem(
        fill(
            notices().save_failed,
            &[("reason", &browser::reason(error))],
        ),
        notices().save_failed_hint,
    ))
}

fn large_view() -> Result<HtmlCanvasElement, JsValue> {
    browser::document()
        .and_then(|document| document.get_element_by_id(CANVAS_ID))
        .ok_or(JsValue::NULL)?
        .dyn_into()
        .map_err(JsValue::from)
}

fn save_png(state: &State, dispatch: &Callback<Action>) -> Result<(), JsValue> {
    save_canvas(&large_view()?, export::file_name(state, "png"), dispatch)
}

fn save_figure(state: &State, dispatch: &Callback<Action>) -> Result<(), JsValue> {
    let painted = figure::figure(state, &large_view()?)?;
    save_canvas(&painted, export::file_name(state, "figure.png"), dispatch)
}

fn save_canvas(
    canvas: &HtmlCanvasElement,
    name: String,
    dispatch: &Callback<Action>,
) -> Result<(), JsValue> {
    let dispatch = dispatch.clone();
    let done = Closure::once_into_js(move |blob: JsValue| {
        let saved = blob
            .dyn_into::<Blob>()
            .and_then(|blob| browser::save_blob(&name, &blob));
        if let Err(error) = saved {
            dispatch.emit(failed(&error));
        }
    });
    canvas.to_blob(done.unchecked_ref())
}

fn save_npy(state: &State, _: &Callback<Action>) -> Result<(), JsValue> {
    let map = state.map.as_ref().ok_or(JsValue::NULL)?;
    let name = export::file_name(state, "npy");
    browser::save(&name, "application/octet-stream", &export::npy(map))
}

fn save_json(state: &State, _: &Callback<Action>) -> Result<(), JsValue> {
    let name = export::file_name(state, "json");
    browser::save(&name, "application/json", export::json(state).as_bytes())
}

fn save_python(state: &State, _: &Callback<Action>) -> Result<(), JsValue> {
    let script = recompute::script(state).ok_or(JsValue::NULL)?;
    let name = export::file_name(state, "py");
    browser::save(&name, "text/x-python", script.as_bytes())
}

fn copy_link(state: &State, dispatch: &Callback<Action>) -> Result<(), JsValue> {
    let address = browser::address_with(&state.link()).ok_or(JsValue::NULL)?;
    let dispatch = dispatch.clone();
    spawn_local(async move {
        dispatch.emit(Action::Tell(link_copied(&address).await));
    });
    Ok(())
}

/// Copies a link, and says so, or gives it to be copied by hand.
pub async fn link_copied(address: &str) -> Notice {
    match browser::copy(address).await {
        Ok(()) => Notice::information(text().copied),
        Err(_) => Notice::problem(
            text().copy_failed,
            fill(text().copy_failed_hint, &[("text", address)]),
        ),
    }
}
