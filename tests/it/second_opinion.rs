//! tract as a reference: what an independent program computes of the same files, scores and slopes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use gradlens::{
    check::{CheckError, ModelFile, compare_apart},
    engine::{Engine, device},
    onnx::FileHandle,
    protocol::{
        CheckMaterial, CheckReport, DeviceChoice, GradientCheck, LeftOut, ModelOptions,
        Preprocessing, Verdict,
    },
};
use serde_json::Value;

use crate::{
    recorder::Recorder,
    support::{block_on, default_model, golden, root},
};

/// What the engine computes of a photo on the CPU.
fn material(model: &Path, photo: &Path) -> CheckMaterial {
    let host = Recorder::new();
    let mut engine = Engine::new(&[device::cpu], DeviceChoice::Cpu);
    let file = FileHandle::open(model).unwrap_or_else(|e| panic!("{}: {e}", model.display()));
    let none: Option<Preprocessing> = None;
    let options = ModelOptions::default();
    let name = model.file_name().unwrap().to_str().unwrap();
    block_on(engine.open_model(&host, 1, name, file, none, &options)).unwrap();
    let bytes = fs::read(photo).unwrap_or_else(|e| panic!("{}: {e}", photo.display()));
    block_on(engine.open_image(&host, 2, "photo", &bytes)).unwrap();
    block_on(engine.check_material(None)).unwrap()
}

fn checked(model: &Path, material: CheckMaterial) -> Result<CheckReport, CheckError> {
    let file = FileHandle::open(model).unwrap();
    let file = ModelFile::read(&file, &material.model)?;
    Ok(compare_apart(file, vec![material])?.remove(0))
}

fn sample(name: &str) -> PathBuf {
    root().join("static/samples").join(name)
}

/// Scores and gradient agree, and a wrong gradient would have been seen.
fn assert_agrees(report: &CheckReport) {
    assert!(report.scores.agree, "{report:?}");
    let GradientCheck::Compared(slopes) = &report.gradient else {
        panic!("no gradient was compared: {report:?}");
    };
    assert_eq!(slopes.verdict, Verdict::Agrees, "{slopes:?}");
    assert_eq!(slopes.directions.len(), 16);
}

#[test]
fn the_default_network_agrees() {
    let model = default_model();
    let report = checked(&model, material(&model, &sample("chelsea.jpg"))).unwrap();
    assert_agrees(&report);
    assert_eq!(report.scores.classes, 1000);
    assert!(
        report.scores.relative_difference < 1e-5,
        "{:?}",
        report.scores
    );
}

/// Networks that other people trained: Keras with pixels last, Caffe, a small ResNet.
#[test]
fn trained_networks_agree() {
    let folder = env::var("TEST_MODELS").expect("TEST_MODELS is not set: source tools/env.sh");
    let folder = Path::new(&folder);
    for (network, photo) in [
        ("dog-breeds.onnx", folder.join("bull-mastiff.jpg")),
        ("squeezenet-1.1.onnx", sample("coffee.jpg")),
        ("cifar10-resnet8.onnx", folder.join("frog.png")),
    ] {
        let model = folder.join(network);
        let report = checked(&model, material(&model, &photo)).unwrap();
        assert_agrees(&report);
    }
}

/// What this is for: a gradient or a score that is wrong does not pass.
#[test]
fn wrong_gradients_and_scores_of_a_real_network_are_seen() {
    let model = golden("tiny/tiny.onnx");
    let right = material(&model, &sample("chelsea.jpg"));
    assert_agrees(&checked(&model, right.clone()).unwrap());
    let gradient = |change: &dyn Fn(usize, f32) -> f32| {
        let mut wrong = right.clone();
        let values = wrong.gradient.iter_mut().enumerate();
        values.for_each(|(at, value)| *value = change(at, *value));
        let report = checked(&model, wrong).unwrap();
        assert!(report.disagrees() && report.scores.agree, "{report:?}");
    };
    gradient(&|_, value| -value);
    gradient(&|_, value| value * 1.3);
    gradient(&|_, _| 0.0);
    let pixels = right.gradient.len() / 3;
    // The gradient of the red channel alone is lost.
    gradient(&|at, value| if at < pixels { 0.0 } else { value });

    let mut wrong = right;
    wrong.logits[0] += 0.01 * wrong.logits.iter().fold(0.0_f32, |m, v| m.max(v.abs()));
    assert!(checked(&model, wrong).unwrap().disagrees());
}

fn check(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gradlens"))
        .current_dir(folder)
        .args(["check", "--device", "cpu", "--model", "model.onnx"])
        .args(arguments)
        .output()
        .unwrap()
}

fn case(name: &str) -> PathBuf {
    root().join("tests/model_cases").join(name)
}

/// The stored cases that both programs run, of each kind one: all of them must agree.
const BOTH_RUN: &[&str] = &[
    "04-weight-norm-not-folded",
    "07-prelu-c-h-w-equal",
    "09-resize-scale-is-not-ratio",
    "11-average-pool-ceil-pad",
    "13-max-pool-ceil-drops-window",
    "14-lrn-even-size",
    "15-softmax-before-opset13",
    "17-custom-vision-zipmap",
    "25-keras-learning-phase",
    "27-clip-zero-shot",
    "29-saturated-written-out-softmax",
    "30-grey-one-channel",
    "37-external-data",
    "43-shufflenet-batch-baked",
    "45-condconv-dynamic-weights",
    "49-einsum-capital-letters",
    "57-dead-rectifiers",
];

/// Cases that tract does not run, and a word of its reason.
const TRACT_REFUSES: &[(&str, &str)] = &[
    ("01-bn-batch-statistics", "Wrong number of outputs"),
    ("05-opset6-broadcast-axis", "operators of set 6"),
    ("10-upsample-opset9-linear", "no operator Upsample"),
    ("39-ort-optimised-fused-conv", "com.microsoft.FusedConv"),
    ("51-bfloat16-throughout", "Bfloat16"),
];

#[test]
fn stored_cases_agree_or_are_refused_with_the_reason() {
    let mut wrong = Vec::new();
    let of_case = |name: &str| {
        let folder = case(name);
        let case: Value =
            serde_json::from_slice(&fs::read(folder.join("case.json")).unwrap()).unwrap();
        let arguments: Vec<&str> = case["cli_args"]
            .as_array()
            .unwrap()
            .iter()
            .map(|argument| argument.as_str().unwrap())
            .collect();
        check(
            &folder,
            &[&["--input", "input.npy"], arguments.as_slice()].concat(),
        )
    };
    for name in BOTH_RUN {
        let output = of_case(name);
        if output.status.code() != Some(0) {
            wrong.push(format!("{name}: {output:?}"));
        }
    }
    for (name, reason) in TRACT_REFUSES {
        let output = of_case(name);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.code() != Some(3) || !said.contains(reason) {
            wrong.push(format!("{name}: {output:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn quantised_models_are_compared_by_scores() {
    let folder = case("48-dynamic-quantised");
    let output = check(&folder, &["--input", "input.npy", "--json"]);
    let outcomes: Value = serde_json::from_slice(&output.stdout).unwrap();
    let report = &outcomes[0]["compared"];
    let left_out = serde_json::to_value(LeftOut::Quantised).unwrap();
    assert_eq!(report["gradient"]["left-out"], left_out, "{outcomes}");
    assert_eq!(output.status.code(), Some(0), "{outcomes}");
}
