//! The folder of images and that of masks: chosen, counted, cleared.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::app::{
    folder::{self, FolderFile},
    state::{Action, BatchAction, BatchImage, Shared},
    strings::{batch, fill},
};

/// So many names of files that are no images are listed.
const LISTED: usize = 12;

/// What the row of pickers shows.
#[derive(Properties, PartialEq)]
pub struct BatchFilesProps {
    /// The images.
    pub images: Shared<Vec<BatchImage>>,
    /// Names of the files that are no images.
    pub others: Shared<Vec<String>>,
    /// Takes a folder, and whether it holds masks.
    pub open: Callback<(Vec<FolderFile>, bool)>,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// The pickers and what they brought.
#[component]
pub fn BatchFiles(props: &BatchFilesProps) -> Html {
    let words = batch();
    let (images, others) = (&props.images, &props.others);
    let masks = images.iter().filter(|image| image.mask.is_some()).count();
    let clear = |_: MouseEvent| Action::Batch(BatchAction::Clear);
    let count = |count: usize| count.to_string();
    html! {
        <div class="batch-files">
            <div class="row">
                { picker(props, false) }
                if !images.is_empty() {
                    { picker(props, true) }
                    <button
                        class="button button-small"
                        type="button"
                        data-testid="batch-clear"
                        onclick={props.dispatch.reform(clear)}
                    >
                        { words.clear }
                    </button>
                }
                <span class="hint">{ words.drop }</span>
            </div>
            if !images.is_empty() {
                <p class="batch-count" role="status" data-testid="batch-count">
                    { fill(words.count, &[
                        ("images", &count(images.len())),
                        ("masks", &count(masks)),
                    ]) }
                </p>
            } else if !others.is_empty() {
                <p class="tile-failed" role="status" data-testid="batch-count">{ words.no_images }</p>
            }
            if !others.is_empty() {
                <details class="about" data-testid="batch-others">
                    <summary>
                        { fill(words.others, &[("count", &count(others.len()))]) }
                    </summary>
                    <p class="hint">
                        { others.iter().take(LISTED).cloned().collect::<Vec<_>>().join(", ") }
                        if others.len() > LISTED {
                            { " " }
                            { fill(words.more, &[("count", &count(others.len() - LISTED))]) }
                        }
                    </p>
                </details>
            }
        </div>
    }
}

fn picker(props: &BatchFilesProps, masks: bool) -> Html {
    let words = batch();
    let pick = {
        let open = props.open.clone();
        move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            if let Some(files) = input.files() {
                open.emit((folder::picked(&files), masks));
            }
            // So that choosing the same folder again is a change again.
            input.set_value("");
        }
    };
    let first = props.images.is_empty();
    html! {
        <label
            class={classes!("button", if first { "button-primary" } else { "button-small" })}
            data-drop={masks.then_some("masks")}
        >
            { if masks { words.choose_masks } else { words.choose_images } }
            <input
                class="visually-hidden"
                type="file"
                webkitdirectory=true
                data-testid={if masks { "batch-masks" } else { "batch-images" }}
                onchange={pick}
            />
        </label>
    }
}
