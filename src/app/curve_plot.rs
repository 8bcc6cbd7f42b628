//! Draws the recovery curve on a canvas in the colours of the page's theme.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::{
    browser,
    strings::{percent, text},
};
use crate::protocol::RcapReport;

const LEFT: f64 = 46.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 38.0;
const FONT: &str = "12px system-ui, sans-serif";

/// Share of the image's pixels that a step has given back.
pub fn pixel_share(report: &RcapReport, step: usize) -> Option<f64> {
    let picture = report.recovered.first()?;
    let pixels = picture.width * picture.height;
    let recovered = report.steps.get(step)?.recovered_pixels;
    (pixels > 0).then(|| recovered as f64 / pixels as f64)
}

/// The right end of the x axis: a round share no smaller than the fullest step's.
fn x_end(report: &RcapReport) -> f64 {
    let largest = (0..report.steps.len())
        .filter_map(|step| pixel_share(report, step))
        .fold(0.1, f64::max);
    ((largest * 10.0 - 1e-9).ceil() / 10.0).min(1.0)
}

/// The step nearest to a point `x` on a canvas that is `width` wide, both in CSS pixels.
pub fn nearest_step(report: &RcapReport, width: f64, x: f64) -> Option<usize> {
    let end = x_end(report);
    let at = |step: usize| {
        pixel_share(report, step)
            .map(|share| (LEFT + share / end * (width - LEFT - RIGHT) - x).abs())
    };
    (0..report.steps.len())
        .filter_map(|step| Some((step, at(step)?)))
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(step, _)| step)
}

struct Plot {
    context: CanvasRenderingContext2d,
    width: f64,
    height: f64,
    end: f64,
}

impl Plot {
    fn x(&self, share: f64) -> f64 {
        LEFT + share / self.end * (self.width - LEFT - RIGHT)
    }

    fn y(&self, value: f64) -> f64 {
        self.height - BOTTOM - value * (self.height - TOP - BOTTOM)
    }

    fn line(&self, from: (f64, f64), to: (f64, f64)) {
        self.context.begin_path();
        self.context.move_to(from.0, from.1);
        self.context.line_to(to.0, to.1);
        self.context.stroke();
    }
}

/// Draws the curve; what cannot be drawn is in the table below it.
pub fn draw(canvas: &HtmlCanvasElement, report: &RcapReport, marked: Option<usize>) {
    if let Err(error) = try_draw(canvas, report, marked) {
        web_sys::console::error_1(&error);
    }
}

fn try_draw(
    canvas: &HtmlCanvasElement,
    report: &RcapReport,
    marked: Option<usize>,
) -> Result<(), JsValue> {
    let window = browser::window().ok_or(JsValue::NULL)?;
    let ratio = window.device_pixel_ratio().max(1.0);
    let (width, height) = (f64::from(canvas.client_width()), f64::from(canvas.client_height()));
    canvas.set_width((width * ratio).round() as u32);
    canvas.set_height((height * ratio).round() as u32);
    let context: CanvasRenderingContext2d =
        canvas.get_context("2d")?.ok_or(JsValue::NULL)?.dyn_into()?;
    context.scale(ratio, ratio)?;
    let style = window.get_computed_style(canvas)?.ok_or(JsValue::NULL)?;
    let colour = |name: &str| style.get_property_value(name);
    let plot = Plot {
        context,
        width,
        height,
        end: x_end(report),
    };
    axes(&plot, &colour("--line")?, &colour("--muted")?)?;
    whole_photo(&plot, report, &colour("--muted")?)?;
    let points = |value: fn(&crate::protocol::RcapStep) -> f64| -> Vec<(f64, f64)> {
        report
            .steps
            .iter()
            .enumerate()
            .filter_map(|(index, step)| Some((pixel_share(report, index)?, value(step))))
            .collect()
    };
    let product = points(|step| step.mass_share * step.probability);
    area(&plot, &product, &colour("--curve-product-area")?);
    for (values, name, dash) in [
        (points(|step| step.mass_share), "--curve-share", &[6.0, 4.0][..]),
        (points(|step| step.probability), "--curve-probability", &[]),
        (product, "--curve-product", &[]),
    ] {
        series(&plot, &values, &colour(name)?, dash, marked)?;
    }
    if let Some(share) = marked.and_then(|step| pixel_share(report, step)) {
        plot.context.set_stroke_style_str(&colour("--ink")?);
        plot.context.set_line_width(1.0);
        plot.line((plot.x(share), plot.y(0.0)), (plot.x(share), plot.y(1.0)));
    }
    Ok(())
}

