//! Fetches the finished example: its numbers, its map, and its photo painted by the browser.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, ImageBitmap};

use super::{browser, state::Example};
use crate::{array_file::Array, protocol::Pixels};

/// The example, if it comes with the page and can be read.
pub async fn load() -> Option<Example> {
    let json = browser::fetch_text("example/example.json").await.ok()?;
    let mut example: Example = serde_json::from_str(&json).ok()?;
    let bytes = browser::fetch_blob("example/map.npy").await.ok()?;
    let bytes = browser::read_bytes(&bytes).await.ok()?;
    example.map.values = Array::read(&bytes).ok()?.values;
    if example.map.values.len() != example.map.width * example.map.height {
        return None;
    }
    let photo = browser::fetch_blob(&format!("samples/{}", example.sample))
        .await
        .ok()?;
    paint(&photo, &mut example).await.ok()?;
    example.recover();
    Some(example)
}

/// The photo as a whole and as the model sees it.
async fn paint(photo: &Blob, example: &mut Example) -> Result<(), JsValue> {
    let window = browser::window().ok_or(JsValue::NULL)?;
    let bitmap: ImageBitmap = JsFuture::from(window.create_image_bitmap_with_blob(photo)?)
        .await?
        .dyn_into()?;
    let image = &mut example.image;
    let (width, height) = (f64::from(bitmap.width()), f64::from(bitmap.height()));
    pixels(&bitmap, [0.0, 0.0, width, height], &mut image.overview)?;
    let crop = image.crop_px.map(f64::from);
    pixels(&bitmap, crop, &mut image.model_view)
}

/// Paints a part of a bitmap as large as `into` and reads it back.
fn pixels(
    bitmap: &ImageBitmap,
    [left, top, width, height]: [f64; 4],
    into: &mut Pixels,
) -> Result<(), JsValue> {
    let document = browser::document().ok_or(JsValue::NULL)?;
    let canvas: HtmlCanvasElement = document.create_element("canvas")?.dyn_into()?;
    canvas.set_width(into.width as u32);
    canvas.set_height(into.height as u32);
    let context: CanvasRenderingContext2d =
        canvas.get_context("2d")?.ok_or(JsValue::NULL)?.dyn_into()?;
    let (across, down) = (into.width as f64, into.height as f64);
    context.draw_image_with_image_bitmap_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
        bitmap, left, top, width, height, 0.0, 0.0, across, down,
    )?;
    into.rgba = context.get_image_data(0.0, 0.0, across, down)?.data().0;
    Ok(())
}
