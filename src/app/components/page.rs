//! The whole page: holds the state, lays the parts out, and draws them one by one.

mod callbacks;
mod commands;

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use gloo::{
    events::EventListener,
    render::{AnimationFrame, request_animation_frame},
};
use yew::{platform::spawn_local, prelude::*};

use self::callbacks::{Callbacks, files_given, folder_given};
use super::{
    answer::Answer, batch::BatchCard, comparison::Comparison, footer::Footer, header::Header,
    lesson::LessonDialog, map::Map, measure::Measure, message::Message, method::Method,
    model_panel::ModelPanel, photo::Photo, sanity::Sanity, strip::StripCard,
};
use crate::app::{
    browser, example,
    files::{self, Files, Given},
    lists, memory_store,
    parts::{Part, Parts},
    shortcuts,
    state::{Action, Adapter, Example, Notice, NoticeKind, Shared, State, WorkerKind, WorkerPhase},
    strings::{Language, choose_language, language, notices, text},
    worker_client::WorkerClient,
};

/// The page.
pub struct Page {
    state: Shared<State>,
    parts: Parts<State>,
    workers: HashMap<WorkerKind, WorkerClient>,
    /// The worker that checks, while it does.
    checker: Option<WorkerClient>,
    files: Rc<RefCell<Files>>,
    dragging: bool,
    callbacks: Callbacks,
    engine: EngineStart,
    /// The frame in which the next parts are drawn.
    frame: Option<AnimationFrame>,
    /// When the newest frame began.
    frame_began_ms: f64,
    _listeners: Vec<EventListener>,
}

/// When the engine starts: its program takes processors that the first drawing needs, so it waits for that, and for
/// nothing else where a person acts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum EngineStart {
    /// The finished example has yet to arrive.
    AwaitsExample,
    /// It has yet to be drawn.
    AwaitsDrawing,
    /// It was started.
    Started,
    /// The model is open: the page has all it loads for its first answer.
    Complete,
}

/// Parts are drawn in one frame as long as they have taken less than this.
const FRAME_MS: f64 = 6.0;

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
    /// The finished example, or that there is none.
    Example(Option<Box<Example>>),
    /// A frame to draw parts in.
    Frame,
    /// The next part in the same frame.
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
        link.send_future(async { Action::Adapter(browser::adapter().await) });
        link.send_future(lists::samples());
        spawn_local({
            let link = link.clone();
            async move {
                let example = example::load().await;
                // Its class names first: it is drawn once then, in its own words.
                if let Some(example) = &example {
                    link.send_message(lists::labels(example.labels.clone()).await);
                }
                link.send_message(PageMessage::Example(example.map(Box::new)));
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
            checker: None,
            _listeners: listeners,
            callbacks: Callbacks::new(link, &files),
            files,
            dragging: false,
            engine: EngineStart::AwaitsExample,
            frame: None,
            frame_began_ms: 0.0,
        }
    }

    fn update(&mut self, ctx: &Context<Self>, message: PageMessage) -> bool {
        match message {
            PageMessage::Act(action) => {
                self.start_engine(ctx);
                self.act(ctx, action);
                self.parts.catch_up(&self.state);
                true
            }
            PageMessage::Happened(action) => {
                self.act(ctx, action);
                self.draw_soon(ctx);
                false
            }
            PageMessage::Example(example) => {
                // The page works without it; it takes a little longer.
                if let Some(example) = example {
                    self.act(ctx, Action::ShowExample(example));
                }
                if self.engine == EngineStart::AwaitsExample {
                    self.engine = EngineStart::AwaitsDrawing;
                }
                self.draw_soon(ctx);
                false
            }
            PageMessage::Frame => {
                self.frame = None;
                self.frame_began_ms = browser::now_ms();
                if self.engine == EngineStart::AwaitsDrawing && !self.parts.is_behind(&self.state) {
                    self.start_engine(ctx);
                }
                self.parts.step(&self.state);
                true
            }
            PageMessage::Draw => {
                self.parts.step(&self.state);
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

    fn view(&self, _: &Context<Self>) -> Html {
        let Callbacks {
            dispatch,
            open,
            open_all,
            open_mask,
            open_folder,
            speak,
        } = &self.callbacks;
        let Some(state) = self.parts.state_of(Part::Head) else {
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
                    {open}
                    {dispatch}
                    {speak}
                />
                <Message notice={state.notice.clone()} {dispatch} />
                if state.adapter == Adapter::NotBuilt {
                    <p class="not-built" role="status" data-testid="gpu-not-built">{ notices().gpu_not_built }</p>
                }
                <ModelPanel state={state.clone()} {open} {dispatch} />
                <main class="screen">
                    if let Some(state) = self.parts.state_of(Part::Photo) {
                        <div class="column column-photo">
                            <Photo
                                image={state.image.clone()}
                                opening={state.opening_image().map(AttrValue::from)}
                                dragging={self.dragging}
                                samples={state.samples.clone()}
                                open={open_all}
                                {dispatch}
                            />
                            <Answer state={state.clone()} {dispatch} />
                            <StripCard state={state.clone()} {dispatch} />
                        </div>
                    }
                    if let Some(state) = self.parts.state_of(Part::Map) {
                        <Map state={state.clone()} {dispatch} />
                    }
                    if let Some(state) = self.parts.state_of(Part::Measure) {
                        <div class="column column-measure">
                            <Measure state={state.clone()} {dispatch} />
                            <Method state={state.clone()} {dispatch} />
                        </div>
                    }
                    if let Some(state) = self.parts.state_of(Part::Comparison) {
                        <Comparison state={state.clone()} {open_mask} {dispatch} />
                    }
                    if let Some(state) = self.parts.state_of(Part::Sanity) {
                        <Sanity state={state.clone()} {dispatch} />
                    }
                    if let Some(state) = self.parts.state_of(Part::Batch) {
                        <BatchCard state={state.clone()} {open_folder} {dispatch} />
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

    /// Goes on drawing: in the same frame as long as that has time, else in the next one.
    fn rendered(&mut self, ctx: &Context<Self>, _: bool) {
        if self.parts.is_behind(&self.state) {
            if self.frame.is_none() && browser::now_ms() - self.frame_began_ms < FRAME_MS {
                ctx.link().send_message(PageMessage::Draw);
            } else {
                self.draw_soon(ctx);
            }
        } else if self.engine == EngineStart::AwaitsDrawing {
            // The frame after this one: what is drawn now is on the screen by then.
            self.draw_soon(ctx);
        }
    }
}

impl Page {
    fn act(&mut self, ctx: &Context<Self>, action: Action) {
        for command in self.state.change().update(action) {
            self.carry_out(ctx, command);
        }
        if self.engine == EngineStart::Started && self.state.workers.cpu == WorkerPhase::Open {
            self.engine = EngineStart::Complete;
            browser::tell("gradlens-complete");
        }
    }

    /// Starts the engine, unless it was started before.
    fn start_engine(&mut self, ctx: &Context<Self>) {
        if self.engine < EngineStart::Started {
            self.engine = EngineStart::Started;
            self.act(ctx, Action::Start);
        }
    }

    /// Draws parts with the browser's next frame.
    fn draw_soon(&mut self, ctx: &Context<Self>) {
        let link = ctx.link().clone();
        self.frame.get_or_insert_with(|| {
            request_animation_frame(move |_| link.send_message(PageMessage::Frame))
        });
    }
}

/// Speaks a language, and says so in the document.
fn speak(language: Language) {
    choose_language(language);
    browser::name_language(language.tag());
}
