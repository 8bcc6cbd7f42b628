//! An error in the words of the person who has to act on it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Stage;

/// What sort of thing went wrong, for the page to choose an icon and a next step by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// The photo cannot be used.
    Image,
    /// The model file cannot be used.
    Model,
    /// A setting is out of its range.
    Settings,
    /// The device failed or gave results that cannot be trusted.
    Device,
    /// The numbers themselves are unusable, such as a gradient that is not finite.
    Numbers,
    /// The program is at fault.
    Internal,
}

/// One clear sentence on what happened and why, and one on what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Where in the pipeline it happened.
    pub stage: Stage,
    /// What sort of thing went wrong.
    pub kind: FailureKind,
    /// What happened and why.
    pub message: String,
    /// What to do about it; empty where there is nothing to add.
    pub hint: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if !self.hint.is_empty() {
            write!(f, " {}", self.hint)?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}
