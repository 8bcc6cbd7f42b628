//! Whether a model fits, asked before it is read.

use super::failure::{too_large, too_large_gradient};
use crate::{onnx::Graph, protocol::Failure};

/// What the place the engine runs in knows about its memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Taken so far. In a browser it never shrinks, so that this is the most that was ever needed.
    pub used_bytes: Option<u64>,
    /// Still to be had; `None` where nobody knows.
    pub available_bytes: Option<u64>,
}

/// What a gradient needs beside the weights, at the least.
const WORKING_BYTES: u64 = 96 << 20;
/// Weights are on the device as 32-bit floats, however they are stored.
const FLOAT_BYTES: u64 = 4;

/// Checks a file by its size alone.
///
/// # Errors
/// It cannot fit, with the numbers.
pub fn check_file(name: &str, size_bytes: u64, memory: Memory) -> Result<(), Failure> {
    check(name, size_bytes, memory)
}

/// Checks a graph whose weights are still in their file.
///
/// # Errors
/// They do not fit, with the numbers.
pub(super) fn check_weights(name: &str, graph: &Graph, memory: Memory) -> Result<(), Failure> {
    let weights = graph.parameters() as u64;
    check(name, weights.saturating_mul(FLOAT_BYTES), memory)
}

/// Checks what one gradient needs, where that is known.
///
/// # Errors
/// It does not fit, with the numbers.
pub(super) fn check_gradient(name: &str, needed_bytes: u64, memory: Memory) -> Result<(), Failure> {
    match memory.available_bytes {
        Some(available) if needed_bytes > available => {
            Err(too_large_gradient(name, needed_bytes, available))
        }
        _ => Ok(()),
    }
}

fn check(name: &str, weight_bytes: u64, memory: Memory) -> Result<(), Failure> {
    let needed = weight_bytes.saturating_add(WORKING_BYTES);
    match memory.available_bytes {
        Some(available) if needed > available => Err(too_large(name, needed, available)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_fit_is_refused_with_the_numbers() {
        let memory = Memory {
            used_bytes: None,
            available_bytes: Some(1_000_000_000),
        };
        assert_eq!(check_file("small", 100_000_000, memory), Ok(()));
        assert_eq!(check_file("any", u64::MAX, Memory::default()), Ok(()));
        let failure = check_file("big.onnx", 3_000_000_000, memory).unwrap_err();
        for part in ["big.onnx", "3.1 GB", "1.0 GB"] {
            assert!(failure.message.contains(part), "{failure}");
        }
    }
}
