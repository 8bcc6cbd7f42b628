//! The browser's odds and ends the page needs: fetching, saving, asking for WebGPU.

use std::panic::PanicHookInfo;

use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, BlobPropertyBag, Element, Event, HtmlAnchorElement, HtmlElement, Response, Url,
};

use super::{state::Adapter, strings::notices};

/// The window; there always is one where the page runs.
pub fn window() -> Option<web_sys::Window> {
    web_sys::window()
}

/// The document.
pub fn document() -> Option<web_sys::Document> {
    window()?.document()
}

/// Says so on the page if the page itself panics: nothing on it would react any more.
pub fn on_panic(information: &PanicHookInfo<'_>) {
    web_sys::console::error_1(&JsValue::from_str(&information.to_string()));
    let told = document().and_then(|document| {
        let element = document.create_element("p").ok()?;
        element.set_class_name("page-gone");
        element.set_attribute("role", "alert").ok()?;
        element.set_text_content(Some(notices().page_gone));
        document.body()?.append_child(&element).ok()
    });
    if told.is_none() {
        web_sys::console::error_1(&JsValue::from_str(notices().page_gone));
    }
}

/// Fetches a file that comes with the page.
///
/// # Errors
/// It is not there or cannot be read.
pub async fn fetch(address: &str) -> Result<Response, JsValue> {
    let window = window().ok_or(JsValue::NULL)?;
    let response: Response = JsFuture::from(window.fetch_with_str(address))
        .await?
        .dyn_into()?;
    if response.ok() {
        Ok(response)
    } else {
        Err(JsValue::from_str(&format!("status {}", response.status())))
    }
}

/// Fetches a text file that comes with the page.
///
/// # Errors
/// As [`fetch`].
pub async fn fetch_text(address: &str) -> Result<String, JsValue> {
    let text = JsFuture::from(fetch(address).await?.text()?).await?;
    text.as_string().ok_or(JsValue::NULL)
}

/// Fetches a binary file that comes with the page.
///
/// # Errors
/// As [`fetch`].
pub async fn fetch_blob(address: &str) -> Result<Blob, JsValue> {
    JsFuture::from(fetch(address).await?.blob()?)
        .await?
        .dyn_into()
}

/// Asks what WebGPU would run on. The page's head names its program for the GPU, if it was built.
pub async fn adapter() -> Adapter {
    let program = document()
        .and_then(|document| {
            document
                .query_selector("meta[name='gpu-worker']")
                .ok()
                .flatten()
        })
        .and_then(|mark| mark.get_attribute("content"));
    if program.unwrap_or_default().is_empty() {
        return Adapter::NotBuilt;
    }
    ask_for_adapter().await.unwrap_or(Adapter::None)
}

async fn ask_for_adapter() -> Result<Adapter, JsValue> {
    let navigator = window().ok_or(JsValue::NULL)?.navigator();
    let gpu = Reflect::get(&navigator, &"gpu".into())?;
    if gpu.is_falsy() {
        return Ok(Adapter::None);
    }
    let promise: Promise = call(&gpu, "requestAdapter")?.dyn_into()?;
    let adapter = JsFuture::from(promise).await?;
    if adapter.is_falsy() {
        return Ok(Adapter::None);
    }
    let info = Reflect::get(&adapter, &"info".into())?;
    let fallback = [&info, &adapter].into_iter().any(|object| {
        Reflect::get(object, &"isFallbackAdapter".into()).is_ok_and(|flag| flag.is_truthy())
    });
    Ok(if fallback {
        Adapter::Software
    } else {
        Adapter::Hardware
    })
}

/// Offers bytes to the person as a download.
///
/// # Errors
/// The browser would not.
pub fn save(name: &str, kind: &str, bytes: &[u8]) -> Result<(), JsValue> {
    let parts = Array::of1(&Uint8Array::from(bytes));
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    save_blob(
        name,
        &Blob::new_with_u8_array_sequence_and_options(&parts, &options)?,
    )
}

/// Offers a blob to the person as a download.
///
/// # Errors
/// The browser would not.
pub fn save_blob(name: &str, blob: &Blob) -> Result<(), JsValue> {
    let document = document().ok_or(JsValue::NULL)?;
    let address = Url::create_object_url_with_blob(blob)?;
    let link: HtmlAnchorElement = document.create_element("a")?.dyn_into()?;
    link.set_href(&address);
    link.set_download(name);
    link.click();
    // Revoking at once would race the download in some browsers.
    gloo::timers::callback::Timeout::new(10_000, move || {
        // Nothing depends on it: the address dies with the page anyway.
        let _ = Url::revoke_object_url(&address);
    })
    .forget();
    Ok(())
}

