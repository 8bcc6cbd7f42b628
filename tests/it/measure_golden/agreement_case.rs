//! One stored comparison of a map with a mask, and its entropy, against ours.

use gradlens::{
    classifier::Size,
    metric::{Agreement, entropy, lower_quantile, sorted, top_centroid},
};
use serde_json::Value;

use super::{close, integer, number};

/// Checks every number of it.
pub fn check_agreement(map: &[f32], mask: &[bool], size: Size, case: &Value, what: &str) {
    let agreement = Agreement::of(map, mask, size).unwrap();
    for (actual, key) in [
        (agreement.rmse, "RMSE_ref_MSE"),
        (agreement.root_mae, "sqrtL1_ref_MAE"),
        (agreement.mae, "true_MAE"),
        (agreement.rmse * agreement.rmse, "true_MSE"),
        (agreement.log_cosh_dice, "log_cosh_dice"),
        (agreement.centroid_hit, "PG_ref"),
        (entropy(map), "entropy"),
    ] {
        close(
            actual,
            number(&case[key]),
            1e-12,
            1e-9,
            &format!("{what}: {key}"),
        );
    }
    let ascending = sorted(map);
    let threshold = lower_quantile(&ascending, 0.7);
    let expected = number(&case["PG_q"]) as f32;
    assert_eq!(threshold, expected, "{what}: threshold of the top 30 %");
    let pixels = map.iter().filter(|&&v| v >= threshold).count();
    assert_eq!(pixels, integer(&case["PG_pixels"]), "{what}: pixels above");
    let (row, column) = top_centroid(map, size);
    let expected = [0, 1].map(|axis| integer(&case["PG_centroid"][axis]));
    assert_eq!([row, column], expected, "{what}: centroid");
}
