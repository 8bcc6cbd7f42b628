//! Every flag, every method and every process; what is written must be the stored maps.

use std::{collections::BTreeMap, path::Path, process::Command};

use gradlens::array_file::Array;
use serde_json::Value;

use super::{
    explain, explain_tiny, folder, said,
    support::{array, golden, index, root},
    text,
};

fn map(path: &Path) -> Vec<f32> {
    Array::read(&std::fs::read(path).unwrap()).unwrap().values
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn every_flag_takes_what_it_says() {
    for (method, flags) in [
        (
            "smoothgrad",
            "--process plain --samples 2 --spread 0.1 --seed 3",
        ),
        ("smoothgrad", "--process positive --objective logit"),
        ("smoothgrad", "--process negative --objective loss"),
        ("smoothgrad", "--process absolute --objective probability"),
        ("smoothgrad", "--process guided --percentile 75"),
        (
            "smoothgrad",
            "--process guided-absolute --percentile 75 --damping relative",
        ),
        ("smoothgrad-squared", "--process guided --percentile 50"),
        (
            "integrated-gradients",
            "--baseline uniform --trials 3 --steps 4 --process guided",
        ),
        ("integrated-gradients", "--baseline zero --rule left"),
        (
            "integrated-gradients",
            "--baseline blur --radius 5 --sigma 3 --rule trapezoid",
        ),
        (
            "integrated-gradients",
            "--baseline color --color #ff8000 --rule gauss-legendre",
        ),
        (
            "integrated-gradients",
            "--rule authors --preset isic --process negative",
        ),
        (
            "guided-ig",
            "--steps 6 --fraction 0.5 --max-dist 0.2 --process positive",
        ),
        (
            "blur-ig",
            "--steps 6 --radius 8 --max-sigma 9 --grad-step 0.02 --process absolute",
        ),
        ("idgi", "--path blur-ig --radius 8 --steps 4"),
        ("idgi", "--path guided-ig --steps 4"),
        ("guided-backprop", "--rule positive"),
        ("guided-backprop", "--rule negative --relu6"),
        ("guided-backprop", "--rule both --relu6 off"),
        ("guided-backprop", "--rule absolute --silu"),
        ("gradient-x-input", "--objective probability"),
        ("guided-absolute-grad", "--preset imagenet-s"),
        ("guided-absolute-grad", "--preset places365 --percentile 60"),
        ("grad-cam", "--layer /r2/Relu"),
        (
            "control-misplaced",
            "--of vargrad --remain 0.05 --moved 0.2",
        ),
    ] {
        let mut arguments = vec!["--method", method];
        arguments.extend(flags.split(' '));
        let output = explain_tiny(&arguments);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {errors}");
        assert!(!errors.contains("ignored"), "{arguments:?}: {errors}");
    }
    let ignored = explain_tiny(&["--method", "gradient", "--steps", "3"]);
    assert!(String::from_utf8_lossy(&ignored.stderr).contains("does not use --steps"));
}

#[test]
fn the_help_names_every_value_of_a_flag() {
    let output = Command::new(env!("CARGO_BIN_EXE_gradlens"))
        .args(["explain", "--help"])
        .output()
        .unwrap();
    let help: String = said(&output)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    for part in [
        "plain|positive|negative|absolute|guided|guided-absolute",
        "logit|loss|probability",
        "uniform|zero|blur|color",
        "positive|negative|both|absolute",
        "authors|left|trapezoid|gauss-legendre",
        "--relu6",
        "--silu",
        "--uniform",
        "--preset",
        "imagenet-s, isic, places365",
        "--all",
        "--layer",
    ] {
        assert!(help.contains(part), "{part} is not in {help}");
    }
}

#[test]
fn one_call_writes_every_method_and_process_from_shared_passes() {
    let out = folder("all");
    let noise = text(golden("tiny/z.npy"));
    let uniform = text(golden("tiny/u.npy"));
    let shared = [
        "--noise",
        &noise,
        "--uniform",
        &uniform,
        "--samples",
        "8",
        "--target",
        "0",
    ];
    let fixed = [
        "--steps",
        "5",
        "--trials",
        "2",
        "--radius",
        "10",
        "--max-sigma",
        "12",
    ];
    let mut arguments = vec!["--all", out.to_str().unwrap()];
    arguments.extend(shared);
    arguments.extend(fixed);
    said(&explain_tiny(&arguments));

    let found = json(&out.join("index.json"));
    let mut costs: BTreeMap<String, u64> = BTreeMap::new();
    let mut count = 0;
    for entry in found["maps"].as_array().unwrap() {
        assert!(out.join(entry["file"].as_str().unwrap()).exists());
        let method = entry["method"].as_str().unwrap().to_owned();
        *costs.entry(method).or_default() += entry["gradients"].as_u64().unwrap();
        count += 1;
    }
    // Six processes of four methods, squares in two, rules, paths, and eleven without any.
    assert_eq!(count, 4 * 6 + 2 + 4 + 3 + 11);
    // The first of the noise family pays for it; each path is walked once for all its processes.
    let family = [
        "smoothgrad",
        "smoothgrad-squared",
        "vargrad",
        "absolutegrad",
    ];
    assert!(family.iter().all(|method| costs[*method] == 0));
    assert_eq!(costs["guided-absolute-grad"], 8);
    assert_eq!(costs["integrated-gradients"], 5 * 2);
    assert_eq!((costs["guided-ig"], costs["blur-ig"]), (5, 5));
    assert_eq!(costs["guided-backprop"], 4);
    let sum: u64 = costs.values().sum();
    assert_eq!(found["gradients"].as_u64(), Some(sum));

    let stored = array("tiny/maps.npy").values;
    let pixels = 32 * 32;
    let mut compared = 0;
    for (name, file) in [
        ("vanilla", "gradient.npy"),
        ("gbp_positive", "guided-backprop.positive.npy"),
        ("gbp_negative", "guided-backprop.negative.npy"),
        ("gbp_both", "guided-backprop.both.npy"),
        ("gbp_abs", "guided-backprop.absolute.npy"),
        ("gag", "guided-absolute-grad.npy"),
        ("smooth", "smoothgrad.plain.npy"),
        ("var", "vargrad.npy"),
        ("ig", "integrated-gradients.plain.npy"),
        ("ig_positive", "integrated-gradients.positive.npy"),
        ("idgi", "idgi.integrated-gradients.npy"),
    ] {
        let index = index("tiny/index.json");
        let entry = index["maps"]
            .as_array()
            .unwrap()
            .iter()
            .find(|entry| entry["name"] == name)
            .unwrap();
        let at = entry["index"].as_u64().unwrap() as usize * pixels;
        let limit = entry["tol"]["abs"].as_f64().unwrap() as f32;
        let off = map(&out.join(file))
            .iter()
            .zip(&stored[at..at + pixels])
            .filter(|(a, b)| (**a - **b).abs() > limit)
            .count();
        assert!(off <= pixels / 200, "{name}: {off} pixels differ");
        compared += 1;
    }
    assert_eq!(compared, 11);

    // The same as one by one.
    let alone = out.join("alone.npy");
    for (file, method, process) in [
        ("blur-ig.negative.npy", "blur-ig", "negative"),
        (
            "guided-ig.guided-absolute.npy",
            "guided-ig",
            "guided-absolute",
        ),
        (
            "integrated-gradients.guided.npy",
            "integrated-gradients",
            "guided",
        ),
        ("smoothgrad.negative.npy", "smoothgrad", "negative"),
    ] {
        let mut arguments = vec!["--method", method, "--process", process, "--out"];
        arguments.push(alone.to_str().unwrap());
        arguments.extend(shared);
        arguments.extend(fixed);
        said(&explain_tiny(&arguments));
        assert_eq!(map(&alone), map(&out.join(file)), "{file}");
    }
}

#[test]
fn guided_backprop_says_where_it_changes_nothing() {
    let folder = folder("no-relu");
    let photo = text(root().join("static/samples/chelsea.jpg"));
    let result = text(folder.join("result.json"));
    let arguments = [
        "--image",
        &photo,
        "--method",
        "guided-backprop",
        "--json",
        &result,
    ];
    let words = said(&explain(&arguments));
    assert!(
        words.contains("has no ReLU") && words.contains("clips to 0..6"),
        "{words}"
    );
    let note = json(result.as_ref())["note"].as_str().unwrap().to_owned();
    assert!(note.contains("vanilla gradient"));
    let variant = said(&explain(&[&arguments[..], &["--relu6"]].concat()));
    assert!(
        !variant.contains("no ReLU") && variant.contains("A variant of Guided Backprop"),
        "{variant}"
    );
    assert!(!said(&explain_tiny(&["--method", "guided-backprop"])).contains("no ReLU"));
}

#[test]
fn path_methods_give_their_gap_as_a_number() {
    let result = text(folder("gap").join("result.json"));
    let arguments = [
        "--method",
        "integrated-gradients",
        "--objective",
        "logit",
        "--json",
        &result,
    ];
    let gap = |more: &[&str]| {
        let words = said(&explain_tiny(&[&arguments[..], more].concat()));
        assert!(words.contains("Completeness gap: "), "{words}");
        let found = json(result.as_ref());
        let number = |key: &str| found["completeness"][key].as_f64().unwrap();
        assert!((number("attributed") - number("explained") - number("gap")).abs() < 1e-9);
        number("gap").abs() / number("explained").abs()
    };
    let (coarse, fine) = (
        gap(&["--steps", "3"]),
        gap(&["--steps", "200", "--rule", "trapezoid"]),
    );
    assert!(fine < 0.05 && fine < coarse, "{fine} {coarse}");
    said(&explain_tiny(&["--method", "gradient", "--json", &result]));
    assert!(json(result.as_ref())["completeness"].is_null());
}

#[test]
fn a_layer_that_is_not_there_is_said_with_those_that_are() {
    let output = explain_tiny(&["--method", "grad-cam", "--layer", "conv9"]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(
        errors.contains("called conv9") && errors.contains("/r2/Relu"),
        "{errors}"
    );
}

#[test]
fn measures_and_a_mask_go_into_the_result() {
    let result = text(folder("measures").join("result.json"));
    let photo = text(root().join("static/samples/chelsea.jpg"));
    let output = explain_tiny(&[
        "--method",
        "gradient",
        "--measures",
        "noise-level,rise-curves:step=50,randomisation:groups=4",
        "--json",
        &result,
    ]);
    let words = said(&output);
    assert!(words.contains("randomisation-abs-spearman: "), "{words}");
    let found = json(result.as_ref());
    let measures = found["measures"].as_array().unwrap();
    assert_eq!(measures.len(), 3);
    assert_eq!(measures[1]["curves"][0]["y"].as_array().unwrap().len(), 3);
    assert_eq!(measures[2]["curves"][0]["y"].as_array().unwrap().len(), 4);
    let again = explain_tiny(&["--method", "gradient", "--measures", "beauty"]);
    assert!(String::from_utf8_lossy(&again.stderr).contains("no measure called beauty"));
    // The photo as its own mask: bright pixels are inside.
    let masked = explain(&[
        "--image",
        &photo,
        "--mask",
        &photo,
        "--method",
        "control-edge",
        "--measures",
        "localisation",
    ]);
    assert!(said(&masked).contains("pointing-game: "));
    // What an inverted map scores, something that never saw the model beats.
    let beaten = explain_tiny(&[
        "--method",
        "control-inverted",
        "--measures",
        "rcap,noise-level",
        "--controls",
        "--json",
        &result,
    ]);
    let words = said(&beaten);
    let controls = &json(result.as_ref())["controls"];
    assert_eq!(controls["scores"]["rcap"].as_object().unwrap().len(), 3);
    let beating = controls["beaten"].as_object().unwrap();
    assert_eq!(words.contains("beaten by"), !beating.is_empty());
    assert!(!beating.contains_key("entropy"), "entropy ranks nothing");
    let none = explain(&[
        "--image",
        &photo,
        "--method",
        "control-edge",
        "--measures",
        "localisation",
    ]);
    assert!(String::from_utf8_lossy(&none.stderr).contains("mask"));
}
