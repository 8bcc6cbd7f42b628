//! Comparisons with programs that are formulas: smooth, bent, rounded, right and wrong.

use super::*;
use crate::protocol::{CheckInput, CheckOutput, DeviceKind, DeviceReport, Layout};

/// A program that is a function.
struct Formula(fn(&[f32]) -> Vec<f64>);

impl OtherProgram for Formula {
    fn scores(&mut self, image: &[f64], precision: Precision) -> Result<Vec<f64>, CheckError> {
        let image: Vec<f32> = image.iter().map(|&value| value as f32).collect();
        match precision {
            Precision::Single => Ok((self.0)(&image)),
            Precision::Double => Err(CheckError::NotRun("it has none".to_owned())),
        }
    }

    fn takes_small_steps(&self) -> bool {
        true
    }
}

fn image() -> Vec<f32> {
    (0..64)
        .map(|at| ((at * 37 % 64) as f32 - 31.5) / 20.0)
        .collect()
}

fn material(logits: Vec<f32>, gradient: Vec<f32>) -> CheckMaterial {
    CheckMaterial {
        device: DeviceReport {
            kind: DeviceKind::Cpu,
            name: "CPU".to_owned(),
            rejected: None,
        },
        model: "formula".to_owned(),
        input: CheckInput {
            name: "x".to_owned(),
            channels: 1,
            height: 8,
            width: 8,
            layout: Layout::Nchw,
            axes: 4,
            held: Vec::new(),
        },
        output: CheckOutput {
            value: "y".to_owned(),
            map: None,
            is_binary: false,
        },
        quantised: false,
        target: 0,
        image: image(),
        logits,
        gradient,
    }
}

/// What comes of comparing a gradient with a formula of one score.
fn slopes(formula: fn(&[f32]) -> Vec<f64>, gradient: Vec<f32>) -> SlopeCheck {
    let logits = formula(&image())
        .iter()
        .map(|&score| score as f32)
        .collect();
    let material = material(logits, gradient);
    let reports = compare(
        "formula",
        &[material],
        &mut Formula(formula),
        &mut |_, _| {},
    );
    match reports.unwrap().remove(0).gradient {
        GradientCheck::Compared(check) => *check,
        GradientCheck::LeftOut(reason) => panic!("left out: {reason:?}"),
    }
}

/// Sines of all values, added up in single precision.
fn smooth(image: &[f32]) -> Vec<f64> {
    vec![f64::from(
        image.iter().map(|x| (3.0 * x).sin() + x * x).sum::<f32>(),
    )]
}

fn smooth_gradient() -> Vec<f32> {
    image()
        .iter()
        .map(|x| 3.0 * (3.0 * x).cos() + 2.0 * x)
        .collect()
}

#[test]
fn the_gradient_of_a_smooth_score_agrees() {
    let check = slopes(smooth, smooth_gradient());
    assert_eq!(check.verdict, Verdict::Agrees, "{check:?}");
    assert_eq!(check.outside, 0);
    assert!(check.expected_error < 0.01, "{check:?}");
    // What is expected is no mere excuse.
    assert!(check.median_difference < check.expected_error, "{check:?}");
}

#[test]
fn a_wrong_gradient_does_not() {
    let wrong = |change: fn(usize, f32) -> f32| {
        let gradient = smooth_gradient().into_iter().enumerate();
        slopes(smooth, gradient.map(|(at, g)| change(at, g)).collect())
    };
    for check in [
        wrong(|_, g| 1.1 * g),
        wrong(|_, g| -g),
        wrong(|_, _| 0.0),
        wrong(|_, g| 1000.0 * g),
        wrong(|_, g| g / 1000.0),
        // One value of 64.
        wrong(|at, g| if at == 5 { g + 4.0 } else { g }),
    ] {
        assert_eq!(check.verdict, Verdict::Disagrees, "{check:?}");
    }
}

