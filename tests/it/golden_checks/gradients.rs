//! Logits and gradients of the real model, on inputs where no rectifier is within rounding of its kink.

use gradlens::classifier::{BackwardRule, Classifier, Objective, Size};

use super::CASES;
use crate::stored::{array, index};

fn size_of(shape: &[usize]) -> Size {
    Size::colour(shape[2], shape[3])
}

fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).fold(0.0, |m, (a, b)| m.max((a - b).abs()))
}

/// The stored logits of all images.
pub async fn check_logits(network: &dyn Classifier) {
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
        let found = network.logits(image.values, size).await.unwrap();
        let difference = largest_difference(&found, &array(&logits).values);
        println!("{input}: logits differ by at most {difference:e}");
        assert!(difference < 1e-3, "{input}: {difference}");
        count += 1;
    }
    assert_eq!(count, 7);
}

/// The stored gradients of two classes' logits and of one's loss.
pub async fn check_input_gradients(network: &dyn Classifier) {
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
            let rule = BackwardRule::Standard;
            let found = network
                .input_gradients(image.values.clone(), size, objective, rule)
                .await
                .unwrap();
            let difference = largest_difference(&found.values, &stored) / largest;
            println!("{name} {objective:?}: gradient differs by {difference:e} of its maximum");
            assert!(difference < 1e-5, "{name} {objective:?}: {difference}");
        }
    }
}
