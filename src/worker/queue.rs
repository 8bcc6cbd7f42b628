//! Requests one after another; only a cancel does not wait.

use std::{cell::RefCell, collections::VecDeque, rc::Rc};

use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, DedicatedWorkerGlobalScope, MessageEvent};

use super::{
    WorkerHost, attachment,
    field::field,
    part_message::{self, PartMessage},
};
use crate::{
    engine::{Engine, Host},
    protocol::{Event, Failure, FailureKind, JobId, Request, RequestBody, Stage},
};

/// What waits for its turn.
enum Post {
    /// A request of the page, with the file it is about.
    Request(Request, Option<Blob>),
    /// A part of somebody else's batch.
    Part(PartMessage),
}

impl Post {
    /// The job of a request; parts have none.
    fn job(&self) -> Option<JobId> {
        match self {
            Self::Request(request, _) => Some(request.job),
            Self::Part(_) => None,
        }
    }
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Post>,
    running: Option<JobId>,
}

/// Answers the worker's messages with `engine` for as long as the worker lives.
///
/// # Errors
/// This is not a dedicated worker, or it cannot listen.
pub fn run(engine: Engine) -> Result<(), JsValue> {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().dyn_into()?;
    let host = Rc::new(WorkerHost::new(scope.clone()));
    let queue = Rc::new(RefCell::new(Queue::default()));
    let engine = Rc::new(RefCell::new(Some(engine)));
    let on_message = {
        let host = Rc::clone(&host);
        Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| match read(&event) {
            Ok(post) => take_in(&host, &queue, &engine, post),
            Err(reason) => host.emit(0, Event::Failed(unreadable(&reason))),
        })
    };
    scope.add_event_listener_with_callback("message", on_message.as_ref().unchecked_ref())?;
    on_message.forget();
    // A message sent before these would have had no listener.
    host.emit(0, Event::Measures(Engine::measures()));
    host.emit(0, Event::Presets(Engine::presets()));
    host.emit(0, Event::Methods(Engine::methods()));
    Ok(())
}

fn read(event: &MessageEvent) -> Result<Post, String> {
    let data = event.data();
    if let Some(part) = PartMessage::read(&data) {
        return part.map(Post::Part);
    }
    let json = field(&data, "json").as_string().unwrap_or_default();
    let request = serde_json::from_str(&json).map_err(|error| error.to_string())?;
    Ok(Post::Request(request, field(&data, "file").dyn_into().ok()))
}

fn take_in(
    host: &Rc<WorkerHost>,
    queue: &Rc<RefCell<Queue>>,
    engine: &Rc<RefCell<Option<Engine>>>,
    post: Post,
) {
    let mut waiting = queue.borrow_mut();
    if let Post::Request(Request { job, body }, _) = &post
        && *body == RequestBody::Cancel
    {
        let job = *job;
        let before = waiting.waiting.len();
        waiting.waiting.retain(|post| post.job() != Some(job));
        if waiting.waiting.len() < before {
            host.emit(job, Event::Cancelled);
        } else if waiting.running == Some(job) {
            host.cancel(job);
        }
        return;
    }
    waiting.waiting.push_back(post);
    // Whoever took the engine works the queue off until it is empty.
    if let Some(engine_now) = engine.borrow_mut().take() {
        let (host, queue, engine) = (Rc::clone(host), Rc::clone(queue), Rc::clone(engine));
        spawn_local(async move {
            let mut engine_now = engine_now;
            while let Some(post) = next(&queue) {
                answer(&host, &mut engine_now, post).await;
                if let Some(job) = queue.borrow_mut().running.take() {
                    host.forget(job);
                }
            }
            engine.replace(Some(engine_now));
        });
    }
}

fn next(queue: &RefCell<Queue>) -> Option<Post> {
    let mut queue = queue.borrow_mut();
    let post = queue.waiting.pop_front()?;
    queue.running = post.job();
    Some(post)
}

async fn answer(host: &Rc<WorkerHost>, engine: &mut Engine, post: Post) {
    let (request, file) = match post {
        Post::Request(request, file) => (request, file),
        Post::Part(PartMessage {
            number,
            part,
            images,
        }) => {
            let computed = engine.compute_part(part, images).await;
            part_message::answer(host.scope(), number, computed);
            return;
        }
    };
    let job = request.job;
    match attachment::fetch(host, &request, file).await {
        Ok(file) => engine.handle(host.as_ref(), request, file).await,
        Err(attachment::Missing::Cancelled) => host.emit(job, Event::Cancelled),
        Err(attachment::Missing::Failed(failure)) => host.emit(job, Event::Failed(failure)),
    }
}

fn unreadable(reason: &str) -> Failure {
    Failure {
        stage: Stage::Device,
        kind: FailureKind::Internal,
        message: format!("The worker was sent a request it cannot read ({reason})."),
        hint: "Reload the page: its parts may be of different versions.".to_owned(),
    }
}
