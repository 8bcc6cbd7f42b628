//! The name a browser gives its adapter, which wgpu passes on only in part.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Vendor, architecture and description of the fastest adapter, as far as the browser tells, such
/// as "google swiftshader"; `None` where it tells nothing.
pub async fn adapter_name() -> Option<String> {
    let info = adapter_info().await.ok()?;
    let words: Vec<String> = ["vendor", "architecture", "device", "description"]
        .iter()
        .filter_map(|key| Reflect::get(&info, &JsValue::from(*key)).ok()?.as_string())
        .filter(|word| !word.is_empty())
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// `(await navigator.gpu.requestAdapter({ powerPreference: "high-performance" })).info`, in pages
/// and workers.
async fn adapter_info() -> Result<JsValue, JsValue> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into())?;
    let gpu = Reflect::get(&navigator, &"gpu".into())?;
    let request: Function = Reflect::get(&gpu, &"requestAdapter".into())?.dyn_into()?;
    let options = Object::new();
    Reflect::set(
        &options,
        &"powerPreference".into(),
        &"high-performance".into(),
    )?;
    let promise: Promise = request.call1(&gpu, &options)?.dyn_into()?;
    let adapter = JsFuture::from(promise).await?;
    Reflect::get(&adapter, &"info".into())
}
