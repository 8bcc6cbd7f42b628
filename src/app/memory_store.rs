//! What the browser keeps between visits: the language and what was chosen for models. Never photos.

use gloo::storage::{LocalStorage, Storage};

use super::{browser, state::Memory, strings::Language};

const LANGUAGE: &str = "gradlens.language";
const MODELS: &str = "gradlens.models";

/// The language chosen on an earlier visit, else the browser's, else English.
pub fn language() -> Language {
    let chosen: Option<String> = LocalStorage::get(LANGUAGE).ok();
    let preferred = browser::window().and_then(|window| window.navigator().language());
    [chosen, preferred]
        .into_iter()
        .flatten()
        .find_map(|tag| Language::from_tag(&tag))
        .unwrap_or_default()
}

/// Keeps the language.
pub fn keep_language(language: Language) {
    // A browser that keeps nothing asks again on the next visit.
    let _ = LocalStorage::set(LANGUAGE, language.tag());
}

/// What was chosen for models.
pub fn models() -> Memory {
    let json: Option<String> = LocalStorage::get(MODELS).ok();
    json.map(|json| Memory::from_json(&json))
        .unwrap_or_default()
}

/// Keeps what was chosen for models, as [`Memory::to_json`] wrote it.
pub fn keep_models(json: &str) {
    let _ = LocalStorage::set(MODELS, json);
}
