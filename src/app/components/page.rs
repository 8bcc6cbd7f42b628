//! The whole page: holds the state, carries out its commands, lays the parts out.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use gloo::{
    events::EventListener,
    render::{AnimationFrame, request_animation_frame},
    timers::callback::Timeout,
};
use wasm_bindgen::JsValue;
use web_sys::File;
use yew::{platform::spawn_local, prelude::*};

use super::{
    answer::Answer, batch::BatchCard, comparison::Comparison, footer::Footer, header::Header,
    lesson::LessonDialog, map::Map, measure::Measure, message::Message, method::Method,
    model_panel::ModelPanel, photo::Photo, sanity::Sanity, strip::StripCard,
};
use crate::{
    app::{
        browser, example,
        files::{self, Files, Given},
        folder::FolderFile,
        lists, memory_store,
        parts::{Part, Parts},
        shortcuts,
        state::{
            Action, Attachment, BatchAction, Command, FileTicket, MaskSource, Notice, NoticeKind,
            Shared, State, WorkerKind,
        },
        strings::{Language, choose_language, fill, language, notices, text},
        worker_client::{self, WorkerClient},
    },
    protocol::Request,
};

/// The page.
pub struct Page {
    state: Shared<State>,
    parts: Parts<State>,
    workers: HashMap<WorkerKind, WorkerClient>,
    files: Rc<RefCell<Files>>,
    dragging: bool,
    /// The frame in which the next part is drawn.
    frame: Option<AnimationFrame>,
    _listeners: Vec<EventListener>,
}

/// What reaches the page: an action for the state, or a matter of looks alone.
pub enum PageMessage {
    /// A person did something.
    Act(Action),
    /// Something happened by itself.
    Happened(Action),
    /// Something is, or is no longer, held over the window.
    Dragging(bool),
    /// The person chose a language.
    Language(Language),
    /// A frame to draw a part in.
    Draw,
}

impl From<Action> for PageMessage {
    fn from(action: Action) -> Self {
        Self::Happened(action)
    }
}

