//! A second opinion: the scores and the slopes of an independent program, tract, beside the engine's.
//!
//! tract reads the model's file itself, so that nothing of how files are read or networks are built here is taken for
//! granted. It computes scores alone; gradients are compared with differences of its scores.

mod judgement;
mod model_file;
#[cfg(not(target_family = "wasm"))]
mod own_thread;
mod scores;
mod slopes;
mod tract;

pub use judgement::{DIRECTIONS, compare};
pub use model_file::ModelFile;
#[cfg(not(target_family = "wasm"))]
pub use own_thread::compare_apart;
pub use tract::{PROGRAM, Tract};

/// Why the other program gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// The file cannot be had.
    #[error("the file could not be read: {0}")]
    Unreadable(String),
    /// It does not run the model; its reason.
    #[error("{0}")]
    NotRun(String),
    /// It stopped in the middle.
    #[error("it failed in the middle: {0}")]
    Panicked(String),
}

/// The numbers that a program computes with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// 32 bits.
    Single,
    /// 64 bits.
    Double,
}

impl Precision {
    /// The largest relative error of rounding to it.
    pub fn unit_roundoff(self) -> f64 {
        match self {
            Self::Single => f64::from(f32::EPSILON) / 2.0,
            Self::Double => f64::EPSILON / 2.0,
        }
    }

    /// `value` as it can hold it.
    pub fn rounded(self, value: f64) -> f64 {
        match self {
            Self::Single => f64::from(value as f32),
            Self::Double => value,
        }
    }
}

/// A program that scores images, whatever it does inside.
pub trait OtherProgram {
    /// The score of each class for `image`, `[channels, height, width]`.
    ///
    /// # Errors
    /// It cannot compute them.
    fn scores(&mut self, image: &[f64], precision: Precision) -> Result<Vec<f64>, CheckError>;

    /// It is fed floating-point numbers as they are, so that small steps reach it.
    fn takes_small_steps(&self) -> bool;
}
