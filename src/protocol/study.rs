//! One image among many: explained by several methods, every map measured and dropped.

use serde::{Deserialize, Serialize};

use super::{Failure, MaskSettings, Score, Settings};

/// A method or a measure of a study.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StudyItem {
    /// Its name in tables.
    pub label: String,
    /// Its id.
    pub id: String,
    /// Its parameters; missing ones take their defaults.
    pub settings: Settings,
}

/// The mask of the image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StudyMask {
    /// Shown to the person.
    pub name: String,
    /// How the picture becomes a mask.
    pub settings: MaskSettings,
}

/// What is wanted of one image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StudyRequest {
    /// The image's name, as in tables.
    pub name: String,
    /// The class to explain; the most probable one where none is given.
    pub target: Option<usize>,
    /// Classes that count as right: an image that the model takes for another is refused.
    pub accept: Option<Vec<usize>>,
    /// The methods; one row each.
    pub methods: Vec<StudyItem>,
    /// What every map is measured by.
    pub measures: Vec<StudyItem>,
    /// The mask of the image, where there is one.
    pub mask: Option<StudyMask>,
}

/// One method on one image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StudyRow {
    /// The image's name.
    pub image: String,
    /// The method's name in tables.
    pub method: String,
    /// The class explained.
    pub target: usize,
    /// Its softmax probability, 0 to 1.
    pub probability: f32,
    /// Input gradients computed; 0 where those of another method were reused.
    pub gradients: usize,
    /// Seconds the map took, without its measures.
    pub seconds: f64,
    /// What a person must know to read it.
    pub note: Option<String>,
    /// What was measured; empty where the method failed.
    pub scores: Vec<Score>,
    /// Why there are no scores.
    pub failure: Option<Failure>,
}