impl Component for Page {
    type Message = PageMessage;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let files = Rc::new(RefCell::new(Files::default()));
        let link = ctx.link();
        speak(memory_store::language());
        link.send_message(Action::Remember(memory_store::models()));
        link.send_message(Action::OpenLink(browser::fragment()));
        link.send_message(Action::Start);
        link.send_future(async { Action::Adapter(browser::adapter().await) });
        link.send_future(lists::samples());
        link.send_future(async {
            match example::load().await {
                Some(example) => Action::ShowExample(Box::new(example)),
                // The page works without it; it takes a little longer.
                None => Action::Dismiss,
            }
        });
        let given = {
            let (link, files) = (link.clone(), Rc::clone(&files));
            move |given: Given| match given {
                Given::Files(given) => {
                    link.send_message(PageMessage::Act(files_given(&files, given)))
                }
                Given::Folder { dropped, masks } => {
                    let files = Rc::clone(&files);
                    link.send_future(async move {
                        let found = dropped.read().await;
                        browser::show("batch");
                        PageMessage::Act(folder_given(&files, found, masks))
                    });
                }
                Given::NoFile => link.send_message(Action::Tell(Notice::problem(
                    notices().not_a_file,
                    notices().not_a_file_hint,
                ))),
                Given::Hovering(hovering) => link.send_message(PageMessage::Dragging(hovering)),
            }
        };
        let mut listeners = files::listen(Rc::new(given));
        listeners.extend(shortcuts::listen({
            let link = link.clone();
            move |action| link.send_message(PageMessage::Act(action))
        }));
        listeners.extend(browser::window().map(|window| {
            let link = link.clone();
            EventListener::new(&window, "gradlens-update", move |_| {
                link.send_message(Action::Tell(Notice {
                    kind: NoticeKind::Information,
                    message: text().update_ready.to_owned(),
                    hint: text().update_hint.to_owned(),
                }));
            })
        }));
        let state = Shared::default();
        Self {
            parts: Parts::new(&state),
            state,
            workers: HashMap::new(),
            _listeners: listeners,
            files,
            dragging: false,
            frame: None,
        }
    }

    fn update(&mut self, ctx: &Context<Self>, message: PageMessage) -> bool {
        match message {
            PageMessage::Act(action) => {
                self.act(ctx, action);
                self.parts.catch_up(&self.state);
                true
            }
            PageMessage::Happened(action) => {
                self.act(ctx, action);
                self.draw_soon(ctx);
                false
            }
            PageMessage::Draw => {
                self.frame = None;
                self.parts.step(&self.state);
                if self.parts.is_behind(&self.state) {
                    self.draw_soon(ctx);
                }
                true
            }
            PageMessage::Language(language) => {
                memory_store::keep_language(language);
                speak(language);
                ctx.link()
                    .send_message(PageMessage::Act(Action::LanguageChanged));
                true
            }
            PageMessage::Dragging(dragging) => {
                std::mem::replace(&mut self.dragging, dragging) != dragging
            }
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let dispatch = ctx.link().callback(PageMessage::Act);
        let files = Rc::clone(&self.files);
        let open_all = ctx
            .link()
            .callback(move |given| PageMessage::Act(files_given(&files, given)));
        let open = open_all.reform(|file: File| vec![file]);
        let files = Rc::clone(&self.files);
        let open_mask = ctx.link().callback(move |file: File| {
            let ticket = files.borrow_mut().keep(file);
            PageMessage::Act(Action::OpenMask(MaskSource::File(ticket)))
        });
        let files = Rc::clone(&self.files);
        let open_folder = ctx
            .link()
            .callback(move |(found, masks)| PageMessage::Act(folder_given(&files, found, masks)));
        let Some(state) = self.parts.state_of(Part::FirstScreen) else {
            return html! {};
        };
        html! {
            // Another language draws everything anew.
            <div
                key={language().tag()}
                class={classes!("page", self.dragging.then_some("is-dragging"))}
            >
                <a class="skip" href="#map">{ text().skip }</a>
                <Header
                    model={state.model.clone()}
                    classes={state.classes()}
                    loading={state.opening_model().map(AttrValue::from)}
                    panel={state.model_panel}
                    choice={state.device_choice}
                    adapter={state.adapter}
                    open={open.clone()}
                    dispatch={dispatch.clone()}
                    speak={ctx.link().callback(PageMessage::Language)}
                />
                <Message notice={state.notice.clone()} dispatch={dispatch.clone()} />
                <ModelPanel
                    state={state.clone()}
                    open={open.clone()}
                    dispatch={dispatch.clone()}
                />
                <main class="screen">
                    <div class="column column-photo">
                        <Photo
                            image={state.image.clone()}
                            opening={state.opening_image().map(AttrValue::from)}
                            dragging={self.dragging}
                            samples={state.samples.clone()}
                            open={open_all}
                            dispatch={dispatch.clone()}
                        />
                        <Answer state={state.clone()} dispatch={dispatch.clone()} />
                        <StripCard state={state.clone()} dispatch={dispatch.clone()} />
                    </div>
                    <Map state={state.clone()} dispatch={dispatch.clone()} />
                    <div class="column column-measure">
                        <Measure state={state.clone()} dispatch={dispatch.clone()} />
                        <Method state={state.clone()} dispatch={dispatch.clone()} />
                    </div>
                    if let Some(state) = self.parts.state_of(Part::Comparison) {
                        <Comparison state={state.clone()} {open_mask} dispatch={dispatch.clone()} />
                    }
                    if let Some(state) = self.parts.state_of(Part::Sanity) {
                        <Sanity state={state.clone()} dispatch={dispatch.clone()} />
                    }
                    if let Some(state) = self.parts.state_of(Part::Batch) {
                        <BatchCard state={state.clone()} {open_folder} dispatch={dispatch.clone()} />
                    }
                </main>
                if self.parts.state_of(Part::Batch).is_some() {
                    <Footer />
                }
                if let Some(step) = state.lesson.step {
                    <LessonDialog state={state.clone()} {step} {dispatch} />
                }
            </div>
        }
    }
}

impl Page {
    fn act(&mut self, ctx: &Context<Self>, action: Action) {
        for command in self.state.change().update(action) {
            self.carry_out(ctx, command);
        }
    }

    /// Draws a part with the browser's next frame.
    fn draw_soon(&mut self, ctx: &Context<Self>) {
        let link = ctx.link().clone();
        self.frame.get_or_insert_with(|| {
            request_animation_frame(move |_| link.send_message(PageMessage::Draw))
        });
    }

    fn carry_out(&mut self, ctx: &Context<Self>, command: Command) {
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

fn files_given(files: &RefCell<Files>, given: Vec<File>) -> Action {
    let mut files = files.borrow_mut();
    Action::OpenFiles(given.into_iter().map(|file| files.keep(file)).collect())
}

fn folder_given(files: &RefCell<Files>, found: Vec<FolderFile>, masks: bool) -> Action {
    let found = files.borrow_mut().keep_folder(found);
    Action::Batch(if masks {
        BatchAction::Masks(found)
    } else {
        BatchAction::Images(found)
    })
}

/// Speaks a language, and says so in the document.
fn speak(language: Language) {
    choose_language(language);
    browser::name_language(language.tag());
}
