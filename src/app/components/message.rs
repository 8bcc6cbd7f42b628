//! The live region that tells the person what went wrong and what to do.

use yew::prelude::*;

use crate::app::{
    state::{Action, Notice, NoticeKind},
    strings::notices,
};

/// What the message shows.
#[derive(Properties, PartialEq)]
pub struct MessageProps {
    /// The message, if there is one.
    pub notice: Option<Notice>,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// The message, or an empty live region that will announce it.
#[component]
pub fn Message(props: &MessageProps) -> Html {
    let dismiss = props.dispatch.reform(|_: MouseEvent| Action::Dismiss);
    html! {
        <div class="message-region" role="status" aria-live="polite" data-testid="message">
            if let Some(notice) = &props.notice {
                <div
                    class={classes!(
                        "message",
                        (notice.kind == NoticeKind::Problem).then_some("is-problem"),
                    )}
                >
                    <p>
                        <strong>{ &notice.message }</strong>
                        { " " }
                        { &notice.hint }
                    </p>
                    <button
                        class="button-icon"
                        type="button"
                        data-testid="dismiss"
                        aria-label={notices().dismiss}
                        onclick={dismiss}
                    >
                        <svg viewBox="0 0 16 16" aria-hidden="true">
                            <path d="M4 4 12 12 M12 4 4 12" />
                        </svg>
                    </button>
                </div>
            }
        </div>
    }
}
