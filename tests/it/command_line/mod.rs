//! The command line as a person calls it: files in, files out, one sentence where something is wrong.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod every_method;
mod forms;
mod study;

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use crate::{onnx_writer, support};
use gradlens::array_file::Array;
use serde_json::Value;
use support::{array, default_model, golden, index, root};

/// A folder for this test's files.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// The program on the small network and its input.
fn explain_tiny(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gradlens"))
        .args(["explain", "--device", "cpu", "--model"])
        .arg(golden("tiny/tiny.onnx"))
        .arg("--input")
        .arg(golden("tiny/input.npy"))
        .args(arguments)
        .output()
        .unwrap()
}

/// What a successful call said.
fn said(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn explain(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gradlens"))
        .args(["explain", "--device", "cpu", "--model"])
        .arg(default_model())
        .args(arguments)
        .output()
        .unwrap()
}

fn text(path: PathBuf) -> String {
    path.to_str().unwrap().to_owned()
}

#[test]
fn an_array_gives_the_stored_map_and_a_full_result() {
    let folder = folder("array");
    let (out, json) = (
        text(folder.join("map.npy")),
        text(folder.join("result.json")),
    );
    let input = text(golden("p1_chelsea_96/input.npy"));
    let noise = text(golden("banks/z_96x96.npy"));
    let output = explain(&[
        "--input",
        &input,
        "--noise",
        &noise,
        "--samples",
        "10",
        "--target",
        "285",
        "--method",
        "smoothgrad",
        "--out",
        &out,
        "--json",
        &json,
    ]);
    assert!(output.status.success(), "{output:?}");

    let map = Array::read(&std::fs::read(&out).unwrap()).unwrap();
    assert_eq!(map.shape, [96, 96]);
    // Second in the stored maps: SmoothGrad of ten samples.
    let stored = array("p1_chelsea_96/maps_c285.npy").values;
    let stored = &stored[96 * 96..2 * 96 * 96];
    let difference: f32 = map
        .values
        .iter()
        .zip(stored)
        .map(|(a, b)| (a - b).abs())
        .sum();
    assert!(difference / (96.0 * 96.0) < 7.7e-4);

    let result: Value = serde_json::from_str(&std::fs::read_to_string(&json).unwrap()).unwrap();
    assert_eq!(result["target"], 285);
    assert_eq!(result["gradients"], 10);
    assert_eq!(result["logits"].as_array().unwrap().len(), 1000);
    assert!((result["probabilities"][285].as_f64().unwrap() - 0.974_767).abs() < 1e-4);
    let steps = result["rcap"]["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 5);
    for key in [
        "threshold",
        "ring_pixels",
        "recovered_pixels",
        "mass_share",
        "probability",
        "logit",
    ] {
        assert!(steps[0][key].is_number(), "{key}");
    }
    assert_eq!(result["device"]["kind"], "cpu");
}

#[test]
fn a_photo_gives_a_picture() {
    let folder = folder("photo");
    let png = text(folder.join("overlay.png"));
    let photo = text(root().join("static/samples/chelsea.jpg"));
    let output = explain(&["--image", &photo, "--samples", "2", "--png", &png]);
    assert!(output.status.success(), "{output:?}");
    let picture = image::open(&png).unwrap().to_rgb8();
    assert_eq!(picture.dimensions(), (224, 224));
    let first = picture.get_pixel(0, 0);
    assert!(picture.pixels().any(|pixel| pixel != first));
}

#[test]
fn the_same_seed_gives_the_same_map() {
    let folder = folder("seed");
    let photo = text(root().join("static/samples/coffee.jpg"));
    let map = |name: &str, seed: &str| {
        let out = text(folder.join(name));
        let output = explain(&[
            "--image",
            &photo,
            "--samples",
            "2",
            "--seed",
            seed,
            "--out",
            &out,
        ]);
        assert!(output.status.success(), "{output:?}");
        Array::read(&std::fs::read(out).unwrap()).unwrap()
    };
    let first = map("a.npy", "7");
    assert_eq!(first, map("b.npy", "7"));
    assert_ne!(first, map("c.npy", "8"));
}

#[test]
fn the_card_of_a_model_is_printed() {
    let card = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_gradlens"))
            .arg("model")
            .arg(default_model())
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let text = card(&[]);
    for part in [
        "SHA-256",
        "1000 classes",
        "EfficientNet-Lite",
        "NCHW",
        "224 x 224",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let json: Value = serde_json::from_str(&card(&["--json"])).unwrap();
    assert_eq!(json["classes"], 1000);
    assert_eq!(json["layout"], "nchw");
    assert_eq!(json["sha256"].as_str().unwrap().len(), 64);
    // The authors count 407 million multiply-adds for EfficientNet-Lite0.
    let multiply_adds = json["cost"]["multiply_adds"].as_f64().unwrap();
    assert!((3.5e8..4.5e8).contains(&multiply_adds), "{multiply_adds}");
}

#[test]
fn classes_are_called_by_the_names_in_a_file() {
    let folder = folder("labels");
    let (names, json) = (
        text(folder.join("names.txt")),
        text(folder.join("result.json")),
    );
    let lines: Vec<String> = (0..1000).map(|class| format!("name of {class}")).collect();
    std::fs::write(&names, lines.join("\n")).unwrap();
    let photo = text(root().join("static/samples/chelsea.jpg"));
    let output = explain(&[
        "--image",
        &photo,
        "--samples",
        "2",
        "--target",
        "285",
        "--labels",
        &names,
        "--json",
        &json,
    ]);
    assert!(output.status.success(), "{output:?}");
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .contains("class 285 (name of 285)")
    );
    let result: Value = serde_json::from_str(&std::fs::read_to_string(&json).unwrap()).unwrap();
    assert_eq!(result["target_name"], "name of 285");

    std::fs::write(&names, "a\n\nb").unwrap();
    let output = explain(&["--image", &photo, "--samples", "2", "--labels", &names]);
    assert!(!output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("line 2"));
}

#[test]
fn choices_a_model_does_not_have_are_told_with_those_it_has() {
    let output = Command::new(env!("CARGO_BIN_EXE_gradlens"))
        .arg("model")
        .arg(default_model())
        .args(["--model-output", "scores"])
        .output()
        .unwrap();
    assert!(!output.status.success());
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains("no output called scores"), "{errors}");
    assert!(errors.contains("gradlens: output "), "{errors}");
}

#[test]
fn the_gradient_itself_comes_out_as_it_is() {
    let folder = folder("gradient");
    let (out, logits) = (text(folder.join("g.npy")), text(folder.join("l.npy")));
    let input = text(golden("gradcheck/chelsea_96x96_input.npy"));
    let checks = index("gradcheck/index.json");
    let check = checks
        .as_array()
        .unwrap()
        .iter()
        .find(|check| check["name"] == "chelsea_96x96")
        .unwrap();
    let gradient = |target: &str| {
        Command::new(env!("CARGO_BIN_EXE_gradlens"))
            .args(["gradient", "--device", "cpu", "--model"])
            .arg(default_model())
            .args(["--input", &input, "--target", target])
            .args(["--out", &out, "--logits", &logits])
            .output()
            .unwrap()
    };
    let output = gradient(&check["target2"].to_string());
    assert!(output.status.success(), "{output:?}");
    let read = |path: &str| Array::read(&std::fs::read(path).unwrap()).unwrap();
    let close = |found: &Array, stored: &Array, tolerance: f32| {
        let largest = stored.values.iter().fold(0.0_f32, |m, v| m.max(v.abs()));
        assert_eq!(found.values.len(), stored.values.len());
        found
            .values
            .iter()
            .zip(&stored.values)
            .all(|(a, b)| (a - b).abs() <= tolerance * largest)
    };
    let found = read(&out);
    assert_eq!(found.shape, [1, 3, 96, 96]);
    let stored = array("gradcheck/chelsea_96x96_grad_c2.npy");
    assert!(close(&found, &stored, 1e-5));
    let found = read(&logits);
    assert_eq!(found.shape, [1, 1000]);
    let stored = array("gradcheck/chelsea_96x96_logits.npy");
    assert!(close(&found, &stored, 1e-5));

    let output = gradient("1000");
    assert!(!output.status.success());
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains("0 to 999"), "{errors}");
}

