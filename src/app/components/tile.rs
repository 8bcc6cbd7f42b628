//! One method of the comparison: its map, its score, what it took, and where it stands.

use yew::prelude::*;

use super::{picture::Picture, zoom_stage::ZoomStage};
use crate::{
    app::{
        canvas::Drawing,
        state::{Action, MapResult, Shared, Tile, View, is_control},
        strings::{compare, fill, say_note, significant},
    },
    protocol::ImageCard,
};

/// What the tile shows.
#[derive(Properties, PartialEq)]
pub struct TileCardProps {
    /// What is known of the method.
    pub tile: Tile,
    /// Name of the method.
    pub label: String,
    /// Where it stands, from 0.
    pub place: usize,
    /// It is the last one.
    pub last: bool,
    /// Nothing is being computed because the person stopped it.
    pub paused: bool,
    /// It is the one in the large view.
    pub large: bool,
    /// The photo.
    pub image: Option<Shared<ImageCard>>,
    /// How maps are shown.
    pub view: View,
    /// One scale for all, if there is one.
    pub scale: Option<(f32, f32)>,
    /// The method that is being dragged.
    pub dragged: Option<String>,
    /// Tells which method is being dragged.
    pub drag: Callback<Option<String>>,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// The tile; it can be dragged to another place.
#[component]
pub fn TileCard(props: &TileCardProps) -> Html {
    let (tile, words) = (&props.tile, compare());
    let method = tile.method.clone();
    let named = |template: &str| fill(template, &[("method", &props.label)]);
    let map = tile
        .result
        .as_ref()
        .map(|result| result.map.clone())
        .or_else(|| tile.partial.clone());
    let open = {
        let method = method.clone();
        props
            .dispatch
            .reform(move |_: MouseEvent| Action::ChooseMethod(method.clone()))
    };
    let step = |place: usize| {
        let method = method.clone();
        props
            .dispatch
            .reform(move |_: MouseEvent| Action::MoveMethod(method.clone(), place))
    };
    let remove = {
        let method = method.clone();
        props
            .dispatch
            .reform(move |_: MouseEvent| Action::RemoveMethod(method.clone()))
    };
    let on_drop = {
        let (dragged, drag) = (props.dragged.clone(), props.drag.clone());
        let (dispatch, place) = (props.dispatch.clone(), props.place);
        move |event: DragEvent| {
            // Files dropped on a tile are the window's business.
            if let Some(dragged) = &dragged {
                event.prevent_default();
                event.stop_propagation();
                dispatch.emit(Action::MoveMethod(dragged.clone(), place));
                drag.emit(None);
            }
        }
    };
    let on_over = {
        let dragging = props.dragged.is_some();
        move |event: DragEvent| {
            if dragging {
                event.prevent_default();
            }
        }
    };
    let on_start = {
        let (drag, method) = (props.drag.clone(), method.clone());
        move |_: DragEvent| drag.emit(Some(method.clone()))
    };
    // Dragging moves what is shown in a tile that is zoomed, and the tile otherwise.
    let whole = props.view.zoom.is_whole();
    let moving = props.dragged.as_ref() == Some(&method);
    html! {
        <li
            class={classes!(
                "tile",
                props.large.then_some("is-large"),
                moving.then_some("is-moving"),
            )}
            draggable={whole.to_string()}
            ondragstart={on_start}
            ondragend={props.drag.reform(|_: DragEvent| None)}
            ondragover={on_over}
            ondrop={on_drop}
            data-testid={format!("tile-{method}")}
            data-done={tile.result.is_some().to_string()}
        >
            <ZoomStage zoom={props.view.zoom} drags={!whole} dispatch={props.dispatch.clone()}>
                <button
                    class="tile-open"
                    type="button"
                    aria-label={named(words.tile_open)}
                    data-testid={format!("tile-open-{method}")}
                    onclick={open}
                >
                    if let Some(image) = &props.image {
                        <Picture
                            drawing={Drawing::Map {
                                image: image.clone(),
                                map,
                                view: props.view,
                                scale: props.scale,
                            }}
                            label={named(words.tile_alt)}
                            testid={format!("tile-canvas-{method}")}
                        />
                    }
                </button>
            </ZoomStage>
            <div class="tile-words">
                <strong class="tile-name">
                    { &props.label }
                    if is_control(&method) {
                        <span class="badge-inline">{ words.control }</span>
                    }
                </strong>
                { outcome(props) }
            </div>
            <div class="tile-tools">
                { tool("M10 3 5 8 10 13", named(words.tile_left), props.place == 0, "left", step(props.place.saturating_sub(1))) }
                { tool("M6 3 11 8 6 13", named(words.tile_right), props.last, "right", step(props.place + 1)) }
                { tool("M4 4 12 12 M12 4 4 12", named(words.tile_remove), false, "remove", remove) }
            </div>
        </li>
    }
}

fn tool(
    path: &'static str,
    label: String,
    disabled: bool,
    testid: &'static str,
    onclick: Callback<MouseEvent>,
) -> Html {
    html! {
        <button
            class="button-icon button-tiny"
            type="button"
            title={label.clone()}
            aria-label={label}
            {disabled}
            data-testid={format!("tile-{testid}")}
            {onclick}
        >
            <svg viewBox="0 0 16 16" aria-hidden="true"><path d={path} /></svg>
        </button>
    }
}

fn outcome(props: &TileCardProps) -> Html {
    let (tile, words) = (&props.tile, compare());
    if let Some(result) = &tile.result {
        return done(result);
    }
    if let Some(failure) = &tile.failure {
        return html! {
            <span class="tile-failed" title={failure.to_string()}>
                { words.tile_failed }{ ": " }{ &failure.message }
            </span>
        };
    }
    let state = if tile.running {
        words.tile_running
    } else if props.paused {
        words.tile_paused
    } else {
        words.tile_waiting
    };
    html! { <span class="quiet">{ state }</span> }
}

fn done(result: &MapResult) -> Html {
    let words = compare();
    let score = format!("{:.3}", result.rcap.score);
    let seconds = format!("{:.1}", result.seconds());
    let gap = result.map.completeness.map(|sums| {
        let gap = significant(sums.gap());
        fill(words.gap, &[("gap", &gap)])
    });
    html! {
        <>
            <span class="tile-score" data-testid="tile-score">
                { fill(words.tile_score, &[("score", &score)]) }
            </span>
            <span class="quiet">
                { fill(words.tile_time, &[("seconds", &seconds)]) }
                if result.gradients == 0 && !is_control(&result.key.method) {
                    { ", " }{ words.tile_shared }
                }
                if let Some(gap) = gap {
                    { ", " }{ gap }
                }
            </span>
            if let Some(note) = &result.map.note {
                <span class="tile-note" data-testid="tile-note">{ say_note(note) }</span>
            }
        </>
    }
}
