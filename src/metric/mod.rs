//! Measures of a saliency map.

mod authors_curves;
mod baseline;
mod beaten;
mod curve_area;
mod insertion_deletion;
mod localisation;
mod measure;
mod noise_level;
mod quantiles;
mod randomisation;
mod rank_correlation;
mod rcap;
mod rcap_measure;
mod registry;
mod rise_curves;
mod structural_similarity;
mod target_scores;

pub use authors_curves::AuthorsCurves;
pub use baseline::Baseline;
pub use beaten::beaten_by;
pub use curve_area::trapezoid;
pub use insertion_deletion::{Alteration, AlterationPlan, Schedule, altered_probabilities};
pub use localisation::{Agreement, Localisation, top_centroid};
pub use measure::{Findings, Measure, Subject, measure};
pub use noise_level::{NoiseLevel, entropy, top_mass, total_variation};
pub use quantiles::{descending_quantiles, lower_quantile, recovery_rates, sorted};
pub use randomisation::{
    Cascade, Explainer, MAX_GROUPS, RandomisationOutcome, RandomisationStep, layer_groups,
    randomisation_check, randomisation_description,
};
pub use rank_correlation::{average_ranks, spearman};
pub use rcap::{MAX_STEPS, PlannedStep, RcapOutcome, RcapPlan, RcapVariants, rcap};
pub use rcap_measure::Rcap;
pub use registry::{MEASURES, find_measure, measure_descriptions};
pub use rise_curves::RiseCurves;
pub use structural_similarity::structural_similarity;
pub use target_scores::{TargetScore, target_scores};

use crate::{
    attribution::{AttributionError, Cancelled},
    classifier::{ClassifierError, Size},
};

/// A measure could not be computed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MetricError {
    /// The person stopped it.
    #[error("stopped")]
    Cancelled,
    /// The model failed.
    #[error(transparent)]
    Classifier(#[from] ClassifierError),
    /// A setting is out of range.
    #[error(transparent)]
    Settings(#[from] crate::protocol::SettingsError),
    /// Map, mask and image do not have the same number of pixels.
    #[error(
        "the {what} has {actual} values, but an image of {}x{} needs {expected}; \
         measure a map on the image it was made from", size.height, size.width
    )]
    Size {
        /// What does not fit: "map", "mask" or "image".
        what: &'static str,
        /// Values it has.
        actual: usize,
        /// Values it should have.
        expected: usize,
        /// The image's size.
        size: Size,
    },
    /// A map value is not finite, or outside 0 to 1.
    #[error(
        "{count} of {total} map values are not between 0 and 1; normalise the map before it is \
         measured"
    )]
    MapRange {
        /// Values out of range.
        count: usize,
        /// Values in all.
        total: usize,
    },
    /// The measure compares with a mask, and there is none.
    #[error("this measure compares the map with a mask of the object, but there is none; add one")]
    NoMask,
    /// Nothing lies inside the mask.
    #[error("the mask marks no pixel, so nothing can be compared with it; mark the object")]
    EmptyMask,
    /// The method under test failed on a randomised model.
    #[error(transparent)]
    Attribution(AttributionError),
    /// A score came out infinite or not a number.
    #[error("the score {id} is not a finite number; the map or the model's output is degenerate")]
    Score {
        /// Id of the score.
        id: String,
    },
    /// The model's output for an altered image is infinite or not a number.
    #[error("the model's output for image {image} of the measure is not finite")]
    NonFinite {
        /// Its place in the measure's order, from 0.
        image: usize,
    },
}

impl From<Cancelled> for MetricError {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

impl From<AttributionError> for MetricError {
    fn from(error: AttributionError) -> Self {
        match error {
            AttributionError::Cancelled => Self::Cancelled,
            AttributionError::Classifier(error) => Self::Classifier(error),
            other => Self::Attribution(other),
        }
    }
}

/// # Errors
/// [`MetricError::Size`] or [`MetricError::MapRange`] if `map` is not one value in 0 to 1 for
/// every pixel of an image of `size`.
pub fn check_map(map: &[f32], size: Size) -> Result<(), MetricError> {
    check_length("map", map.len(), size.pixels(), size)?;
    let count = map.iter().filter(|v| !(0.0..=1.0).contains(*v)).count();
    if count == 0 {
        return Ok(());
    }
    Err(MetricError::MapRange {
        count,
        total: map.len(),
    })
}

fn check_length(
    what: &'static str,
    actual: usize,
    expected: usize,
    size: Size,
) -> Result<(), MetricError> {
    if actual == expected && expected > 0 {
        return Ok(());
    }
    Err(MetricError::Size {
        what,
        actual,
        expected,
        size,
    })
}
