//! Every image of a batch, one row a method, page by page and sorted by any column.

use yew::prelude::*;

use super::{batch::label_of, score_table::heading};
use crate::{
    app::{
        batch_table::{Found, Line, columns, score},
        state::Labels,
        strings::{batch, compare, fill, percent},
        table::Column,
    },
    protocol::Direction,
};

/// Rows on one page.
const ON_A_PAGE: usize = 25;

/// What the table shows.
#[derive(Properties, PartialEq)]
pub struct BatchRowsTableProps {
    /// What was found.
    pub found: Found,
    /// Names of the methods by id.
    pub labels: Vec<(String, String)>,
    /// Names of classes.
    pub names: Labels,
    /// The set of them in use.
    pub set: String,
}

/// The table.
#[component]
pub fn BatchRowsTable(props: &BatchRowsTableProps) -> Html {
    let words = batch();
    let sorting = use_state(|| None::<(usize, bool)>);
    let page = use_state(|| 0_usize);
    let columns = columns(&props.found.plan);
    let mut lines = props.found.lines();
    if let Some((column, reversed)) = *sorting
        && let Some(column) = columns.get(column)
    {
        sort(&mut lines, column, reversed);
    }
    let pages = lines.len().div_ceil(ON_A_PAGE).max(1);
    let shown = (*page).min(pages - 1);
    let first = shown * ON_A_PAGE;
    let last = (first + ON_A_PAGE).min(lines.len());
    let turn =
        |to: Option<usize>, label: &'static str, sign: &'static str, testid: &'static str| {
            let page = page.clone();
            html! {
                <button
                    class="button button-small"
                    type="button"
                    aria-label={label}
                    disabled={to.is_none()}
                    data-testid={testid}
                    onclick={move |_: MouseEvent| page.set(to.unwrap_or_default())}
                >
                    { sign }
                </button>
            }
        };
    html! {
        <div class="score-table">
            <div class="card-head">
                <h3>{ words.rows }</h3>
                <div class="row">
                    <span class="hint" data-testid="batch-page">
                        { fill(words.page_of, &[
                            ("first", &(first + 1).min(last).to_string()),
                            ("last", &last.to_string()),
                            ("total", &lines.len().to_string()),
                        ]) }
                    </span>
                    if pages > 1 {
                        { turn(shown.checked_sub(1), words.page_before, "‹", "batch-page-before") }
                        { turn((shown + 1 < pages).then_some(shown + 1), words.page_after, "›", "batch-page-after") }
                    }
                </div>
            </div>
            <div class="scroll scroll-wide" tabindex="0" role="region" aria-label={words.rows}>
                <table data-testid="batch-rows">
                    <thead>
                        <tr>
                            <th scope="col" class="left">{ words.column_image }</th>
                            <th scope="col" class="left">{ compare().column_method }</th>
                            <th scope="col" class="left">{ words.column_class }</th>
                            <th scope="col">{ words.column_probability }</th>
                            { for columns.iter().enumerate().map(|(index, column)| {
                                let sorted = sorting.filter(|(sorted, _)| *sorted == index);
                                let (sorting, page) = (sorting.clone(), page.clone());
                                let sort = move |_: MouseEvent| {
                                    let again = sorting.filter(|(sorted, _)| *sorted == index);
                                    sorting.set(Some((index, again.is_some_and(|(_, up)| !up))));
                                    page.set(0);
                                };
                                let testid = format!("batch-rows-sort-{index}");
                                heading(column, testid, sorted.map(|(_, reversed)| reversed), sort)
                            }) }
                        </tr>
                    </thead>
                    <tbody>
                        { for lines.iter().take(last).skip(first).map(|of| line(props, of, &columns)) }
                    </tbody>
                </table>
            </div>
        </div>
    }
}

/// The best first, or the other way round; rows without the score last.
fn sort(lines: &mut [Line<'_>], column: &Column, reversed: bool) {
    let value = |line: &Line<'_>| match line {
        Line::Row(_, row) => score(row, &column.id),
        Line::Failed(..) => None,
    };
    let falling = (column.direction != Direction::LowerIsBetter) != reversed;
    lines.sort_by(|a, b| match (value(a), value(b)) {
        (Some(a), Some(b)) if falling => b.total_cmp(&a),
        (Some(a), Some(b)) => a.total_cmp(&b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    });
}

fn line(props: &BatchRowsTableProps, of: &Line<'_>, columns: &[Column]) -> Html {
    let failed = |reason: String, span: usize| {
        html! {
            <td class="left tile-failed" colspan={span.to_string()}>
                { batch().failed }{ ": " }{ reason }
            </td>
        }
    };
    match of {
        Line::Failed(image, reason) => html! {
            <tr>
                <th scope="row" class="left file-name">{ *image }</th>
                { failed((*reason).to_owned(), 3 + columns.len()) }
            </tr>
        },
        Line::Row(item, row) => html! {
            <tr>
                <th scope="row" class="left file-name">{ &row.image }</th>
                <td class="left" title={item.label.clone()}>{ label_of(&props.labels, &item.id) }</td>
                <td class="left">{ props.names.name(&props.set, row.target) }</td>
                <td>{ percent(f64::from(row.probability)) }</td>
                if let Some(failure) = &row.failure {
                    { failed(failure.to_string(), columns.len()) }
                } else {
                    { for columns.iter().map(|column| match score(row, &column.id) {
                        Some(value) => html! { <td>{ format!("{value:.3}") }</td> },
                        None => html! { <td class="quiet">{ "–" }</td> },
                    }) }
                }
            </tr>
        },
    }
}