#[test]
fn what_is_wrong_is_said_in_one_sentence() {
    let photo = text(root().join("static/samples/coffee.jpg"));
    let not_an_image = text(root().join("Cargo.toml"));
    let wrong_shape = text(golden("banks/z_96x96.npy"));
    for (arguments, part) in [
        (vec!["--image", not_an_image.as_str()], "not an image"),
        (vec!["--image", "no-such-file.png"], "no-such-file.png"),
        (vec!["--input", wrong_shape.as_str()], "(1, channels, H, W)"),
        (
            vec!["--image", photo.as_str(), "--target", "1000"],
            "0 to 999",
        ),
        (
            vec!["--image", photo.as_str(), "--percentile", "120"],
            "0 to 100",
        ),
        (
            vec!["--image", photo.as_str(), "--rcap-lower-bound", "1"],
            "below 1",
        ),
        (
            vec!["--image", photo.as_str(), "--noise", wrong_shape.as_str()],
            "224",
        ),
    ] {
        let output = explain(&arguments);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{arguments:?}");
        assert!(errors.contains(part), "{arguments:?}: {errors}");
        assert!(!errors.contains("panicked"), "{errors}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn every_method_is_listed_and_runs() {
    let program = || Command::new(env!("CARGO_BIN_EXE_gradlens"));
    let listing = program().args(["methods", "--json"]).output().unwrap();
    let methods: Value = serde_json::from_slice(&listing.stdout).unwrap();
    let input = text(root().join("src/engine/device/known_answer/input.npy"));
    let model = text(golden("tiny/tiny.onnx"));
    let mut count = 0;
    for method in methods.as_array().unwrap() {
        let id = method["id"].as_str().unwrap();
        let output = program()
            .args([
                "explain", "--model", &model, "--input", &input, "--method", id,
            ])
            .output()
            .unwrap();
        assert!(output.status.success(), "{id}: {output:?}");
        count += 1;
    }
    assert!(count >= 5);
}
