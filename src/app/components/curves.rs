//! One curve of several methods in one plot, read by pointing, with lines to switch off and a table.

use std::collections::BTreeSet;

use web_sys::{HtmlCanvasElement, HtmlSelectElement};
use yew::prelude::*;

use super::{pointing::on_leave, redraw::use_redraw};
use crate::{
    app::{
        line_canvas::{self, LineDrawing, series_style},
        state::{Shared, State},
        strings::{compare, fill},
        table::Table,
    },
    protocol::Curve,
    render::{LinePlot, PlotLine},
};

/// What the plot shows.
#[derive(Properties, PartialEq)]
pub struct CurvesProps {
    /// The page's state.
    pub state: Shared<State>,
}

/// A curve of one method.
#[derive(Clone, PartialEq)]
struct Line {
    /// Place of the method, for its colour.
    place: usize,
    label: String,
    curve: Curve,
}

/// The curves of one kind that there are, over all methods.
fn lines(table: &Table, id: &str) -> Vec<Line> {
    let rows = table.rows.iter().enumerate();
    rows.filter_map(|(place, row)| {
        let result = row.result.as_ref()?;
        let mut curves = result.measures.iter().flat_map(|report| &report.curves);
        let curve = curves.find(|curve| curve.id == id)?.clone();
        Some(Line {
            place,
            label: row.label.clone(),
            curve,
        })
    })
    .collect()
}

/// Kinds of curves there are, each with a name made of its score's.
fn kinds(state: &State, table: &Table) -> Vec<(String, String)> {
    let mut kinds: Vec<(String, String)> = Vec::new();
    let results = table.rows.iter().filter_map(|row| row.result.as_ref());
    for report in results.flat_map(|result| &result.measures) {
        let offer = state
            .measures
            .iter()
            .find(|offer| offer.description.id == report.measure);
        for curve in &report.curves {
            if kinds.iter().any(|(id, _)| *id == curve.id) {
                continue;
            }
            let score = offer.and_then(|offer| {
                let mut scores = offer.description.scores.iter();
                scores.find(|score| score.id == curve.id)
            });
            let name = score.map_or_else(|| curve.y_label.clone(), |score| score.label.clone());
            kinds.push((curve.id.clone(), name));
        }
    }
    kinds
}

/// The plot with its legend; nothing while there are no curves.
#[component]
pub fn Curves(props: &CurvesProps) -> Html {
    let words = compare();
    let chosen = use_state(String::new);
    let hidden = use_state(BTreeSet::<String>::new);
    let marked = use_state(|| None::<(usize, usize)>);
    let node = use_node_ref();
    let redraw = use_redraw();
    let table = Table::new(&props.state);
    let kinds = kinds(&props.state, &table);
    let kind = kinds
        .iter()
        .find(|(id, _)| *id == *chosen)
        .or(kinds.first())
        .cloned();
    let all = kind
        .as_ref()
        .map(|(id, _)| lines(&table, id))
        .unwrap_or_default();
    let shown: Vec<Line> = all
        .iter()
        .filter(|line| !hidden.contains(&line.label))
        .cloned()
        .collect();
    {
        let node = node.clone();
        use_effect_with(
            (shown.clone(), *marked, redraw),
            move |(shown, marked, _)| {
                if let Some(canvas) = node.cast::<HtmlCanvasElement>() {
                    draw(&canvas, shown, *marked);
                }
            },
        );
    }
    let Some((_, name)) = kind else {
        return html! { <div class="curves" /> };
    };
    let on_move = {
        let (node, shown, marked) = (node.clone(), shown.clone(), marked.clone());
        move |event: PointerEvent| {
            if let Some(canvas) = node.cast::<HtmlCanvasElement>() {
                let edges = canvas.get_bounding_client_rect();
                let x = f64::from(event.client_x()) - edges.left();
                let y = f64::from(event.client_y()) - edges.top();
                marked.set(lay_out(&canvas, &shown).nearest(x, y));
            }
        }
    };
    let forget = {
        let marked = marked.clone();
        Callback::from(move |()| marked.set(None))
    };
    let choose = {
        let (chosen, marked) = (chosen.clone(), marked.clone());
        move |event: Event| {
            marked.set(None);
            chosen.set(event.target_unchecked_into::<HtmlSelectElement>().value());
        }
    };
    let reading = marked.and_then(|(line, point)| {
        let line = shown.get(line)?;
        let (x, y) = (line.curve.x.get(point)?, line.curve.y.get(point)?);
        Some(fill(
            words.curves_read,
            &[
                ("method", &line.label),
                ("x", &format!("{x:.2}")),
                ("y", &format!("{y:.3}")),
            ],
        ))
    });
    let label = fill(
        words.curves_alt,
        &[("name", &name), ("count", &shown.len().to_string())],
    );
    html! {
        <div class="curves" data-testid="curves">
            <div class="card-head">
                <h3>{ words.curves }</h3>
                <label class="field-inline">
                    <span class="visually-hidden">{ words.curves_choose }</span>
                    <select data-testid="curve-kind" onchange={choose}>
                        { for kinds.iter().map(|(id, label)| html! {
                            <option value={id.clone()} selected={*label == name}>{ label }</option>
                        }) }
                    </select>
                </label>
            </div>
            <canvas
                ref={node}
                class="curves-canvas"
                role="img"
                aria-label={label}
                data-testid="curves-canvas"
                onpointerdown={on_move.clone()}
                onpointermove={on_move}
                onpointerleave={on_leave(forget)}
            />
            <p class="reading" data-testid="curves-reading">
                { reading.unwrap_or_else(|| words.curves_hint.to_owned()) }
            </p>
            <ul class="series-legend">
                { for all.iter().map(|line| legend(line, &hidden)) }
            </ul>
            <details class="curve-table">
                <summary>{ words.curves_table }</summary>
                { values(&shown, words.curves_table) }
            </details>
        </div>
    }
}

