//! The engine's host in a test: it keeps what it is told, and stops a job where asked to.

use std::{
    cell::{Cell, RefCell},
    time::Instant,
};

use gradlens::{
    classifier::LocalFuture,
    engine::{Host, Memory},
    protocol::{Event, JobId},
};

/// Keeps every event.
pub struct Recorder {
    began: Instant,
    /// Events in order.
    pub events: RefCell<Vec<Event>>,
    /// Every job counts as stopped by the person once this many pauses were made.
    pub cancel_after: Cell<Option<usize>>,
    /// What it says about memory.
    pub memory: Cell<Memory>,
    pauses: Cell<usize>,
}

impl Recorder {
    /// A host whose clock starts now, with all the memory in the world.
    pub fn new() -> Self {
        Self {
            began: Instant::now(),
            events: RefCell::default(),
            cancel_after: Cell::new(None),
            memory: Cell::default(),
            pauses: Cell::new(0),
        }
    }
}

impl Host for Recorder {
    fn now_ms(&self) -> f64 {
        self.began.elapsed().as_secs_f64() * 1e3
    }

    fn emit(&self, _job: JobId, event: Event) {
        self.events.borrow_mut().push(event);
    }

    fn yield_now<'a>(&'a self) -> LocalFuture<'a, ()> {
        self.pauses.set(self.pauses.get() + 1);
        Box::pin(std::future::ready(()))
    }

    fn is_cancelled(&self, _job: JobId) -> bool {
        self.cancel_after
            .get()
            .is_some_and(|pauses| self.pauses.get() >= pauses)
    }

    fn memory(&self) -> Memory {
        self.memory.get()
    }
}
