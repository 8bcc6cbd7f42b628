//! What the page remembers about models between visits, by the hash of their files. Never photos.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::protocol::Preprocessing;

/// What was chosen for one model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelMemory {
    /// Used instead of the model's own preprocessing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preprocessing: Option<Preprocessing>,
    /// Name of the label set that was picked; empty for the model's own.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub labels: String,
    /// Class names the person brought.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub own_labels: Vec<String>,
}

/// Models by the SHA-256 of their files.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Memory(BTreeMap<String, ModelMemory>);

impl Memory {
    /// The memory in a text written by [`Memory::to_json`]; empty where that cannot be read.
    pub fn from_json(json: &str) -> Self {
        serde_json::from_str(json).unwrap_or_default()
    }

    /// As text, to be kept by the browser.
    pub fn to_json(&self) -> String {
        // A map of plain values always has a JSON form.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What is remembered about a model; nothing for a file without a hash.
    pub fn of(&self, sha256: &str) -> Option<&ModelMemory> {
        self.0.get(sha256).filter(|_| !sha256.is_empty())
    }

    /// Changes what is remembered about a model; a memory of nothing is forgotten.
    pub fn change(&mut self, sha256: &str, change: impl FnOnce(&mut ModelMemory)) {
        let mut memory = self.0.remove(sha256).unwrap_or_default();
        change(&mut memory);
        if memory != ModelMemory::default() && !sha256.is_empty() {
            self.0.insert(sha256.to_owned(), memory);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_survives_as_text() {
        let mut memory = Memory::default();
        memory.change("ab", |model| {
            model.preprocessing = Preprocessing::preset("tf");
            model.own_labels = vec!["cat".to_owned()];
        });
        let again = Memory::from_json(&memory.to_json());
        assert_eq!(again, memory);
        assert_eq!(again.of("ab").unwrap().own_labels, ["cat"]);
        assert_eq!(again.of("cd"), None);
    }

    #[test]
    fn a_memory_of_nothing_is_none() {
        let mut memory = Memory::default();
        memory.change("ab", |model| model.labels = "indices".to_owned());
        memory.change("ab", |model| model.labels.clear());
        assert_eq!(memory, Memory::default());
        memory.change("", |model| model.labels = "indices".to_owned());
        assert_eq!(memory, Memory::default());
        assert_eq!(Memory::from_json("garbage"), Memory::default());
    }
}
