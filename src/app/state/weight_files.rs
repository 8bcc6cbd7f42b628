//! Files that hold a model's weights beside it: given before it, with it or after it.

use super::{Command, FileTicket, ModelChoice, Notice, State};
use crate::app::strings::{fill, notices};

/// Most files that are kept for a model: older exporters write one a weight.
const MOST_FILES: usize = 2_048;

/// Files that hold weights.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WeightFiles {
    /// Of the model that is being opened, those that did not come with it.
    pub missing: Vec<String>,
    /// Those that were given before their model.
    pub waiting: Vec<FileTicket>,
}

/// The last part of a path.
fn last_part(place: &str) -> &str {
    place.rsplit('/').next().unwrap_or(place)
}

impl State {
    /// Keeps the files among `files` that hold weights, and takes them out of it. Given alone they are for a model that
    /// was refused without them, or wait for one. Whether nothing is left to be opened.
    pub(super) fn take_weights(
        &mut self,
        files: &mut Vec<FileTicket>,
        out: &mut Vec<Command>,
    ) -> bool {
        let with_model = files.iter().any(FileTicket::is_model);
        let missing = |state: &Self, file: &FileTicket| {
            let refused = state.refused_model.iter();
            let places = refused.flat_map(|refused| &refused.missing);
            places
                .into_iter()
                .any(|place| last_part(place) == file.name)
        };
        // Beside a model, whatever is neither image nor text is most likely its weights.
        let holds = |file: &FileTicket| {
            let unknown = !file.is_model() && !file.is_text() && !file.is_image();
            missing(self, file) || file.is_weights() || with_model && unknown
        };
        let (weights, others): (Vec<_>, Vec<_>) =
            std::mem::take(files).into_iter().partition(holds);
        *files = others;
        let Some(first) = weights.first().map(|file| file.name.clone()) else {
            return false;
        };
        for file in weights {
            self.weight_files
                .waiting
                .retain(|kept| kept.name != file.name);
            if self.weight_files.waiting.len() < MOST_FILES {
                self.weight_files.waiting.push(file);
            }
        }
        if !files.is_empty() {
            return false;
        }
        if !self.open_with_weights(out) && self.pending_model.is_none() {
            self.notice = Some(Notice::problem(
                fill(notices().weights_alone, &[("name", &first)]),
                notices().weights_alone_hint,
            ));
        }
        true
    }

    /// Opens the model that was refused for want of files once more, where some of them have come since.
    pub(super) fn open_with_weights(&mut self, out: &mut Vec<Command>) -> bool {
        let Some(refused) = &self.refused_model else {
            return false;
        };
        let came = self.weight_files.waiting.iter().any(|file| {
            let is_missing = |place: &String| last_part(place) == file.name;
            refused.missing.iter().any(is_missing) && !refused.choice.beside.contains(file)
        });
        if !came {
            return false;
        }
        let mut beside = self.weight_files.waiting.clone();
        let newer: Vec<String> = beside.iter().map(|file| file.name.clone()).collect();
        let earlier = refused.choice.beside.iter();
        beside.extend(earlier.filter(|file| !newer.contains(&file.name)).cloned());
        let choice = ModelChoice {
            beside,
            ..refused.choice.clone()
        };
        self.open_model(choice, out);
        true
    }
}