#[test]
fn corners_are_expected_wherever_they_lie() {
    // One at the image itself, and others a little beside it.
    fn bent(image: &[f32]) -> Vec<f64> {
        let here = super::tests::image();
        let parts = image.iter().zip(&here).enumerate().map(|(at, (&x, &x0))| {
            let corner = f64::from(x0) + at as f64 * 1e-4;
            (f64::from(x) - corner).max(0.0)
        });
        vec![parts.sum()]
    }
    let gradient = vec![0.0; 64];
    let check = slopes(bent, gradient);
    assert_ne!(check.verdict, Verdict::Disagrees, "{check:?}");
}

#[test]
fn a_score_that_is_all_rounding_cannot_tell() {
    fn noisy(image: &[f32]) -> Vec<f64> {
        let sum: f32 = image.iter().map(|x| x * 1e-3).sum();
        vec![f64::from(1e6_f32 + sum)]
    }
    let check = slopes(noisy, vec![1e-3; 64]);
    assert_eq!(check.verdict, Verdict::TooCoarse, "{check:?}");
}

#[test]
fn a_score_that_never_changes_has_no_gradient() {
    let check = slopes(|_| vec![2.0], vec![0.0; 64]);
    assert_eq!(check.verdict, Verdict::Agrees, "{check:?}");
    let check = slopes(|_| vec![2.0], vec![1.0; 64]);
    assert_ne!(check.verdict, Verdict::Agrees, "{check:?}");
}

#[test]
fn quantised_models_are_compared_by_their_scores_alone() {
    let mut material = material(vec![1.0, 2.0], Vec::new());
    material.quantised = true;
    let mut program = Formula(|_| vec![1.01, 2.0]);
    let reports = compare("formula", &[material], &mut program, &mut |_, _| {}).unwrap();
    assert_eq!(
        reports[0].gradient,
        GradientCheck::LeftOut(LeftOut::Quantised)
    );
    assert!(!reports[0].disagrees());
}

#[test]
fn scores_that_are_no_numbers_or_too_many_are_no_answer() {
    for formula in [
        (|_| vec![f64::NAN]) as fn(&[f32]) -> Vec<f64>,
        |_| vec![1.0, 2.0],
        |_| Vec::new(),
    ] {
        let material = material(vec![1.0], vec![0.0; 64]);
        let answer = compare(
            "formula",
            &[material],
            &mut Formula(formula),
            &mut |_, _| {},
        );
        assert!(matches!(answer, Err(CheckError::NotRun(_))), "{answer:?}");
    }
}

#[test]
fn progress_is_told_to_the_end() {
    let material = material(vec![0.0], smooth_gradient());
    let mut last = (0, 0);
    let mut told = |done, total| last = (done, total);
    compare("formula", &[material], &mut Formula(smooth), &mut told).unwrap();
    assert!(last.1 > 64);
    assert_eq!(last.0, last.1);
}

#[test]
fn double_precision_is_used_where_it_is_the_same() {
    /// A cubic in either precision, or one that is another in double precision.
    struct Cubic(f64);
    impl OtherProgram for Cubic {
        fn scores(&mut self, image: &[f64], precision: Precision) -> Result<Vec<f64>, CheckError> {
            let sum: f64 = image.iter().map(|x| x * x * x + x).sum();
            Ok(match precision {
                Precision::Single => vec![f64::from(sum as f32), 0.0],
                Precision::Double => vec![sum * self.0, 0.0],
            })
        }

        fn takes_small_steps(&self) -> bool {
            true
        }
    }
    let gradient: Vec<f32> = image().iter().map(|x| 3.0 * x * x + 1.0).collect();
    for (factor, double) in [(1.0, true), (1.5, false)] {
        let doubles: Vec<f64> = image().iter().map(|&value| value.into()).collect();
        let score = Cubic(1.0).scores(&doubles, Precision::Single).unwrap()[0];
        let material = material(vec![score as f32, 0.0], gradient.clone());
        let reports = compare("cubic", &[material], &mut Cubic(factor), &mut |_, _| {}).unwrap();
        let GradientCheck::Compared(check) = &reports[0].gradient else {
            panic!("{reports:?}");
        };
        assert_eq!(check.in_double, double);
        assert_eq!(check.verdict, Verdict::Agrees, "{check:?}");
        if double {
            assert!(check.largest_difference < 1e-5, "{check:?}");
        }
    }
}
