//! SmoothGrad and its family.

use std::cell::RefCell;

use gradlens::{
    attribution::{Moments, NoiseSource, find},
    classifier::Size,
};

use super::{
    analytic::{Bench, Quadratic, Scores, Softplus, image, settings},
    classifier,
};

/// The methods that share one noise pass.
pub const METHODS: [&str; 5] = [
    "smoothgrad",
    "smoothgrad-squared",
    "vargrad",
    "absolutegrad",
    "guided-absolute-grad",
];

#[test]
fn smoothgrad_tends_to_the_gradient_as_the_noise_vanishes() {
    let image = image(6, 5);
    let classifier = classifier(Softplus);
    let bench = Bench::new(&classifier, &image);
    let vanilla = bench.explain("gradient", &[]);
    let distance = |spread: &str| {
        let smooth = bench.explain("smoothgrad", &[("spread", spread)]);
        smooth
            .values
            .iter()
            .zip(&vanilla.values)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f64::max)
    };
    assert!(distance("0.0") < 1e-7);
    let (far, near) = (distance("0.3"), distance("0.003"));
    assert!(near < far / 20.0 && far > 1e-4, "{near} {far}");
}

#[test]
fn guided_absolutegrad_without_its_guide_is_absolutegrad() {
    let image = image(6, 5);
    let classifier = classifier(Quadratic);
    let bench = Bench::new(&classifier, &image);
    let plain = bench.explain("absolutegrad", &[]);
    let guided = |percentile| bench.explain("guided-absolute-grad", &[("percentile", percentile)]);
    assert_eq!(guided("0"), plain);
    assert_ne!(guided("50").values, plain.values);
    // The processes of SmoothGrad are the same methods under other names.
    let process = |name| bench.explain("smoothgrad", &[("process", name)]);
    assert_eq!(process("absolute").values, plain.values);
    assert_eq!(process("guided-absolute").values, guided("85").values);
    // At 100 every weight is the variance.
    let noisy = bench.explain("vargrad", &[]);
    assert!(noisy.values.iter().all(|v| *v >= 0.0));
    let damped = guided("100");
    assert!(damped.values.iter().zip(&plain.values).all(|(d, p)| d < p));
}

#[test]
fn a_variance_is_never_negative() {
    let size = Size::colour(20, 20);
    // Values that differ in their last bits only, where a mean of squares less the square of a mean
    // falls below zero.
    for offset in [0.0, 1.0, -1e4, 1e8] {
        let mut moments = Moments::new(size);
        let mut noise = vec![0.0; size.values()];
        for sample in 0..7 {
            NoiseSource::Seeded(3).fill(sample, &mut noise);
            let near: Vec<f64> = noise
                .iter()
                .map(|n| offset * (1.0 + 1e-15 * f64::from(*n)))
                .collect();
            moments.add(&near);
        }
        for variance in [moments.variance(), moments.variance_of_squares()] {
            assert!(variance.unwrap().iter().all(|v| *v >= 0.0), "{offset}");
        }
    }
}

#[test]
fn scale_free_damping_does_not_see_the_scale() {
    struct Scaled;
    impl Scores for Scaled {
        fn classes(&self) -> usize {
            3
        }
        fn logit(&self, class: usize, x: &[f64]) -> f64 {
            8.0 * Quadratic.logit(class, x)
        }
        fn gradient(&self, class: usize, x: &[f64]) -> Vec<f64> {
            Quadratic
                .gradient(class, x)
                .iter()
                .map(|g| 8.0 * g)
                .collect()
        }
    }
    let image = image(6, 5);
    let (one, eight) = (classifier(Quadratic), classifier(Scaled));
    let map = |bench: &Bench, damping| {
        bench
            .explain("guided-absolute-grad", &[("damping", damping)])
            .normalise()
            .values
    };
    let (one, eight) = (Bench::new(&one, &image), Bench::new(&eight, &image));
    let apart = |a: &[f32], b: &[f32]| {
        let pairs = a.iter().zip(b);
        pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
    };
    assert!(apart(&map(&one, "relative"), &map(&eight, "relative")) < 1e-5);
    assert!(apart(&map(&one, "variance"), &map(&eight, "variance")) > 0.05);
}

