//! Lists that come with the page, each fetched when it is wanted.

use super::{
    browser,
    state::{Action, Notice, Sample},
    strings::{fill, notices},
};
use crate::protocol::LabelSet;

/// The photos that come with the page.
pub async fn samples() -> Action {
    let samples: Option<Vec<Sample>> = match browser::fetch_text("samples/samples.json").await {
        Ok(json) => serde_json::from_str(&json).ok(),
        Err(_) => None,
    };
    samples.map_or_else(|| not_loaded(notices().sample_list), Action::Samples)
}

/// The class names of a label set.
pub async fn labels(set: String) -> Action {
    let known = LabelSet::find(&set);
    let file = known.and_then(|known| known.file).unwrap_or(&set);
    let names = match browser::fetch_text(&format!("labels/{file}.json")).await {
        Ok(text) => match known {
            Some(known) => known.names(&text).ok(),
            None => serde_json::from_str(&text).ok(),
        },
        Err(_) => None,
    };
    names.map_or_else(
        || not_loaded(notices().label_list),
        |names| Action::Labels(set, names),
    )
}

fn not_loaded(what: &str) -> Action {
    Action::Tell(Notice::problem(
        fill(notices().unreadable_list, &[("what", what)]),
        notices().unreadable_list_hint,
    ))
}
