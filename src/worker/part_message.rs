//! Parts of a batch as messages between workers: numbers as transferred buffers, the rest as JSON.

use js_sys::{Array, Float32Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, Worker};

use super::field::field;
use crate::{classifier::Gradients, engine::Part};

/// A part of a batch to be computed.
pub struct PartMessage {
    /// By which the answer is known.
    pub number: u32,
    /// What to compute.
    pub part: Part,
    /// `[batch, 3, height, width]`.
    pub images: Vec<f32>,
}

impl PartMessage {
    /// The part in a message; `None` where it is about something else.
    ///
    /// # Errors
    /// It is a part, but not one that this program knows.
    pub fn read(data: &JsValue) -> Option<Result<Self, String>> {
        let number = number(data)?;
        let json = field(data, "json").as_string().unwrap_or_default();
        let part = serde_json::from_str(&json).map_err(|error| error.to_string());
        Some(part.map(|part| Self {
            number,
            part,
            images: floats(data, "images"),
        }))
    }
}

/// Posts `images` to `worker` as part `number`.
///
/// # Errors
/// The browser could not post it.
pub fn post(worker: &Worker, number: u32, part: Part, images: &[f32]) -> Result<(), JsValue> {
    let json = serde_json::to_string(&part).map_err(|error| error.to_string())?;
    let images = Float32Array::from(images);
    let message = message(
        number,
        &[("json", json.into()), ("images", images.clone().into())],
    )?;
    worker.post_message_with_transfer(&message, &Array::of1(&images.buffer()))
}

/// Posts what came of part `number` to whoever asked.
pub fn answer(
    scope: &DedicatedWorkerGlobalScope,
    number: u32,
    computed: Result<Gradients, String>,
) {
    let posted = match computed {
        Ok(computed) => {
            let values = Float32Array::from(computed.values.as_slice());
            let logits = Float32Array::from(computed.logits.as_slice());
            let buffers = Array::of2(&values.buffer(), &logits.buffer());
            message(
                number,
                &[("values", values.into()), ("logits", logits.into())],
            )
            .and_then(|message| scope.post_message_with_transfer(&message, &buffers))
        }
        Err(reason) => message(number, &[("failure", reason.into())])
            .and_then(|message| scope.post_message(&message)),
    };
    if let Err(error) = posted {
        web_sys::console::error_1(&error);
    }
}

/// What came of a part.
///
/// # Errors
/// It failed, in a person's words, or the message is no answer.
pub fn read_answer(data: &JsValue) -> Result<Gradients, String> {
    if number(data).is_none() {
        return Err("the worker ended".to_owned());
    }
    match field(data, "failure").as_string() {
        Some(reason) => Err(reason),
        None => Ok(Gradients {
            values: floats(data, "values"),
            logits: floats(data, "logits"),
        }),
    }
}

fn message(number: u32, fields: &[(&str, JsValue)]) -> Result<Object, JsValue> {
    let message = Object::new();
    Reflect::set(&message, &"part".into(), &number.into())?;
    for (name, value) in fields {
        Reflect::set(&message, &(*name).into(), value)?;
    }
    Ok(message)
}

/// Which part a message is about; `None` where it is about none.
pub fn number(data: &JsValue) -> Option<u32> {
    field(data, "part").as_f64().map(|number| number as u32)
}

/// What does not hold numbers is read as none: whoever asked counts them.
fn floats(data: &JsValue, name: &str) -> Vec<f32> {
    field(data, name)
        .dyn_ref::<Float32Array>()
        .map_or_else(Vec::new, Float32Array::to_vec)
}
