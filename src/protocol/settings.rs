//! Values of a method's parameters by name, checked against the method's description.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The value of one parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Setting {
    /// Whole numbers: counts and seeds.
    Integer(u64),
    /// Real numbers: fractions, percentiles, lengths.
    Real(f64),
    /// One of a fixed list of names.
    Choice(String),
}

/// Parameter values by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Settings(pub BTreeMap<String, Setting>);

impl Settings {
    /// Sets one value.
    pub fn set(&mut self, name: &str, value: Setting) {
        self.0.insert(name.to_owned(), value);
    }

    /// A whole number, or `None` if the parameter is absent or of another kind.
    pub fn integer(&self, name: &str) -> Option<u64> {
        match self.0.get(name)? {
            Setting::Integer(value) => Some(*value),
            Setting::Real(value) if value.fract() == 0.0 && *value >= 0.0 => Some(*value as u64),
            _ => None,
        }
    }

    /// A real number; whole numbers are accepted. `None` if absent or a name.
    pub fn real(&self, name: &str) -> Option<f64> {
        match self.0.get(name)? {
            Setting::Integer(value) => Some(*value as f64),
            Setting::Real(value) => Some(*value),
            Setting::Choice(_) => None,
        }
    }

    /// A name from a fixed list, or `None`.
    pub fn choice(&self, name: &str) -> Option<&str> {
        match self.0.get(name)? {
            Setting::Choice(value) => Some(value),
            _ => None,
        }
    }
}
