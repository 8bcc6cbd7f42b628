//! Every measure there is: a new one is a file of its own and a line here.

use super::{
    AuthorsCurves, Localisation, Measure, NoiseLevel, Rcap, RiseCurves, randomisation_description,
};
use crate::protocol::MeasureDescription;

/// The measures of a single map, in the order they are shown.
pub const MEASURES: &[&dyn Measure] = &[
    &Rcap,
    &AuthorsCurves,
    &RiseCurves,
    &Localisation,
    &NoiseLevel,
];

/// The measure called `id`.
pub fn find_measure(id: &str) -> Option<&'static dyn Measure> {
    MEASURES
        .iter()
        .copied()
        .find(|measure| measure.description().id == id)
}

/// Descriptions of all measures; last the randomisation check, which needs more than one map and
/// so is not among [`MEASURES`].
pub fn measure_descriptions() -> Vec<MeasureDescription> {
    MEASURES
        .iter()
        .map(|measure| measure.description())
        .chain([randomisation_description()])
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::protocol::Settings;

    #[test]
    fn descriptions_are_complete_and_their_names_unique() {
        let mut ids = BTreeSet::new();
        let mut scores = BTreeSet::new();
        for description in measure_descriptions() {
            assert!(ids.insert(description.id.clone()), "{}", description.id);
            for text in [&description.label, &description.summary, &description.cost] {
                assert!(!text.is_empty(), "{}", description.id);
            }
            assert!(!description.citations.is_empty(), "{}", description.id);
            assert!(!description.scores.is_empty(), "{}", description.id);
            for score in &description.scores {
                assert!(scores.insert(score.id.clone()), "{}", score.id);
                assert!(!score.label.is_empty() && !score.summary.is_empty());
                if let (Some(low), Some(high)) = (score.lowest, score.highest) {
                    assert!(low < high, "{}", score.id);
                }
            }
            // Defaults lie in their own ranges.
            let settings = description.complete(&Settings::default()).unwrap();
            assert_eq!(description.complete(&settings).unwrap(), settings);
        }
    }

    #[test]
    fn measures_are_found_by_their_id() {
        for measure in MEASURES {
            let id = measure.description().id;
            assert_eq!(find_measure(&id).unwrap().description().id, id);
        }
        assert!(find_measure("beauty").is_none());
    }
}
