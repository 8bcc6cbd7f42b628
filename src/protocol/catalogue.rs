//! What the engine offers besides methods: measures with their cost, and whole sets of settings.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{MeasureDescription, Settings};

/// A measure that can be asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeasureOffer {
    /// What it is.
    pub description: MeasureDescription,
    /// Images it runs through the model with default settings; where it has a parameter `step` in
    /// percent, as many at each step from 0 to 100 %.
    pub forward_passes: usize,
    /// Maps of randomised networks it makes, at most; 0 for a measure of the map alone.
    pub maps: usize,
}

/// Settings of one study for every method.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PresetDescription {
    /// Name in links and on the command line, such as "imagenet-s".
    pub id: String,
    /// Name for people.
    pub label: String,
    /// Settings by method id; parameters that are not named stay at their defaults.
    pub settings: BTreeMap<String, Settings>,
}
