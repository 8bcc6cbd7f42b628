//! Every stored map of a case, computed anew with the stored noise.

use gradlens::{
    attribution::NoiseSource,
    classifier::{Classifier, NormImage, Size},
};
use serde_json::Value;

use super::{Difference, analytic::Bench, reference_call::reference_call};
use crate::stored::{array, index};

/// Where a case's arrays lie.
struct Files {
    input: String,
    noise: String,
    uniform: String,
}

/// Computes the maps listed in `entries` and returns what is wrong with them.
async fn check_maps(
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
        size: Size::colour(height, width),
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
            .explanation(method, target, &settings, &|_, _, _| {})
            .await
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

/// The maps of one of the real model's [`super::CASES`].
pub async fn check_case(classifier: &dyn Classifier, case: &str) {
    let index = index(&format!("{case}/index.json"));
    let files = Files {
        input: format!("{case}/input.npy"),
        noise: index["noise_bank"].as_str().unwrap().to_owned(),
        uniform: index["uniform_bank"].as_str().unwrap().to_owned(),
    };
    let classes = index["classes"].as_array().unwrap();
    assert_eq!(classes.len(), 2);
    let mut wrong = Vec::new();
    for class in classes {
        let target = class["target"].as_u64().unwrap() as usize;
        let maps = format!("{case}/{}", class["maps_file"].as_str().unwrap());
        wrong.extend(check_maps(classifier, &files, target, &class["maps"], &maps).await);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The maps of the tiny network, which both of its files give.
pub async fn check_tiny(classifier: &dyn Classifier) {
    let index = index("tiny/index.json");
    let files = Files {
        input: "tiny/input.npy".to_owned(),
        noise: "tiny/z.npy".to_owned(),
        uniform: "tiny/u.npy".to_owned(),
    };
    let target = index["target"].as_u64().unwrap() as usize;
    let wrong = check_maps(classifier, &files, target, &index["maps"], "tiny/maps.npy").await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
