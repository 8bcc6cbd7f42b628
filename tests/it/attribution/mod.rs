//! What must hold for the methods on functions whose gradients are known.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod grad_cam;
mod gradient_source;
mod guided_backprop;
mod noise_methods;
mod path_methods;
mod settings;
mod spelled_out;

use crate::{golden_checks::analytic, onnx_writer};
use analytic::{Analytic, Bench, Linear, Scores, Softplus, image, weight};
use gradlens::attribution::{RawMap, find, methods};

/// A classifier that takes four images at once.
fn classifier<S: Scores>(scores: S) -> Analytic<S> {
    Analytic { scores, batch: 4 }
}

fn assert_close(a: &RawMap, b: &RawMap, tolerance: f64) {
    assert_eq!(a.values.len(), b.values.len());
    let worst = a
        .values
        .iter()
        .zip(&b.values)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f64::max);
    assert!(worst <= tolerance, "{worst} > {tolerance}");
}

#[test]
fn a_linear_network_gives_its_weights() {
    let image = image(5, 4);
    let classifier = classifier(Linear);
    let bench = Bench::new(&classifier, &image);
    let pixels = image.size.pixels();
    let expected: Vec<f64> = (0..pixels)
        .map(|i| (0..3).map(|c| weight(1, c * pixels + i).abs()).sum())
        .collect();
    for method in ["gradient", "smoothgrad", "absolutegrad", "guided-backprop"] {
        let map = bench.explain(method, &[]);
        for (found, expected) in map.values.iter().zip(&expected) {
            assert!((found - expected).abs() < 1e-6, "{method}");
        }
    }
    let signed = bench.explain("gradient", &[]).attribution.unwrap();
    assert!((f64::from(signed[7]) - weight(1, 7)).abs() < 1e-6);
    // The gradient does not vary, so its variance says nothing.
    let variance = bench.explain("vargrad", &[]).normalise();
    assert!(variance.constant && variance.values.iter().all(|&v| v == 1.0));
    // Gradient x Input and every path from zero share out w * x.
    let product = bench.explain("gradient-x-input", &[]);
    let path = [("baseline", "zero"), ("objective", "logit")];
    assert_close(
        &product,
        &bench.explain("integrated-gradients", &path),
        1e-6,
    );
    assert_close(&product, &bench.explain("guided-ig", &[]), 1e-6);
}

#[test]
fn the_same_seed_gives_the_same_map_and_batches_do_not_matter() {
    let image = image(6, 5);
    for method in methods() {
        let id = method.description().id;
        // It looks inside a network, which these functions have none of.
        if id == "grad-cam" {
            continue;
        }
        let map = |batch, seed: &str| {
            let classifier = Analytic {
                scores: Softplus,
                batch,
            };
            let has_seed = find(&id)
                .unwrap()
                .description()
                .parameters
                .iter()
                .any(|p| p.name == "seed");
            let mut pairs = vec![];
            if has_seed {
                pairs.push(("seed", seed));
            }
            for p in method.description().parameters {
                if p.name == "radius" {
                    pairs.push(("radius", "3"));
                }
            }
            Bench::new(&classifier, &image).explain(&id, &pairs)
        };
        let one = map(1, "5");
        assert_eq!(one, map(7, "5"), "{id}");
        assert_eq!(one, map(64, "5"), "{id}");
        if noise_methods::METHODS.contains(&id.as_str()) {
            assert_ne!(one, map(7, "6"), "{id}");
        }
    }
}
