//! Small models of every kind that people really have, through the program: explained with the right numbers, or
//! refused with the cause. Each folder beside this file holds a model, an input, and what is known of it: logits by
//! ONNX Runtime, and, but for some, a gradient by central differences in double precision at some places.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use gradlens::array_file::Array;
use serde_json::Value;

/// Words that the sentence of a case must hold where it is refused: the cause, by name.
const CAUSES: &[(&str, &str)] = &[
    ("06-mxnet-prelu-and-spatial0", "spatial"),
    ("17-custom-vision-zipmap", "classes"),
    (
        "20-topk-indices-only",
        "in logits: choose that as the output",
    ),
    ("21-topk-values-and-indices", "TopK"),
    ("23-chw-uint8-resize-inside", "uint8"),
    ("24-encoded-image-bytes", "encoded_image_string_tensor"),
    ("26-clip-image-and-text", "The input TEXT (int64)"),
    (
        "32-video-five-axes",
        "[1, 3, 4, 12, 12], [batch, channels, frames, height, width]: it is a video model",
    ),
    (
        "33-sklearn-table",
        "the model takes rows of 4 numbers, not images",
    ),
    ("38-git-lfs-pointer", "a Git LFS pointer"),
    ("56-aten-fallback", "ATen"),
    ("58-half-precision-overflow", "its weights mu, va"),
    (
        "68-softmax-over-the-batch",
        "it takes axes [0] of scores of shape [1, 5]",
    ),
    (
        "69-softmax-of-one-score",
        "it takes axes [1] of scores of shape [1, 1]",
    ),
    ("70-softmax-over-columns", "runs over axis 3"),
    (
        "76-nhwc-conv",
        "laid this convolution out for graphics cards",
    ),
    ("77-quantised-attention", "com.microsoft.QAttention"),
    ("79-float8-weights", "float8e4m3fn"),
    ("80-grid-sample-of-volumes", "it samples a volume"),
    ("81-unknown-microsoft-operator", "level 'basic'"),
    ("82-operator-of-another-domain", "an operator of mmcv"),
    ("85-sequence-map-of-unknown-length", "SequenceMap"),
    (
        "86-weights-as-inputs",
        "takes them as inputs (w, b, hw, hb)",
    ),
    (
        "87-video-frames-first",
        "[batch, frames, channels, height, width]: it is a video model",
    ),
    ("88-infinite-gradient", "no slope there"),
];

/// Largest distance from what is known, as a share of the largest value.
const TOLERANCE: f64 = 1e-4;

fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/model_cases");
    let entries = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn numbers(value: &Value) -> Vec<f64> {
    let list = value.as_array().unwrap().iter();
    list.map(|number| number.as_f64().unwrap()).collect()
}

fn read(path: &Path) -> Array {
    Array::read(&fs::read(path).unwrap()).unwrap()
}

/// Values with the last of their axes `[n, h, w, c]` put behind the first, or back.
fn colours(shape: &[usize], values: &[f32], first: bool) -> Vec<f32> {
    let &[images, height, width, channels] = shape else {
        panic!("an image of shape {shape:?}");
    };
    let mut moved = vec![0.0; values.len()];
    for image in 0..images {
        for pixel in 0..height * width {
            for channel in 0..channels {
                let last_at = (image * height * width + pixel) * channels + channel;
                let first_at = (image * channels + channel) * height * width + pixel;
                if first {
                    moved[first_at] = values[last_at];
                } else {
                    moved[last_at] = values[first_at];
                }
            }
        }
    }
    moved
}

/// One image of a case's input, colours first, as the program takes it.
fn one_image(case: &Value, input: &Array) -> Array {
    let mut shape = input.shape.clone();
    let mut values = input.values.clone();
    if shape.len() == 4 && case["input_layout"] != "other" {
        shape[0] = 1;
        values.truncate(shape.iter().product());
        if case["input_layout"] == "NHWC" {
            values = colours(&shape, &values, true);
            shape = vec![1, shape[3], shape[1], shape[2]];
        }
    }
    Array { shape, values }
}

