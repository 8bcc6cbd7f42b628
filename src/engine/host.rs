//! What the engine needs from the place it runs in: a worker, a terminal or a test.

use super::{Colleague, Memory};
use crate::{
    classifier::LocalFuture,
    protocol::{Event, JobId},
};

/// The world around the engine.
pub trait Host {
    /// Milliseconds since some fixed moment.
    fn now_ms(&self) -> f64;

    /// Passes an event on to whoever asked.
    fn emit(&self, job: JobId, event: Event);

    /// Lets other tasks run, so that a cancel can arrive.
    fn yield_now<'a>(&'a self) -> LocalFuture<'a, ()>;

    /// Whether the person has asked for this job to stop.
    fn is_cancelled(&self, job: JobId) -> bool;

    /// What is known about the memory; nothing unless told otherwise.
    fn memory(&self) -> Memory {
        Memory::default()
    }

    /// Colleagues that begin to open the model that was opened here a moment ago, to compute parts of
    /// its batches; nobody unless told otherwise.
    fn colleagues(&self) -> Vec<Box<dyn Colleague>> {
        Vec::new()
    }
}
