//! What the page is not, and how to check what it says about privacy.

use yew::prelude::*;

use crate::app::strings::text;

/// The lines at the bottom.
#[component]
pub fn Footer() -> Html {
    html! {
        <footer class="foot">
            <p>{ text().honesty }</p>
            <details class="privacy">
                <summary>
                    { text().privacy }
                    { " " }
                    <span class="link">{ text().privacy_verify }</span>
                </summary>
                <p class="privacy-how">{ text().privacy_how }</p>
            </details>
        </footer>
    }
}
