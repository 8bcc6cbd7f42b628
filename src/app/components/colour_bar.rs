//! The colour scale with the raw values at its ends.

use yew::prelude::*;

use super::picture::Picture;
use crate::{
    app::{
        canvas::Drawing,
        state::Shared,
        strings::{fill, significant, text},
    },
    protocol::MapReport,
    render::Colormap,
};

/// What the colour bar shows.
#[derive(Properties, PartialEq)]
pub struct ColourBarProps {
    /// The map it belongs to.
    pub map: Option<Shared<MapReport>>,
    /// The scale.
    pub colormap: Colormap,
}

/// The colour bar.
#[component]
pub fn ColourBar(props: &ColourBarProps) -> Html {
    let (low, high) = props.map.as_ref().map_or_else(Default::default, |map| {
        (
            significant(f64::from(map.raw_min)),
            significant(f64::from(map.raw_max)),
        )
    });
    let label = fill(text().colour_bar, &[("low", &low), ("high", &high)]);
    html! {
        <div class="colour-bar" data-testid="colour-bar">
            <span>{ low }</span>
            <Picture drawing={Drawing::ColourBar(props.colormap)} {label} />
            <span>{ high }</span>
            <span class="quiet">{ text().colour_bar_unit }</span>
        </div>
    }
}
