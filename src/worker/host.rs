//! The engine's host in a web worker.

use std::{cell::RefCell, collections::HashSet, panic};

use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, DedicatedWorkerGlobalScope, ErrorEvent, MessageChannel, PromiseRejectionEvent,
};

use super::{crew::Crew, field::field};
use crate::{
    classifier::LocalFuture,
    engine::{Colleague, Host, Memory},
    protocol::{Answer, Event, JobId, Request},
};

/// WebAssembly's memory grows by this much at a time.
const PAGE_BYTES: u64 = 1 << 16;
/// All that 32-bit addresses reach.
const ADDRESSABLE_BYTES: u64 = 1 << 32;
const GIBIBYTE: f64 = (1_u64 << 30) as f64;

/// The worker around the engine.
pub struct WorkerHost {
    scope: DedicatedWorkerGlobalScope,
    /// A message to oneself is the shortest pause a browser knows; timers are held back.
    pause: Option<MessageChannel>,
    cancelled: RefCell<HashSet<JobId>>,
    /// The model that was asked for last, for colleagues to open as well.
    model: RefCell<Option<(Request, Blob)>>,
    crew: Crew,
}

impl WorkerHost {
    /// The host of the worker this runs in; panics and stray errors are reported from now on.
    pub fn new(scope: DedicatedWorkerGlobalScope) -> Self {
        report_panics(scope.clone());
        report_errors(&scope);
        let crew = Crew::start(&scope);
        Self {
            scope,
            pause: MessageChannel::new().ok(),
            cancelled: RefCell::default(),
            model: RefCell::default(),
            crew,
        }
    }

    /// The worker's global scope.
    pub fn scope(&self) -> &DedicatedWorkerGlobalScope {
        &self.scope
    }

    /// The person asked for `job` to stop.
    pub fn cancel(&self, job: JobId) {
        self.cancelled.borrow_mut().insert(job);
    }

    /// `request` asks for the model in `file`.
    pub fn keep_model(&self, request: &Request, file: &Blob) {
        self.model.replace(Some((request.clone(), file.clone())));
    }

    /// `job` is over.
    pub fn forget(&self, job: JobId) {
        self.cancelled.borrow_mut().remove(&job);
    }
}

impl Host for WorkerHost {
    fn colleagues(&self) -> Vec<Box<dyn Colleague>> {
        match self.model.borrow().as_ref() {
            Some((request, file)) => self.crew.open(request, file),
            None => Vec::new(),
        }
    }

    fn now_ms(&self) -> f64 {
        self.scope
            .performance()
            .map_or_else(js_sys::Date::now, |performance| performance.now())
    }

    fn emit(&self, job: JobId, event: Event) {
        post(&self.scope, job, event);
    }

    fn yield_now<'a>(&'a self) -> LocalFuture<'a, ()> {
        Box::pin(async move {
            let turn = Promise::new(&mut |resolve, _| match &self.pause {
                Some(channel) => {
                    channel.port1().set_onmessage(Some(&resolve));
                    if channel.port2().post_message(&JsValue::NULL).is_err() {
                        resolve_now(&resolve);
                    }
                }
                None => {
                    let set = self
                        .scope
                        .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, 0);
                    if set.is_err() {
                        resolve_now(&resolve);
                    }
                }
            });
            // The promise is only ever resolved.
            let _ = JsFuture::from(turn).await;
        })
    }

    fn is_cancelled(&self, job: JobId) -> bool {
        self.cancelled.borrow().contains(&job)
    }

    fn memory(&self) -> Memory {
        let used = core::arch::wasm32::memory_size::<0>() as u64 * PAGE_BYTES;
        let device = device_bytes(&self.scope).map(|bytes| bytes as u64);
        let limit = device.map_or(ADDRESSABLE_BYTES, |device| device.min(ADDRESSABLE_BYTES));
        Memory {
            used_bytes: Some(used),
            available_bytes: Some(limit.saturating_sub(used)),
        }
    }
}

/// The memory of the device, rounded; `None` where the browser does not tell.
pub(super) fn device_bytes(scope: &DedicatedWorkerGlobalScope) -> Option<f64> {
    let gibibytes = field(&scope.navigator(), "deviceMemory").as_f64()?;
    Some(gibibytes * GIBIBYTE)
}

fn resolve_now(resolve: &js_sys::Function) {
    // A resolver does not throw.
    let _ = resolve.call0(&JsValue::NULL);
}

/// Posts an event, its pixels and values as transferred buffers.
fn post(scope: &DedicatedWorkerGlobalScope, job: JobId, mut event: Event) {
    let buffers = Array::new();
    for bytes in event.detach() {
        buffers.push(&Uint8Array::from(bytes.as_slice()).buffer());
    }
    let posted = serde_json::to_string(&Answer { job, event })
        .map_err(|error| JsValue::from_str(&error.to_string()))
        .and_then(|json| {
            let message = Object::new();
            Reflect::set(&message, &"json".into(), &json.into())?;
            Reflect::set(&message, &"buffers".into(), &buffers)?;
            scope.post_message_with_transfer(&message, &buffers)
        });
    if let Err(error) = posted {
        web_sys::console::error_1(&error);
    }
}

fn crashed(scope: &DedicatedWorkerGlobalScope, message: String) {
    web_sys::console::error_1(&JsValue::from_str(&message));
    post(scope, 0, Event::Crashed { message });
}

fn report_panics(scope: DedicatedWorkerGlobalScope) {
    // A panic hook must be Send; in a worker there is only this thread.
    thread_local! {
        static SCOPE: RefCell<Option<DedicatedWorkerGlobalScope>> = const { RefCell::new(None) };
    }
    SCOPE.with(|slot| slot.replace(Some(scope)));
    panic::set_hook(Box::new(|information| {
        SCOPE.with(|slot| {
            if let Ok(slot) = slot.try_borrow()
                && let Some(scope) = slot.as_ref()
            {
                crashed(scope, information.to_string());
            }
        });
    }));
}

/// Errors outside any request, WebGPU validation among them, mean that results cannot be trusted.
fn report_errors(scope: &DedicatedWorkerGlobalScope) {
    let on_error = {
        let scope = scope.clone();
        Closure::<dyn FnMut(ErrorEvent)>::new(move |event: ErrorEvent| {
            crashed(&scope, event.message());
        })
    };
    let on_rejection = {
        let scope = scope.clone();
        Closure::<dyn FnMut(PromiseRejectionEvent)>::new(move |event: PromiseRejectionEvent| {
            let reason = event.reason();
            let message = field(&reason, "message")
                .as_string()
                .unwrap_or_else(|| format!("{reason:?}"));
            crashed(&scope, message);
        })
    };
    for (name, listener) in [
        ("error", on_error.as_ref()),
        ("unhandledrejection", on_rejection.as_ref()),
    ] {
        if let Err(error) = scope.add_event_listener_with_callback(name, listener.unchecked_ref()) {
            web_sys::console::error_1(&error);
        }
    }
    // They listen for as long as the worker lives.
    on_error.forget();
    on_rejection.forget();
}
