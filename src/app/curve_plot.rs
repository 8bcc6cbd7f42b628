//! Draws the recovery curve on a canvas in the colours of the page's theme.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, CssStyleDeclaration, HtmlCanvasElement};

use super::{
    browser,
    strings::{percent, text},
};
use crate::{
    protocol::RcapReport,
    render::{Curve, Frame, Series, SeriesKind},
};

const FONT: &str = "12px system-ui, sans-serif";

/// The step of the curve beside a point of a canvas, in CSS pixels from its corner.
pub fn step_at(
    canvas: &HtmlCanvasElement,
    report: &RcapReport,
    x_px: f64,
    y_px: f64,
) -> Option<usize> {
    let scale = scale(canvas).unwrap_or(1.0);
    let curve = lay_out(canvas, report, scale);
    let hover = curve.nearest(x_px / scale, y_px / scale)?;
    Some(hover.step)
}

/// The curve laid out for a canvas as large as this one is shown, in units of `scale` pixels.
fn lay_out(canvas: &HtmlCanvasElement, report: &RcapReport, scale: f64) -> Curve {
    Curve::new(
        report,
        f64::from(canvas.client_width()) / scale,
        f64::from(canvas.client_height()) / scale,
    )
}

/// How much larger than usual lines and words are drawn, where the style sheet sets `--plot-scale`.
fn scale(canvas: &HtmlCanvasElement) -> Option<f64> {
    let style = browser::window()?
        .get_computed_style(canvas)
        .ok()
        .flatten()?;
    let scale = style.get_property_value("--plot-scale").ok()?;
    scale.trim().parse().ok().filter(|scale| *scale > 0.0)
}

/// Draws the curve, with a line at the marked step; what cannot be drawn is in the table below it.
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
    canvas.set_width((f64::from(canvas.client_width()) * ratio).round() as u32);
    canvas.set_height((f64::from(canvas.client_height()) * ratio).round() as u32);
    let context: CanvasRenderingContext2d =
        canvas.get_context("2d")?.ok_or(JsValue::NULL)?.dyn_into()?;
    let scale = scale(canvas).unwrap_or(1.0);
    context.scale(ratio * scale, ratio * scale)?;
    let pen = Pen {
        context,
        style: window.get_computed_style(canvas)?.ok_or(JsValue::NULL)?,
    };
    let curve = lay_out(canvas, report, scale);
    pen.axes(&curve)?;
    for series in &curve.series {
        pen.series(series, &curve.frame, marked)?;
    }
    pen.whole_photo(&curve.frame, report.original_probability)?;
    if let Some([x, _]) = marked.and_then(|step| curve.series.first()?.points_px.get(step)) {
        pen.context.set_stroke_style_str(&pen.colour("--ink")?);
        pen.context.set_line_width(1.0);
        pen.line([*x, curve.frame.top_px], [*x, curve.frame.bottom_px]);
    }
    Ok(())
}

struct Pen {
    context: CanvasRenderingContext2d,
    style: CssStyleDeclaration,
}

impl Pen {
    /// A colour of the theme.
    fn colour(&self, name: &str) -> Result<String, JsValue> {
        self.style.get_property_value(name)
    }

    fn line(&self, from: [f64; 2], to: [f64; 2]) {
        self.context.begin_path();
        self.context.move_to(from[0], from[1]);
        self.context.line_to(to[0], to[1]);
        self.context.stroke();
    }

    fn dashes(&self, lengths: &[f64]) -> Result<(), JsValue> {
        let lengths: Array = lengths
            .iter()
            .map(|length| JsValue::from_f64(*length))
            .collect();
        self.context.set_line_dash(&lengths)
    }

    fn axes(&self, curve: &Curve) -> Result<(), JsValue> {
        let (context, frame) = (&self.context, &curve.frame);
        context.set_font(FONT);
        context.set_stroke_style_str(&self.colour("--line")?);
        context.set_fill_style_str(&self.colour("--muted")?);
        context.set_line_width(1.0);
        context.set_text_align("right");
        context.set_text_baseline("middle");
        for tick in &curve.y_ticks {
            // A hairline is sharp on half pixels.
            let y = tick.position_px.round() + 0.5;
            self.line([frame.left_px, y], [frame.right_px, y]);
            context.fill_text(&tick.label, frame.left_px - 8.0, y)?;
        }
        context.set_text_align("center");
        context.set_text_baseline("top");
        for tick in &curve.x_ticks {
            context.fill_text(&tick.label, tick.position_px, frame.bottom_px + 6.0)?;
        }
        let middle = (frame.left_px + frame.right_px) / 2.0;
        context.fill_text(text().curve_x, middle, frame.bottom_px + 22.0)
    }

    /// Where the probability lies with every pixel given back.
    fn whole_photo(&self, frame: &Frame, probability: f64) -> Result<(), JsValue> {
        let y = frame.bottom_px - (frame.bottom_px - frame.top_px) * probability.clamp(0.0, 1.0);
        let muted = self.colour("--muted")?;
        self.context.set_stroke_style_str(&muted);
        self.context.set_fill_style_str(&muted);
        self.context.set_line_width(1.0);
        self.dashes(&[2.0, 3.0])?;
        self.line([frame.left_px, y], [frame.right_px, y]);
        self.dashes(&[])?;
        self.context.set_text_align("left");
        // Under the line where there is no room over it.
        let (baseline, shift) = if y - frame.top_px < 18.0 {
            ("top", 4.0)
        } else {
            ("bottom", -3.0)
        };
        self.context.set_text_baseline(baseline);
        let label = format!("{} {}", text().curve_whole, percent(probability));
        // A halo keeps it readable where a line crosses it.
        self.context
            .set_stroke_style_str(&self.colour("--surface")?);
        self.context.set_line_width(4.0);
        self.context
            .stroke_text(&label, frame.left_px + 4.0, y + shift)?;
        self.context
            .fill_text(&label, frame.left_px + 4.0, y + shift)
    }

    fn trace(&self, points: &[[f64; 2]]) {
        self.context.begin_path();
        for [x, y] in points {
            self.context.line_to(*x, *y);
        }
    }

    fn series(&self, series: &Series, frame: &Frame, marked: Option<usize>) -> Result<(), JsValue> {
        let (name, dashes): (_, &[f64]) = match series.kind {
            SeriesKind::Probability => ("--curve-probability", &[]),
            SeriesKind::MassShare => ("--curve-share", &[6.0, 4.0]),
            SeriesKind::Product => ("--curve-product", &[]),
        };
        let (context, points) = (&self.context, &series.points_px);
        // The score is the mean height of this area.
        if series.kind == SeriesKind::Product
            && let (Some(first), Some(last)) = (points.first(), points.last())
        {
            self.trace(points);
            context.line_to(last[0], frame.bottom_px);
            context.line_to(first[0], frame.bottom_px);
            context.close_path();
            context.set_fill_style_str(&self.colour("--curve-product-area")?);
            context.fill();
        }
        let colour = self.colour(name)?;
        context.set_stroke_style_str(&colour);
        context.set_fill_style_str(&colour);
        context.set_line_width(2.0);
        context.set_line_join("round");
        self.dashes(dashes)?;
        self.trace(points);
        context.stroke();
        self.dashes(&[])?;
        for (index, [x, y]) in points.iter().enumerate() {
            let radius = if marked == Some(index) { 5.0 } else { 3.0 };
            context.begin_path();
            context.arc(*x, *y, radius, 0.0, std::f64::consts::TAU)?;
            context.fill();
        }
        Ok(())
    }
}
