//! The engine's pace: progress, a turn for everybody else, and the cancel flag, between batches.

use super::Host;
use crate::{
    attribution::{Cancelled, Pace},
    classifier::LocalFuture,
    protocol::{Event, JobId, Progress, Stage},
};

/// Reports one stage of one job.
pub struct JobPace<'a> {
    host: &'a dyn Host,
    job: JobId,
    stage: Stage,
    began_ms: f64,
}

impl<'a> JobPace<'a> {
    /// A pace whose clock starts now.
    pub fn new(host: &'a dyn Host, job: JobId, stage: Stage) -> Self {
        Self {
            began_ms: host.now_ms(),
            host,
            job,
            stage,
        }
    }
}

impl Pace for JobPace<'_> {
    fn pause<'a>(&'a self, done: usize, total: usize) -> LocalFuture<'a, Result<(), Cancelled>> {
        Box::pin(async move {
            self.host.emit(
                self.job,
                Event::Progress(Progress {
                    stage: self.stage,
                    done: done as u64,
                    total: total as u64,
                    elapsed_ms: self.host.now_ms() - self.began_ms,
                }),
            );
            self.host.yield_now().await;
            if self.host.is_cancelled(self.job) {
                return Err(Cancelled);
            }
            Ok(())
        })
    }
}
