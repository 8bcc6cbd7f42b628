//! What the tests of measures have in common.

#![allow(
    dead_code,
    unused_imports,
    reason = "every test file uses its own part of this"
)]

mod agreement_case;
mod curves_case;
mod linear_model;
mod rcap_case;

pub use agreement_case::check_agreement;
pub use curves_case::check_authors_curves;
pub use linear_model::LinearModel;
pub use rcap_case::{Tolerance, check_rcap, check_rcap_plan};

use std::{
    future::Future,
    path::PathBuf,
    pin::pin,
    task::{Context, Poll, Waker},
};

use gradlens::{
    array_file::Array,
    classifier::{NormImage, Size},
};
use serde_json::Value;

/// Runs a future that never truly waits to its end.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::yield_now(),
        }
    }
}

/// One folder of stored numbers.
pub struct Golden {
    folder: PathBuf,
    /// Its `index.json`.
    pub index: Value,
}

impl Golden {
    /// Opens `tests/golden/<name>`.
    pub fn open(name: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("tests/golden")
            .join(name);
        let text = std::fs::read_to_string(folder.join("index.json"))
            .unwrap_or_else(|e| panic!("{}/index.json: {e}", folder.display()));
        Self {
            index: serde_json::from_str(&text).unwrap(),
            folder,
        }
    }

    /// One array of the folder.
    pub fn array(&self, file: &str) -> Array {
        let path = self.folder.join(file);
        let bytes = std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        Array::read(&bytes).unwrap()
    }

    /// Height and width of its images.
    pub fn size(&self) -> Size {
        Size::colour(integer(&self.index["H"]), integer(&self.index["W"]))
    }

    /// `input.npy`.
    pub fn image(&self) -> NormImage {
        NormImage {
            size: self.size(),
            values: self.array("input.npy").values,
        }
    }

    /// `mask.npy`: true inside.
    pub fn mask(&self) -> Vec<bool> {
        let mask = self.array("mask.npy").values;
        assert!(mask.iter().all(|&m| m == 0.0 || m == 1.0), "a binary mask");
        mask.iter().map(|&m| m == 1.0).collect()
    }
}

/// Black under `(x_px - 127) / 128`.
pub const BLACK_NORM: [f32; 3] = [-127.0 / 128.0; 3];

/// A number, or NaN where the file says `"NaN"`.
pub fn number(value: &Value) -> f64 {
    match value {
        Value::String(text) if text == "NaN" => f64::NAN,
        _ => value
            .as_f64()
            .unwrap_or_else(|| panic!("a number, not {value}")),
    }
}

/// A count.
pub fn integer(value: &Value) -> usize {
    value
        .as_u64()
        .unwrap_or_else(|| panic!("a count, not {value}")) as usize
}

/// A list of numbers.
pub fn numbers(value: &Value) -> Vec<f64> {
    list(value).iter().map(number).collect()
}

/// A list.
pub fn list(value: &Value) -> &[Value] {
    value
        .as_array()
        .unwrap_or_else(|| panic!("a list, not {value}"))
}

/// Fails unless `actual` is within `absolute + relative * |expected|` of `expected`.
#[track_caller]
pub fn close(actual: f64, expected: f64, absolute: f64, relative: f64, what: &str) {
    let allowed = absolute + relative * expected.abs();
    assert!(
        (actual - expected).abs() <= allowed,
        "{what}: {actual} is not within {allowed:e} of {expected}"
    );
}

/// Numbers in 0 to 1 without a pattern, all different.
pub fn scatter(count: usize, seed: u32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    (0..count)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 24) as f32
        })
        .collect()
}
