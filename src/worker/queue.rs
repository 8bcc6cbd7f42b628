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
    classifier::{Gradients, LocalFuture},
    engine::{Host, Part},
    onnx::FileHandle,
    protocol::{
        Event, Failure, FailureKind, JobId, MeasureOffer, MethodDescription, PresetDescription,
        Request, RequestBody, Stage,
    },
};

/// What answers requests: the engine, or a stand-in for it in tests.
pub trait Handler {
    /// The methods it offers, announced once.
    fn methods(&self) -> Vec<MethodDescription>;

    /// The measures it offers, announced once.
    fn measures(&self) -> Vec<MeasureOffer> {
        Vec::new()
    }
    /// The sets of settings it offers, announced once.
    fn presets(&self) -> Vec<PresetDescription> {
        Vec::new()
    }
    /// Answers one request through `host`, with the file it is about.
    fn handle<'a>(
        &'a mut self,
        host: &'a dyn Host,
        request: Request,
        attachment: Option<FileHandle>,
    ) -> LocalFuture<'a, ()>;

    /// Computes a part of a batch for the worker that hired this one; the answer is an error, in a
    /// person's words, where that cannot be done.
    fn compute_part<'a>(
        &'a mut self,
        _part: Part,
        _images: Vec<f32>,
    ) -> LocalFuture<'a, Result<Gradients, String>> {
        Box::pin(std::future::ready(Err("it computes no parts".to_owned())))
    }
}

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

/// Answers the worker's messages with `handler` for as long as the worker lives.
///
/// # Errors
/// This is not a dedicated worker, or it cannot listen.
pub fn run(handler: impl Handler + 'static) -> Result<(), JsValue> {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().dyn_into()?;
    let host = Rc::new(WorkerHost::new(scope.clone()));
    let queue = Rc::new(RefCell::new(Queue::default()));
    let methods = handler.methods();
    let (measures, presets) = (handler.measures(), handler.presets());
    let handler = Rc::new(RefCell::new(Some(handler)));
    let on_message = {
        let host = Rc::clone(&host);
        Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| match read(&event) {
            Ok(post) => take_in(&host, &queue, &handler, post),
            Err(reason) => host.emit(0, Event::Failed(unreadable(&reason))),
        })
    };
    scope.add_event_listener_with_callback("message", on_message.as_ref().unchecked_ref())?;
    on_message.forget();
    // A message sent before these would have had no listener.
    host.emit(0, Event::Measures(measures));
    host.emit(0, Event::Presets(presets));
    host.emit(0, Event::Methods(methods));
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
    handler: &Rc<RefCell<Option<impl Handler + 'static>>>,
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
    // Whoever took the handler works the queue off until it is empty.
    if let Some(handler_now) = handler.borrow_mut().take() {
        let (host, queue, handler) = (Rc::clone(host), Rc::clone(queue), Rc::clone(handler));
        spawn_local(async move {
            let mut handler_now = handler_now;
            while let Some(post) = next(&queue) {
                answer(&host, &mut handler_now, post).await;
                if let Some(job) = queue.borrow_mut().running.take() {
                    host.forget(job);
                }
            }
            handler.replace(Some(handler_now));
        });
    }
}

fn next(queue: &RefCell<Queue>) -> Option<Post> {
    let mut queue = queue.borrow_mut();
    let post = queue.waiting.pop_front()?;
    queue.running = post.job();
    Some(post)
}

async fn answer(host: &Rc<WorkerHost>, handler: &mut impl Handler, post: Post) {
    let (request, file) = match post {
        Post::Request(request, file) => (request, file),
        Post::Part(PartMessage {
            number,
            part,
            images,
        }) => {
            let computed = handler.compute_part(part, images).await;
            part_message::answer(host.scope(), number, computed);
            return;
        }
    };
    let job = request.job;
    match attachment::fetch(host, &request, file).await {
        Ok(file) => handler.handle(host.as_ref(), request, file).await,
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
