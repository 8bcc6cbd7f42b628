//! EfficientNet-Lite0 on the CPU against stored logits and gradients (float64 PyTorch).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod support;

use std::{fs, path::PathBuf};

use gradlens::classifier::{BackwardRule, Classifier, Objective, Size};
use support::{array, block_on, default_model, index, network};

const CASES: [&str; 4] = [
    "p1_chelsea_96",
    "p2_moped_96x128",
    "p3_camera_96",
    "p4_coffee_128",
];

fn size_of(shape: &[usize]) -> Size {
    Size {
        height: shape[2],
        width: shape[3],
    }
}

fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).fold(0.0, |m, (a, b)| m.max((a - b).abs()))
}

#[test]
fn logits_agree() {
    let network = network(&default_model());
    let checks = index("gradcheck/index.json");
    let checks = checks.as_array().unwrap().iter().map(|check| {
        let name = check["name"].as_str().unwrap();
        (
            format!("gradcheck/{name}_input.npy"),
            format!("gradcheck/{name}_logits.npy"),
        )
    });
    let cases = CASES.map(|case| (format!("{case}/input.npy"), format!("{case}/logits.npy")));
    let mut count = 0;
    for (input, logits) in checks.chain(cases) {
        let image = array(&input);
        let size = size_of(&image.shape);
        let found = block_on(network.logits(image.values, size)).unwrap();
        let difference = largest_difference(&found, &array(&logits).values);
        println!("{input}: logits differ by at most {difference:e}");
        assert!(difference < 1e-3, "{input}: {difference}");
        count += 1;
    }
    assert_eq!(count, 7);
}

#[test]
fn input_gradients_agree() {
    let network = network(&default_model());
    for check in index("gradcheck/index.json").as_array().unwrap() {
        let name = check["name"].as_str().unwrap();
        let class = |key: &str| check[key].as_u64().unwrap() as usize;
        let image = array(&format!("gradcheck/{name}_input.npy"));
        let size = size_of(&image.shape);
        for (objective, file) in [
            (Objective::Logit(class("target")), "grad"),
            (Objective::Logit(class("target2")), "grad_c2"),
            (
                Objective::NegativeLogLikelihood(class("target2")),
                "gradloss_c2",
            ),
        ] {
            let stored = array(&format!("gradcheck/{name}_{file}.npy")).values;
            let largest = stored.iter().fold(0.0_f32, |m, v| m.max(v.abs()));
            let found = block_on(network.input_gradients(
                image.values.clone(),
                size,
                objective,
                BackwardRule::Standard,
            ))
            .unwrap();
            let difference = largest_difference(&found.values, &stored) / largest;
            println!("{name} {objective:?}: gradient differs by {difference:e} of its maximum");
            assert!(difference < 1e-5, "{name} {objective:?}: {difference}");
        }
    }
}

#[test]
fn batched_equals_unbatched() {
    let network = network(&default_model());
    let image = array("gradcheck/chelsea_96x96_input.npy");
    let other = array("gradcheck/coffee_96x96_input.npy");
    let size = size_of(&image.shape);
    let gradient = |images: Vec<f32>| {
        let objective = Objective::Logit(285);
        block_on(network.input_gradients(images, size, objective, BackwardRule::Standard))
            .unwrap()
            .values
    };
    let both = gradient([image.values.clone(), other.values.clone()].concat());
    let one_by_one = [gradient(image.values), gradient(other.values)].concat();
    let largest = one_by_one.iter().fold(0.0_f32, |m, v| m.max(v.abs()));
    assert!(largest_difference(&both, &one_by_one) <= 1e-6 * largest);
}

/// torchvision's networks under a seed, as both of PyTorch's exporters write them.
#[test]
#[ignore = "needs the files that `make model-table` prepares, and is run by it"]
fn seeded_networks_agree() {
    let folder = PathBuf::from(std::env::var_os("MODEL_TABLE").expect("MODEL_TABLE is not set"));
    let mut count = 0;
    for name in ["resnet50", "densenet161_places365", "efficientnet_b0"] {
        let stored = index(&format!("models/{name}/index.json"));
        let prepared = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap())
            .find(|entry| {
                entry
                    .file_name()
                    .to_string_lossy()
                    .starts_with(&format!("{name}-"))
            })
            .unwrap_or_else(|| panic!("{name} is not prepared: run `make model-table`"))
            .path();
        let built = fs::read_to_string(prepared.join("index.json")).unwrap();
        let built: serde_json::Value = serde_json::from_str(&built).unwrap();
        let sums = [
            &built["parameter_sum"],
            &stored["checksum"]["all_param_abs_sum"],
        ];
        let [built, expected] = sums.map(|sum| sum.as_f64().unwrap());
        assert!(
            (built - expected).abs() < 1e-9 * expected,
            "{name} has other weights than the stored one: their sum is {built}, not {expected}"
        );

        let image = array(&format!("models/{name}/input.npy"));
        let logits = array(&format!("models/{name}/logits.npy")).values;
        let gradient = array(&format!("models/{name}/grad.npy")).values;
        let target = stored["target"].as_u64().unwrap() as usize;
        let largest = |values: &[f32]| values.iter().fold(0.0_f32, |m, v| m.max(v.abs()));
        for exporter in ["torchscript", "dynamo"] {
            let network = network(&prepared.join(format!("{exporter}.onnx")));
            let found = block_on(network.input_gradients(
                image.values.clone(),
                size_of(&image.shape),
                Objective::Logit(target),
                BackwardRule::Standard,
            ))
            .unwrap();
            let logits = largest_difference(&found.logits, &logits) / largest(&logits);
            let gradient = largest_difference(&found.values, &gradient) / largest(&gradient);
            println!(
                "{name}, {exporter}: logits differ by {logits:e}, the gradient by {gradient:e}"
            );
            assert!(logits < 1e-4 && gradient < 1e-4, "{name}, {exporter}");
            count += 1;
        }
    }
    assert_eq!(count, 6);
}
