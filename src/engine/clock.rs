//! The times of a request's stages.

use super::{Done, Host};
use crate::protocol::{Stage, StageTime};

/// Measures stages one after another.
pub(super) struct Clock<'a> {
    host: &'a dyn Host,
    since_ms: f64,
    pub(super) times: Vec<StageTime>,
}

impl<'a> Clock<'a> {
    /// A clock that starts now.
    pub(super) fn new(host: &'a dyn Host) -> Self {
        Self {
            host,
            since_ms: host.now_ms(),
            times: Vec::new(),
        }
    }

    /// Books the time since the last lap on `stage`.
    pub(super) fn lap(&mut self, stage: Stage) {
        let now_ms = self.host.now_ms();
        self.times.push(StageTime {
            stage,
            elapsed_ms: now_ms - self.since_ms,
        });
        self.since_ms = now_ms;
    }

    /// What the finished request reports.
    pub(super) fn done(self, gradients: usize) -> Done {
        let times = self.times;
        Done { times, gradients }
    }
}
