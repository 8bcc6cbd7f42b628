//! Puts pictures on canvases.

use wasm_bindgen::{Clamped, JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use super::{
    painting,
    state::{Shared, View},
};
use crate::{
    protocol::{AlteredImages, ImageCard, MapReport, MaskReport, Pixels, RcapReport},
    render::Colormap,
};

/// A picture, described by what it shows.
#[derive(Clone, PartialEq)]
pub enum Drawing {
    /// The whole source with the part the model sees framed.
    Overview(Shared<ImageCard>),
    /// The photo as the model sees it, with the map.
    Map {
        /// The photo.
        image: Shared<ImageCard>,
        /// The map, if there is one yet.
        map: Option<Shared<MapReport>>,
        /// How the map is shown.
        view: View,
        /// Lowest and highest raw value of the colours; the map's own where there are none.
        scale: Option<(f32, f32)>,
    },
    /// Two maps of one photo against each other; the photo itself where there is no map.
    Split {
        /// The photo.
        image: Shared<ImageCard>,
        /// Left of the line.
        left: Option<Shared<MapReport>>,
        /// Right of the line.
        right: Option<Shared<MapReport>>,
        /// How the maps are shown.
        view: View,
        /// As for a map.
        scale: Option<(f32, f32)>,
        /// Where the line stands, 0 to 1.
        share: f32,
    },
    /// The mask that is in use, over the photo.
    Mask(Shared<ImageCard>, Shared<MaskReport>),
    /// The colour scale from low to high.
    ColourBar(Colormap),
    /// What the model was shown at a point of a measure that deletes (or inserts) pixels.
    Altered {
        /// The photo.
        image: Shared<ImageCard>,
        /// The images.
        altered: Shared<AlteredImages>,
        /// The point.
        point: usize,
        /// Inserted instead of deleted.
        inserted: bool,
    },
    /// The recovered image of a step.
    Recovered(Shared<RcapReport>, usize),
    /// A picture as it is.
    Pixels(Shared<Pixels>),
}

/// Draws a picture at its own resolution; the style sheet decides how large it is shown.
pub fn draw(canvas: &HtmlCanvasElement, drawing: &Drawing) {
    let drawn = match drawing {
        Drawing::Overview(image) => overview(canvas, image),
        Drawing::Map {
            image,
            map,
            view,
            scale,
        } => painted(image, map.as_ref(), *view, *scale).and_then(|picture| put(canvas, &picture)),
        Drawing::Split {
            image,
            left,
            right,
            view,
            scale,
            share,
        } => {
            let side =
                |map: &Option<Shared<MapReport>>| painted(image, map.as_ref(), *view, *scale);
            side(left).and_then(|left| {
                let right = side(right)?;
                put(canvas, &painting::split(&left, &right, *share))
            })
        }
        Drawing::Mask(image, mask) => put(
            canvas,
            &painting::outside_darkened(&image.model_view, &mask.inside),
        ),
        Drawing::ColourBar(colormap) => put(canvas, &painting::colour_bar(*colormap)),
        Drawing::Altered {
            image,
            altered,
            point,
            inserted,
        } => {
            let photo = &image.model_view;
            put(
                canvas,
                &if *inserted {
                    altered.insertion(photo, *point)
                } else {
                    altered.deletion(photo, *point)
                },
            )
        }
        Drawing::Recovered(report, step) => match report.recovered.get(*step) {
            Some(pixels) => put(canvas, pixels),
            None => Ok(()),
        },
        Drawing::Pixels(pixels) => put(canvas, pixels),
    };
    // Nothing to tell the person: a browser that cannot draw has shown nothing before either.
    if let Err(error) = drawn {
        web_sys::console::error_1(&error);
    }
}

fn painted(
    image: &ImageCard,
    map: Option<&Shared<MapReport>>,
    view: View,
    scale: Option<(f32, f32)>,
) -> Result<Pixels, JsValue> {
    let rescaled = match (map, scale) {
        (Some(map), Some(scale)) => Some(painting::rescaled(map, scale)),
        _ => None,
    };
    let map = rescaled.as_ref().or(map.map(|map| &**map));
    painting::picture(&image.model_view, map, view)
        .map(|picture| painting::zoomed(picture, view.zoom))
        .map_err(|error| JsValue::from_str(&error.to_string()))
}

fn context(canvas: &HtmlCanvasElement) -> Result<CanvasRenderingContext2d, JsValue> {
    Ok(canvas.get_context("2d")?.ok_or(JsValue::NULL)?.dyn_into()?)
}

fn put(canvas: &HtmlCanvasElement, pixels: &Pixels) -> Result<(), JsValue> {
    let data = ImageData::new_with_u8_clamped_array_and_sh(
        Clamped(&pixels.rgba),
        pixels.width as u32,
        pixels.height as u32,
    )?;
    if canvas.width() != pixels.width as u32 || canvas.height() != pixels.height as u32 {
        canvas.set_width(pixels.width as u32);
        canvas.set_height(pixels.height as u32);
    }
    context(canvas)?.put_image_data(&data, 0.0, 0.0)
}

fn overview(canvas: &HtmlCanvasElement, image: &ImageCard) -> Result<(), JsValue> {
    put(canvas, &image.overview)?;
    if image.source_width_px == 0 || image.source_height_px == 0 {
        return Ok(());
    }
    let context = context(canvas)?;
    let (width, height) = (image.overview.width as f64, image.overview.height as f64);
    let scale_x = width / image.source_width_px as f64;
    let scale_y = height / image.source_height_px as f64;
    let [left, top, across, down] = image.crop_px.map(f64::from);
    let (left, top, across, down) = (
        left * scale_x,
        top * scale_y,
        across * scale_x,
        down * scale_y,
    );
    context.set_fill_style_str("rgba(10, 12, 16, 0.55)");
    context.fill_rect(0.0, 0.0, width, top);
    context.fill_rect(0.0, top + down, width, height - top - down);
    context.fill_rect(0.0, top, left, down);
    context.fill_rect(left + across, top, width - left - across, down);
    let stroke = (width / 150.0).max(1.5);
    context.set_line_width(stroke);
    context.set_stroke_style_str("#ffffff");
    context.stroke_rect(
        left + stroke / 2.0,
        top + stroke / 2.0,
        across - stroke,
        down - stroke,
    );
    Ok(())
}
