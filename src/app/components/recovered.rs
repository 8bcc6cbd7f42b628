//! The recovered images as a row of thumbnails.

use yew::prelude::*;

use super::{picture::Picture, pointing::on_leave};
use crate::{
    app::{
        canvas::Drawing,
        state::Shared,
        strings::{fill, percent, text},
    },
    protocol::RcapReport,
};

/// What the row shows.
#[derive(Properties, PartialEq)]
pub struct RecoveredProps {
    /// The measure.
    pub report: Shared<RcapReport>,
    /// The step being read.
    pub marked: Option<usize>,
    /// Marks a step.
    pub mark: Callback<Option<usize>>,
}

/// The row of thumbnails.
#[component]
pub fn Recovered(props: &RecoveredProps) -> Html {
    let report = &props.report;
    html! {
        <ul class="recovered" aria-label={text().recovered}>
            { for report.steps.iter().enumerate().map(
                |(index, step)| {
                    let share = percent(1.0 - step.rate);
                    let over = props.mark.reform(move |_: PointerEvent| Some(index));
                    let out = on_leave(props.mark.reform(|()| None));
                    html! {
                        <li
                            key={index}
                            class={classes!((props.marked == Some(index)).then_some("is-marked"))}
                            onpointerenter={over}
                            onpointerleave={out}
                        >
                            <Picture
                                drawing={Drawing::Recovered(report.clone(), index)}
                                label={fill(text().recovered_alt, &[("pixels", &share)])}
                                testid={format!("recovered-{index}")}
                            />
                            <span aria-hidden="true">{ share }</span>
                        </li>
                    }
                },
            ) }
        </ul>
    }
}
