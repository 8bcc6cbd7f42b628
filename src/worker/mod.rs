//! The engine in a web worker: messages in, one request after another, messages out.

mod attachment;
mod blob_source;
mod crew;
mod engine_handler;
mod host;
mod part_message;
mod queue;

pub use host::WorkerHost;
pub use queue::{Handler, run};
