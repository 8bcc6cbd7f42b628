//! The photo with the part the model sees, and the ways to give another.

use web_sys::{File, HtmlInputElement};
use yew::prelude::*;

use super::{camera::Camera, picture::Picture, samples::Samples};
use crate::{
    app::{
        canvas::Drawing,
        state::{Action, Sample, Shared},
        strings::{fill, say_open_note, text},
    },
    protocol::ImageCard,
};

/// What the photo card shows.
#[derive(Properties, PartialEq)]
pub struct PhotoProps {
    /// The open image.
    pub image: Option<Shared<ImageCard>>,
    /// Name of an image being opened.
    pub opening: Option<AttrValue>,
    /// A file is held over the window.
    pub dragging: bool,
    /// Photos that come with the page.
    pub samples: Vec<Sample>,
    /// Opens files.
    pub open: Callback<Vec<File>>,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// The photo card.
#[component]
pub fn Photo(props: &PhotoProps) -> Html {
    let pick = {
        let open = props.open.clone();
        move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            if let Some(files) = input.files() {
                let files = (0..files.length()).filter_map(|index| files.get(index));
                open.emit(files.collect());
            }
            // So that choosing the same file again is a change again.
            input.set_value("");
        }
    };
    html! {
        <section class="card photo" aria-labelledby="photo-title">
            <h2 id="photo-title"><span class="step" aria-hidden="true">{ "1" }</span>{ text().photo }</h2>
            <div
                class={classes!("drop-zone", props.dragging.then_some("is-over"))}
                data-testid="drop-zone"
            >
                <div class="photo-frame">
                    if let Some(image) = &props.image {
                        <Picture
                            drawing={Drawing::Overview(image.clone())}
                            label={text().photo_overview}
                            testid="photo-canvas"
                        />
                    } else {
                        <span class="quiet">{ text().photo_none }</span>
                    }
                    if props.dragging {
                        <span class="drop-now">{ text().photo_drop_now }</span>
                    }
                </div>
                { caption(props) }
                <div class="drop-actions">
                    <label class="button button-primary">
                        { text().photo_choose }
                        <input
                            class="visually-hidden"
                            type="file"
                            accept="image/*,.onnx,.data,.onnx_data,.zip,.gz"
                            multiple=true
                            data-testid="file-input"
                            onchange={pick}
                        />
                    </label>
                    <Camera open={props.open.clone()} dispatch={props.dispatch.clone()} />
                    <span class="quiet">{ text().photo_drop }</span>
                </div>
            </div>
            <Samples samples={props.samples.clone()} dispatch={props.dispatch.clone()} />
        </section>
    }
}

fn caption(props: &PhotoProps) -> Html {
    if let Some(name) = &props.opening {
        return html! {
            <p class="caption">{ fill(text().photo_waiting, &[("name", name)]) }</p>
        };
    }
    let Some(image) = &props.image else {
        return html! {};
    };
    let about = fill(
        text().photo_size,
        &[
            ("name", &image.name),
            ("width", &image.source_width_px.to_string()),
            ("height", &image.source_height_px.to_string()),
            ("format", &image.format),
        ],
    );
    let seen = fill(
        text().photo_seen,
        &[
            ("width", &image.model_view.width.to_string()),
            ("height", &image.model_view.height.to_string()),
        ],
    );
    html! {
        <p class="caption" title={about.clone()}>
            <span data-testid="photo-about">{ about }{ ". " }</span>
            { seen }
            { for image.notes.iter().map(|note| html! { <>{ " " }{ say_open_note(note) }</> }) }
        </p>
    }
}
