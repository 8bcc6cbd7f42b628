//! The lesson over the whole page: one step at a time, by buttons, by keys or by a presenter.

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::{platform::spawn_local, prelude::*};

use super::{
    downloads::link_copied,
    lesson_step::{LessonStepView, step_name},
};
use crate::app::{
    browser,
    state::{Action, LessonAction, LessonStep, Notice, Shared, State},
    strings::lesson,
};

/// Where the button that opens the lesson is found, to give the focus back to it.
pub const OPENER_ID: &str = "lesson-open";

/// What the lesson shows.
#[derive(Properties, PartialEq)]
pub struct LessonDialogProps {
    /// The page's state.
    pub state: Shared<State>,
    /// The step on show.
    pub step: LessonStep,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// The lesson, for as long as it is open.
#[component]
pub fn LessonDialog(props: &LessonDialogProps) -> Html {
    let words = lesson();
    let (dialog, frame) = (use_node_ref(), use_node_ref());
    {
        let (dialog, frame) = (dialog.clone(), frame.clone());
        let act = props.dispatch.reform(Action::Lesson);
        use_effect_with((), move |()| {
            let keys = listen(act);
            let dialog = dialog.cast::<HtmlElement>();
            if let Some(dialog) = &dialog {
                browser::open_dialog(dialog);
            }
            if let Some(frame) = frame.cast::<HtmlElement>() {
                // Keys work without the focus too.
                let _ = frame.focus();
            }
            move || {
                drop(keys);
                if let Some(dialog) = &dialog {
                    browser::close_dialog(dialog);
                }
                browser::focus(OPENER_ID);
            }
        });
    }
    // A phone's way back closes as Escape does.
    let on_close = props.dispatch.reform(|event: Event| {
        event.prevent_default();
        Action::Lesson(LessonAction::Close)
    });
    html! {
        <dialog
            ref={dialog}
            class="lesson"
            aria-labelledby="lesson-title"
            data-testid="lesson"
            data-step={props.step.number().to_string()}
            oncancel={on_close.clone()}
            onclose={on_close}
        >
            <div ref={frame} class="lesson-frame" tabindex="-1">
                <div class="lesson-head">
                    <h2 id="lesson-title">{ words.title }</h2>
                    <LinkButton state={props.state.clone()} step={props.step} />
                    { button(props, words.close, "lesson-close", Some(LessonAction::Close)) }
                </div>
                // What may have to be scrolled can be reached with the keyboard.
                <div class="lesson-body" tabindex="0">
                    <LessonStepView
                        state={props.state.clone()}
                        step={props.step}
                        dispatch={props.dispatch.clone()}
                    />
                </div>
                { controls(props) }
            </div>
        </dialog>
    }
}

/// Steps by the keys that people and presenters press, wherever the focus is.
fn listen(act: Callback<LessonAction>) -> Option<EventListener> {
    let window = browser::window()?;
    let options = EventListenerOptions::enable_prevent_default();
    let on_key = move |event: &web_sys::Event| {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
            return;
        };
        // A slider may have used the key itself; the browser's own shortcuts stay its own.
        if event.default_prevented() || event.alt_key() || event.ctrl_key() || event.meta_key() {
            return;
        }
        let action = match event.key().as_str() {
            "ArrowRight" | "PageDown" => LessonAction::Next,
            "ArrowLeft" | "PageUp" => LessonAction::Before,
            "Home" => LessonAction::Show(LessonStep::Photo),
            "End" => LessonAction::Show(LessonStep::Exercise),
            "Escape" => LessonAction::Close,
            _ => return,
        };
        event.prevent_default();
        act.emit(action);
    };
    let listener = EventListener::new_with_options(&window, "keydown", options, on_key);
    Some(listener)
}

/// A button; one without an action keeps its place and the focus, and does nothing.
fn button(
    props: &LessonDialogProps,
    label: &'static str,
    testid: &'static str,
    action: Option<LessonAction>,
) -> Html {
    let onclick = {
        let dispatch = props.dispatch.clone();
        move |_: MouseEvent| {
            if let Some(action) = action {
                dispatch.emit(Action::Lesson(action));
            }
        }
    };
    html! {
        <button
            class="button"
            type="button"
            aria-disabled={action.is_none().then_some("true")}
            data-testid={testid}
            {onclick}
        >
            { label }
        </button>
    }
}

/// Back, forth, by itself, or straight to a step.
fn controls(props: &LessonDialogProps) -> Html {
    let words = lesson();
    let playing = props.state.lesson.playing;
    let play = if playing { words.pause } else { words.play };
    let before = props.step.before().map(|_| LessonAction::Before);
    let next = props.step.next().map(|_| LessonAction::Next);
    html! {
        <div class="lesson-foot">
            { button(props, words.before, "lesson-before", before) }
            { button(props, play, "lesson-play", Some(LessonAction::Play(!playing))) }
            <ol class="lesson-steps" aria-label={words.steps}>
                { for LessonStep::ALL.into_iter().map(|step| {
                    let show = LessonAction::Show(step);
                    let label = step_name(step);
                    html! {
                        <li>
                            <button
                                type="button"
                                title={label}
                                aria-label={format!("{}. {label}", step.number())}
                                aria-current={(step == props.step).then_some("step")}
                                data-testid={format!("lesson-step-{}", step.number())}
                                onclick={props.dispatch.reform(move |_: MouseEvent| Action::Lesson(show))}
                            >
                                { step.number() }
                            </button>
                        </li>
                    }
                }) }
            </ol>
            { button(props, words.next, "lesson-next", next) }
            <p class="hint">{ words.keys }</p>
        </div>
    }
}

/// What the link button links to.
#[derive(Properties, PartialEq)]
struct LinkButtonProps {
    state: Shared<State>,
    step: LessonStep,
}

/// Copies an address that opens the lesson here.
#[component]
fn LinkButton(props: &LinkButtonProps) -> Html {
    let words = lesson();
    let said = use_state(|| None::<(LessonStep, Notice)>);
    let onclick = {
        let (said, state, step) = (said.clone(), props.state.clone(), props.step);
        move |_: MouseEvent| {
            let Some(address) = browser::address_with(&state.link()) else {
                return;
            };
            let said = said.clone();
            spawn_local(async move {
                said.set(Some((step, link_copied(&address).await)));
            });
        }
    };
    let said = (*said).as_ref().filter(|(step, _)| *step == props.step);
    html! {
        <>
            <span class="lesson-said" role="status">
                { said.map(|(_, notice)| format!("{} {}", notice.message, notice.hint)) }
            </span>
            <button class="button" type="button" data-testid="lesson-link" {onclick}>
                { words.copy }
            </button>
        </>
    }
}
