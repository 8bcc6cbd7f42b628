//! Gradlens shows which pixels an image classifier decided on; the modules are listed in the order
//! an image travels through them.

pub mod protocol;

pub mod array_file;
#[cfg(feature = "engine")]
pub mod image;
#[cfg(feature = "engine")]
pub mod onnx;

#[cfg(feature = "engine")]
pub mod classifier;
#[cfg(feature = "engine")]
pub mod network;

#[cfg(feature = "engine")]
pub mod attribution;
#[cfg(feature = "engine")]
pub mod metric;

#[cfg(feature = "check")]
pub mod check;
#[cfg(all(feature = "engine", not(target_family = "wasm")))]
pub mod cli;
#[cfg(feature = "engine")]
pub mod engine;
pub mod render;
pub mod study;

#[cfg(all(feature = "engine", target_family = "wasm"))]
pub mod worker;

#[cfg(feature = "page")]
pub mod app;
