//! An event on its way to the page, with the number of the request it answers.

use serde::{Deserialize, Serialize};

use super::{Event, JobId};

/// An event addressed to a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The request it answers; 0 for what the worker says unasked.
    pub job: JobId,
    /// What it says.
    pub event: Event,
}
