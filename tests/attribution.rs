//! What must hold for the methods on functions whose gradients are known.

mod analytic;

use std::cell::RefCell;

use analytic::{Analytic, Bench, Linear, Quadratic, Scores, Softplus, image, settings, weight};
use gradlens::attribution::{NoiseSource, RawMap, find, methods};

const NOISE_METHODS: [&str; 6] = [
    "smoothgrad",
    "smoothgrad-squared",
    "vargrad",
    "absolutegrad",
    "guided-absolute-grad",
    "gradient",
];

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
    for method in &NOISE_METHODS[..5] {
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
fn the_same_seed_gives_the_same_map_and_batches_do_not_matter() {
    let image = image(6, 5);
    for method in methods() {
        let id = method.description().id;
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
        if NOISE_METHODS[..5].contains(&id.as_str()) {
            assert_ne!(one, map(7, "6"), "{id}");
        }
    }
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

#[test]
fn path_methods_are_complete() {
    let image = image(8, 7);
    let classifier = classifier(Softplus);
    let bench = Bench::new(&classifier, &image);
    let integrated = |rule, steps, baseline| {
        bench.explain(
            "integrated-gradients",
            &[
                ("rule", rule),
                ("steps", steps),
                ("baseline", baseline),
                ("radius", "3"),
            ],
        )
    };
    let within = |map: RawMap, share: f64| {
        let complete = map.completeness.unwrap();
        assert!(complete.explained.abs() > 1e-3, "{complete:?}");
        assert!(
            complete.gap().abs() <= share * complete.explained.abs(),
            "{complete:?}"
        );
    };
    for baseline in ["uniform", "zero", "blur"] {
        within(integrated("trapezoid", "100", baseline), 0.01);
        within(integrated("authors", "300", baseline), 0.01);
        within(integrated("left", "300", baseline), 0.01);
        within(integrated("gauss-legendre", "12", baseline), 1e-4);
    }
    within(
        bench.explain(
            "integrated-gradients",
            &[
                ("objective", "probability"),
                ("steps", "200"),
                ("rule", "trapezoid"),
            ],
        ),
        0.01,
    );
    within(bench.explain("guided-ig", &[("steps", "300")]), 0.01);
    within(
        bench.explain(
            "blur-ig",
            &[
                ("steps", "600"),
                ("radius", "6"),
                ("max-sigma", "4"),
                ("grad-step", "0.001"),
            ],
        ),
        0.01,
    );
    for path in ["integrated-gradients", "guided-ig", "blur-ig"] {
        within(
            bench.explain("idgi", &[("path", path), ("radius", "3")]),
            1e-9,
        );
    }
}

#[test]
fn processes_of_path_methods_keep_what_they_say() {
    let image = image(8, 7);
    let classifier = classifier(Softplus);
    let bench = Bench::new(&classifier, &image);
    for (method, more) in [
        ("integrated-gradients", ("trials", "3")),
        ("guided-ig", ("steps", "6")),
        ("blur-ig", ("radius", "4")),
    ] {
        let map = |process| bench.explain(method, &[("process", process), more]);
        let plain = map("plain");
        let (positive, negative) = (map("positive"), map("negative"));
        assert!(plain.completeness.is_some() && positive.completeness.is_none());
        // One sign at a time adds up to the plain attribution where signs are not turned around.
        if method != "blur-ig" {
            let signed = |map: &RawMap| map.attribution.clone().unwrap();
            let parts = signed(&positive).into_iter().zip(signed(&negative));
            for (sum, (p, n)) in signed(&plain).iter().zip(parts) {
                assert!((sum - (p + n)).abs() < 1e-5, "{method}");
            }
        }
        let (absolute, guided) = (map("absolute"), map("guided-absolute"));
        let magnitudes = absolute.values.iter().zip(&plain.values);
        assert!(magnitudes.clone().all(|(a, p)| *a >= p - 1e-9), "{method}");
        assert_ne!(absolute.values, guided.values, "{method}");
    }
    // A guide needs terms that differ.
    let fixed = settings(&[("process", "guided"), ("baseline", "zero")]);
    let error = bench.try_explain("integrated-gradients", 1, &fixed, &|_, _, _| {});
    assert!(error.unwrap_err().to_string().contains("at least 2"));
}

#[test]
fn settings_out_of_range_are_refused_in_words() {
    let image = image(6, 5);
    let classifier = classifier(Linear);
    let bench = Bench::new(&classifier, &image);
    for (method, pair, expected) in [
        ("vargrad", ("samples", "1"), "from 2 to"),
        (
            "guided-absolute-grad",
            ("percentile", "101"),
            "from 0 to 100",
        ),
        ("smoothgrad", ("process", "sideways"), "one of plain"),
        ("smoothgrad", ("steps", "3"), "no parameter"),
        ("blur-ig", ("radius", "5"), "smaller than both sides"),
        (
            "integrated-gradients",
            ("baseline", "color"),
            "preprocessing",
        ),
    ] {
        let error = bench.try_explain(method, 1, &settings(&[pair]), &|_, _, _| {});
        let message = error.unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }
    let guided_one = settings(&[("samples", "1"), ("process", "guided")]);
    let error = bench.try_explain("smoothgrad", 1, &guided_one, &|_, _, _| {});
    assert!(error.unwrap_err().to_string().contains("needs a variance"));
    assert!(
        bench
            .try_explain("no-such", 1, &settings(&[]), &|_, _, _| {})
            .is_err()
    );
}
