//! Measures of maps with ties, saturation and nothing in them, on a linear model, against stored
//! numbers.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use crate::measure_golden::{
    Golden, LinearModel, Tolerance, check_agreement, check_authors_curves, check_rcap, integer,
    list, number,
};
use gradlens::metric::{lower_quantile, sorted};

struct Case {
    golden: Golden,
    model: LinearModel,
    maps: Vec<f32>,
}

impl Case {
    fn open() -> Self {
        let golden = Golden::open("metrics");
        Self {
            model: LinearModel {
                weights: golden.array("W.npy").values,
                biases: golden.array("b.npy").values,
                batch: 4,
            },
            maps: golden.array("maps.npy").values,
            golden,
        }
    }

    fn map(&self, entry: &serde_json::Value) -> &[f32] {
        let pixels = self.golden.size().pixels();
        let index = integer(&entry["index"]);
        &self.maps[index * pixels..(index + 1) * pixels]
    }
}

#[test]
fn quantiles_are_exact() {
    let case = Case::open();
    let mut checked = 0;
    for entry in list(&case.golden.index["entries"]) {
        let ascending = sorted(case.map(entry));
        for (rate, expected) in entry["get_quantiles"].as_object().unwrap() {
            let actual = lower_quantile(&ascending, rate.parse().unwrap());
            let name = &entry["name"];
            assert_eq!(actual, number(expected) as f32, "{name} at {rate}");
            checked += 1;
        }
    }
    assert_eq!(checked, 110);
}

#[test]
fn rcap_agrees_on_every_map_and_setting() {
    let case = Case::open();
    let image = case.golden.image();
    let target = integer(&case.golden.index["target"]);
    let mut checked = 0;
    for entry in list(&case.golden.index["entries"]) {
        for rcap in list(&entry["rcap"]) {
            let what = format!("{} {} {}", entry["name"], rcap["stop"], rcap["steps"]);
            check_rcap(
                &case.model,
                &image,
                case.map(entry),
                target,
                rcap,
                Tolerance::LINEAR,
                &what,
            );
            checked += 1;
        }
    }
    assert_eq!(checked, 40);
}

#[test]
fn authors_curves_agree_on_every_map() {
    let case = Case::open();
    let image = case.golden.image();
    let target = integer(&case.golden.index["target"]);
    let entries = list(&case.golden.index["entries"]);
    for entry in entries {
        check_authors_curves(
            &case.model,
            &image,
            case.map(entry),
            target,
            &entry["auc"],
            Tolerance::LINEAR,
            entry["name"].as_str().unwrap(),
        );
    }
    assert_eq!(entries.len(), 10);
}

#[test]
fn agreement_with_the_mask_and_entropy_agree_on_every_map() {
    let case = Case::open();
    let (mask, size) = (case.golden.mask(), case.golden.size());
    let entries = list(&case.golden.index["entries"]);
    for entry in entries {
        let name = entry["name"].as_str().unwrap();
        check_agreement(case.map(entry), &mask, size, &entry["seg"], name);
    }
    assert_eq!(entries.len(), 10);
}
