//! Two pictures against each other, with a line between them to be moved.

use web_sys::{HtmlCanvasElement, HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::{picture::Picture, zoom_stage::ZoomStage};
use crate::{
    app::{
        canvas::Drawing,
        state::{Action, Shared, Side, Split, View},
        strings::{compare, fill},
    },
    protocol::{ImageCard, MapReport},
};

/// What is set against what.
#[derive(Properties, PartialEq)]
pub struct SplitViewProps {
    /// The photo.
    pub image: Option<Shared<ImageCard>>,
    /// How maps are shown.
    pub view: View,
    /// One scale for all, if there is one.
    pub scale: Option<(f32, f32)>,
    /// The two sides and the line.
    pub split: Split,
    /// The methods to choose from: id, name and map.
    pub methods: Vec<(String, String, Option<Shared<MapReport>>)>,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

impl SplitViewProps {
    fn map(&self, side: &Side) -> Option<Shared<MapReport>> {
        let Side::Map(wanted) = side else { return None };
        let mut methods = self.methods.iter();
        methods.find(|(id, ..)| id == wanted)?.2.clone()
    }

    fn name(&self, side: &Side) -> String {
        match side {
            Side::Photo => compare().split_photo.to_owned(),
            Side::Map(wanted) => {
                let mut methods = self.methods.iter();
                let found = methods.find(|(id, ..)| id == wanted);
                found.map(|(_, label, _)| label.clone()).unwrap_or_default()
            }
        }
    }
}

/// The two pictures, moved by dragging on them or by the slider.
#[component]
pub fn SplitView(props: &SplitViewProps) -> Html {
    let (words, split) = (compare(), &props.split);
    let slide = {
        let split = split.clone();
        props.dispatch.reform(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            Action::SplitView(Split {
                share: (input.value_as_number() / 100.0) as f32,
                ..split.clone()
            })
        })
    };
    let on_move = {
        let (split, dispatch) = (split.clone(), props.dispatch.clone());
        move |event: PointerEvent| {
            // A mouse moves the line while its button is down, a finger whenever it touches.
            if event.buttons() == 0 {
                return;
            }
            if let Some(canvas) = event.target_dyn_into::<HtmlCanvasElement>() {
                let edges = canvas.get_bounding_client_rect();
                if edges.width() > 0.0 {
                    let share = (f64::from(event.client_x()) - edges.left()) / edges.width();
                    dispatch.emit(Action::SplitView(Split {
                        share: share.clamp(0.0, 1.0) as f32,
                        ..split.clone()
                    }));
                }
            }
        }
    };
    let swap = {
        let split = split.clone();
        props.dispatch.reform(move |_: MouseEvent| {
            Action::SplitView(Split {
                left: split.right.clone(),
                right: split.left.clone(),
                share: split.share,
            })
        })
    };
    let label = fill(
        words.split_alt,
        &[
            ("left", &props.name(&split.left)),
            ("right", &props.name(&split.right)),
        ],
    );
    html! {
        <div class="split">
            <h3>{ words.split }</h3>
            <div class="row split-tools">
                { side(props, words.split_left, "split-left", &split.left, |split, left| Split { left, ..split }) }
                <button class="button button-small" type="button" data-testid="split-swap" onclick={swap}>
                    { words.split_swap }
                </button>
                { side(props, words.split_right, "split-right", &split.right, |split, right| Split { right, ..split }) }
            </div>
            if let Some(image) = &props.image {
                <ZoomStage zoom={props.view.zoom} focusable=true dispatch={props.dispatch.clone()}>
                    <div
                        class="split-stage"
                        onpointerdown={on_move.clone()}
                        onpointermove={on_move}
                    >
                        <Picture
                            drawing={Drawing::Split {
                                image: image.clone(),
                                left: props.map(&split.left),
                                right: props.map(&split.right),
                                view: props.view,
                                scale: props.scale,
                                share: split.share,
                            }}
                            {label}
                            testid="split-canvas"
                        />
                    </div>
                </ZoomStage>
            }
            <input
                type="range"
                min="0"
                max="100"
                value={format!("{:.0}", split.share * 100.0)}
                aria-label={words.split_line}
                data-testid="split-line"
                oninput={slide}
            />
        </div>
    }
}

fn side(
    props: &SplitViewProps,
    label: &'static str,
    testid: &'static str,
    chosen: &Side,
    set: fn(Split, Side) -> Split,
) -> Html {
    let split = props.split.clone();
    let onchange = props.dispatch.reform(move |event: Event| {
        let id = event.target_unchecked_into::<HtmlSelectElement>().value();
        let side = if id.is_empty() {
            Side::Photo
        } else {
            Side::Map(id)
        };
        Action::SplitView(set(split.clone(), side))
    });
    html! {
        <label class="field-inline">
            <span class="visually-hidden">{ label }</span>
            <select data-testid={testid} {onchange}>
                <option value="" selected={*chosen == Side::Photo}>{ compare().split_photo }</option>
                { for props.methods.iter().map(|(id, name, _)| html! {
                    <option value={id.clone()} selected={*chosen == Side::Map(id.clone())}>
                        { name }
                    </option>
                }) }
            </select>
        </label>
    }
}
