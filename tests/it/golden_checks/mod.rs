//! Checks of the attribution side against stored results, for any device and any place tests run in.
//!
//! The crate they are part of says where stored files come from: its root has a module `stored` with
//! the functions `array` and `index`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]
#![allow(
    dead_code,
    unused_imports,
    reason = "every test file uses its own part of this"
)]

mod aggregation;
#[path = "../analytic/mod.rs"]
pub mod analytic;
mod devices;
mod difference;
mod gradients;
mod maps;
#[path = "../reference_call/mod.rs"]
mod reference_call;

pub use aggregation::{check_aggregation, check_blur, check_thresholds};
pub use devices::check_agreement;
pub use difference::Difference;
pub use gradients::{check_input_gradients, check_logits};
pub use maps::{check_case, check_tiny};

/// Folders with the real model's maps.
pub const CASES: [&str; 4] = [
    "p1_chelsea_96",
    "p2_moped_96x128",
    "p3_camera_96",
    "p4_coffee_128",
];
