//! The recovery curve, read by pointing at it or with the arrow keys.

use web_sys::HtmlCanvasElement;
use yew::prelude::*;

use super::{pointing::on_leave, redraw::use_redraw};
use crate::{
    app::{
        curve_plot,
        state::Shared,
        strings::{fill, percent, text},
    },
    protocol::RcapReport,
};

/// What the curve shows.
#[derive(Properties, PartialEq)]
pub struct CurveProps {
    /// The measure.
    pub report: Shared<RcapReport>,
    /// The step being read.
    pub marked: Option<usize>,
    /// Marks a step.
    pub mark: Callback<Option<usize>>,
}

/// The curve with its legend and the values of the marked step.
#[component]
pub fn Curve(props: &CurveProps) -> Html {
    let node = use_node_ref();
    let redraw = use_redraw();
    {
        let node = node.clone();
        let drawn = (props.report.clone(), props.marked, redraw);
        use_effect_with(drawn, move |(report, marked, _)| {
            if let Some(canvas) = node.cast::<HtmlCanvasElement>() {
                curve_plot::draw(&canvas, report, *marked);
            }
        });
    }
    let steps = props.report.steps.len();
    let last = steps.saturating_sub(1);
    let on_move = {
        let (report, mark, node) = (props.report.clone(), props.mark.clone(), node.clone());
        move |event: PointerEvent| {
            if let Some(canvas) = node.cast::<HtmlCanvasElement>() {
                let edges = canvas.get_bounding_client_rect();
                let x = f64::from(event.client_x()) - edges.left();
                let y = f64::from(event.client_y()) - edges.top();
                mark.emit(curve_plot::step_at(&canvas, &report, x, y));
            }
        }
    };
    let on_key = {
        let (mark, marked) = (props.mark.clone(), props.marked);
        move |event: KeyboardEvent| {
            let step = match event.key().as_str() {
                "ArrowRight" | "ArrowUp" => marked.map_or(0, |step| (step + 1).min(last)),
                "ArrowLeft" | "ArrowDown" => marked.map_or(last, |step| step.saturating_sub(1)),
                "Home" => 0,
                "End" => last,
                "Escape" => {
                    mark.emit(None);
                    return;
                }
                _ => return,
            };
            event.prevent_default();
            mark.emit(Some(step));
        }
    };
    let reading = props.marked.and_then(|step| reading(&props.report, step));
    let now = props.marked.map_or(0, |step| step + 1);
    html! {
        <div class="curve">
            <ul class="legend">
                <li class="legend-probability">{ text().curve_probability }</li>
                <li class="legend-share">{ text().curve_share }</li>
                <li class="legend-product">{ text().curve_product }</li>
            </ul>
            <div
                class="curve-frame"
                role="slider"
                tabindex="0"
                aria-label={fill(text().curve_alt, &[
                    ("step", &now.to_string()),
                    ("steps", &steps.to_string()),
                ])}
                aria-valuemin="0"
                aria-valuemax={steps.to_string()}
                aria-valuenow={now.to_string()}
                aria-valuetext={reading.clone().unwrap_or_else(|| text().curve_hint.to_owned())}
                onkeydown={on_key}
                onblur={props.mark.reform(|_: FocusEvent| None)}
            >
                <canvas
                    ref={node}
                    data-testid="curve-canvas"
                    aria-hidden="true"
                    onpointerdown={on_move.clone()}
                    onpointermove={on_move}
                    onpointerleave={on_leave(props.mark.reform(|()| None))}
                />
            </div>
            <p class="reading" data-testid="curve-reading">
                { reading.unwrap_or_else(|| text().curve_hint.to_owned()) }
            </p>
        </div>
    }
}

fn reading(report: &RcapReport, index: usize) -> Option<String> {
    let step = report.steps.get(index)?;
    Some(fill(
        text().curve_read,
        &[
            ("pixels", &percent(1.0 - step.rate)),
            ("probability", &percent(step.probability)),
            ("share", &percent(step.mass_share)),
            ("product", &percent(step.mass_share * step.probability)),
        ],
    ))
}
