//! Workers hired by this one, each on a core of its own, with the same model open.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, DedicatedWorkerGlobalScope, MessageEvent, Worker, WorkerOptions};

use super::{field::field, host::device_bytes, part_message};
use crate::{
    classifier::{Gradients, LocalFuture},
    engine::{Colleague, Part},
    protocol::{JobId, Request, StateAnswer, StateEvent},
};

/// The script that loads the program of a worker, which goes by the worker's name.
const LOADER: &str = "worker_loader.js";
/// The name of the worker that hires: one that was started by another name works alone.
const LEADER: &str = "cpu";
/// The name of a hired worker.
const HIRED: &str = "colleague";
/// More workers than this wait for memory more than they compute.
const MOST: usize = 7;
/// Each hired worker has a copy of the weights: files so large that the copies take more than this
/// share of the device's memory are worked on by fewer.
const SHARE_OF_MEMORY: f64 = 1.0 / 16.0;
/// The memory of a device that does not tell.
const ASSUMED_BYTES: f64 = 4e9;

/// The workers that one has hired. They are started with it, so that nothing is fetched later.
pub struct Crew {
    members: Vec<Rc<Member>>,
    device_bytes: f64,
    opened: Cell<JobId>,
}

impl Crew {
    /// Starts a worker for every further core, if this is one that hires.
    ///
    /// What cannot be started is left out: the work is done here then.
    pub fn start(scope: &DedicatedWorkerGlobalScope) -> Self {
        let cores = scope.navigator().hardware_concurrency() as usize;
        let count = match scope.name().as_str() {
            LEADER => cores.saturating_sub(1).min(MOST),
            _ => 0,
        };
        let members = (0..count).filter_map(|_| {
            let started = Member::start();
            // Fewer workers are slower, not wrong.
            started.inspect_err(web_sys::console::warn_1).ok()
        });
        Self {
            members: members.collect(),
            device_bytes: device_bytes(scope).unwrap_or(ASSUMED_BYTES),
            opened: Cell::new(0),
        }
    }

    /// Has the model in `file` opened as `request` asks, by as many as there is memory for.
    pub fn open(&self, request: &Request, file: &Blob) -> Vec<Box<dyn Colleague>> {
        let room = self.device_bytes * SHARE_OF_MEMORY / file.size().max(1.0);
        let model = self.opened.get() + 1;
        self.opened.set(model);
        let request = Request {
            job: model,
            body: request.body.clone(),
        };
        // Where it cannot be written down nobody is asked, and the work is done here.
        let Ok(opening) = opening(&request, file) else {
            return Vec::new();
        };
        let asked = self.members.iter().take(room as usize).map(|member| {
            member.open(opening.clone());
            let member = Rc::clone(member);
            Box::new(Seat { member, model }) as Box<dyn Colleague>
        });
        asked.collect()
    }
}

/// The message that asks for the model in `file`.
fn opening(request: &Request, file: &Blob) -> Result<Object, JsValue> {
    let json = serde_json::to_string(request).map_err(|error| error.to_string())?;
    let opening = Object::new();
    Reflect::set(&opening, &"json".into(), &json.into())?;
    Reflect::set(&opening, &"file".into(), file)?;
    Ok(opening)
}

/// A hired worker; it ends when this is dropped.
struct Member {
    worker: Worker,
    state: Rc<State>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut()>,
}

#[derive(Default)]
struct State {
    /// It takes requests.
    listens: Cell<bool>,
    /// It has failed, and is given nothing any more.
    ended: Cell<bool>,
    /// What it is to open once it listens.
    opening: RefCell<Option<Object>>,
    /// The model it has open.
    model: Cell<Option<JobId>>,
    asked: Cell<u32>,
    /// Who waits for which part.
    waiting: RefCell<HashMap<u32, Function>>,
}

impl State {
    /// It has failed: whoever waits is told.
    fn end(&self) {
        self.ended.set(true);
        for (_, resolve) in self.waiting.borrow_mut().drain() {
            // A resolver does not throw.
            let _ = resolve.call0(&JsValue::NULL);
        }
    }
}

impl Member {
    fn start() -> Result<Rc<Self>, JsValue> {
        let options = WorkerOptions::new();
        options.set_name(HIRED);
        let worker = Worker::new_with_options(LOADER, &options)?;
        // The program as it is compiled already.
        worker.post_message(&wasm_bindgen::module())?;
        let state = Rc::<State>::default();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new({
            let (worker, state) = (worker.clone(), Rc::clone(&state));
            move |event: MessageEvent| hear(&worker, &state, &event.data())
        });
        let on_error = Closure::<dyn FnMut()>::new({
            let state = Rc::clone(&state);
            move || state.end()
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Rc::new(Self {
            worker,
            state,
            _on_message: on_message,
            _on_error: on_error,
        }))
    }

    fn open(&self, opening: Object) {
        self.state.model.set(None);
        self.state.opening.replace(Some(opening));
        post_opening(&self.worker, &self.state);
    }
}

/// Has the latest model opened, if the worker listens already.
fn post_opening(worker: &Worker, state: &State) {
    if state.listens.get()
        && let Some(opening) = state.opening.take()
        && worker.post_message(&opening).is_err()
    {
        state.end();
    }
}

/// Takes in what a hired worker said.
fn hear(worker: &Worker, state: &State, data: &JsValue) {
    if let Some(number) = part_message::number(data) {
        if let Some(resolve) = state.waiting.borrow_mut().remove(&number) {
            // A resolver does not throw.
            let _ = resolve.call1(&JsValue::NULL, data);
        }
        return;
    }
    let json = field(data, "json").as_string().unwrap_or_default();
    // Whatever else it says is not about its state.
    let Ok(StateAnswer { job, event }) = serde_json::from_str(&json) else {
        return;
    };
    match event {
        StateEvent::Methods(_) => {
            state.listens.set(true);
            post_opening(worker, state);
        }
        StateEvent::Finished(_) => state.model.set(Some(job)),
        StateEvent::Crashed(_) => state.end(),
    }
}

/// A hired worker as the colleague of one model's network.
struct Seat {
    member: Rc<Member>,
    model: JobId,
}

impl Colleague for Seat {
    fn is_ready(&self) -> bool {
        let state = &self.member.state;
        state.model.get() == Some(self.model) && !state.ended.get()
    }

    fn begin(&self, part: Part, images: &[f32]) -> LocalFuture<'static, Result<Gradients, String>> {
        let state = &self.member.state;
        let number = state.asked.get();
        state.asked.set(number.wrapping_add(1));
        let answered = Promise::new(&mut |resolve, _| {
            state.waiting.borrow_mut().insert(number, resolve);
        });
        if part_message::post(&self.member.worker, number, part, images).is_err() {
            state.end();
        }
        Box::pin(async move {
            // The promise is only ever resolved.
            let answer = JsFuture::from(answered).await.unwrap_or_default();
            part_message::read_answer(&answer)
        })
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}
