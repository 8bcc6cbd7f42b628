//! The map over the photo: the page's centre.

use yew::prelude::*;

use super::{
    colour_bar::ColourBar, downloads::Downloads, lesson::OPENER_ID, map_tools::MapTools,
    picture::Picture, progress::ProgressLine, zoom_stage::ZoomStage, zoom_tools::ZoomTools,
};
use crate::{
    app::{
        canvas::Drawing,
        state::{Action, LessonAction, LessonStep, Shared, State},
        strings::{fill, lesson, percent, say_note, significant, text},
    },
    render::summarise_map,
};

/// What the map card shows.
#[derive(Properties, PartialEq)]
pub struct MapProps {
    /// The page's state.
    pub state: Shared<State>,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// Where the canvas is found to save it.
pub const CANVAS_ID: &str = "overlay-canvas";

/// The map card.
#[component]
pub fn Map(props: &MapProps) -> Html {
    let state = &props.state;
    let summary = use_memo(state.map.clone(), |map| {
        map.as_deref().map(summarise_map).unwrap_or_default()
    });
    let dimmed = state.map.is_some() && !state.map_is_current();
    html! {
        <section id="map" class="card map" aria-labelledby="map-title" tabindex="-1">
            <div class="map-head">
                <div class="card-head">
                    <h2 id="map-title"><span class="step" aria-hidden="true">{ "3" }</span>{ text().map }</h2>
                    <button
                        id={OPENER_ID}
                        class="button button-small"
                        type="button"
                        title={lesson().open_hint}
                        aria-haspopup="dialog"
                        data-testid={OPENER_ID}
                        onclick={props.dispatch.reform(|_: MouseEvent| {
                            Action::Lesson(LessonAction::Show(LessonStep::Photo))
                        })}
                    >
                        { lesson().open }
                    </button>
                </div>
                <p class="headline">{ headline(state) }</p>
                <p class="hint" data-testid="map-summary">
                    { &*summary }
                    if let Some(note) = state.map.as_ref().and_then(|map| map.note.clone()) {
                        { " " }<span data-testid="map-note">{ say_note(&note) }</span>
                    }
                    if let Some(gap) = completeness(state) {
                        { " " }<span data-testid="completeness">{ gap }</span>
                    }
                </p>
            </div>
            <MapTools view={state.view} dispatch={props.dispatch.clone()} />
            if let Some(image) = &state.image {
                <div class="stage-frame">
                    <ZoomStage
                        class={classes!("stage", dimmed.then_some("is-stale"))}
                        zoom={state.view.zoom}
                        drags=true
                        focusable=true
                        testid="map-stage"
                        dispatch={props.dispatch.clone()}
                    >
                        <Picture
                            id={CANVAS_ID}
                            drawing={Drawing::Map {
                                image: image.clone(),
                                map: state.map.clone(),
                                view: state.view,
                                scale: None,
                            }}
                            label={alternative(state, &summary)}
                            testid={CANVAS_ID}
                        />
                    </ZoomStage>
                    <ZoomTools zoom={state.view.zoom} dispatch={props.dispatch.clone()} />
                </div>
            } else {
                <div class="stage"><p class="stage-empty">{ text().map_waiting }</p></div>
            }
            <ColourBar map={state.map.clone()} colormap={state.view.colormap} />
            <div class="map-foot">
                <ProgressLine state={state.clone()} dispatch={props.dispatch.clone()} />
                <Downloads state={state.clone()} dispatch={props.dispatch.clone()} />
            </div>
        </section>
    }
}

fn headline(state: &State) -> String {
    let (Some(target), Some(answer)) = (state.target, &state.classification) else {
        return text().map_waiting.to_owned();
    };
    if state.map.as_ref().is_some_and(|map| map.constant) {
        return text().map_constant.to_owned();
    }
    if target >= answer.logits.len() {
        return String::new();
    }
    fill(
        text().map_says,
        &[
            ("name", &capitalised(&state.class_name(target))),
            (
                "percent",
                &percent(f64::from(answer.score(target).probability)),
            ),
        ],
    )
}

/// How far the attributions are from adding up, for methods that should.
fn completeness(state: &State) -> Option<String> {
    let sums = state.map.as_ref()?.completeness?;
    Some(fill(
        text().completeness,
        &[
            ("gap", &significant(sums.gap())),
            ("attributed", &significant(sums.attributed)),
            ("explained", &significant(sums.explained)),
        ],
    ))
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

fn alternative(state: &State, summary: &str) -> String {
    let Some(image) = &state.image else {
        return String::new();
    };
    let Some(map) = &state.map else {
        return image.name.clone();
    };
    let what = fill(
        text().map_alt,
        &[
            ("name", &state.class_name(map.target)),
            ("photo", &image.name),
        ],
    );
    format!("{what} {summary}")
}
