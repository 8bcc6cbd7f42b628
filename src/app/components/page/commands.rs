//! What the page does for its state: workers, requests, files and fetches.

use gloo::timers::callback::Timeout;
use wasm_bindgen::JsValue;
use yew::{platform::spawn_local, prelude::*};

use super::{Page, PageMessage};
use crate::{
    app::{
        browser, lists, memory_store,
        state::{Action, Attachment, CheckAction, Command, FileTicket, Notice, WorkerKind},
        strings::{fill, notices},
        worker_client::{Heard, WorkerClient},
    },
    protocol::{CheckOrder, DeviceChoice, Request},
};

impl Page {
    pub(super) fn carry_out(&mut self, ctx: &Context<Self>, command: Command) {
        let link = ctx.link();
        match command {
            Command::StartWorker { worker, choice } => {
                self.stop(worker);
                let name = match (worker, choice) {
                    (WorkerKind::Cpu, _) => "cpu",
                    (WorkerKind::Gpu, DeviceChoice::WebGpu) => "webgpu",
                    (WorkerKind::Gpu, _) => "gpu",
                };
                let heard = move |heard| match heard {
                    Heard::Answer(answer) => Action::Answered { worker, answer },
                    Heard::Lost(message) => Action::WorkerLost { worker, message },
                };
                let client = start(ctx, name, heard);
                self.workers.extend(client.map(|client| (worker, client)));
            }
            Command::StartChecker => {
                self.checker = None;
                let heard = |heard| match heard {
                    Heard::Answer(answer) => Action::Check(CheckAction::Answered(answer)),
                    Heard::Lost(message) => Action::Check(CheckAction::Lost(message)),
                };
                self.checker = start(ctx, "check", heard);
            }
            Command::StopChecker => self.checker = None,
            Command::PostCheck { order, attachment } => self.post_check(ctx, &order, attachment),
            Command::StopWorker(worker) => self.stop(worker),
            Command::Post {
                worker,
                request,
                attachment,
            } => self.post(ctx, worker, request, attachment),
            Command::Wait { timer, delay_ms } => {
                let link = link.clone();
                Timeout::new(delay_ms, move || link.send_message(Action::Elapsed(timer))).forget();
            }
            Command::FetchLabels(set) => link.send_future(lists::labels(set)),
            Command::ReadText(ticket) => self.read_text(ctx, ticket),
            Command::Remember(json) => memory_store::keep_models(&json),
        }
    }

    fn stop(&mut self, worker: WorkerKind) {
        self.workers.remove(&worker);
    }

    /// Hands the worker that checks its order, with the values and the model's files.
    fn post_check(&self, ctx: &Context<Self>, order: &CheckOrder, attachment: Attachment) {
        let Some(client) = &self.checker else { return };
        let Attachment::Check { values, files } = attachment else {
            return;
        };
        let posted = browser::blob(&values).and_then(|values| {
            let kept = self.files.borrow();
            let values = JsValue::from(values);
            let mut parts = vec![&values];
            for ticket in &files {
                parts.push(kept.get(ticket).ok_or(JsValue::NULL)?);
            }
            let all = browser::all_joined(&parts)?;
            client.post_box().post(order, Some(&all))
        });
        if let Err(error) = posted {
            let reason = if error.is_null() {
                let name = files.first().map_or("", |file| file.name.as_str());
                fill(notices().file_gone, &[("name", name)])
            } else {
                browser::reason(&error)
            };
            ctx.link()
                .send_message(Action::Check(CheckAction::Lost(reason)));
        }
    }

    fn read_text(&self, ctx: &Context<Self>, ticket: FileTicket) {
        let file = self.files.borrow().file(&ticket);
        ctx.link().send_future(async move {
            let text = match &file {
                Some(file) => browser::read_text(file).await.ok(),
                None => None,
            };
            match text {
                Some(text) => Action::TextRead(ticket, text),
                None => Action::Tell(Notice::problem(
                    fill(notices().file_gone, &[("name", &ticket.name)]),
                    notices().file_gone_hint,
                )),
            }
        });
    }

    fn post(
        &self,
        ctx: &Context<Self>,
        worker: WorkerKind,
        request: Request,
        attachment: Option<Attachment>,
    ) {
        let Some(client) = self.workers.get(&worker) else {
            return;
        };
        let (post_box, job) = (client.post_box(), request.job);
        let dispatch = ctx.link().callback(PageMessage::Happened);
        let failed = dispatch.clone();
        let send = move |file: Option<&JsValue>| {
            if let Err(error) = post_box.post(&request, file) {
                failed.emit(Action::WorkerLost {
                    worker,
                    message: browser::reason(&error),
                });
            }
        };
        match attachment {
            None => send(None),
            Some(Attachment::File(ticket)) => match self.files.borrow().get(&ticket) {
                Some(file) => send(Some(file)),
                None => dispatch.emit(Action::AttachmentLost {
                    job,
                    name: ticket.name,
                }),
            },
            Some(Attachment::Pair(pair)) => {
                let [first, second] = *pair;
                let files = self.files.borrow();
                let blob = match (files.get(&first), files.get(&second)) {
                    (Some(first), Some(second)) => browser::joined(first, second).ok(),
                    _ => None,
                };
                match blob {
                    Some(blob) => send(Some(&blob)),
                    None => dispatch.emit(Action::AttachmentLost {
                        job,
                        name: first.name,
                    }),
                }
            }
            Some(Attachment::Files(tickets)) => {
                let files = self.files.borrow();
                let found: Option<Vec<&JsValue>> =
                    tickets.iter().map(|ticket| files.get(ticket)).collect();
                match found.and_then(|found| browser::all_joined(&found).ok()) {
                    Some(blob) => send(Some(&blob)),
                    None => dispatch.emit(Action::AttachmentLost {
                        job,
                        name: tickets
                            .first()
                            .map_or_else(String::new, |ticket| ticket.name.clone()),
                    }),
                }
            }
            // The worker that checks has its own way.
            Some(Attachment::Check { .. }) => {}
            Some(Attachment::Map(map)) => match browser::blob(&map.values) {
                Ok(blob) => send(Some(&blob)),
                Err(_) => dispatch.emit(Action::AttachmentLost {
                    job,
                    name: map.method.clone(),
                }),
            },
            Some(Attachment::Sample(address)) => spawn_local(async move {
                match browser::fetch_blob(&address).await {
                    Ok(blob) => send(Some(&blob)),
                    Err(_) => dispatch.emit(Action::AttachmentLost { job, name: address }),
                }
            }),
        }
    }
}

/// Starts the worker of a name; `heard` says what becomes of what it says, also of that it could not be started.
fn start(
    ctx: &Context<Page>,
    name: &str,
    heard: impl Fn(Heard) -> Action + Clone + 'static,
) -> Option<WorkerClient> {
    let link = ctx.link();
    let hear = {
        let heard = heard.clone();
        link.callback(move |said| PageMessage::Happened(heard(said)))
    };
    match WorkerClient::start(name, hear) {
        Ok(client) => Some(client),
        Err(error) => {
            link.send_message(heard(Heard::Lost(browser::reason(&error))));
            None
        }
    }
}
