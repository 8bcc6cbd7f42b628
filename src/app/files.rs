//! Photos and models given by drop, paste or file button; the whole window takes them.

use std::{collections::HashMap, rc::Rc};

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ClipboardEvent, DataTransfer, DragEvent, File, MouseEvent};

use super::{
    browser,
    folder::{self, Dropped, FolderFile},
    state::{BatchFile, FileTicket},
};

/// The person's files by ticket. Only handles: the bytes are read in the worker.
#[derive(Default)]
pub struct Files {
    files: HashMap<u64, File>,
    next: u64,
}

impl Files {
    /// Keeps a file and gives the ticket that finds it again.
    pub fn keep(&mut self, file: File) -> FileTicket {
        let name = file.name();
        self.keep_as(file, name)
    }

    fn keep_as(&mut self, file: File, name: String) -> FileTicket {
        self.next += 1;
        let ticket = FileTicket {
            id: self.next,
            name,
            bytes: file.size() as u64,
        };
        self.files.insert(ticket.id, file);
        ticket
    }

    /// Keeps the files of a folder under their paths in it.
    pub fn keep_folder(&mut self, files: Vec<FolderFile>) -> Vec<BatchFile> {
        let files = files.into_iter();
        files
            .map(|FolderFile { file, path }| BatchFile {
                bytes: file.size() as u64,
                ticket: self.keep_as(file, path),
            })
            .collect()
    }

    /// The file of a ticket, to be read here.
    pub fn file(&self, ticket: &FileTicket) -> Option<File> {
        self.files.get(&ticket.id).cloned()
    }

    /// The file of a ticket.
    pub fn get(&self, ticket: &FileTicket) -> Option<&JsValue> {
        self.files.get(&ticket.id).map(AsRef::as_ref)
    }
}

/// What the person did with the window.
pub enum Given {
    /// Gave one file or several.
    Files(Vec<File>),
    /// Gave a folder, or several files at the place for folders; of masks, where they were dropped at
    /// the place for those.
    Folder {
        /// What is in it.
        dropped: Dropped,
        /// Masks.
        masks: bool,
    },
    /// Gave something that is no file.
    NoFile,
    /// Holds a file over the window, or no longer does.
    Hovering(bool),
}

/// Listens to drops on the window and to pastes, for as long as the listeners are kept.
pub fn listen(given: Rc<dyn Fn(Given)>) -> Vec<EventListener> {
    let Some(window) = browser::window() else {
        return Vec::new();
    };
    let ours = EventListenerOptions::enable_prevent_default();
    let mut listeners = Vec::new();
    for name in ["dragenter", "dragover"] {
        let given = Rc::clone(&given);
        listeners.push(EventListener::new_with_options(
            &window,
            name,
            ours,
            move |event| {
                if carries_files(event) {
                    // Without this the browser would open the file in place of the page.
                    event.prevent_default();
                    given(Given::Hovering(true));
                }
            },
        ));
    }
    {
        let given = Rc::clone(&given);
        listeners.push(EventListener::new(&window, "dragleave", move |event| {
            let left = event
                .dyn_ref::<MouseEvent>()
                .is_none_or(|event| event.related_target().is_none());
            if left {
                given(Given::Hovering(false));
            }
        }));
    }
    {
        let given = Rc::clone(&given);
        listeners.push(EventListener::new_with_options(
            &window,
            "drop",
            ours,
            move |event| {
                event.prevent_default();
                given(Given::Hovering(false));
                let data = event
                    .dyn_ref::<DragEvent>()
                    .and_then(DragEvent::data_transfer);
                let dropped = data.as_ref().and_then(folder::dropped);
                let has_model = dropped.as_ref().is_some_and(Dropped::has_model);
                given(match dropped {
                    Some(Dropped::Files(files))
                        if has_model || !browser::is_in(event, "#batch") =>
                    {
                        Given::Files(files.into_iter().map(|found| found.file).collect())
                    }
                    Some(dropped) => Given::Folder {
                        dropped,
                        masks: browser::is_in(event, "[data-drop='masks']"),
                    },
                    None => data
                        .as_ref()
                        .and_then(first_file)
                        .map_or(Given::NoFile, |file| Given::Files(vec![file])),
                });
            },
        ));
    }
    listeners.push(EventListener::new_with_options(
        &window,
        "paste",
        ours,
        move |event| {
            let data = event
                .dyn_ref::<ClipboardEvent>()
                .and_then(ClipboardEvent::clipboard_data);
            // Text pasted into a search box is none of our business.
            if let Some(file) = data.as_ref().and_then(first_file) {
                event.prevent_default();
                given(Given::Files(vec![file]));
            }
        },
    ));
    listeners
}

fn carries_files(event: &web_sys::Event) -> bool {
    event
        .dyn_ref::<DragEvent>()
        .and_then(DragEvent::data_transfer)
        .is_some_and(|data| data.types().includes(&"Files".into(), 0))
}

fn first_file(data: &DataTransfer) -> Option<File> {
    data.files()?.get(0)
}
