//! The native tests as one program, so that the engine is linked once and the tests of all files share the cores.
//!
//! `cargo test --test it golden_maps::` runs one file of them. What measures its process or is run with limits of its own
//! stays a program of its own (`tests/large_model.rs`, `tests/fuzz`).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod attribution;
mod citations;
mod command_line;
mod golden_aggregation;
mod golden_checks;
mod golden_maps;
mod golden_metrics;
mod golden_metrics_linear;
mod golden_network;
mod hostile_models;
mod lesson_request;
mod measure_golden;
mod measure_properties;
mod model_cases;
mod onnx_nodes;
mod onnx_writer;
mod randomisation_check;
mod randomisation_request;
mod recorder;
mod second_opinion;
mod small_engine;
mod static_files;
mod study_image;
mod support;
mod tidy;
mod translations;

use support as stored;