fn legend(line: &Line, hidden: &UseStateHandle<BTreeSet<String>>) -> Html {
    let (number, dashed) = series_style(line.place);
    let toggle = {
        let (hidden, label) = (hidden.clone(), line.label.clone());
        move |_: Event| {
            let mut next = (*hidden).clone();
            if !next.remove(&label) {
                next.insert(label.clone());
            }
            hidden.set(next);
        }
    };
    html! {
        <li>
            <label>
                <input
                    type="checkbox"
                    checked={!hidden.contains(&line.label)}
                    onchange={toggle}
                />
                <span
                    class={classes!(
                        "series-key",
                        format!("series-{number}"),
                        dashed.then_some("is-dashed"),
                    )}
                    aria-hidden="true"
                />
                { &line.label }
            </label>
        </li>
    }
}

fn lay_out(canvas: &HtmlCanvasElement, lines: &[Line]) -> LinePlot {
    let plotted: Vec<PlotLine<'_>> = lines
        .iter()
        .map(|line| PlotLine {
            x: &line.curve.x,
            y: &line.curve.y,
        })
        .collect();
    LinePlot::new(
        &plotted,
        f64::from(canvas.client_width()),
        f64::from(canvas.client_height()),
    )
}

fn draw(canvas: &HtmlCanvasElement, lines: &[Line], marked: Option<(usize, usize)>) {
    let plot = lay_out(canvas, lines);
    let styles: Vec<usize> = lines.iter().map(|line| line.place).collect();
    line_canvas::draw(
        canvas,
        &LineDrawing {
            plot: &plot,
            styles: &styles,
            x_title: lines.first().map_or("", |line| &line.curve.x_label),
            marked,
        },
    );
}

/// One row a place on the axis, one column a method.
fn values(lines: &[Line], label: &'static str) -> Html {
    let places = lines
        .first()
        .map(|line| line.curve.x.clone())
        .unwrap_or_default();
    let title = lines.first().map(|line| line.curve.x_label.clone());
    html! {
        <div class="scroll" tabindex="0" role="region" aria-label={label}>
            <table data-testid="curves-table">
                <thead>
                    <tr>
                        <th scope="col">{ title.unwrap_or_default() }</th>
                        { for lines.iter().map(|line| html! { <th scope="col">{ &line.label }</th> }) }
                    </tr>
                </thead>
                <tbody>
                    { for places.iter().enumerate().map(|(index, place)| html! {
                        <tr key={index}>
                            <th scope="row">{ format!("{place:.2}") }</th>
                            { for lines.iter().map(|line| html! {
                                <td>
                                    { line.curve.y.get(index).map(|y| format!("{y:.3}")).unwrap_or_default() }
                                </td>
                            }) }
                        </tr>
                    }) }
                </tbody>
            </table>
        </div>
    }
}
