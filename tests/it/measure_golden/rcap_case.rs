//! One stored RCAP result against ours.

use gradlens::{
    attribution::Unhurried,
    classifier::{Classifier, NormImage},
    metric::{RcapPlan, rcap},
    protocol::RcapSettings,
};
use serde_json::Value;

use super::{BLACK_NORM, block_on, close, integer, number, numbers};

/// How far results of a model may be from the stored ones.
#[derive(Clone, Copy)]
pub struct Tolerance {
    /// Of a logit: absolute, relative.
    pub logit: (f64, f64),
    /// Of a probability: absolute, relative.
    pub probability: (f64, f64),
    /// Of a mean of probabilities or an area: absolute, relative.
    pub score: (f64, f64),
}

impl Tolerance {
    /// A network in single precision against one in double precision.
    pub const NETWORK: Self = Self {
        logit: (2e-3, 0.0),
        probability: (1e-4, 1e-3),
        score: (2e-4, 0.0),
    };
    /// The linear model; the absolute part is the rounding of a logit to single precision.
    pub const LINEAR: Self = Self {
        logit: (1e-6, 1e-5),
        probability: (1e-6, 1e-5),
        score: (1e-6, 1e-5),
    };
}

fn settings(case: &Value) -> RcapSettings {
    RcapSettings {
        lower_bound: number(&case["stop"]),
        interval: number(&case["steps"]),
    }
}

// The stored numbers divide by the mass of an empty map; ours are 0 there.
fn zero_for_nan(value: f64) -> f64 {
    if value.is_nan() { 0.0 } else { value }
}

/// Checks everything of a stored result that needs no model.
pub fn check_rcap_plan(image: &NormImage, map: &[f32], case: &Value, what: &str) {
    let plan = RcapPlan::new(map, image.size, settings(case)).unwrap();
    let quantiles = numbers(&case["quantiles"]);
    let means = numbers(&case["local_heat_mean"]);
    let sums = numbers(&case["local_heat_sum"]);
    let shares = numbers(&case["hit_rate"]);
    let image_means = numbers(&case["recovered_img_mean"]);
    assert_eq!(plan.steps().len(), quantiles.len(), "{what}: steps");
    for (k, step) in plan.steps().iter().enumerate() {
        let what = format!("{what}, step {k}");
        // Stored doubles hold single-precision values, but parsing may be off by their last bit.
        let quantile = quantiles[k] as f32;
        assert_eq!(step.quantile, quantile, "{what}: quantile");
        let threshold = if quantile < 1.0 { quantile } else { 0.0 };
        assert_eq!(step.threshold, threshold, "{what}: threshold");
        let ring = integer(&case["partition_pixels"][k]);
        assert_eq!(step.ring_pixels, ring, "{what}: pixels in the ring");
        let above = integer(&case["cumulative_pixels"][k]);
        assert_eq!(step.recovered_pixels, above, "{what}: pixels above");
        for (actual, expected, name) in [
            (step.mean_saliency, zero_for_nan(means[k]), "mean saliency"),
            (step.saliency_sum, sums[k], "saliency sum"),
            (step.mass_share, zero_for_nan(shares[k]), "mass share"),
        ] {
            close(actual, expected, 0.0, 1e-6, &format!("{what}: {name}"));
        }
        let recovered = plan.recovered(image, &BLACK_NORM, k);
        let unit = |norm: f32| (f64::from(norm) * 128.0 + 127.0) / 255.0;
        let sum: f64 = recovered.values.iter().map(|&norm| unit(norm)).sum();
        let mean = sum / recovered.values.len() as f64;
        close(
            mean,
            image_means[k],
            1e-9,
            1e-6,
            &format!("{what}: mean pixel"),
        );
    }
}

/// Checks a stored result in full.
pub fn check_rcap(
    classifier: &dyn Classifier,
    image: &NormImage,
    map: &[f32],
    target: usize,
    case: &Value,
    tolerance: Tolerance,
    what: &str,
) {
    check_rcap_plan(image, map, case, what);
    let outcome = block_on(rcap(
        classifier,
        &Unhurried,
        image,
        &BLACK_NORM,
        map,
        target,
        settings(case),
    ))
    .unwrap();
    let report = &outcome.report;
    let check = |actual: f64, expected: f64, (absolute, relative): (f64, f64), name: &str| {
        close(
            actual,
            expected,
            absolute,
            relative,
            &format!("{what}: {name}"),
        );
    };
    let original = number(&case["original_logit"]);
    check(
        report.original_logit,
        original,
        tolerance.logit,
        "original logit",
    );
    let original = number(&case["original_prob"]);
    check(
        report.original_probability,
        original,
        tolerance.probability,
        "original probability",
    );
    let logits = numbers(&case["recovered_logit"]);
    let probabilities = numbers(&case["recovered_prob"]);
    assert_eq!(report.steps.len(), logits.len(), "{what}: steps");
    for (k, step) in report.steps.iter().enumerate() {
        let name = format!("logit of step {k}");
        check(step.logit, logits[k], tolerance.logit, &name);
        let name = format!("probability of step {k}");
        check(
            step.probability,
            probabilities[k],
            tolerance.probability,
            &name,
        );
    }
    let scores = &case["scores"];
    let published = number(&scores["Prob: M3"]);
    if published.is_nan() {
        assert!(map.iter().all(|&v| v == 0.0), "{what}: only of zeros");
        assert_eq!(report.score, 0.0, "{what}: score of a map of zeros");
        return;
    }
    check(report.score, published, tolerance.score, "score");
    for (actual, name, tolerance) in [
        (
            outcome.variants.saliency_mass_logit,
            "Score: M1",
            tolerance.logit,
        ),
        (
            outcome.variants.saliency_logit,
            "Score: M2",
            tolerance.logit,
        ),
        (
            outcome.variants.saliency_mass_probability,
            "Prob: M1",
            tolerance.score,
        ),
        (
            outcome.variants.mass_plus_probability,
            "Prob: M4",
            tolerance.score,
        ),
    ] {
        check(actual, number(&scores[name]), tolerance, name);
    }
}
