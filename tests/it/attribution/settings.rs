//! Settings that cannot be used.

use super::{
    analytic::{Bench, Linear, image, settings},
    classifier,
};

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
