//! Gradlens shows which pixels an image classifier decided on; the modules are listed in the order
//! an image travels through them.

pub mod protocol;

pub mod array_file;
pub mod image;
pub mod onnx;

pub mod classifier;
pub mod network;

pub mod attribution;
pub mod metric;

#[cfg(not(target_family = "wasm"))]
pub mod cli;
pub mod engine;
pub mod render;

#[cfg(target_family = "wasm")]
pub mod worker;

pub mod app;
