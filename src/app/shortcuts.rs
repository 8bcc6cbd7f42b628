//! Keys that work anywhere on the page: undo and redo of the settings.

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

use super::{browser, state::Action};

/// What is typed into takes its own keys; sliders, boxes and lists do not.
const TYPED_INTO: &str = "textarea, [contenteditable], input:not([type=range]):not([type=checkbox]):not([type=radio]):not([type=file])";

/// Listens to Ctrl (or Command) with Z, with Shift or Y for redo, as long as the listener is kept.
pub fn listen(act: impl Fn(Action) + 'static) -> Option<EventListener> {
    let ours = EventListenerOptions::enable_prevent_default();
    let window = browser::window()?;
    let listen = move |event: &web_sys::Event| {
        let wanted = event.dyn_ref::<KeyboardEvent>().and_then(wanted);
        if let Some(action) = wanted
            && !browser::is_in(event, TYPED_INTO)
        {
            event.prevent_default();
            act(action);
        }
    };
    Some(EventListener::new_with_options(
        &window, "keydown", ours, listen,
    ))
}

fn wanted(event: &KeyboardEvent) -> Option<Action> {
    if !(event.ctrl_key() || event.meta_key()) || event.alt_key() {
        return None;
    }
    match (event.key().to_lowercase().as_str(), event.shift_key()) {
        ("z", false) => Some(Action::Undo),
        ("z", true) | ("y", false) => Some(Action::Redo),
        _ => None,
    }
}
