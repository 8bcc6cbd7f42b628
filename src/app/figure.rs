//! The map as a figure for a report: title, picture, colour bar and every parameter, on one canvas.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::{
    browser, canvas,
    canvas::Drawing,
    export,
    state::State,
    strings::{significant, text},
};

const WIDTH: f64 = 760.0;
const MARGIN: f64 = 32.0;
// As many letters of this size as fit a line.
const LINE_LETTERS: usize = 100;
const INK: &str = "#1b1d24";
const MUTED: &str = "#575c69";

/// Paints what is on `picture` (the large view) with everything needed to repeat it.
///
/// # Errors
/// The browser cannot draw, or there is no map.
pub fn figure(state: &State, picture: &HtmlCanvasElement) -> Result<HtmlCanvasElement, JsValue> {
    let map = state.map.as_ref().ok_or(JsValue::NULL)?;
    let across = WIDTH - 2.0 * MARGIN;
    let down = across * f64::from(picture.height()) / f64::from(picture.width().max(1));
    let caption = export::caption(state);
    let Some((title, lines)) = caption.split_first() else {
        return Err(JsValue::NULL);
    };
    let figure = blank()?;
    // Twice as fine as it is measured, so that it can be printed.
    let fine = 2.0;
    let wrapped: Vec<String> = lines
        .iter()
        .flat_map(|line| export::wrapped(line, LINE_LETTERS))
        .collect();
    let height = MARGIN + 34.0 + down + 64.0 + 20.0 * wrapped.len() as f64 + MARGIN;
    figure.set_width((WIDTH * fine) as u32);
    figure.set_height((height * fine) as u32);
    let context = context(&figure)?;
    context.scale(fine, fine)?;
    context.set_fill_style_str("#ffffff");
    context.fill_rect(0.0, 0.0, WIDTH, height);
    context.set_fill_style_str(INK);
    context.set_font("600 20px system-ui, sans-serif");
    context.fill_text(title, MARGIN, MARGIN + 16.0)?;
    let top = MARGIN + 34.0;
    // Pixels stay pixels.
    context.set_image_smoothing_enabled(false);
    context
        .draw_image_with_html_canvas_element_and_dw_and_dh(picture, MARGIN, top, across, down)?;

    let bar_top = top + down + 14.0;
    let bar = blank()?;
    canvas::draw(&bar, &Drawing::ColourBar(state.view.colormap));
    context.set_image_smoothing_enabled(true);
    let (bar_left, bar_width) = (MARGIN + 90.0, across - 180.0);
    context.draw_image_with_html_canvas_element_and_dw_and_dh(
        &bar, bar_left, bar_top, bar_width, 12.0,
    )?;
    context.set_font("13px system-ui, sans-serif");
    context.set_fill_style_str(MUTED);
    context.fill_text(&significant(f64::from(map.raw_min)), MARGIN, bar_top + 11.0)?;
    let high = significant(f64::from(map.raw_max));
    context.fill_text(&high, bar_left + bar_width + 12.0, bar_top + 11.0)?;
    context.fill_text(text().colour_bar_unit, bar_left, bar_top + 30.0)?;
    let mut line_top = bar_top + 56.0;
    for line in &wrapped {
        context.fill_text(line, MARGIN, line_top)?;
        line_top += 20.0;
    }
    Ok(figure)
}

fn blank() -> Result<HtmlCanvasElement, JsValue> {
    let document = browser::document().ok_or(JsValue::NULL)?;
    document
        .create_element("canvas")?
        .dyn_into()
        .map_err(JsValue::from)
}

fn context(canvas: &HtmlCanvasElement) -> Result<CanvasRenderingContext2d, JsValue> {
    Ok(canvas.get_context("2d")?.ok_or(JsValue::NULL)?.dyn_into()?)
}
