//! Measures of stored maps of EfficientNet-Lite0 against stored numbers.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use crate::measure_golden::{
    Golden, Tolerance, check_agreement, check_authors_curves, check_rcap, check_rcap_plan, close,
    integer, list, number,
};
use crate::support;
use gradlens::{
    classifier::{Classifier, NormImage},
    metric::spearman,
};
use serde_json::Value;

const CASES: [&str; 4] = [
    "p1_chelsea_96",
    "p2_moped_96x128",
    "p3_camera_96",
    "p4_coffee_128",
];

/// A stored map with its stored measures.
struct Measured<'a> {
    name: String,
    image: &'a NormImage,
    map: &'a [f32],
    mask: &'a [bool],
    target: usize,
    measures: &'a Value,
}

/// Calls `check` with every measured map of every case; returns how many there were.
fn for_each_map(check: &mut dyn FnMut(&Measured)) -> usize {
    let mut count = 0;
    for case in CASES {
        let golden = Golden::open(case);
        let (image, mask) = (golden.image(), golden.mask());
        let pixels = golden.size().pixels();
        for class in list(&golden.index["classes"]) {
            let maps = golden.array(class["maps_file"].as_str().unwrap()).values;
            for (name, measures) in class["metrics"].as_object().unwrap() {
                let entry = list(&class["maps"])
                    .iter()
                    .find(|map| map["name"] == name.as_str())
                    .unwrap();
                let index = integer(&entry["index"]);
                check(&Measured {
                    name: format!("{case} {} {name}", class["target"]),
                    image: &image,
                    map: &maps[index * pixels..(index + 1) * pixels],
                    mask: &mask,
                    target: integer(&class["target"]),
                    measures,
                });
                count += 1;
            }
        }
    }
    count
}

/// The network of the stored numbers.
fn efficientnet_lite0() -> impl Classifier {
    support::network(&support::default_model())
}

#[test]
fn rcap_plans_agree() {
    let mut results = 0;
    let maps = for_each_map(&mut |measured| {
        for rcap in list(&measured.measures["rcap"]) {
            let what = format!("{} {} {}", measured.name, rcap["stop"], rcap["steps"]);
            check_rcap_plan(measured.image, measured.map, rcap, &what);
            results += 1;
        }
    });
    assert_eq!(maps, 28);
    assert!(results > maps, "several settings for some maps");
}

#[test]
fn agreement_with_the_mask_and_entropy_agree() {
    for_each_map(&mut |measured| {
        check_agreement(
            measured.map,
            measured.mask,
            measured.image.size,
            &measured.measures["seg"],
            &measured.name,
        );
    });
}

#[test]
fn rank_correlations_of_stored_maps_agree() {
    let mut pairs = 0;
    for case in CASES {
        let golden = Golden::open(case);
        let pixels = golden.size().pixels();
        for class in list(&golden.index["classes"]) {
            let Some(stored) = class["spearman_abs"].as_object() else {
                continue;
            };
            let maps = golden.array(class["maps_file"].as_str().unwrap()).values;
            let map = |name: &str| {
                let mut entries = list(&class["maps"]).iter();
                let index = entries.position(|map| map["name"] == name).unwrap();
                &maps[index * pixels..(index + 1) * pixels]
            };
            for (names, expected) in stored {
                let (a, b) = names.split_once('|').unwrap();
                let rho = spearman(map(a), map(b)).abs();
                close(
                    rho,
                    number(expected),
                    1e-9,
                    0.0,
                    &format!("{case}: {names}"),
                );
                pairs += 1;
            }
        }
    }
    assert_eq!(pairs, 4 * 21);
}

#[test]
fn rcap_agrees() {
    let network = efficientnet_lite0();
    for_each_map(&mut |measured| {
        for rcap in list(&measured.measures["rcap"]) {
            let what = format!("{} {} {}", measured.name, rcap["stop"], rcap["steps"]);
            check_rcap(
                &network,
                measured.image,
                measured.map,
                measured.target,
                rcap,
                Tolerance::NETWORK,
                &what,
            );
        }
    });
}

#[test]
fn authors_curves_agree() {
    let network = efficientnet_lite0();
    let mut curves = 0;
    for_each_map(&mut |measured| {
        // Second classes were stored without curves.
        if measured.measures["auc"].is_null() {
            return;
        }
        curves += 1;
        check_authors_curves(
            &network,
            measured.image,
            measured.map,
            measured.target,
            &measured.measures["auc"],
            Tolerance::NETWORK,
            &measured.name,
        );
    });
    assert_eq!(curves, 4 * 6);
}
