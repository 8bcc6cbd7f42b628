//! The engine in a web worker: messages in, one request after another, messages out.

mod attachment;
mod blob_source;
#[cfg(feature = "check")]
mod check;
mod crew;
mod field;
mod host;
mod part_message;
mod queue;

#[cfg(feature = "check")]
pub use check::run_check;
pub use host::WorkerHost;
pub use queue::run;

/// Answers the messages of a worker whose engine has the CPU alone.
///
/// # Errors
/// As [`run`].
pub fn run_on_cpu() -> Result<(), wasm_bindgen::JsValue> {
    use crate::{
        engine::{Engine, device},
        protocol::DeviceChoice,
    };
    run(Engine::new(&[device::cpu], DeviceChoice::Cpu))
}
