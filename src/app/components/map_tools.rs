//! What the large picture shows, how opaque and in which colours.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::{
    app::{
        state::{Action, COLORMAPS, MapView, View},
        strings::text,
    },
    render::Colormap,
};

/// What the tools change.
#[derive(Properties, PartialEq)]
pub struct MapToolsProps {
    /// How the map is shown now.
    pub view: View,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

fn mode_label(mode: MapView) -> &'static str {
    match mode {
        MapView::Overlay => text().view_overlay,
        MapView::Map => text().view_map,
        MapView::Masked => text().view_masked,
        MapView::Photo => text().view_photo,
    }
}

fn colormap_label(colormap: Colormap) -> &'static str {
    match colormap {
        Colormap::Viridis => text().colormap_viridis,
        Colormap::Cividis => text().colormap_cividis,
        Colormap::Magma => text().colormap_magma,
        Colormap::Grey => text().colormap_grey,
        Colormap::BlueOrange => text().colormap_blue_orange,
    }
}

/// The row of tools over the map.
#[component]
pub fn MapTools(props: &MapToolsProps) -> Html {
    let view = props.view;
    let on_opacity = props.dispatch.reform(move |event: InputEvent| {
        let percent = event
            .target_unchecked_into::<HtmlInputElement>()
            .value_as_number();
        Action::View(View {
            opacity: (percent / 100.0).clamp(0.0, 1.0) as f32,
            ..view
        })
    });
    let on_colormap = props.dispatch.reform(move |event: Event| {
        let id = event.target_unchecked_into::<HtmlSelectElement>().value();
        Action::View(View {
            colormap: Colormap::by_id(&id).unwrap_or_default(),
            ..view
        })
    });
    let opacity = format!("{:.0}", view.opacity * 100.0);
    html! {
        <div class="map-tools">
            <fieldset class="segments">
                <legend class="visually-hidden">{ text().map_view }</legend>
                { for MapView::ALL.into_iter().map(|mode| html! {
                    <label class={classes!((mode == view.mode).then_some("is-chosen"))}>
                        <input
                            class="visually-hidden"
                            type="radio"
                            name="map-view"
                            value={mode.id()}
                            checked={mode == view.mode}
                            data-testid={format!("view-{}", mode.id())}
                            onchange={props.dispatch.reform(move |_: Event| {
                                Action::View(View { mode, ..view })
                            })}
                        />
                        { mode_label(mode) }
                    </label>
                }) }
            </fieldset>
            <label class="field-inline">
                <span>{ text().opacity }</span>
                <input
                    type="range"
                    min="0"
                    max="100"
                    value={opacity}
                    disabled={view.mode != MapView::Overlay}
                    data-testid="opacity"
                    oninput={on_opacity}
                />
            </label>
            <label>
                <span class="visually-hidden">{ text().colormap }</span>
                <select data-testid="colormap" onchange={on_colormap}>
                    { for COLORMAPS.into_iter().map(|colormap| html! {
                        <option value={colormap.id()} selected={colormap == view.colormap}>
                            { colormap_label(colormap) }
                        </option>
                    }) }
                </select>
            </label>
        </div>
    }
}
