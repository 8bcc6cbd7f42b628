//! Every stored result on the CPU device in a browser, by the checks that native tests make.

use burn_flex::{Flex, FlexDevice};
use gradlens::{
    network::Network,
    onnx::{Graph, parse, simplify},
};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    golden_checks::{self, check_case},
    stored::{DEFAULT_MODEL, bytes},
};

/// A model file as a simplified graph.
pub fn graph(file: &'static [u8]) -> Graph {
    let mut graph = parse(bytes::Bytes::from_static(file)).unwrap();
    simplify(&mut graph);
    graph
}

fn network(file: &'static [u8]) -> Network<Flex> {
    Network::new(&graph(file), FlexDevice, 2).unwrap()
}

#[wasm_bindgen_test]
fn aggregation_thresholds_and_blur() {
    golden_checks::check_aggregation();
    golden_checks::check_thresholds();
    golden_checks::check_blur();
}

#[wasm_bindgen_test]
async fn logits_and_gradients() {
    let network = network(DEFAULT_MODEL);
    golden_checks::check_logits(&network).await;
    golden_checks::check_input_gradients(&network).await;
}

#[wasm_bindgen_test]
async fn chelsea() {
    check_case(&network(DEFAULT_MODEL), "p1_chelsea_96").await;
}

#[wasm_bindgen_test]
async fn moped() {
    check_case(&network(DEFAULT_MODEL), "p2_moped_96x128").await;
}

#[wasm_bindgen_test]
async fn camera() {
    check_case(&network(DEFAULT_MODEL), "p3_camera_96").await;
}

#[wasm_bindgen_test]
async fn coffee() {
    check_case(&network(DEFAULT_MODEL), "p4_coffee_128").await;
}

#[wasm_bindgen_test]
async fn every_map_of_the_tiny_networks() {
    for file in ["tiny/tiny.onnx", "tiny/tiny_bn.onnx"] {
        golden_checks::check_tiny(&network(bytes(file))).await;
    }
}
