//! Going back to a saved result: everything but its photo and its model, which are named where they
//! are not the ones that are open.

use serde_json::Value;

use super::{Command, Notice, RunKind, State};
use crate::app::strings::{fill, text};

impl State {
    /// Goes back to the settings of a saved result, the text of `file`; `false` for a text that is none.
    pub(super) fn restore(&mut self, file: &str, json: &str, out: &mut Vec<Command>) -> bool {
        let Ok(value) = serde_json::from_str::<Value>(json) else {
            return false;
        };
        let ours = value
            .get("program")
            .and_then(Value::as_str)
            .is_some_and(|program| program.starts_with("gradlens"));
        if !ours {
            return false;
        }
        let field = |name: &str| value.get(name).cloned().unwrap_or(Value::Null);
        if let Some(method) = field("method").as_str() {
            self.method = method.to_owned();
        }
        if let Ok(values) = serde_json::from_value(field("settings")) {
            self.values = values;
            self.preset.clear();
        }
        if let Ok(rcap) = serde_json::from_value(field("rcap_settings")) {
            self.rcap_settings = rcap;
        }
        if let Ok(values) = serde_json::from_value(field("measure_settings")) {
            self.measure_values = values;
            self.forget_other_settings();
        }
        if let Ok(methods) = serde_json::from_value(field("compared")) {
            self.comparison.methods = methods;
        }
        if let Ok(measures) = serde_json::from_value(field("measures")) {
            self.comparison.measures = measures;
        }
        self.drop_unknown();
        let mut missing = Vec::new();
        let target = field("target").as_u64().map(|target| target as usize);
        let what = self.restore_target(target, &mut missing);
        self.restore_image(&field("image"), target, &mut missing, out);
        let saved_model = field("model");
        let of_model = |name: &str| saved_model.get(name).and_then(Value::as_str);
        let open = self.model.as_ref().map(|model| model.sha256.as_str());
        if let Some(sha256) = of_model("sha256")
            && open.is_some_and(|open| open != sha256)
        {
            let name = of_model("name").unwrap_or_default();
            missing.push(fill(text().lacking_model, &[("name", name)]));
        }
        let template = if missing.is_empty() {
            text().restored
        } else {
            text().restored_lacking
        };
        let missing = missing.join("; ");
        let values = [("file", file), ("what", what), ("missing", &*missing)];
        self.notice = Some(Notice::information(fill(template, &values)));
        if self.pending_image.is_none() {
            self.explain(RunKind::Full, out);
        }
        true
    }

    /// Takes the class over, and says what was.
    fn restore_target(&mut self, target: Option<usize>, missing: &mut Vec<String>) -> &'static str {
        let classes = self.classes();
        // Of a model that has not been read yet nothing is known: its first answer checks the class.
        let told_apart = target.filter(|target| classes == 0 || *target < classes);
        if told_apart.is_some() {
            self.target = told_apart;
            return text().restored_all;
        }
        if let Some(target) = target {
            let class = target.to_string();
            missing.push(fill(text().lacking_class, &[("class", &class)]));
        }
        text().restored_but_class
    }

    /// Goes back to the photo of a result where it was open before.
    fn restore_image(
        &mut self,
        saved: &Value,
        target: Option<usize>,
        missing: &mut Vec<String>,
        out: &mut Vec<Command>,
    ) {
        let Some(name) = saved.get("name").and_then(Value::as_str) else {
            return;
        };
        let on_show = self.image.as_ref().is_some_and(|image| image.name == name);
        if on_show && self.pending_image.is_none() {
            return;
        }
        if let Some(target) = target {
            self.strip.await_image(name.to_owned(), target);
        }
        let mut kept = self.strip.images().iter();
        let found = kept.find(|kept| kept.card.name == name);
        match found.map(|kept| kept.generation) {
            Some(generation) => self.show_image(generation, out),
            None => missing.push(fill(text().lacking_photo, &[("name", name)])),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Setting;

    #[test]
    fn only_results_are_restored() {
        let mut state = State::default();
        let mut out = Vec::new();
        assert!(!state.restore("a.json", "[1, 2]", &mut out));
        assert!(!state.restore("a.json", "cat\ndog", &mut out));
        let json = r#"{"program": "gradlens 1", "method": "vargrad", "settings": {"samples": 9}}"#;
        assert!(state.restore("a.json", json, &mut out));
        assert_eq!(state.method, "vargrad");
        assert_eq!(state.values.get("samples"), Some(&Setting::Integer(9)));
    }
}
