//! How a long computation lets the world in between batches.

use crate::classifier::LocalFuture;

/// The person asked for the computation to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled;

/// Called between batches, and nowhere else: the only place a computation waits, reports or stops.
pub trait Pace {
    /// Reports `done` of `total` units and gives other tasks their turn.
    ///
    /// # Errors
    /// [`Cancelled`] if the person asked to stop; the computation then ends at once.
    fn pause<'a>(&'a self, done: usize, total: usize) -> LocalFuture<'a, Result<(), Cancelled>>;
}

/// A pace that never waits and never stops, for tests and scripts.
pub struct Unhurried;

impl Pace for Unhurried {
    fn pause<'a>(&'a self, _done: usize, _total: usize) -> LocalFuture<'a, Result<(), Cancelled>> {
        Box::pin(std::future::ready(Ok(())))
    }
}
