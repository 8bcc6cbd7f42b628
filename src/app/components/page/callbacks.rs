//! What the page hands down to its parts to be called.

use std::{cell::RefCell, rc::Rc};

use web_sys::File;
use yew::{html::Scope, prelude::*};

use super::{Page, PageMessage};
use crate::app::{
    files::Files,
    folder::FolderFile,
    state::{Action, BatchAction, MaskSource},
    strings::Language,
};

/// Made once: a part that is handed the same ones as before need not be drawn again.
pub struct Callbacks {
    /// Takes actions.
    pub dispatch: Callback<Action>,
    /// Opens a file.
    pub open: Callback<File>,
    /// Opens files.
    pub open_all: Callback<Vec<File>>,
    /// Opens a mask.
    pub open_mask: Callback<File>,
    /// Takes a folder's files, and whether they are masks.
    pub open_folder: Callback<(Vec<FolderFile>, bool)>,
    /// Takes a language.
    pub speak: Callback<Language>,
}

impl Callbacks {
    /// Those of a page that keeps its files in `files`.
    pub fn new(link: &Scope<Page>, files: &Rc<RefCell<Files>>) -> Self {
        let open_all = link.callback({
            let files = Rc::clone(files);
            move |given| PageMessage::Act(files_given(&files, given))
        });
        let open_mask = link.callback({
            let files = Rc::clone(files);
            move |file: File| {
                let ticket = files.borrow_mut().keep(file);
                PageMessage::Act(Action::OpenMask(MaskSource::File(ticket)))
            }
        });
        let open_folder = link.callback({
            let files = Rc::clone(files);
            move |(found, masks)| PageMessage::Act(folder_given(&files, found, masks))
        });
        Self {
            dispatch: link.callback(PageMessage::Act),
            open: open_all.reform(|file: File| vec![file]),
            open_all,
            open_mask,
            open_folder,
            speak: link.callback(PageMessage::Language),
        }
    }
}

/// Keeps files that a person gave, and has them opened.
pub fn files_given(files: &RefCell<Files>, given: Vec<File>) -> Action {
    let mut files = files.borrow_mut();
    Action::OpenFiles(given.into_iter().map(|file| files.keep(file)).collect())
}

/// Keeps a folder's files for the batch.
pub fn folder_given(files: &RefCell<Files>, found: Vec<FolderFile>, masks: bool) -> Action {
    let found = files.borrow_mut().keep_folder(found);
    Action::Batch(if masks {
        BatchAction::Masks(found)
    } else {
        BatchAction::Images(found)
    })
}
