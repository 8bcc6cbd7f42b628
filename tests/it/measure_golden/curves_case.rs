//! One stored result of the authors' deletion and insertion against ours.

use gradlens::{
    attribution::Unhurried,
    classifier::{Classifier, NormImage},
    metric::{AuthorsCurves, Subject, measure},
    protocol::Settings,
};
use serde_json::Value;

use super::{BLACK_NORM, Tolerance, block_on, close, number, numbers};

/// Checks both curves and their areas.
pub fn check_authors_curves(
    classifier: &dyn Classifier,
    image: &NormImage,
    map: &[f32],
    target: usize,
    case: &Value,
    tolerance: Tolerance,
    what: &str,
) {
    let subject = Subject {
        classifier,
        pace: &Unhurried,
        image,
        black_norm: &BLACK_NORM,
        target,
        map,
        mask: None,
    };
    let report = block_on(measure(&AuthorsCurves, &subject, &Settings::default())).unwrap();
    let check = |actual: f64, expected: f64, (absolute, relative): (f64, f64), name: &str| {
        close(
            actual,
            expected,
            absolute,
            relative,
            &format!("{what}: {name}"),
        );
    };
    for (curve, key) in report
        .curves
        .iter()
        .zip(["deletion_prob", "insertion_prob"])
    {
        let expected = numbers(&case[key]);
        assert_eq!(curve.y.len(), expected.len(), "{what}: {key}");
        assert_eq!(curve.x, numbers(&case["x"]), "{what}: x");
        for (actual, expected) in curve.y.iter().zip(expected) {
            check(*actual, expected, tolerance.probability, key);
        }
    }
    for (score, key) in report.scores.iter().zip(["DAUC", "IAUC", "Overall_AUC"]) {
        check(score.value, number(&case[key]), tolerance.score, key);
    }
    assert_eq!((report.curves.len(), report.scores.len()), (2, 3));
}
