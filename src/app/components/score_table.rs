//! The scores of all methods: sorted by any column, the best marked, controls told apart.

use yew::prelude::*;

use super::table_downloads::TableDownloads;
use crate::{
    app::{
        state::{Action, Shared, State},
        strings::{compare, fill, sanity, significant},
        table::{Column, Row, Table},
    },
    protocol::Direction,
};

/// What the table shows.
#[derive(Properties, PartialEq)]
pub struct ScoreTableProps {
    /// The page's state.
    pub state: Shared<State>,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// The table.
#[component]
pub fn ScoreTable(props: &ScoreTableProps) -> Html {
    let words = compare();
    let sorting = use_state(|| None::<(usize, bool)>);
    let table = Table::new(&props.state);
    let order = match *sorting {
        Some((column, reversed)) => table.order(column, reversed),
        None => (0..table.rows.len()).collect(),
    };
    let sort = |column: usize| {
        let sorting = sorting.clone();
        move |_: MouseEvent| {
            sorting.set(match *sorting {
                Some((sorted, reversed)) if sorted == column => Some((column, !reversed)),
                _ => Some((column, false)),
            });
        }
    };
    html! {
        <div class="score-table">
            <div class="card-head">
                <h3>{ words.results }</h3>
                <TableDownloads state={props.state.clone()} dispatch={props.dispatch.clone()} />
            </div>
            <div class="scroll scroll-wide" tabindex="0" role="region" aria-label={words.results}>
                <table data-testid="score-table">
                    <thead>
                        <tr>
                            <th scope="col" class="left">{ words.column_method }</th>
                            { for table.columns.iter().enumerate().map(|(index, column)| {
                                let sorted = sorting.filter(|(sorted, _)| *sorted == index);
                                let sorted = sorted.map(|(_, reversed)| reversed);
                                heading(column, format!("sort-{index}"), sorted, sort(index))
                            }) }
                            <th scope="col">{ words.column_gap }</th>
                            <th scope="col">{ words.column_time }</th>
                        </tr>
                    </thead>
                    <tbody>
                        { for order.iter().filter_map(|&row| table.rows.get(row)).map(|row| {
                            line(&table, row)
                        }) }
                    </tbody>
                </table>
            </div>
        </div>
    }
}

fn direction_words(direction: Direction) -> (&'static str, &'static str) {
    match direction {
        Direction::HigherIsBetter => ("↑", compare().better_high),
        Direction::LowerIsBetter => ("↓", compare().better_low),
        Direction::Descriptive => ("", compare().better_none),
    }
}

/// The head of a column that can be sorted by; `reversed` where it is.
pub fn heading(
    column: &Column,
    testid: String,
    reversed: Option<bool>,
    onclick: impl Fn(MouseEvent) + 'static,
) -> Html {
    let (arrow, better) = direction_words(column.direction);
    let sorted = reversed.map(|reversed| {
        // The best first means the highest first, save where low is good.
        let ascending = (column.direction == Direction::LowerIsBetter) != reversed;
        if ascending { "ascending" } else { "descending" }
    });
    let about = format!(
        "{}: {} ({better})",
        fill(compare().sort_by, &[("name", &column.label)]),
        column.summary
    );
    html! {
        <th scope="col" aria-sort={sorted}>
            <button
                class="sort"
                type="button"
                title={about}
                data-testid={testid}
                {onclick}
            >
                { &column.label }
                <span aria-hidden="true">{ " " }{ arrow }</span>
                <span class="visually-hidden">{ " " }{ better }</span>
            </button>
        </th>
    }
}

/// The head of a method's row; a control is told apart.
pub fn method_name(label: &str, control: bool) -> Html {
    html! {
        <th scope="row" class="left">
            { label }
            if control {
                <span class="badge-inline">{ compare().control }</span>
            }
        </th>
    }
}

/// A score with its marks, the best of its column or beaten by a control, and what else is to be said.
pub fn score_cell(table: &Table, control: bool, column: usize, value: f64, more: Html) -> Html {
    let words = compare();
    let best = !control && table.best(column) == Some(value);
    let beaten = !control && table.is_beaten(column, value);
    html! {
        <td class={classes!(best.then_some("is-best"), beaten.then_some("is-beaten"))}>
            { format!("{value:.3}") }
            if best {
                <span class="visually-hidden">{ " " }{ words.best }</span>
            }
            if beaten {
                { warning("!", words.beaten) }
            }
            { more }
        </td>
    }
}

fn warning(sign: &'static str, meaning: &'static str) -> Html {
    html! {
        <span class="beaten" title={meaning}>
            <span aria-hidden="true">{ " " }{ sign }</span>
            <span class="visually-hidden">{ " " }{ meaning }</span>
        </span>
    }
}

fn line(table: &Table, row: &Row) -> Html {
    let gap = row
        .result
        .as_ref()
        .and_then(|result| result.map.completeness)
        .map(|sums| significant(sums.gap()));
    let seconds = row
        .result
        .as_ref()
        .map(|result| format!("{:.1}", result.seconds()));
    html! {
        <tr key={row.method.clone()} class={classes!(row.control.then_some("is-control"))}>
            { method_name(&row.label, row.control) }
            { for row.cells.iter().enumerate().map(|(column, value)| {
                let Some(value) = *value else {
                    return html! { <td class="quiet">{ "–" }</td> };
                };
                let failed = row.is_insensitive()
                    && table.columns.get(column).is_some_and(|column| {
                        column.id == "randomisation-abs-spearman"
                    });
                let failed = if failed { warning("✗", sanity().insensitive) } else { html! {} };
                score_cell(table, row.control, column, value, failed)
            }) }
            <td>{ gap.unwrap_or_else(|| "–".to_owned()) }</td>
            <td>{ seconds.unwrap_or_else(|| "–".to_owned()) }</td>
        </tr>
    }
}
