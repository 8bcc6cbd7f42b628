//! Settings as a link and back; never the photo.

use super::{Command, RunKind, State};
use crate::protocol::{RcapSettings, Setting};

/// Opens the lesson at a step.
pub(super) const LESSON: &str = "lesson";

/// Characters of a link that need no escape.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)
}

fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if is_plain(byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        match byte {
            b'%' => match (digit(rest.next()), digit(rest.next())) {
                (Some(high), Some(low)) => bytes.push((16 * high + low) as u8),
                _ => bytes.push(b'%'),
            },
            byte => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A setting as it is written in a link.
fn written(value: &Setting) -> String {
    match value {
        Setting::Integer(value) => value.to_string(),
        Setting::Real(value) => value.to_string(),
        Setting::Choice(value) => value.clone(),
    }
}

fn read(text: &str) -> Setting {
    if let Ok(value) = text.parse() {
        Setting::Integer(value)
    } else if let Ok(value) = text.parse() {
        Setting::Real(value)
    } else {
        Setting::Choice(text.to_owned())
    }
}

impl State {
    /// The settings as the part of an address after `#`.
    pub fn link(&self) -> String {
        let mut pairs = vec![("method".to_owned(), self.method.clone())];
        if !self.preset.is_empty() {
            pairs.push(("preset".to_owned(), self.preset.clone()));
        }
        if !self.comparison.methods.is_empty() {
            pairs.push(("compare".to_owned(), self.comparison.methods.join(",")));
        }
        if !self.comparison.measures.is_empty() {
            pairs.push(("measures".to_owned(), self.comparison.measures.join(",")));
        }
        if self.rcap_settings != RcapSettings::default() {
            let RcapSettings {
                lower_bound,
                interval,
            } = self.rcap_settings;
            pairs.push(("rcap".to_owned(), format!("{lower_bound},{interval}")));
        }
        for (name, value) in &self.values {
            pairs.push((format!("set.{name}"), written(value)));
        }
        for (measure, values) in &self.measure_values {
            let named = values.0.iter();
            pairs.extend(
                named.map(|(name, value)| (format!("measure.{measure}.{name}"), written(value))),
            );
        }
        pairs.extend(self.lesson_link());
        let pairs: Vec<String> = pairs
            .iter()
            .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)))
            .collect();
        pairs.join("&")
    }

    /// Takes the settings of a link over; what it does not name stays as it is.
    pub(super) fn open_link(&mut self, link: &str, out: &mut Vec<Command>) {
        let list = |value: &str| -> Vec<String> {
            let names = value.split(',').filter(|name| !name.is_empty());
            names.map(str::to_owned).collect()
        };
        let mut found = false;
        for pair in link.trim_start_matches('#').split('&') {
            let Some((name, value)) = pair.split_once('=') else {
                continue;
            };
            let (name, value) = (unescaped(name), unescaped(value));
            found = true;
            match name.as_str() {
                "method" => self.method = value,
                "preset" => self.preset = value,
                "compare" => self.comparison.methods = list(&value),
                "measures" => self.comparison.measures = list(&value),
                LESSON => self.open_lesson(&value),
                "rcap" => {
                    if let Some((bound, interval)) = value.split_once(',')
                        && let (Ok(lower_bound), Ok(interval)) = (bound.parse(), interval.parse())
                    {
                        self.rcap_settings = RcapSettings {
                            lower_bound,
                            interval,
                        };
                    }
                }
                name => {
                    if let Some(name) = name.strip_prefix("set.") {
                        self.values.insert(name.to_owned(), read(&value));
                    } else if let Some((measure, name)) = name
                        .strip_prefix("measure.")
                        .and_then(|rest| rest.split_once('.'))
                    {
                        let values = self.measure_values.entry(measure.to_owned());
                        values.or_default().set(name, read(&value));
                    }
                }
            }
        }
        if found {
            self.drop_unknown();
            self.forget_other_settings();
            self.explain(RunKind::Full, out);
        }
    }

    /// Leaves out what a link names and the engine does not know.
    pub(super) fn drop_unknown(&mut self) {
        if self.methods.is_empty() {
            return;
        }
        let known = |id: &String| self.methods.iter().any(|method| method.id == *id);
        if !known(&self.method) {
            self.method = super::DEFAULT_METHOD.to_owned();
        }
        let methods = std::mem::take(&mut self.comparison.methods);
        let methods = methods
            .into_iter()
            .filter(|id| self.methods.iter().any(|method| method.id == *id));
        self.comparison.methods = methods.collect();
        let measures = std::mem::take(&mut self.comparison.measures);
        let measures = measures.into_iter().filter(|id| {
            self.measures
                .iter()
                .any(|offer| offer.description.id == *id)
        });
        self.comparison.measures = measures.collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Settings;

    #[test]
    fn links_keep_every_character() {
        for text in ["guided-absolute-grad", "a b&c=d%", "Ümläut", "0.15"] {
            assert_eq!(unescaped(&escaped(text)), text);
        }
        assert_eq!(unescaped("50%"), "50%");
    }

    #[test]
    fn a_link_brings_the_settings_back() {
        let mut state = State {
            method: "vargrad".to_owned(),
            ..State::default()
        };
        state
            .values
            .insert("samples".to_owned(), Setting::Integer(7));
        state.values.insert("spread".to_owned(), Setting::Real(0.2));
        state
            .values
            .insert("objective".to_owned(), Setting::Choice("loss".to_owned()));
        state.comparison.methods = vec!["gradient".to_owned(), "vargrad".to_owned()];
        let mut rise = Settings::default();
        rise.set("step", Setting::Real(2.5));
        state.measure_values.insert("rise-curves".to_owned(), rise);
        let mut other = State::default();
        other.open_link(&state.link(), &mut Vec::new());
        assert_eq!(other.method, state.method);
        assert_eq!(other.values, state.values);
        assert_eq!(other.measure_values, state.measure_values);
        assert_eq!(other.comparison.methods, state.comparison.methods);
    }
}