/// What is wrong about the logits or the gradient of a model that was explained.
fn difference(case: &Value, gradient: &Array, logits: &Array) -> Option<String> {
    let known = numbers(&case["logits"]);
    let largest = |values: &[f64]| {
        values
            .iter()
            .fold(0.0_f64, |most, value| most.max(value.abs()))
    };
    if logits.values.len() != known.len() {
        return Some(format!(
            "{} logits instead of {}",
            logits.values.len(),
            known.len()
        ));
    }
    let far = |found: f64, known: f64, scale: f64| {
        let distance = (found - known).abs();
        distance.is_nan() || distance > TOLERANCE * scale
    };
    let scale = largest(&known).max(1e-30);
    let mut pairs = logits
        .values
        .iter()
        .map(|&found| f64::from(found))
        .zip(&known);
    if let Some((found, known)) = pairs.find(|&(found, &known)| far(found, known, scale)) {
        return Some(format!("a logit is {found} instead of {known}"));
    }
    let values = if case["input_layout"] == "NHWC" {
        let &[images, channels, height, width] = gradient.shape.as_slice() else {
            return Some(format!("a gradient of shape {:?}", gradient.shape));
        };
        colours(&[images, height, width, channels], &gradient.values, false)
    } else {
        gradient.values.clone()
    };
    let known = numbers(&case["grad"]);
    let scale = largest(&known);
    let places = numbers(&case["grad_idx"]);
    places.iter().zip(&known).find_map(|(&place, &known)| {
        let found = values
            .get(place as usize)
            .map_or(f64::NAN, |&found| f64::from(found));
        far(found, known, scale)
            .then(|| format!("the gradient at {place} is {found} instead of {known}"))
    })
}

/// Whether a case does what is expected of it, and otherwise what it does.
fn outcome(folder: &Path) -> Result<(), String> {
    let name = folder.file_name().unwrap().to_str().unwrap();
    let case: Value = serde_json::from_slice(&fs::read(folder.join("case.json")).unwrap()).unwrap();
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("model_case_{name}"));
    fs::create_dir_all(&scratch).unwrap();
    let file = |name: &str| scratch.join(name);
    for stale in ["gradient.npy", "logits.npy"] {
        let _ = fs::remove_file(file(stale));
    }
    let input = one_image(&case, &read(&folder.join("input.npy")));
    fs::write(file("input.npy"), input.write()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_gradlens"));
    command
        .current_dir(folder)
        .args(["gradient", "--device", "cpu", "--model", "model.onnx"]);
    command.arg("--input").arg(file("input.npy"));
    command.arg("--out").arg(file("gradient.npy"));
    command.arg("--logits").arg(file("logits.npy"));
    if let Some(target) = case["target"].as_i64() {
        command.args(["--target", &target.to_string()]);
    }
    for argument in case["cli_args"].as_array().unwrap() {
        command.arg(argument.as_str().unwrap());
    }
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    match (output.status.code(), case["expect"].as_str().unwrap()) {
        (Some(0), "refused-with-reason") => Err("it was explained".to_owned()),
        // Nothing is known of what comes out.
        (Some(0), _) if case["logits"].is_null() => Ok(()),
        (Some(0), _) => {
            let found = difference(
                &case,
                &read(&file("gradient.npy")),
                &read(&file("logits.npy")),
            );
            found.map_or(Ok(()), Err)
        }
        (Some(1), "explained") => Err(format!("it was refused: {said}")),
        (Some(1), _) => {
            let cause = CAUSES.iter().find(|(case, _)| *case == name);
            let Some((_, cause)) = cause else {
                return Err(format!("it was refused, and no cause is expected: {said}"));
            };
            // A sentence with the cause, and not only a list of what the file has.
            let sentence = said.lines().last().unwrap_or_default();
            if sentence.contains(cause) {
                Ok(())
            } else {
                Err(format!("its sentence does not name {cause}: {said}"))
            }
        }
        (code, _) => Err(format!("it ended with {code:?}: {said}")),
    }
}

#[test]
fn every_case_is_explained_rightly_or_refused_with_its_cause() {
    let (mut passed, mut wrong) = (0, Vec::new());
    for folder in cases() {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        match outcome(&folder) {
            Ok(()) => passed += 1,
            Err(reason) => wrong.push(format!("{name}: {reason}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(passed, 91, "the cases were found");
}

/// A network whose rectifiers are all off has nothing to explain, and says so instead of drawing something.
#[test]
fn an_empty_map_says_why_and_has_no_rcap() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/model_cases/57-dead-rectifiers");
    let json = Path::new(env!("CARGO_TARGET_TMPDIR")).join("dead_rectifiers.json");
    for method in ["guided-absolute-grad", "gradient", "integrated-gradients"] {
        let output = Command::new(env!("CARGO_BIN_EXE_gradlens"))
            .current_dir(&folder)
            .args(["explain", "--device", "cpu", "--model", "model.onnx"])
            .args(["--input", "input.npy", "--method", method, "--json"])
            .arg(&json)
            .output()
            .unwrap();
        assert!(output.status.success(), "{method}: {output:?}");
        let result: Value = serde_json::from_slice(&fs::read(&json).unwrap()).unwrap();
        let note = result["note"].as_str().unwrap_or_default();
        assert!(
            note.contains("does not depend on the image here"),
            "{method}: {result}"
        );
        assert!(result["rcap"].is_null(), "{method}: {result}");
    }
}
