//! Which names the classes go by: the model's own set, a picked one, or a list the person brought.

use super::{Command, FileTicket, Notice, State};
use crate::{
    app::strings::{fill, notices},
    protocol::{LabelSet, label_mismatch, parse_labels},
};

/// Name of the list the person brought.
pub const OWN_LABELS: &str = "own";

impl State {
    /// Picks the names for a model that was just opened.
    pub(super) fn choose_remembered_labels(&mut self, out: &mut Vec<Command>) {
        let Some(model) = &self.model else { return };
        let memory = self.memory.of(&model.sha256).cloned().unwrap_or_default();
        let set = match memory.labels.as_str() {
            "" => model.labels.clone(),
            OWN_LABELS if !memory.own_labels.is_empty() => {
                self.labels.insert(OWN_LABELS.to_owned(), memory.own_labels);
                OWN_LABELS.to_owned()
            }
            picked => picked.to_owned(),
        };
        self.use_labels(set, out);
    }

    fn use_labels(&mut self, set: String, out: &mut Vec<Command>) {
        let has_file = LabelSet::find(&set).is_none_or(|known| known.file.is_some());
        if !set.is_empty() && set != OWN_LABELS && has_file && !self.labels.has(&set) {
            out.push(Command::FetchLabels(set.clone()));
        }
        self.label_set = set;
    }

    /// The person picked a label set, or with an empty name the model's own.
    pub(super) fn choose_labels(&mut self, set: String, out: &mut Vec<Command>) {
        let Some(model) = &self.model else { return };
        let (sha256, own) = (model.sha256.clone(), model.labels.clone());
        self.memory.change(&sha256, |memory| {
            memory.labels.clone_from(&set);
            if set != OWN_LABELS {
                memory.own_labels.clear();
            }
        });
        out.push(Command::Remember(self.memory.to_json()));
        self.use_labels(if set.is_empty() { own } else { set }, out);
    }

    /// The text of a dropped file has been read: a list of class names, or a result to go back to.
    pub(super) fn text_read(&mut self, file: &FileTicket, text: &str, out: &mut Vec<Command>) {
        if self.restore(&file.name, text, out) || self.take_over_rows(text) {
            return;
        }
        let classes = self.classes();
        let problem = match parse_labels(text) {
            Ok(names) => match label_mismatch(names.len(), classes) {
                None => {
                    self.bring_labels(names, out);
                    return;
                }
                Some(mismatch) => mismatch,
            },
            Err(error) => error.to_string(),
        };
        self.notice = Some(Notice::problem(
            fill(
                notices().labels_unreadable,
                &[
                    ("name", &file.name),
                    ("reason", problem.trim_end_matches('.')),
                ],
            ),
            notices().labels_unreadable_hint,
        ));
    }

    fn bring_labels(&mut self, names: Vec<String>, out: &mut Vec<Command>) {
        self.labels.insert(OWN_LABELS.to_owned(), names.clone());
        self.label_set = OWN_LABELS.to_owned();
        if let Some(model) = &self.model {
            let sha256 = model.sha256.clone();
            self.memory.change(&sha256, |memory| {
                memory.labels = OWN_LABELS.to_owned();
                memory.own_labels = names;
            });
            out.push(Command::Remember(self.memory.to_json()));
        }
    }
}
