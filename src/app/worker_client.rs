//! The page's end of a worker: starts it, posts requests, turns its messages into actions.

use gloo::events::EventListener;
use js_sys::{Array, Object, Reflect, Uint8Array};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions};
use yew::Callback;

use super::strings::notices;
use crate::protocol::Answer;

/// The script that loads a worker's program; it goes by the worker's name.
const LOADER: &str = "worker_loader.js";

/// What is heard of a worker.
pub enum Heard {
    /// It answered.
    Answer(Box<Answer>),
    /// It died or could not be understood; what is known of it.
    Lost(String),
}

/// A running worker; it is ended when this is dropped.
pub struct WorkerClient {
    worker: Worker,
    _listeners: [EventListener; 3],
}

impl WorkerClient {
    /// Starts the worker of this name, which says when it takes requests.
    ///
    /// # Errors
    /// The browser cannot start workers.
    pub fn start(name: &str, hear: Callback<Heard>) -> Result<Self, JsValue> {
        let options = WorkerOptions::new();
        options.set_name(name);
        let worker = Worker::new_with_options(LOADER, &options)?;
        let lost = {
            let hear = hear.clone();
            move |message: String| hear.emit(Heard::Lost(message))
        };
        let on_message = EventListener::new(&worker, "message", {
            let lost = lost.clone();
            move |event| match event.dyn_ref::<MessageEvent>().map(read).transpose() {
                Ok(Some(answer)) => hear.emit(Heard::Answer(Box::new(answer))),
                _ => lost(notices().worker_garbled.to_owned()),
            }
        });
        let on_garbled = EventListener::new(&worker, "messageerror", {
            let lost = lost.clone();
            move |_| lost(notices().worker_garbled.to_owned())
        });
        let on_error = EventListener::new(&worker, "error", move |event| {
            let said = event.dyn_ref::<ErrorEvent>().map(ErrorEvent::message);
            lost(match said {
                Some(message) if !message.is_empty() => message,
                _ => notices().worker_missing.to_owned(),
            });
        });
        Ok(Self {
            worker,
            _listeners: [on_message, on_garbled, on_error],
        })
    }

    /// A handle to post with later, after something has been fetched.
    pub fn post_box(&self) -> PostBox {
        PostBox(self.worker.clone())
    }
}

impl Drop for WorkerClient {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

/// Posts requests to a worker.
#[derive(Clone)]
pub struct PostBox(Worker);

impl PostBox {
    /// Posts a request, with a file handle where it needs one. Only the handle is copied.
    ///
    /// # Errors
    /// The browser could not post it.
    pub fn post(&self, request: &impl Serialize, file: Option<&JsValue>) -> Result<(), JsValue> {
        let json = serde_json::to_string(request)
            .map_err(|error| JsValue::from_str(&error.to_string()))?;
        let message = Object::new();
        Reflect::set(&message, &"json".into(), &json.into())?;
        if let Some(file) = file {
            Reflect::set(&message, &"file".into(), file)?;
        }
        self.0.post_message(&message)
    }
}

fn read(event: &MessageEvent) -> Result<Answer, JsValue> {
    let data = event.data();
    let json = Reflect::get(&data, &"json".into())?
        .as_string()
        .ok_or(JsValue::NULL)?;
    let mut answer: Answer =
        serde_json::from_str(&json).map_err(|error| JsValue::from_str(&error.to_string()))?;
    let buffers = Reflect::get(&data, &"buffers".into())?;
    let buffers = Array::from(&buffers)
        .iter()
        .map(|buffer| Uint8Array::new(&buffer).to_vec())
        .collect();
    answer.event.attach(buffers);
    Ok(answer)
}
