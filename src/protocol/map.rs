//! A saliency map on its way to the page.

use serde::{Deserialize, Serialize};

/// How far a path method's attributions are from adding up to what they explain.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CompletenessReport {
    /// Sum of the attributions over all channels and pixels.
    pub attributed: f64,
    /// Objective at the image minus objective at the baseline, averaged over trials.
    pub explained: f64,
}

impl CompletenessReport {
    /// `attributed - explained`; 0 for a complete attribution.
    pub fn gap(self) -> f64 {
        self.attributed - self.explained
    }
}

/// A saliency map with what is needed to read it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MapReport {
    /// Id of the method that made it.
    pub method: String,
    /// The class it explains.
    pub target: usize,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// Row-major values in 0 to 1, `height * width` of them. Travels beside the message.
    #[serde(skip)]
    pub values: Vec<f32>,
    /// Raw value, before normalisation, that became 0.
    pub raw_min: f32,
    /// Raw value, before normalisation, that became 1.
    pub raw_max: f32,
    /// Every raw value was the same, so the map carries no information (and is all ones).
    pub constant: bool,
    /// Noisy samples or path steps that went into it.
    pub samples_done: usize,
    /// Samples or steps it will be made of when finished.
    pub samples_total: usize,
    /// How complete the attribution is, for path methods in their plain form.
    #[serde(default)]
    pub completeness: Option<CompletenessReport>,
    /// What a person must know to read it, in whole sentences.
    #[serde(default)]
    pub note: Option<String>,
}

impl MapReport {
    /// A finished map of `height * width` values in 0 to 1 that were never on another scale.
    pub fn finished(
        method: &str,
        target: usize,
        [height, width]: [usize; 2],
        values: Vec<f32>,
    ) -> Self {
        Self {
            method: method.to_owned(),
            target,
            height,
            width,
            values,
            raw_min: 0.0,
            raw_max: 1.0,
            constant: false,
            samples_done: 1,
            samples_total: 1,
            completeness: None,
            note: None,
        }
    }

    /// Whether every sample is in.
    pub fn is_final(&self) -> bool {
        self.samples_done >= self.samples_total
    }

    /// Puts back what [`bytes_taken`] took out.
    pub(super) fn set_bytes(&mut self, bytes: &[u8]) {
        self.values = floats(bytes);
    }
}

/// Little-endian 32-bit floats.
pub(super) fn floats(bytes: &[u8]) -> Vec<f32> {
    let values = bytes.as_chunks::<4>().0.iter();
    values.map(|bytes| f32::from_le_bytes(*bytes)).collect()
}

/// Takes the values out as little-endian 32-bit floats, to travel beside the message.
pub(super) fn bytes_taken(map: &mut MapReport) -> Vec<u8> {
    float_bytes(&std::mem::take(&mut map.values))
}

/// The bytes of little-endian 32-bit floats.
pub(super) fn float_bytes(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}
