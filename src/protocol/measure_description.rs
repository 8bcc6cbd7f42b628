//! A measure's description of itself and its results, from which tables and plots are built.

use serde::{Deserialize, Serialize};

use super::{Citation, ParameterDescription, Settings, SettingsError};

/// Which of two values of a score speaks for a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// The larger one.
    HigherIsBetter,
    /// The smaller one.
    LowerIsBetter,
    /// Neither: it describes the map and does not rank it.
    Descriptive,
}

impl Direction {
    /// Whether `a` is better than `b`; never, for a score that does not rank.
    pub fn prefers(self, a: f64, b: f64) -> bool {
        match self {
            Self::HigherIsBetter => a > b,
            Self::LowerIsBetter => a < b,
            Self::Descriptive => false,
        }
    }
}

/// One number of a measure: one column of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoreDescription {
    /// Name in results and on the command line, such as "deletion-auc".
    pub id: String,
    /// Name for people.
    pub label: String,
    /// What it says, in one sentence.
    pub summary: String,
    /// Which of two values is better.
    pub direction: Direction,
    /// Smallest possible value; `None` if there is none.
    pub lowest: Option<f64>,
    /// Largest possible value; `None` if there is none.
    pub highest: Option<f64>,
}

/// A measure, described by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeasureDescription {
    /// Name in settings and on the command line, such as "rcap".
    pub id: String,
    /// Name for people.
    pub label: String,
    /// What it asks of a map, in one sentence.
    pub summary: String,
    /// Who published it, where; from the list in `protocol/citation.rs`.
    pub citations: Vec<Citation>,
    /// What it costs, in words.
    pub cost: String,
    /// It compares the map with a mask of where the object is.
    pub needs_mask: bool,
    /// Its parameters in the order they are shown.
    pub parameters: Vec<ParameterDescription>,
    /// Its numbers in the order they are shown.
    pub scores: Vec<ScoreDescription>,
}

impl MeasureDescription {
    /// `given` with every missing parameter at its default.
    ///
    /// # Errors
    /// A name the measure does not have, or a value its parameter does not allow.
    pub fn complete(&self, given: &Settings) -> Result<Settings, SettingsError> {
        if let Some(name) = given
            .0
            .keys()
            .find(|name| self.parameters.iter().all(|p| &p.name != *name))
        {
            return Err(SettingsError::Unknown {
                method: self.id.clone(),
                name: name.clone(),
            });
        }
        let mut settings = Settings::default();
        for parameter in &self.parameters {
            let value = match given.0.get(&parameter.name) {
                Some(value) => {
                    parameter.check(value)?;
                    value.clone()
                }
                None => parameter.kind.default_value(),
            };
            settings.set(&parameter.name, value);
        }
        Ok(settings)
    }
}

/// One number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Id of its description.
    pub id: String,
    /// Always finite.
    pub value: f64,
}

/// A line to plot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// Id of the score that summarises it.
    pub id: String,
    /// What runs along the horizontal axis.
    pub x_label: String,
    /// What runs along the vertical axis.
    pub y_label: String,
    /// Ascending.
    pub x: Vec<f64>,
    /// One value for each of `x`.
    pub y: Vec<f64>,
}

/// What a measure found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeasureReport {
    /// Id of the measure.
    pub measure: String,
    /// The class the map was measured for.
    pub target: usize,
    /// The settings used, all of them.
    pub settings: Settings,
    /// One for each score described, in that order.
    pub scores: Vec<Score>,
    /// Curves behind the scores; empty where there are none.
    pub curves: Vec<Curve>,
}
