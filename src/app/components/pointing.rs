//! What was pointed at, when the pointer leaves.

use yew::prelude::*;

/// Forgets it once a mouse has moved away. A finger leaves by being lifted: what it pointed at stays.
pub fn on_leave(forget: Callback<()>) -> Callback<PointerEvent> {
    Callback::from(move |event: PointerEvent| {
        if event.pointer_type() != "touch" {
            forget.emit(());
        }
    })
}
