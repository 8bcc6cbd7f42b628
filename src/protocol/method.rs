//! A method's description of itself, from which pickers, flags and tables are built.

use serde::{Deserialize, Serialize};

use super::{Citation, Setting, Settings};

/// The kind and range of a parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ParameterKind {
    /// A whole number in an inclusive range.
    Integer {
        /// Smallest.
        min: u64,
        /// Largest.
        max: u64,
        /// Used where nothing is said.
        default: u64,
    },
    /// A real number in an inclusive range.
    Real {
        /// Smallest.
        min: f64,
        /// Largest.
        max: f64,
        /// Used where nothing is said.
        default: f64,
        /// Sensible distance between two values on a slider.
        step: f64,
    },
    /// One of a list of names; the first is the default.
    Choice {
        /// The names.
        options: Vec<String>,
    },
    /// A name that only the model knows; empty by default.
    Text,
}

impl ParameterKind {
    /// The value used where nothing is said.
    pub fn default_value(&self) -> Setting {
        match self {
            Self::Integer { default, .. } => Setting::Integer(*default),
            Self::Real { default, .. } => Setting::Real(*default),
            Self::Choice { options } => {
                Setting::Choice(options.first().cloned().unwrap_or_default())
            }
            Self::Text => Setting::Choice(String::new()),
        }
    }
}

/// One parameter of a method.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParameterDescription {
    /// Name in settings, and as a command-line flag with two dashes.
    pub name: String,
    /// Short label for people.
    pub label: String,
    /// One or two sentences: what it does, and what it costs.
    pub meaning: String,
    /// Unit shown behind the value; empty where it has none.
    pub unit: String,
    /// Kind and range.
    pub kind: ParameterKind,
    /// Changing it needs no new gradient.
    pub free: bool,
}

/// A method, described by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MethodDescription {
    /// Name in settings and on the command line, such as "guided-absolute-grad".
    pub id: String,
    /// Name for people.
    pub label: String,
    /// What it does, in one sentence.
    pub summary: String,
    /// Who published it, where; from the list in `protocol/citation.rs`.
    pub citations: Vec<Citation>,
    /// What it costs, in gradients.
    pub cost: String,
    /// Its parameters in the order they are shown.
    pub parameters: Vec<ParameterDescription>,
}

/// A setting outside what its parameter allows.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SettingsError {
    /// No parameter has that name.
    #[error("{method} has no parameter called {name}")]
    Unknown {
        /// The method's id.
        method: String,
        /// The name given.
        name: String,
    },
    /// The value is of another kind or out of range.
    #[error("{name} is {value}, but it must be {expected}")]
    OutOfRange {
        /// The parameter's name.
        name: String,
        /// The value given.
        value: String,
        /// What would be accepted.
        expected: String,
    },
}

/// The default value of every parameter.
pub fn default_settings(method: &MethodDescription) -> Settings {
    let mut settings = Settings::default();
    for parameter in &method.parameters {
        settings.set(&parameter.name, parameter.kind.default_value());
    }
    settings
}

impl MethodDescription {
    /// `given` with every missing parameter at its default.
    ///
    /// # Errors
    /// A name the method does not have, or a value its parameter does not allow.
    pub fn complete(&self, given: &Settings) -> Result<Settings, SettingsError> {
        let mut settings = default_settings(self);
        for (name, value) in &given.0 {
            let parameter = self
                .parameters
                .iter()
                .find(|parameter| &parameter.name == name)
                .ok_or_else(|| SettingsError::Unknown {
                    method: self.id.clone(),
                    name: name.clone(),
                })?;
            parameter.check(value)?;
            settings.set(name, value.clone());
        }
        Ok(settings)
    }
}

impl ParameterDescription {
    /// # Errors
    /// [`SettingsError::OutOfRange`] if `value` is not of this parameter's kind and range.
    pub fn check(&self, value: &Setting) -> Result<(), SettingsError> {
        let (allowed, expected) = match (&self.kind, value) {
            (ParameterKind::Integer { min, max, .. }, Setting::Integer(v)) => {
                (min <= v && v <= max, format!("from {min} to {max}"))
            }
            (ParameterKind::Integer { min, max, .. }, _) => {
                (false, format!("a whole number from {min} to {max}"))
            }
            (ParameterKind::Real { min, max, .. }, Setting::Real(v)) => {
                (min <= v && v <= max, format!("from {min} to {max}"))
            }
            (ParameterKind::Real { min, max, .. }, Setting::Integer(v)) => {
                let v = *v as f64;
                (*min <= v && v <= *max, format!("from {min} to {max}"))
            }
            (ParameterKind::Real { min, max, .. }, Setting::Choice(_)) => {
                (false, format!("a number from {min} to {max}"))
            }
            (ParameterKind::Choice { options }, Setting::Choice(v)) => (
                options.contains(v),
                format!("one of {}", options.join(", ")),
            ),
            (ParameterKind::Text, Setting::Choice(_)) => (true, String::new()),
            (ParameterKind::Text, _) => (false, "a name".to_owned()),
            (ParameterKind::Choice { options }, _) => {
                (false, format!("one of {}", options.join(", ")))
            }
        };
        if allowed {
            return Ok(());
        }
        Err(SettingsError::OutOfRange {
            name: self.name.clone(),
            value: match value {
                Setting::Integer(v) => v.to_string(),
                Setting::Real(v) => v.to_string(),
                Setting::Choice(v) => v.clone(),
            },
            expected,
        })
    }
}
