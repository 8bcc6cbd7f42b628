//! What the page does for its state: workers, requests, files and fetches.

use gloo::timers::callback::Timeout;
use wasm_bindgen::JsValue;
use yew::{platform::spawn_local, prelude::*};

use super::{Page, PageMessage};
use crate::{
    app::{
        browser, lists, memory_store,
        state::{Action, Attachment, Command, FileTicket, Notice, WorkerKind},
        strings::{fill, notices},
        worker_client::{self, WorkerClient},
    },
    protocol::Request,
};

impl Page {
    pub(super) fn carry_out(&mut self, ctx: &Context<Self>, command: Command) {
        let link = ctx.link();
        match command {
            Command::StartWorker { worker, choice } => {
                self.stop(worker);
                let dispatch = link.callback(PageMessage::Happened);
                match WorkerClient::start(worker, choice, dispatch) {
                    Ok(client) => {
                        self.workers.insert(worker, client);
                    }
                    Err(error) => link.send_message(worker_client::start_failure(worker, &error)),
                }
            }
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
