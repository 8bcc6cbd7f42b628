//! What the model was shown: recovered, deleted and inserted pixels side by side, behind one slider.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::{comparison::method_label, picture::Picture};
use crate::{
    app::{
        canvas::Drawing,
        state::{MapResult, Shared, State},
        strings::{fill, percent, sanity},
    },
    protocol::{AlteredImages, ImageCard},
};

/// What the strip shows.
#[derive(Properties, PartialEq)]
pub struct AlteredProps {
    /// The page's state.
    pub state: Shared<State>,
}

/// A method and a measure with images.
struct Source {
    /// Tells it from the others in the page's markup.
    id: String,
    label: String,
    result: Shared<MapResult>,
    images: Shared<AlteredImages>,
}

/// All there are, those of the method in the large view first.
fn sources(state: &State) -> Vec<Source> {
    let mut sources = Vec::new();
    for tile in state.tiles() {
        let Some(result) = tile.result else { continue };
        for images in &result.altered {
            let mut offers = state.measures.iter();
            let offer = offers.find(|offer| offer.description.id == images.measure);
            let measure = offer.map_or(&images.measure, |offer| &offer.description.label);
            sources.push(Source {
                id: format!("{} {}", tile.method, images.measure),
                label: format!("{}: {measure}", method_label(state, &tile.method)),
                result: result.clone(),
                images: images.clone(),
            });
        }
    }
    sources.sort_by_key(|source| source.result.key.method != state.method);
    sources
}

/// The strip; nothing while no measure has images.
#[component]
pub fn Altered(props: &AlteredProps) -> Html {
    let (state, words) = (&props.state, sanity());
    let chosen = use_state(String::new);
    let point = use_state(|| 2_usize);
    let sources = sources(state);
    let source = sources
        .iter()
        .find(|source| source.id == *chosen)
        .or(sources.first());
    let (Some(source), Some(image)) = (source, &state.image) else {
        return html! {};
    };
    let last = source.images.points.saturating_sub(1);
    let shown = (*point).min(last);
    let share = percent(source.images.share(shown));
    let choose = move |event: Event| {
        chosen.set(event.target_unchecked_into::<HtmlSelectElement>().value());
    };
    let slide = move |event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        // A cast of what is no number is 0.
        point.set(input.value_as_number() as usize);
    };
    html! {
        <div class="altered" data-testid="altered">
            <div class="card-head">
                <h3>{ words.altered }</h3>
                <label class="field-inline">
                    <span class="visually-hidden">{ words.altered_choose }</span>
                    <select data-testid="altered-choose" onchange={choose}>
                        { for sources.iter().map(|other| html! {
                            <option value={other.id.clone()} selected={other.id == source.id}>
                                { &other.label }
                            </option>
                        }) }
                    </select>
                </label>
            </div>
            <input
                type="range"
                min="0"
                max={last.to_string()}
                step="1"
                value={shown.to_string()}
                aria-label={words.altered_slider}
                aria-valuetext={fill(words.altered_share, &[("share", &share)])}
                data-testid="altered-step"
                oninput={slide}
            />
            <ul class="altered-strip">
                { recovered(&source.result, source.images.share(shown)) }
                { altered(source, image, shown, false) }
                { altered(source, image, shown, true) }
            </ul>
        </div>
    }
}

/// The recovered image of the step nearest to a share of pixels.
fn recovered(result: &MapResult, share: f64) -> Html {
    let words = sanity();
    let off = |rate: f64| (1.0 - rate - share).abs();
    let steps = result.rcap.steps.iter().enumerate();
    let Some((index, step)) = steps.min_by(|(_, a), (_, b)| off(a.rate).total_cmp(&off(b.rate)))
    else {
        return html! {};
    };
    // An example's images stay behind with it.
    if result.rcap.recovered.get(index).is_none() {
        return html! {};
    }
    let caption = said(
        words.altered_recovered,
        1.0 - step.rate,
        Some(step.probability),
    );
    html! {
        <li>
            <Picture
                drawing={Drawing::Recovered(result.rcap.clone(), index)}
                label={caption.clone()}
                testid="altered-recovered"
            />
            <span aria-hidden="true">{ caption }</span>
        </li>
    }
}

fn altered(source: &Source, image: &Shared<ImageCard>, point: usize, inserted: bool) -> Html {
    let words = sanity();
    let (template, testid, place) = if inserted {
        (words.altered_inserted, "altered-inserted", 1)
    } else {
        (words.altered_deleted, "altered-deleted", 0)
    };
    // The deletion curve comes first, as in the description.
    let curves = source.result.measure(&source.images.measure);
    let curve = curves.and_then(|report| report.curves.get(place));
    let probability = curve.and_then(|curve| curve.y.get(point)).copied();
    let caption = said(template, source.images.share(point), probability);
    html! {
        <li>
            <Picture
                drawing={Drawing::Altered {
                    image: image.clone(),
                    altered: source.images.clone(),
                    point,
                    inserted,
                }}
                label={caption.clone()}
                {testid}
            />
            <span aria-hidden="true" data-testid={format!("{testid}-words")}>{ caption }</span>
        </li>
    }
}

fn said(template: &str, share: f64, probability: Option<f64>) -> String {
    let mut caption = fill(template, &[("share", &percent(share))]);
    if let Some(probability) = probability {
        let probability = percent(probability);
        caption.push_str(", ");
        caption.push_str(&fill(
            sanity().altered_probability,
            &[("probability", &probability)],
        ));
    }
    caption
}
