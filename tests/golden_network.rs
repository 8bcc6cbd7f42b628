//! EfficientNet-Lite0 on the CPU against stored logits and gradients (float64 PyTorch).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod support;

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