/// Puts text on the clipboard.
///
/// # Errors
/// The browser would not.
pub async fn copy(text: &str) -> Result<(), JsValue> {
    let clipboard = window().ok_or(JsValue::NULL)?.navigator().clipboard();
    JsFuture::from(clipboard.write_text(text)).await.map(|_| ())
}

/// The bytes of a file.
///
/// # Errors
/// It cannot be read.
pub async fn read_bytes(file: &Blob) -> Result<Vec<u8>, JsValue> {
    let buffer = JsFuture::from(file.array_buffer()).await?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// The text of a file.
///
/// # Errors
/// It cannot be read.
pub async fn read_text(file: &Blob) -> Result<String, JsValue> {
    let text = JsFuture::from(file.text()).await?;
    text.as_string().ok_or(JsValue::NULL)
}

/// Numbers as a file, four bytes each, the lowest first.
///
/// # Errors
/// The browser has no memory for them.
pub fn blob(values: &[f32]) -> Result<Blob, JsValue> {
    let bytes: Vec<u8> = values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes.as_slice())))
}

/// Two files as one, the second behind the first; neither is read for it.
///
/// # Errors
/// The browser would not.
pub fn joined(first: &JsValue, second: &JsValue) -> Result<Blob, JsValue> {
    Blob::new_with_blob_sequence(&Array::of2(first, second))
}

/// Files as one, each behind the one before; none is read for it.
///
/// # Errors
/// The browser would not.
pub fn all_joined(files: &[&JsValue]) -> Result<Blob, JsValue> {
    Blob::new_with_blob_sequence(&files.iter().copied().collect::<Array>())
}

/// Says in the document which language it is in.
pub fn name_language(tag: &str) {
    if let Some(root) = document().and_then(|document| document.document_element()) {
        // Nothing to tell anybody where it fails: the words themselves are in the language.
        let _ = root.set_attribute("lang", tag);
    }
}

/// Milliseconds since the page was opened.
pub fn now_ms() -> f64 {
    window()
        .and_then(|window| window.performance())
        .map_or(0.0, |performance| performance.now())
}

/// Tells the scripts beside the page that something has happened.
pub fn tell(name: &str) {
    if let (Some(window), Ok(event)) = (window(), Event::new(name)) {
        // Fails only for events that are on their way already.
        let _ = window.dispatch_event(&event);
    }
}

/// Brings a part of the page into view.
pub fn show(id: &str) {
    let part = document().and_then(|document| document.get_element_by_id(id));
    if let Some(part) = part {
        part.scroll_into_view();
    }
}

/// Opens a `dialog` over everything else, which takes no input for as long.
pub fn open_dialog(dialog: &HtmlElement) {
    if call(dialog, "showModal").is_err() {
        // Older browsers know no dialogs: it is shown at its place.
        let _ = dialog.set_attribute("open", "");
    }
}

/// Closes a `dialog`; one that is closed stays so.
pub fn close_dialog(dialog: &HtmlElement) {
    // A browser without dialogs has nothing to close.
    let _ = call(dialog, "close");
}

fn call(object: &JsValue, method: &str) -> Result<JsValue, JsValue> {
    let method: Function = Reflect::get(object, &method.into())?.dyn_into()?;
    method.call0(object)
}

/// Gives the keyboard to a part of the page.
pub fn focus(id: &str) {
    let part = document().and_then(|document| document.get_element_by_id(id));
    if let Some(part) = part.and_then(|part| part.dyn_into::<HtmlElement>().ok()) {
        // An element that takes no focus leaves it where it is.
        let _ = part.focus();
    }
}

/// Whether something happened at a place, named by a selector, or in it.
pub fn is_in(event: &Event, place: &str) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| matches!(target.closest(place), Ok(Some(_))))
}

/// The part of the page's address after `#`.
pub fn fragment() -> String {
    window()
        .and_then(|window| window.location().hash().ok())
        .unwrap_or_default()
}

/// The page's address with another part after `#`.
pub fn address_with(fragment: &str) -> Option<String> {
    let address = window()?.location().href().ok()?;
    let base = address.split('#').next()?;
    Some(format!("{base}#{fragment}"))
}

/// What a caught script error says.
pub fn reason(error: &JsValue) -> String {
    Reflect::get(error, &"message".into())
        .ok()
        .and_then(|message| message.as_string())
        .or_else(|| error.as_string())
        .unwrap_or_else(|| format!("{error:?}"))
}
