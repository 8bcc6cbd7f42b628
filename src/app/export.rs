//! Results as files: the map for NumPy, everything else as JSON.

use serde_json::json;

use super::{
    state::State,
    strings::{fill, percent, text},
    table::Table,
};
use crate::{
    array_file::Array,
    protocol::{MapReport, Setting},
};

/// The map's values as a NumPy file: float32, shape (height, width), values in 0 to 1.
pub fn npy(map: &MapReport) -> Vec<u8> {
    Array {
        shape: vec![map.height, map.width],
        values: map.values.clone(),
    }
    .write()
}

/// Settings, scores, device and timings of what is on the screen.
pub fn json(state: &State) -> String {
    let classification = state.classification.as_deref();
    let value = json!({
        "program": concat!("gradlens ", env!("CARGO_PKG_VERSION")),
        "image": state.image.as_ref().map(|image| json!({
            "name": image.name,
            "source_size_px": [image.source_width_px, image.source_height_px],
            "crop_px": image.crop_px,
        })),
        "model": state.model.as_deref(),
        "target": state.map.as_ref().map(|map| map.target),
        "target_name": state.map.as_ref().map(|map| state.class_name(map.target)),
        "method": state.map.as_ref().map(|map| &map.method),
        "settings": state.settings(),
        "rcap_settings": state.rcap_settings,
        "measure_settings": state.measure_values,
        "completeness": state.map.as_ref().and_then(|map| map.completeness),
        "compared": state.comparison.methods,
        "measures": state.comparison.measures,
        "map": state.map.as_ref().map(|map| json!({
            "height": map.height,
            "width": map.width,
            "raw_min": map.raw_min,
            "raw_max": map.raw_max,
            "constant": map.constant,
            "samples": map.samples_done,
        })),
        "logits": classification.map(|answer| &answer.logits),
        "probabilities": classification.map(|answer| &answer.probabilities),
        "probabilities_kind": classification.map(|answer| answer.kind),
        "rcap": state.rcap.as_ref().filter(|_| state.rcap_current).map(|report| json!({
            "score": report.score,
            "settings": report.settings,
            "original_probability": report.original_probability,
            "original_logit": report.original_logit,
            "steps": report.steps,
        })),
        "device": state.workers.device(),
        "times": state.times,
        "gradients": state.gradients,
    });
    // A value built from strings and numbers always has a JSON form.
    serde_json::to_string_pretty(&value).unwrap_or_default()
}

/// The map in words, for a figure: what it shows, then what it was made of, line by line.
pub fn caption(state: &State) -> Vec<String> {
    let Some(map) = &state.map else {
        return Vec::new();
    };
    let probability = state
        .classification
        .as_ref()
        .filter(|answer| map.target < answer.logits.len())
        .map(|answer| percent(f64::from(answer.score(map.target).probability)));
    let title = match probability {
        Some(probability) => format!("{}, {probability}", state.class_name(map.target)),
        None => state.class_name(map.target),
    };
    let method = state.methods.iter().find(|method| method.id == map.method);
    let settings = state.settings_of(&map.method);
    let settings: Vec<String> = settings
        .0
        .iter()
        .map(|(name, value)| {
            let value = match value {
                Setting::Integer(value) => value.to_string(),
                Setting::Real(value) => value.to_string(),
                Setting::Choice(value) => value.clone(),
            };
            format!("{name} {value}")
        })
        .collect();
    let label = method.map_or(map.method.as_str(), |method| method.label.as_str());
    let mut lines = vec![title, format!("{label}: {}", settings.join(", "))];
    if let Some(rcap) = state.rcap.as_ref().filter(|_| state.rcap_current) {
        lines.push(format!("RCAP {:.4}", rcap.score));
    }
    if !state.view.zoom.is_whole() {
        let factor = percent(state.view.zoom.factor());
        lines.push(fill(text().zoom_level, &[("percent", &factor)]));
    }
    let name = |name: Option<&str>| name.unwrap_or_default().to_owned();
    lines.push(format!(
        "{} · {} · gradlens {}",
        name(state.image.as_ref().map(|image| image.name.as_str())),
        name(state.model.as_ref().map(|model| model.name.as_str())),
        env!("CARGO_PKG_VERSION"),
    ));
    lines
}

/// A line broken between words into lines of at most `most` letters; a longer word stays whole.
pub fn wrapped(line: &str, most: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in line.split(' ') {
        let Some(current) = lines.last_mut() else {
            break;
        };
        let fits = current.chars().count() + 1 + word.chars().count() <= most;
        if current.is_empty() {
            current.push_str(word);
        } else if fits {
            current.push(' ');
            current.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

/// The whole comparison: every method, parameter, score and curve.
pub fn comparison_json(state: &State) -> String {
    let mut value: serde_json::Value =
        serde_json::from_str(&json(state)).unwrap_or(serde_json::Value::Null);
    if let Some(fields) = value.as_object_mut() {
        let table = Table::new(state);
        fields.insert("results".to_owned(), table.json());
        fields.insert(
            "mask".to_owned(),
            json!(state.mask.as_deref().map(|mask| json!({
                "name": mask.name,
                "settings": mask.settings,
                "share": mask.share,
            }))),
        );
    }
    serde_json::to_string_pretty(&value).unwrap_or_default()
}

/// A file name made of the image and the class, for a table of methods.
pub fn table_file_name(state: &State, extension: &str) -> String {
    named(state, "comparison", extension)
}

/// A file name made of the image, the class and the method.
pub fn file_name(state: &State, extension: &str) -> String {
    named(state, &state.method, extension)
}

fn named(state: &State, what: &str, extension: &str) -> String {
    let image = state
        .image
        .as_ref()
        .map_or("image", |image| image.name.as_str());
    let stem = image.rsplit_once('.').map_or(image, |(stem, _)| stem);
    let class = state
        .map
        .as_ref()
        .map(|map| state.class_name(map.target))
        .unwrap_or_default();
    let plain: String = format!("{stem} {class} {what}")
        .chars()
        .map(|letter| {
            if letter.is_alphanumeric() {
                letter
            } else {
                '-'
            }
        })
        .collect();
    let plain: Vec<&str> = plain.split('-').filter(|part| !part.is_empty()).collect();
    format!("{}.{extension}", plain.join("-").to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("unbreakable a", 4), ["unbreakable", "a"]);
        assert_eq!(wrapped("", 4), [""]);
    }

    #[test]
    fn names_files_plainly() {
        assert_eq!(
            file_name(&State::default(), "png"),
            "image-guided-absolute-grad.png"
        );
    }
}
