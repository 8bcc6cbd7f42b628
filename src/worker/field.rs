//! A field of what JavaScript hands over.

use js_sys::Reflect;
use wasm_bindgen::JsValue;

/// The field called `name`; undefined where there is none, or where `object` is no object.
pub fn field(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}
