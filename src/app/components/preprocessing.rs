//! How photos are fed to the model: guessed from the file, editable, with presets.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::{
    app::{
        state::{Action, Shared},
        strings::{fill, model_text},
    },
    protocol::{
        ChannelOrder, FurtherChannels, Layout, ModelCard, ModelOptions, Preprocessing,
        PreprocessingPreset, ResizeRule,
    },
};

/// Largest side a model can be fed.
const MOST_PX: usize = 4_096;

/// What is edited.
#[derive(Properties, PartialEq)]
pub struct PreprocessingEditorProps {
    /// The model.
    pub model: Shared<ModelCard>,
    /// What was chosen about it.
    pub options: ModelOptions,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// The editor; every change is fed to the model at once.
#[component]
pub fn PreprocessingEditor(props: &PreprocessingEditorProps) -> Html {
    let (words, current) = (model_text(), &props.model.preprocessing);
    let preset = current.preset_in_use().map_or("", |preset| preset.name);
    let choose_preset = {
        let current = current.clone();
        props.dispatch.reform(move |event: Event| {
            let name = event.target_unchecked_into::<HtmlSelectElement>().value();
            let chosen = PreprocessingPreset::find(&name)
                .map_or_else(|| current.clone(), |preset| preset.applied_to(&current));
            Action::SetPreprocessing(Some(chosen))
        })
    };
    let source = fill(
        words.feeding_source,
        &[("source", &props.model.preprocessing_source)],
    );
    html! {
        <div class="feeding" data-testid="preprocessing">
            <h3>{ words.feeding }</h3>
            <p class="hint" data-testid="preprocessing-source">{ source }{ " " }{ words.remembered }</p>
            <div class="feeding-fields">
                <label class="field">
                    <span>{ words.preset }</span>
                    <select data-testid="preprocessing-preset" onchange={choose_preset}>
                        if preset.is_empty() {
                            <option value="" selected=true>{ words.preset_own }</option>
                        }
                        { for PreprocessingPreset::all().iter().map(|known| html! {
                            <option
                                value={known.name}
                                title={known.meaning}
                                selected={known.name == preset}
                            >
                                { known.label }
                            </option>
                        }) }
                    </select>
                </label>
                { channel_order(props) }
                { further_channels(props) }
                { triple(props, words.mean, "mean", |p| &mut p.mean_px, false) }
                { triple(props, words.std, "std", |p| &mut p.std_px, true) }
                <div class="row">
                    { side(props, words.width, "width", current.width_px, |p, v| p.width_px = v) }
                    { side(props, words.height, "height", current.height_px, |p, v| p.height_px = v) }
                </div>
                { resize(props) }
                { layout(props) }
            </div>
            <p class="hint">{ fill(words.range, &[("range", &current.value_range_text())]) }</p>
            <button
                class="button button-small"
                type="button"
                data-testid="preprocessing-reset"
                onclick={props.dispatch.reform(|_: MouseEvent| Action::SetPreprocessing(None))}
            >
                { words.feeding_reset }
            </button>
        </div>
    }
}

/// A list of choices, each with its id and its name.
fn choices<T: Copy + PartialEq + 'static>(
    label: &'static str,
    testid: &'static str,
    options: Vec<(T, &'static str, &'static str)>,
    chosen: T,
    choose: Callback<T>,
) -> Html {
    let known = options.clone();
    let onchange = move |event: Event| {
        let id = event.target_unchecked_into::<HtmlSelectElement>().value();
        if let Some((value, ..)) = known.iter().find(|(_, name, _)| *name == id) {
            choose.emit(*value);
        }
    };
    html! {
        <label class="field">
            <span>{ label }</span>
            <select data-testid={testid} {onchange}>
                { for options.into_iter().map(|(value, id, name)| html! {
                    <option value={id} selected={value == chosen}>{ name }</option>
                }) }
            </select>
        </label>
    }
}

fn channel_order(props: &PreprocessingEditorProps) -> Html {
    let words = model_text();
    let (dispatch, model) = (props.dispatch.clone(), props.model.clone());
    choices(
        words.channels,
        "preprocessing-channels",
        vec![
            (ChannelOrder::Rgb, "rgb", words.channels_rgb),
            (ChannelOrder::Bgr, "bgr", words.channels_bgr),
            (ChannelOrder::Grey601, "grey-601", words.channels_grey_601),
            (ChannelOrder::Grey709, "grey-709", words.channels_grey_709),
        ],
        props.model.preprocessing.channels,
        Callback::from(move |channels| {
            let chosen = Preprocessing {
                channels,
                ..model.preprocessing.clone()
            };
            dispatch.emit(Action::SetPreprocessing(Some(chosen)));
        }),
    )
}

