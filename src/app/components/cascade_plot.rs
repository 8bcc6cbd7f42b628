//! How like the original map each step of the randomisation check is: a plot, its legend, and a table.

use web_sys::HtmlCanvasElement;
use yew::prelude::*;

use super::redraw::use_redraw;
use crate::{
    app::{
        line_canvas::{self, LineDrawing, SERIES_COLOURS, series_style},
        state::{Cascade, CascadeStep},
        strings::{fill, sanity},
    },
    render::{LinePlot, PlotLine},
};

/// What the plot shows.
#[derive(Properties, PartialEq)]
pub struct CascadePlotProps {
    /// The check.
    pub cascade: Cascade,
    /// The step on show, 0 for the intact network.
    pub shown: usize,
    /// Shows a step.
    pub show: Callback<usize>,
}

/// Styles of the three lines; the two of Spearman often lie on each other, so one is dashed.
const STYLES: [usize; 3] = [0, SERIES_COLOURS + 1, 2];

/// The lines with the axis they share.
#[derive(Clone, PartialEq)]
struct Lines {
    /// Groups there are: as far as the axis goes.
    total: f64,
    /// Places on the axis.
    x: Vec<f64>,
    /// Names and values; before the first step all are 1.
    named: [(&'static str, Vec<f64>); 3],
}

fn lines(cascade: &Cascade) -> Lines {
    let values = |of: fn(&CascadeStep) -> f64| {
        let steps = cascade.steps.iter().map(of);
        std::iter::once(1.0).chain(steps).collect::<Vec<f64>>()
    };
    let words = sanity();
    Lines {
        total: cascade.total as f64,
        x: (0..=cascade.steps.len()).map(|k| k as f64).collect(),
        named: [
            (words.abs_spearman, values(|step| step.spearman.abs())),
            (words.spearman, values(|step| step.spearman)),
            (words.ssim, values(|step| step.similarity)),
        ],
    }
}

fn lay_out(canvas: &HtmlCanvasElement, lines: &Lines) -> LinePlot {
    let named = lines.named.iter();
    let mut plotted: Vec<PlotLine<'_>> = named.map(|(_, y)| PlotLine { x: &lines.x, y }).collect();
    // Draws nothing, and holds the axis still while steps come in.
    let ends = [0.0, lines.total];
    plotted.push(PlotLine {
        x: &ends,
        y: &[f64::NAN; 2],
    });
    LinePlot::new(
        &plotted,
        f64::from(canvas.client_width()),
        f64::from(canvas.client_height()),
    )
}

/// The plot; a click on it shows the nearest step.
#[component]
pub fn CascadePlot(props: &CascadePlotProps) -> Html {
    let words = sanity();
    let node = use_node_ref();
    let redraw = use_redraw();
    let lines = lines(&props.cascade);
    {
        let node = node.clone();
        use_effect_with(
            (lines.clone(), props.shown, redraw),
            move |(lines, shown, _)| {
                if let Some(canvas) = node.cast::<HtmlCanvasElement>() {
                    line_canvas::draw(
                        &canvas,
                        &LineDrawing {
                            plot: &lay_out(&canvas, lines),
                            styles: &STYLES,
                            x_title: sanity().slider,
                            marked: Some((0, *shown)),
                        },
                    );
                }
            },
        );
    }
    let on_click = {
        let (node, lines, show) = (node.clone(), lines.clone(), props.show.clone());
        move |event: MouseEvent| {
            if let Some(canvas) = node.cast::<HtmlCanvasElement>() {
                let edges = canvas.get_bounding_client_rect();
                let x = f64::from(event.client_x()) - edges.left();
                let y = f64::from(event.client_y()) - edges.top();
                if let Some((_, step)) = lay_out(&canvas, &lines).nearest(x, y) {
                    show.emit(step);
                }
            }
        }
    };
    let steps = props.cascade.steps.len().to_string();
    html! {
        <div class="curves">
            <canvas
                ref={node}
                class="curves-canvas"
                role="img"
                aria-label={fill(words.plot_alt, &[("steps", &steps)])}
                data-testid="cascade-plot"
                onclick={on_click}
            />
            <ul class="series-legend">
                { for lines.named.iter().zip(STYLES).map(|((name, _), style)| {
                    let (number, dashed) = series_style(style);
                    html! {
                        <li class="legend-entry">
                            <span
                                class={classes!(
                                    "series-key",
                                    format!("series-{number}"),
                                    dashed.then_some("is-dashed"),
                                )}
                                aria-hidden="true"
                            />
                            { name }
                        </li>
                    }
                }) }
            </ul>
            <details class="curve-table">
                <summary>{ words.table }</summary>
                { table(&props.cascade) }
            </details>
        </div>
    }
}

fn table(cascade: &Cascade) -> Html {
    let words = sanity();
    html! {
        <div class="scroll" tabindex="0" role="region" aria-label={words.table}>
            <table data-testid="cascade-table">
                <thead>
                    <tr>
                        <th scope="col">{ words.column_step }</th>
                        <th scope="col">{ words.abs_spearman }</th>
                        <th scope="col">{ words.spearman }</th>
                        <th scope="col">{ words.ssim }</th>
                        <th scope="col" class="left">{ words.column_layers }</th>
                    </tr>
                </thead>
                <tbody>
                    { for cascade.steps.iter().enumerate().map(|(index, step)| html! {
                        <tr key={index}>
                            <th scope="row">{ index + 1 }</th>
                            <td>{ format!("{:.3}", step.spearman.abs()) }</td>
                            <td>{ format!("{:.3}", step.spearman) }</td>
                            <td>{ format!("{:.3}", step.similarity) }</td>
                            <td class="left layers">{ step.layers.join(", ") }</td>
                        </tr>
                    }) }
                </tbody>
            </table>
        </div>
    }
}
