//! An event on its way to the page, with the number of the request it answers.

use serde::{Deserialize, Serialize, de::IgnoredAny};

use super::{Event, JobId};

/// An event addressed to a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The request it answers; 0 for what the worker says unasked.
    pub job: JobId,
    /// What it says.
    pub event: Event,
}

/// What a worker says of its own state: read from an [`Answer`] where the rest does not matter, which
/// keeps the reading of whole events out of a program.
#[derive(Debug, Deserialize)]
pub struct StateAnswer {
    /// The request it answers; 0 for what the worker says unasked.
    pub job: JobId,
    /// What it says.
    pub event: StateEvent,
}

/// The events of [`Event`] that tell a worker's state, without what they carry. Others cannot be read
/// as one.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StateEvent {
    /// It takes requests.
    Methods(IgnoredAny),
    /// It has done what was asked.
    Finished(IgnoredAny),
    /// It is of no use any more.
    Crashed(IgnoredAny),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(event: Event) -> Option<StateAnswer> {
        let json = serde_json::to_string(&Answer { job: 7, event }).unwrap();
        serde_json::from_str(&json).ok()
    }

    #[test]
    fn a_workers_state_is_read_from_its_events() {
        let finished = Event::Finished {
            times: Vec::new(),
            gradients: 3,
        };
        let message = "out of memory".to_owned();
        for (event, expected) in [
            (Event::Methods(Vec::new()), "Methods"),
            (finished, "Finished"),
            (Event::Crashed { message }, "Crashed"),
        ] {
            let answer = read(event).unwrap();
            assert_eq!(answer.job, 7);
            assert!(format!("{:?}", answer.event).starts_with(expected));
        }
        assert!(read(Event::Cancelled).is_none());
        assert!(read(Event::Memory { peak_bytes: 1 }).is_none());
    }
}