/// What channels beyond the photo's colours hold, where the model has some.
fn further_channels(props: &PreprocessingEditorProps) -> Html {
    let (words, current) = (model_text(), &props.model.preprocessing);
    if current.channel_count() <= current.channels.colours() {
        return html! {};
    }
    let (dispatch, model) = (props.dispatch.clone(), props.model.clone());
    choices(
        words.further,
        "preprocessing-further",
        vec![
            (
                FurtherChannels::Constant(255.0),
                "white",
                words.further_white,
            ),
            (FurtherChannels::Constant(0.0), "black", words.further_black),
            (FurtherChannels::Copy, "copy", words.further_copy),
        ],
        current.further,
        Callback::from(move |further| {
            let chosen = Preprocessing {
                further,
                ..model.preprocessing.clone()
            };
            dispatch.emit(Action::SetPreprocessing(Some(chosen)));
        }),
    )
}

fn layout(props: &PreprocessingEditorProps) -> Html {
    let words = model_text();
    let (dispatch, options) = (props.dispatch.clone(), props.options.clone());
    choices(
        words.layout,
        "model-layout",
        vec![
            (Layout::Nchw, "nchw", words.layout_nchw),
            (Layout::Nhwc, "nhwc", words.layout_nhwc),
        ],
        props.model.layout,
        Callback::from(move |layout| {
            dispatch.emit(Action::SetModelOptions(ModelOptions {
                layout: Some(layout),
                ..options.clone()
            }));
        }),
    )
}

fn resize(props: &PreprocessingEditorProps) -> Html {
    let (words, current) = (model_text(), &props.model.preprocessing);
    let shorter = match current.resize {
        ResizeRule::ShorterSideThenCrop { shorter_side_px } => Some(shorter_side_px),
        ResizeRule::Squash => None,
    };
    // An eighth more than the model's side, the usual margin.
    let usual = current.height_px.min(current.width_px) * 8 / 7;
    let (dispatch, model) = (props.dispatch.clone(), props.model.clone());
    html! {
        <>
            { choices(
                words.resize,
                "preprocessing-resize",
                vec![(true, "crop", words.resize_crop), (false, "squash", words.resize_squash)],
                shorter.is_some(),
                Callback::from(move |crop: bool| {
                    let resize = if crop {
                        ResizeRule::ShorterSideThenCrop { shorter_side_px: usual }
                    } else {
                        ResizeRule::Squash
                    };
                    let chosen = Preprocessing { resize, ..model.preprocessing.clone() };
                    dispatch.emit(Action::SetPreprocessing(Some(chosen)));
                }),
            ) }
            if let Some(shorter) = shorter {
                { side(props, words.shorter_side, "shorter-side", shorter, |p, shorter_side_px| {
                    p.resize = ResizeRule::ShorterSideThenCrop { shorter_side_px };
                }) }
            }
        </>
    }
}

fn side(
    props: &PreprocessingEditorProps,
    label: &'static str,
    testid: &'static str,
    value: usize,
    set: fn(&mut Preprocessing, usize),
) -> Html {
    let (dispatch, model) = (props.dispatch.clone(), props.model.clone());
    let onchange = move |event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        let typed = input.value_as_number();
        // Casting saturates; what is no number becomes 0 and is refused.
        let side = typed.round() as usize;
        if (1..=MOST_PX).contains(&side) {
            let mut chosen = model.preprocessing.clone();
            set(&mut chosen, side);
            dispatch.emit(Action::SetPreprocessing(Some(chosen)));
        } else {
            input.set_value(&value.to_string());
        }
    };
    html! {
        <label class="field">
            <span>{ label }</span>
            <input
                type="number"
                min="1"
                max={MOST_PX.to_string()}
                value={value.to_string()}
                data-testid={format!("preprocessing-{testid}")}
                {onchange}
            />
        </label>
    }
}

fn triple(
    props: &PreprocessingEditorProps,
    label: &'static str,
    testid: &'static str,
    of: fn(&mut Preprocessing) -> &mut Vec<f32>,
    divides: bool,
) -> Html {
    let mut current = props.model.preprocessing.clone();
    let values = of(&mut current).clone();
    html! {
        <fieldset class="field triple">
            <legend>{ label }</legend>
            { for values.into_iter().enumerate().map(|(channel, value)| {
                let (dispatch, model) = (props.dispatch.clone(), props.model.clone());
                let onchange = move |event: Event| {
                    let input: HtmlInputElement = event.target_unchecked_into();
                    let typed = input.value_as_number() as f32;
                    if typed.is_finite() && !(divides && typed == 0.0) {
                        let mut chosen = model.preprocessing.clone();
                        if let Some(place) = of(&mut chosen).get_mut(channel) {
                            *place = typed;
                        }
                        dispatch.emit(Action::SetPreprocessing(Some(chosen)));
                    } else {
                        input.set_value(&value.to_string());
                    }
                };
                let name = fill(model_text().channel, &[
                    ("what", label),
                    ("number", &(channel + 1).to_string()),
                ]);
                html! {
                    <input
                        type="number"
                        step="any"
                        aria-label={name}
                        value={value.to_string()}
                        data-testid={format!("preprocessing-{testid}-{channel}")}
                        {onchange}
                    />
                }
            }) }
        </fieldset>
    }
}
