//! The mask of the object: chosen from a file, taken from the photo's transparency, shown.

use web_sys::{File, HtmlInputElement};
use yew::prelude::*;

use super::{mask_painter::MaskPainter, picture::Picture};
use crate::{
    app::{
        canvas::Drawing,
        state::{Action, MaskSource, Shared},
        strings::{compare, fill, percent, text},
    },
    protocol::{ImageCard, MaskReport, MaskSettings},
};

/// What the card shows.
#[derive(Properties, PartialEq)]
pub struct MaskCardProps {
    /// The photo.
    pub image: Option<Shared<ImageCard>>,
    /// The mask in use.
    pub mask: Option<Shared<MaskReport>>,
    /// How a picture becomes a mask.
    pub settings: MaskSettings,
    /// Opens a picture as the mask.
    pub open: Callback<File>,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// The card.
#[component]
pub fn MaskCard(props: &MaskCardProps) -> Html {
    let words = compare();
    let painting = use_state(|| false);
    let pick = {
        let open = props.open.clone();
        move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            if let Some(file) = input.files().and_then(|files| files.get(0)) {
                open.emit(file);
            }
            input.set_value("");
        }
    };
    let settings = props.settings;
    let on_threshold = props.dispatch.reform(move |event: Event| {
        let typed = event
            .target_unchecked_into::<HtmlInputElement>()
            .value_as_number();
        let percent = if typed.is_finite() { typed } else { 50.0 };
        Action::SetMask(MaskSettings {
            threshold: (percent / 100.0).clamp(0.01, 0.99),
            ..settings
        })
    });
    let on_invert = props.dispatch.reform(move |event: Event| {
        Action::SetMask(MaskSettings {
            inverted: event.target_unchecked_into::<HtmlInputElement>().checked(),
            ..settings
        })
    });
    html! {
        <div class="mask" data-testid="mask">
            <h3>{ words.mask }</h3>
            <p class="hint">{ words.mask_hint }</p>
            <div class="row">
                <label class="button button-small">
                    { words.mask_choose }
                    <input
                        class="visually-hidden"
                        type="file"
                        accept="image/*"
                        data-testid="mask-input"
                        onchange={pick}
                    />
                </label>
                <button
                    class="button button-small"
                    type="button"
                    data-testid="mask-own"
                    onclick={props.dispatch.reform(|_: MouseEvent| Action::OpenMask(MaskSource::Photo))}
                >
                    { words.mask_own }
                </button>
                <button
                    class="button button-small"
                    type="button"
                    aria-expanded={painting.to_string()}
                    data-testid="mask-paint"
                    onclick={{
                        let painting = painting.clone();
                        move |_: MouseEvent| painting.set(!*painting)
                    }}
                >
                    { words.mask_paint }
                </button>
                if props.mask.is_some() {
                    <button
                        class="button button-small"
                        type="button"
                        data-testid="mask-remove"
                        onclick={props.dispatch.reform(|_: MouseEvent| Action::RemoveMask)}
                    >
                        { words.mask_remove }
                    </button>
                }
            </div>
            <div class="row">
                <label class="field-inline">
                    <span>{ words.mask_threshold }</span>
                    <input
                        type="number"
                        min="1"
                        max="99"
                        value={format!("{:.0}", settings.threshold * 100.0)}
                        data-testid="mask-threshold"
                        onchange={on_threshold}
                    />
                    <span>{ text().percent_sign }</span>
                </label>
                <label class="field-inline">
                    <input
                        type="checkbox"
                        checked={settings.inverted}
                        data-testid="mask-inverted"
                        onchange={on_invert}
                    />
                    <span>{ words.mask_inverted }</span>
                </label>
            </div>
            if let Some(image) = props.image.as_ref().filter(|_| *painting) {
                <MaskPainter
                    image={image.clone()}
                    open={props.open.clone()}
                    close={{
                        let painting = painting.clone();
                        Callback::from(move |()| painting.set(false))
                    }}
                />
            }
            if let (Some(image), Some(mask)) = (&props.image, &props.mask) {
                <Picture
                    drawing={Drawing::Mask(image.clone(), mask.clone())}
                    label={words.mask_alt}
                    testid="mask-canvas"
                />
                <p class="hint" data-testid="mask-share">
                    { fill(words.mask_share, &[
                        ("name", &mask.name),
                        ("share", &percent(mask.share)),
                    ]) }
                </p>
            }
        </div>
    }
}
