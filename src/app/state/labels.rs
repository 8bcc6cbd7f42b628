//! Class names, found by number or by a part of the name, and the sample photos' descriptions.

use std::{collections::BTreeMap, rc::Rc};

use serde::Deserialize;

/// A photo that comes with the page.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Sample {
    /// File name below `samples/`.
    pub file: String,
    /// A small version below `samples/`, where there is one.
    #[serde(default)]
    pub thumbnail: String,
    /// What it shows.
    pub title: String,
    /// Its licence.
    pub licence: String,
    /// Who made it.
    pub source: String,
}

/// Class names by label set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Labels(BTreeMap<String, Rc<Vec<String>>>);

impl Labels {
    /// Adds a label set.
    pub fn insert(&mut self, set: String, names: Vec<String>) {
        self.0.insert(set, Rc::new(names));
    }

    /// Whether the set is known.
    pub fn has(&self, set: &str) -> bool {
        self.0.contains_key(set)
    }

    /// The name of a class, or "class 7" where the set does not name it.
    pub fn name(&self, set: &str, class: usize) -> String {
        self.0
            .get(set)
            .and_then(|names| names.get(class))
            .cloned()
            .unwrap_or_else(|| format!("class {class}"))
    }

    /// The classes whose name or number fits `query`, those that begin with it first.
    pub fn search(&self, set: &str, classes: usize, query: &str, limit: usize) -> Vec<usize> {
        let query = query.trim().to_lowercase();
        if query.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<(u8, usize)> = (0..classes)
            .filter_map(|class| {
                let name = self.name(set, class).to_lowercase();
                let rank = if name == query || class.to_string() == query {
                    0
                } else if name.starts_with(&query) {
                    1
                } else if name.split([' ', '-']).any(|word| word.starts_with(&query)) {
                    2
                } else if name.contains(&query) {
                    3
                } else {
                    return None;
                };
                Some((rank, class))
            })
            .collect();
        found.sort_unstable();
        found
            .into_iter()
            .map(|(_, class)| class)
            .take(limit)
            .collect()
    }
}
