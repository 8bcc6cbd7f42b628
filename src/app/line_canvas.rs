//! Strokes lines over one axis on a canvas, in the colours of the page's theme.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::browser;
use crate::render::LinePlot;

const FONT: &str = "12px system-ui, sans-serif";

/// Colours there are; further lines repeat them with dashes.
pub const SERIES_COLOURS: usize = 8;

/// How a line is told apart: its colour and whether it is dashed.
pub fn series_style(index: usize) -> (usize, bool) {
    (index % SERIES_COLOURS, (index / SERIES_COLOURS) % 2 == 1)
}

/// What is drawn.
pub struct LineDrawing<'a> {
    /// The lines in place.
    pub plot: &'a LinePlot,
    /// Style of each line, as numbers for [`series_style`].
    pub styles: &'a [usize],
    /// Under the horizontal axis.
    pub x_title: &'a str,
    /// The line and the point being read.
    pub marked: Option<(usize, usize)>,
}

/// Draws the lines; what cannot be drawn is in the table below them.
pub fn draw(canvas: &HtmlCanvasElement, drawing: &LineDrawing<'_>) {
    if let Err(error) = try_draw(canvas, drawing) {
        web_sys::console::error_1(&error);
    }
}

fn try_draw(canvas: &HtmlCanvasElement, drawing: &LineDrawing<'_>) -> Result<(), JsValue> {
    let window = browser::window().ok_or(JsValue::NULL)?;
    let ratio = window.device_pixel_ratio().max(1.0);
    canvas.set_width((f64::from(canvas.client_width()) * ratio).round() as u32);
    canvas.set_height((f64::from(canvas.client_height()) * ratio).round() as u32);
    let context: CanvasRenderingContext2d =
        canvas.get_context("2d")?.ok_or(JsValue::NULL)?.dyn_into()?;
    context.scale(ratio, ratio)?;
    let style = window.get_computed_style(canvas)?.ok_or(JsValue::NULL)?;
    let colour = |name: &str| style.get_property_value(name);
    let (plot, frame) = (drawing.plot, &drawing.plot.frame);

    context.set_font(FONT);
    context.set_stroke_style_str(&colour("--line")?);
    context.set_fill_style_str(&colour("--muted")?);
    context.set_line_width(1.0);
    context.set_text_align("right");
    context.set_text_baseline("middle");
    for tick in &plot.y_ticks {
        // A hairline is sharp on half pixels.
        let y = tick.position_px.round() + 0.5;
        context.begin_path();
        context.move_to(frame.left_px, y);
        context.line_to(frame.right_px, y);
        context.stroke();
        context.fill_text(&tick.label, frame.left_px - 8.0, y)?;
    }
    context.set_text_align("center");
    context.set_text_baseline("top");
    for tick in &plot.x_ticks {
        context.fill_text(&tick.label, tick.position_px, frame.bottom_px + 6.0)?;
    }
    let middle = (frame.left_px + frame.right_px) / 2.0;
    context.fill_text(drawing.x_title, middle, frame.bottom_px + 22.0)?;

    for (index, points) in plot.lines_px.iter().enumerate() {
        let (number, dashed) = series_style(drawing.styles.get(index).copied().unwrap_or(index));
        let lengths: &[f64] = if dashed { &[6.0, 4.0] } else { &[] };
        let lengths: Array = lengths
            .iter()
            .map(|length| JsValue::from_f64(*length))
            .collect();
        context.set_line_dash(&lengths)?;
        let own = colour(&format!("--series-{number}"))?;
        context.set_stroke_style_str(&own);
        context.set_fill_style_str(&own);
        let on_it = drawing.marked.is_some_and(|(line, _)| line == index);
        context.set_line_width(if on_it { 3.0 } else { 2.0 });
        context.begin_path();
        for [x, y] in points {
            context.line_to(*x, *y);
        }
        context.stroke();
        context.set_line_dash(&Array::new())?;
        if let Some((line, point)) = drawing.marked
            && line == index
            && let Some([x, y]) = points.get(point)
        {
            context.begin_path();
            context.arc(*x, *y, 5.0, 0.0, std::f64::consts::TAU)?;
            context.fill();
        }
    }
    Ok(())
}
