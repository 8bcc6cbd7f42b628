//! Means over the images of a batch: methods against measures, the best marked, with 95 % intervals.

use yew::prelude::*;

use super::{
    batch::label_of,
    score_table::{heading, method_name, score_cell},
};
use crate::app::{
    batch_table::{Averages, Found, averages, csv},
    browser,
    state::{Action, Notice},
    strings::{batch, compare, fill, language, notices},
};

/// What the table shows.
#[derive(Properties, PartialEq)]
pub struct BatchAveragesProps {
    /// What was found.
    pub found: Found,
    /// Names of the methods by id.
    pub labels: Vec<(String, String)>,
    /// Intervals are drawn however long that takes.
    pub patient: bool,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// The table.
#[component]
pub fn BatchAverages(props: &BatchAveragesProps) -> Html {
    let words = batch();
    let sorting = use_state(|| None::<(usize, bool)>);
    let labels = props.labels.clone();
    let known = use_memo(
        (props.found.clone(), props.patient, language().tag()),
        move |(found, patient, _)| averages(found, |id| label_of(&labels, id), *patient),
    );
    let table = &known.table;
    let order = match *sorting {
        Some((column, reversed)) => table.order(column, reversed),
        None => (0..table.rows.len()).collect(),
    };
    let save = {
        let (found, dispatch) = (props.found.clone(), props.dispatch.clone());
        move |_: MouseEvent| {
            if let Err(error) = browser::save("results.csv", "text/csv", csv(&found).as_bytes()) {
                dispatch.emit(Action::Tell(Notice::problem(
                    fill(
                        notices().save_failed,
                        &[("reason", &browser::reason(&error))],
                    ),
                    notices().save_failed_hint,
                )));
            }
        }
    };
    html! {
        <div class="score-table">
            <div class="card-head">
                <h3>{ words.averages }</h3>
                <button
                    class="button button-small"
                    type="button"
                    title={words.save_hint}
                    data-testid="batch-save"
                    onclick={save}
                >
                    { words.save_csv }
                </button>
            </div>
            <div class="scroll scroll-wide" tabindex="0" role="region" aria-label={words.averages}>
                <table data-testid="batch-averages">
                    <thead>
                        <tr>
                            <th scope="col" class="left">{ compare().column_method }</th>
                            { for table.columns.iter().enumerate().map(|(index, column)| {
                                let sorted = sorting.filter(|(sorted, _)| *sorted == index);
                                let sorting = sorting.clone();
                                let sort = move |_: MouseEvent| {
                                    let again = sorting.filter(|(sorted, _)| *sorted == index);
                                    sorting.set(Some((index, again.is_some_and(|(_, up)| !up))));
                                };
                                let testid = format!("batch-sort-{index}");
                                heading(column, testid, sorted.map(|(_, reversed)| reversed), sort)
                            }) }
                        </tr>
                    </thead>
                    <tbody>
                        { for order.iter().map(|&row| line(&known, row)) }
                    </tbody>
                    <tfoot>
                        <tr>
                            <td class="left"></td>
                            { for known.images.iter().map(|count| html! {
                                <td class="quiet">
                                    { fill(words.count_of, &[("count", &count.to_string())]) }
                                </td>
                            }) }
                        </tr>
                    </tfoot>
                </table>
            </div>
            <p class="hint">
                { words.averages_hint }
                if known.hasty {
                    { " " }{ words.averages_wait }
                }
            </p>
        </div>
    }
}

fn line(known: &Averages, index: usize) -> Html {
    let table = &known.table;
    let (Some(row), Some(means)) = (table.rows.get(index), known.means.get(index)) else {
        return html! {};
    };
    html! {
        <tr key={row.method.clone()} class={classes!(row.control.then_some("is-control"))}>
            { method_name(&row.label, row.control) }
            { for means.iter().enumerate().map(|(column, mean)| {
                let Some(mean) = mean else {
                    return html! { <td class="quiet">{ "–" }</td> };
                };
                let interval = mean.interval.map(|(low, high)| html! {
                    <span class="interval">
                        { "(" }
                        { fill(batch().interval, &[
                            ("low", &format!("{low:.3}")),
                            ("high", &format!("{high:.3}")),
                        ]) }
                        { ")" }
                    </span>
                });
                score_cell(table, row.control, column, mean.value, interval.unwrap_or_default())
            }) }
        </tr>
    }
}
