//! Tells a canvas to draw anew after what it does not follow by itself.

use gloo::events::EventListener;
use yew::prelude::*;

use crate::app::browser;

/// Counts the times something happened that a canvas does not follow: another size, another colour
/// scheme.
#[hook]
pub fn use_redraw() -> u32 {
    let count = use_state(|| 0_u32);
    let setter = count.setter();
    let latest = use_mut_ref(|| 0_u32);
    use_effect_with((), move |()| {
        let bump = move || {
            let mut latest = latest.borrow_mut();
            *latest = latest.wrapping_add(1);
            setter.set(*latest);
        };
        let window = browser::window();
        let scheme = window.as_ref().and_then(|window| {
            window
                .match_media("(prefers-color-scheme: dark)")
                .ok()
                .flatten()
        });
        let listeners: Vec<EventListener> = [
            window.map(|window| {
                let bump = bump.clone();
                EventListener::new(&window, "resize", move |_| bump())
            }),
            scheme.map(|scheme| EventListener::new(&scheme, "change", move |_| bump())),
        ]
        .into_iter()
        .flatten()
        .collect();
        move || drop(listeners)
    });
    *count
}