fn axes(plot: &Plot, line: &str, ink: &str) -> Result<(), JsValue> {
    let context = &plot.context;
    context.set_font(FONT);
    context.set_stroke_style_str(line);
    context.set_fill_style_str(ink);
    context.set_line_width(1.0);
    context.set_text_align("right");
    context.set_text_baseline("middle");
    for tick in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let y = plot.y(tick).round() + 0.5;
        plot.line((LEFT, y), (plot.width - RIGHT, y));
        context.fill_text(&format!("{:.0} %", tick * 100.0), LEFT - 8.0, y)?;
    }
    context.set_text_align("center");
    context.set_text_baseline("top");
    let step = if plot.end > 0.6 { 0.2 } else { 0.1 };
    let mut tick = 0.0;
    while tick <= plot.end + 1e-9 {
        let label = format!("{:.0} %", tick * 100.0);
        context.fill_text(&label, plot.x(tick), plot.height - BOTTOM + 6.0)?;
        tick += step;
    }
    let middle = (LEFT + plot.width - RIGHT) / 2.0;
    context.fill_text(text().curve_x, middle, plot.height - 15.0)
}

/// Where the probability would be with every pixel given back.
fn whole_photo(plot: &Plot, report: &RcapReport, ink: &str) -> Result<(), JsValue> {
    let context = &plot.context;
    let y = plot.y(report.original_probability);
    context.set_stroke_style_str(ink);
    dash(context, &[2.0, 3.0])?;
    plot.line((LEFT, y), (plot.width - RIGHT, y));
    dash(context, &[])?;
    context.set_text_align("left");
    context.set_text_baseline(if report.original_probability > 0.85 { "top" } else { "bottom" });
    let label = format!(" {} {}", text().curve_whole, percent(report.original_probability));
    context.fill_text(&label, LEFT, if report.original_probability > 0.85 { y + 4.0 } else { y - 3.0 })
}

fn dash(context: &CanvasRenderingContext2d, lengths: &[f64]) -> Result<(), JsValue> {
    let lengths: js_sys::Array = lengths.iter().map(|length| JsValue::from_f64(*length)).collect();
    context.set_line_dash(&lengths)
}

fn trace(plot: &Plot, points: &[(f64, f64)]) {
    plot.context.begin_path();
    for (share, value) in points {
        plot.context.line_to(plot.x(*share), plot.y(*value));
    }
}

fn area(plot: &Plot, points: &[(f64, f64)], colour: &str) {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return;
    };
    trace(plot, points);
    plot.context.line_to(plot.x(last.0), plot.y(0.0));
    plot.context.line_to(plot.x(first.0), plot.y(0.0));
    plot.context.close_path();
    plot.context.set_fill_style_str(colour);
    plot.context.fill();
}

fn series(
    plot: &Plot,
    points: &[(f64, f64)],
    colour: &str,
    lengths: &[f64],
    marked: Option<usize>,
) -> Result<(), JsValue> {
    let context = &plot.context;
    context.set_stroke_style_str(colour);
    context.set_fill_style_str(colour);
    context.set_line_width(2.0);
    context.set_line_join("round");
    dash(context, lengths)?;
    trace(plot, points);
    context.stroke();
    dash(context, &[])?;
    for (index, (share, value)) in points.iter().enumerate() {
        let radius = if marked == Some(index) { 5.0 } else { 3.0 };
        context.begin_path();
        context.arc(plot.x(*share), plot.y(*value), radius, 0.0, std::f64::consts::TAU)?;
        context.fill();
    }
    Ok(())
}
