//! Integrated Gradients and its family.

use gradlens::attribution::RawMap;

use super::{
    analytic::{Bench, Softplus, image, settings},
    classifier,
};

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