#[test]
fn five_noise_methods_and_every_percentile_cost_one_pass() {
    let image = image(6, 5);
    let classifier = classifier(Softplus);
    let bench = Bench::new(&classifier, &image);
    let ten = ("samples", "10");
    bench.explain("smoothgrad", &[ten]);
    assert_eq!(bench.gradients.computed(), 10);
    for method in METHODS {
        bench.explain(method, &[ten]);
    }
    for percentile in ["0", "15", "62.5", "100"] {
        bench.explain("guided-absolute-grad", &[ten, ("percentile", percentile)]);
    }
    for process in ["positive", "negative", "absolute", "guided"] {
        bench.explain("smoothgrad", &[ten, ("process", process)]);
    }
    assert_eq!(bench.gradients.computed(), 10);
    // More samples continue the pass; another seed or spread begins a new one.
    bench.explain("vargrad", &[("samples", "14")]);
    assert_eq!(bench.gradients.computed(), 14);
    bench.explain("vargrad", &[ten, ("seed", "1")]);
    assert_eq!(bench.gradients.computed(), 24);
    bench.explain("vargrad", &[ten, ("spread", "0.2")]);
    assert_eq!(bench.gradients.computed(), 34);
    bench.explain("integrated-gradients", &[("steps", "6"), ("trials", "3")]);
    assert_eq!(bench.gradients.computed(), 52);
}

#[test]
fn the_first_samples_are_a_prefix_and_partial_maps_are_maps_of_fewer_samples() {
    let image = image(6, 5);
    let classifier = classifier(Softplus);
    let bench = Bench::new(&classifier, &image);
    let partial = RefCell::new(Vec::new());
    let method = find("guided-absolute-grad").unwrap();
    let given = settings(&[("samples", "10")]);
    let complete = method.description().complete(&given).unwrap();
    bench
        .try_explain(
            "guided-absolute-grad",
            1,
            &given,
            &|moments, done, total| {
                let map = method.from_moments(moments, &complete);
                partial.borrow_mut().push((done, total, map));
            },
        )
        .unwrap();
    let partial = partial.into_inner();
    let counts: Vec<_> = partial
        .iter()
        .map(|(done, total, _)| (*done, *total))
        .collect();
    assert_eq!(counts, [(4, 10), (8, 10), (10, 10)]);
    for (done, _, map) in partial {
        let fresh = Bench::new(&classifier, &image);
        let samples = done.to_string();
        let alone = fresh.explain("guided-absolute-grad", &[("samples", &samples)]);
        assert_eq!(map.unwrap(), alone);
    }
    // Continuing a shorter pass ends at the same map as computing it at once.
    let continued = bench.explain("vargrad", &[("samples", "15")]);
    let fresh = Bench::new(&classifier, &image);
    assert_eq!(continued, fresh.explain("vargrad", &[("samples", "15")]));
}

#[test]
fn stored_noise_replaces_the_seed() {
    let image = image(3, 4);
    let classifier = classifier(Quadratic);
    let mut bench = Bench::new(&classifier, &image);
    let mut unit_normal = vec![0.0; 36];
    NoiseSource::Seeded(9).fill(0, &mut unit_normal);
    let mut second = vec![0.0; 36];
    NoiseSource::Seeded(9).fill(1, &mut second);
    unit_normal.extend(second);
    let drawn = bench.explain("vargrad", &[("samples", "2"), ("seed", "9")]);
    bench.noise = Some(NoiseSource::Stored {
        unit_normal,
        samples: 2,
    });
    assert_eq!(drawn, bench.explain("vargrad", &[("samples", "2")]));
    let short = settings(&[("samples", "3")]);
    let error = bench.try_explain("vargrad", 1, &short, &|_, _, _| {});
    assert!(error.unwrap_err().to_string().contains("holds 2 samples"));
}
