//! The recovery curve in numbers.

use yew::prelude::*;

use crate::{
    app::{
        state::Shared,
        strings::{percent, text},
    },
    protocol::RcapReport,
};

/// What the table shows.
#[derive(Properties, PartialEq)]
pub struct CurveTableProps {
    /// The measure.
    pub report: Shared<RcapReport>,
}

/// The table, folded away until it is asked for.
#[component]
pub fn CurveTable(props: &CurveTableProps) -> Html {
    html! {
        <details class="curve-table">
            <summary>{ text().table }</summary>
            <div class="scroll" tabindex="0" role="region" aria-label={text().table}>
                <table data-testid="curve-table">
                    <thead>
                        <tr>
                            { for [
                                text().table_rate,
                                text().table_threshold,
                                text().table_pixels,
                                text().table_share,
                                text().table_probability,
                                text().table_product,
                            ].into_iter().map(|name| html! { <th scope="col">{ name }</th> }) }
                        </tr>
                    </thead>
                    <tbody>
                        { for props.report.steps.iter().enumerate().map(|(index, step)| html! {
                            <tr key={index}>
                                <th scope="row">{ percent(step.rate) }</th>
                                <td>{ format!("{:.4}", step.threshold) }</td>
                                <td>{ step.recovered_pixels }</td>
                                <td>{ format!("{:.3}", step.mass_share) }</td>
                                <td>{ format!("{:.3}", step.probability) }</td>
                                <td>{ format!("{:.3}", step.mass_share * step.probability) }</td>
                            </tr>
                        }) }
                    </tbody>
                </table>
            </div>
        </details>
    }
}
