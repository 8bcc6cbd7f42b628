//! Every stored map of every case, computed anew with the stored noise.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod analytic;
mod reference_call;
mod support;

use analytic::Bench;
use gradlens::{
    attribution::NoiseSource,
    classifier::{Classifier, NormImage, Size},
    metric::spearman,
};
use reference_call::reference_call;
use serde_json::Value;
use support::{array, default_model, golden, index, network};

/// Where a case's arrays lie, under `tests/golden`.
struct Files {
    input: String,
    noise: String,
    uniform: String,
}

/// Computes the maps listed in `entries` and returns what is wrong with them.
fn check_maps(
    classifier: &dyn Classifier,
    files: &Files,
    target: usize,
    entries: &Value,
    maps: &str,
) -> Vec<String> {
    let input = array(&files.input);
    let [1, 3, height, width] = input.shape[..] else {
        panic!("{:?}", input.shape);
    };
    let image = NormImage {
        size: Size { height, width },
        values: input.values,
    };
    let noise = array(&files.noise);
    let mut bench = Bench::new(classifier, &image);
    bench.noise = Some(NoiseSource::Stored {
        samples: noise.shape[0],
        unit_normal: noise.values,
    });
    bench.uniform = Some(array(&files.uniform).values);

    let maps = array(maps);
    let entries = entries.as_array().unwrap();
    assert_eq!(entries.len(), maps.shape[0]);
    let mut wrong = Vec::new();
    for entry in entries {
        // Marked where rounding alone decides the map: exact ties between gradients.
        if entry["unstable"] == true {
            assert!(entry["tol"].is_null());
            continue;
        }
        let (method, settings) = reference_call(&entry["fn"], &entry["args"]);
        let map = bench
            .try_explain(method, target, &settings, &|_, _, _| {})
            .unwrap_or_else(|error| panic!("{entry}: {error}"))
            .normalise();
        let pixels = image.size.pixels();
        let at = entry["index"].as_u64().unwrap() as usize * pixels;
        let stored = &maps.values[at..at + pixels];
        let found = Difference::new(&map.values, stored, &entry["tol"]);
        println!("{} of class {target}: {found:?}", entry["name"]);
        if !found.is_within(&entry["tol"]) {
            let (name, tolerance) = (&entry["name"], &entry["tol"]);
            wrong.push(format!(
                "{name} of class {target}: {found:?}, but {tolerance}"
            ));
        }
    }
    wrong
}

/// How far a map is from the stored one.
#[derive(Debug)]
struct Difference {
    /// Share of pixels farther off than the tolerance's `abs`.
    outliers: f64,
    mean: f64,
    spearman: f64,
}

impl Difference {
    fn new(found: &[f32], stored: &[f32], tolerance: &Value) -> Self {
        assert_eq!(found.len(), stored.len());
        let count = found.len() as f64;
        let limit = tolerance["abs"].as_f64().unwrap();
        let off = found
            .iter()
            .zip(stored)
            .map(|(a, b)| (f64::from(*a) - f64::from(*b)).abs());
        Self {
            outliers: off.clone().filter(|&d| d > limit).count() as f64 / count,
            mean: off.sum::<f64>() / count,
            spearman: spearman(found, stored),
        }
    }

    /// Whether it is within every tolerance that is given.
    fn is_within(&self, tolerance: &Value) -> bool {
        let most_outliers = tolerance["max_outlier_fraction"].as_f64().unwrap();
        let most_mean = tolerance["max_mean_abs"].as_f64();
        let least_spearman = tolerance["min_spearman"].as_f64();
        self.outliers <= most_outliers
            && most_mean.is_none_or(|most| self.mean <= most)
            && least_spearman.is_none_or(|least| self.spearman >= least)
    }
}

fn check_case(case: &str) {
    let classifier = network(&default_model());
    let index = index(&format!("{case}/index.json"));
    let files = Files {
        input: format!("{case}/input.npy"),
        noise: index["noise_bank"].as_str().unwrap().to_owned(),
        uniform: index["uniform_bank"].as_str().unwrap().to_owned(),
    };
    let classes = index["classes"].as_array().unwrap();
    assert_eq!(classes.len(), 2);
    let wrong: Vec<String> = classes
        .iter()
        .flat_map(|class| {
            let target = class["target"].as_u64().unwrap() as usize;
            let maps = format!("{case}/{}", class["maps_file"].as_str().unwrap());
            check_maps(&classifier, &files, target, &class["maps"], &maps)
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn chelsea() {
    check_case("p1_chelsea_96");
}

#[test]
fn moped() {
    check_case("p2_moped_96x128");
}

#[test]
fn camera() {
    check_case("p3_camera_96");
}

#[test]
fn coffee() {
    check_case("p4_coffee_128");
}

#[test]
fn tiny_network() {
    let classifier = network(&golden("tiny/tiny.onnx"));
    let index = index("tiny/index.json");
    let files = Files {
        input: "tiny/input.npy".to_owned(),
        noise: "tiny/z.npy".to_owned(),
        uniform: "tiny/u.npy".to_owned(),
    };
    let target = index["target"].as_u64().unwrap() as usize;
    let wrong = check_maps(&classifier, &files, target, &index["maps"], "tiny/maps.npy");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
