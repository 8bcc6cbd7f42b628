//! Every stored map of every case on the CPU, computed anew with the stored noise.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use burn_flex::{Flex, FlexDevice};
use gradlens::network::Network;

use crate::golden_checks::{Difference, check_agreement, check_case, check_tiny};
use crate::support::{block_on, default_model, golden, graph, network};

fn check(case: &str) {
    block_on(check_case(&network(&default_model()), case));
}

#[test]
fn chelsea() {
    check("p1_chelsea_96");
}

#[test]
fn moped() {
    check("p2_moped_96x128");
}

#[test]
fn camera() {
    check("p3_camera_96");
}

#[test]
fn coffee() {
    check("p4_coffee_128");
}

#[test]
fn tiny_networks() {
    for file in ["tiny/tiny.onnx", "tiny/tiny_bn.onnx"] {
        block_on(check_tiny(&network(&golden(file))));
    }
}

/// Here between batches of different sizes, in a browser between the CPU and the GPU.
#[test]
fn the_same_seed_gives_the_same_map() {
    let tiny = golden("tiny/tiny.onnx");
    let one_by_one = Network::<Flex>::new(&graph(&tiny), FlexDevice, 1);
    block_on(check_agreement(&one_by_one.unwrap(), &network(&tiny)));
}

#[test]
fn the_tolerances_can_be_missed() {
    let stored: Vec<f32> = (0..100).map(|i| i as f32 / 99.0).collect();
    let tolerance = serde_json::json!({
        "abs": 1e-3, "max_outlier_fraction": 0.02, "max_mean_abs": 1e-3, "min_spearman": 0.999
    });
    let within = |map: &[f32]| Difference::new(map, &stored, &tolerance).is_within(&tolerance);
    assert!(within(&stored));
    let mut off = stored.clone();
    off[3] += 0.01;
    assert!(within(&off));
    off[3] += 0.5;
    assert!(!within(&off));
}
