//! What a person can choose about a model where its file leaves it open.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use super::{Layout, Probabilities};

/// What a person chose; `None` leaves it to the engine.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelOptions {
    /// Name of the input that takes the image.
    pub input: Option<String>,
    /// Name of the output, or of a value inside the graph, that holds the class scores.
    pub output: Option<String>,
    /// Order of the image input's axes.
    pub layout: Option<Layout>,
    /// What the other inputs hold, by name.
    pub values: BTreeMap<String, InputValue>,
    /// How scores become probabilities.
    pub probabilities: Option<Probabilities>,
    /// The part of the output that counts, where it is a map of scores.
    pub region: Option<OutputRegion>,
    /// Height and width of the image, where the file leaves them open.
    pub size: Option<[usize; 2]>,
}

/// What an input beside the image holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InputValue {
    /// The same number everywhere.
    Number(f64),
    /// These numbers.
    Array {
        /// Length of each axis.
        shape: Vec<usize>,
        /// As many numbers as the product of `shape`.
        values: Vec<f64>,
    },
}

/// The part of a map of scores, `[classes, rows, columns]`, whose mean is the score of each class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutputRegion {
    /// All of it.
    #[default]
    Mean,
    /// The one place in the middle.
    Centre,
    /// A rectangle: top, left, bottom and right as shares of the whole, from 0 to 1.
    Part([f64; 4]),
}

impl OutputRegion {
    /// The region that `text` names: `mean`, `centre`, or four shares with commas between them.
    ///
    /// # Errors
    /// It is none of these; one sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "{text} is no region: give mean, centre, or TOP,LEFT,BOTTOM,RIGHT as shares from 0 to 1, \
                 such as 0.25,0.25,0.75,0.75"
            )
        };
        match text {
            "mean" => return Ok(Self::Mean),
            "centre" | "center" => return Ok(Self::Centre),
            _ => {}
        }
        let parts: Result<Vec<f64>, _> = text.split(',').map(|part| part.trim().parse()).collect();
        match parts.ok().as_deref() {
            Some(&[top, left, bottom, right])
                if 0.0 <= top
                    && top < bottom
                    && bottom <= 1.0
                    && 0.0 <= left
                    && left < right
                    && right <= 1.0 =>
            {
                Ok(Self::Part([top, left, bottom, right]))
            }
            _ => Err(wrong()),
        }
    }

    /// Rows and columns that belong to it, each from the first to one behind the last, of so many.
    pub fn within(self, rows: usize, columns: usize) -> [[usize; 2]; 2] {
        let span = |from: f64, to: f64, length: usize| {
            let first = ((from * length as f64).floor() as usize).min(length.saturating_sub(1));
            let end =
                ((to * length as f64).ceil() as usize).clamp(first + 1, length.max(first + 1));
            [first, end]
        };
        match self {
            Self::Mean => [[0, rows], [0, columns]],
            Self::Centre => [rows, columns].map(|length| [length / 2, length / 2 + 1]),
            Self::Part([top, left, bottom, right]) => {
                [span(top, bottom, rows), span(left, right, columns)]
            }
        }
    }
}

impl fmt::Display for OutputRegion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mean => f.write_str("mean"),
            Self::Centre => f.write_str("centre"),
            Self::Part([top, left, bottom, right]) => write!(f, "{top},{left},{bottom},{right}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_read_and_laid_over_the_map() {
        assert_eq!(OutputRegion::parse("mean"), Ok(OutputRegion::Mean));
        assert_eq!(
            OutputRegion::parse("centre").unwrap().within(7, 8),
            [[3, 4], [4, 5]]
        );
        let part = OutputRegion::parse("0.25, 0, 0.5,1").unwrap();
        assert_eq!(part.within(8, 4), [[2, 4], [0, 4]]);
        assert_eq!(part.within(1, 1), [[0, 1], [0, 1]]);
        assert_eq!(OutputRegion::parse(&part.to_string()), Ok(part));
        for wrong in ["", "all", "0,0,1", "0.5,0,0.5,1", "0,0,1,2"] {
            assert!(OutputRegion::parse(wrong).is_err(), "{wrong}");
        }
    }
}
