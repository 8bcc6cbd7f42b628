//! The engine's host in a test: it keeps what it is told.

use std::cell::RefCell;

use gradlens::{
    classifier::LocalFuture,
    engine::Host,
    protocol::{Event, JobId},
};

/// Keeps every event; never cancels.
#[derive(Default)]
pub struct Recorder {
    /// Events in order.
    pub events: RefCell<Vec<Event>>,
}

impl Host for Recorder {
    fn now_ms(&self) -> f64 {
        js_sys::Date::now()
    }

    fn emit(&self, _job: JobId, event: Event) {
        self.events.borrow_mut().push(event);
    }

    fn yield_now<'a>(&'a self) -> LocalFuture<'a, ()> {
        Box::pin(std::future::ready(()))
    }

    fn is_cancelled(&self, _job: JobId) -> bool {
        false
    }
}
