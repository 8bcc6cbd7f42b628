//! Aggregation and blur against stored results, without a network.

use gradlens::{
    array_file::Array,
    attribution::{Damping, Guide, Moments, RawMap, blur, quantile_linear},
    classifier::Size,
};

use crate::stored::{array, index};

fn worst(found: impl Iterator<Item = f64>, expected: &[f32]) -> f64 {
    found
        .zip(expected)
        .map(|(found, &expected)| (found - f64::from(expected)).abs())
        .fold(0.0, f64::max)
}

fn moments_of(cams: &Array) -> Moments {
    let [_, 3, height, width] = cams.shape[..] else {
        panic!("{:?}", cams.shape);
    };
    let size = Size::colour(height, width);
    let mut moments = Moments::new(size);
    for cam in cams.values.chunks_exact(size.values()) {
        moments.add(cam);
    }
    moments
}

/// Maps from stored gradients, by every aggregation, threshold and sign.
pub fn check_aggregation() {
    let moments = moments_of(&array("agg/cams.npy"));
    let maps = array("agg/maps.npy");
    let index = index("agg/index.json");
    let entries = index["entries"].as_array().unwrap();
    assert_eq!(entries.len(), maps.shape[0]);
    for entry in entries {
        let mut sum = if entry["ifabs"].as_bool().unwrap() {
            moments.mean_magnitude()
        } else {
            moments.mean()
        };
        let variance = moments.variance().unwrap();
        match entry["aggregation"].as_str().unwrap() {
            "mean" => {}
            "var" => sum = variance,
            "guided" => {
                // The reference's default and its code for "no threshold".
                let rate = entry["th"].as_f64().unwrap_or(0.7);
                let rate = if rate < 0.0 { 1.0 } else { rate };
                let guide = Guide {
                    percentile: 100.0 * rate,
                    damping: Damping::Variance,
                };
                guide.apply(moments.size(), &mut sum, &variance);
            }
            other => panic!("{other}"),
        }
        let map = RawMap::from_attribution(moments.size(), &sum).normalise();
        let pixels = moments.size().pixels();
        let at = entry["index"].as_u64().unwrap() as usize * pixels;
        let found = map.values.iter().map(|&v| f64::from(v));
        let off = worst(found, &maps.values[at..at + pixels]);
        assert!(off <= entry["tol"].as_f64().unwrap(), "{entry}: {off}");
    }
}

/// The guide's thresholds for the same gradients.
pub fn check_thresholds() {
    let moments = moments_of(&array("agg/cams.npy"));
    let variance = moments.variance().unwrap();
    let index = index("agg/index.json");
    let thresholds = index["var_quantiles_linear"].as_object().unwrap();
    assert!(thresholds.len() >= 5);
    for (rate, channels) in thresholds {
        let rate: f64 = rate.parse().unwrap();
        let of_channels = variance.chunks_exact(moments.size().pixels());
        for (channel, expected) in of_channels.zip(channels.as_array().unwrap()) {
            let (found, expected) = (quantile_linear(channel, rate), expected.as_f64().unwrap());
            assert!(
                (found - expected).abs() <= 1e-6 * expected,
                "{rate}: {found}"
            );
        }
    }
}

/// The blur of every stored radius and width.
pub fn check_blur() {
    let input = array("blur/input.npy");
    let output = array("blur/output.npy");
    let [.., height, width] = input.shape[..] else {
        panic!("{:?}", input.shape);
    };
    let size = Size::colour(height, width);
    let values: Vec<f64> = input.values.iter().map(|&v| f64::from(v)).collect();
    let index = index("blur/index.json");
    let entries = index.as_array().unwrap();
    assert_eq!(entries.len() * values.len(), output.values.len());
    for entry in entries {
        let radius = entry["radius"].as_u64().unwrap() as usize;
        let blurred = blur::blur(&values, size, radius, entry["sigma"].as_f64().unwrap());
        let at = entry["index"].as_u64().unwrap() as usize * values.len();
        let off = worst(blurred.into_iter(), &output.values[at..at + values.len()]);
        assert!(off <= entry["tol"].as_f64().unwrap(), "{entry}: {off}");
    }
}
