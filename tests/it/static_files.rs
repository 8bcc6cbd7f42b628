//! Checks what is served beside the page: class names, sample photos, and the pins that must agree.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::{collections::HashSet, fs, path::Path};

use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn json(path: &str) -> Value {
    serde_json::from_slice(&fs::read(root().join(path)).unwrap()).unwrap()
}

#[test]
fn every_imagenet_class_has_a_name_of_its_own() {
    let names = json("static/labels/imagenet-1k.json");
    let names: Vec<&str> = names
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    assert_eq!(names.len(), 1000);
    assert_eq!(names.iter().collect::<HashSet<_>>().len(), 1000);
    assert_eq!(
        (names[0], names[285], names[967]),
        ("tench", "Egyptian cat", "espresso")
    );
}

#[test]
fn every_label_set_has_its_file() {
    for set in gradlens::protocol::LabelSet::all() {
        let Some(file) = set.file else {
            continue;
        };
        let path = root().join(format!("static/labels/{file}.json"));
        let names = set.names(&fs::read_to_string(path).unwrap()).unwrap();
        assert_eq!(names.len(), set.classes, "{}", set.name);
        let distinct: HashSet<_> = names.iter().collect();
        assert_eq!(distinct.len(), names.len(), "{}", set.name);
    }
}

#[test]
fn every_sample_is_small_and_says_whose_it_is() {
    let samples = json("static/samples/samples.json");
    let samples = samples.as_array().unwrap();
    assert!(samples.len() >= 4);
    for sample in samples {
        for key in ["title", "licence", "source"] {
            assert!(
                !sample[key].as_str().unwrap().is_empty(),
                "{sample} lacks its {key}"
            );
        }
        for key in ["file", "thumbnail"] {
            let path = root()
                .join("static/samples")
                .join(sample[key].as_str().unwrap());
            let bytes = fs::read(&path).unwrap();
            assert!(
                bytes.starts_with(&[0xff, 0xd8, 0xff]),
                "{} is no JPEG",
                path.display()
            );
            assert!(bytes.len() < 120_000, "{} is too large", path.display());
        }
    }
}

#[test]
fn wasm_bindgen_is_pinned_alike_everywhere() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let entry = lock
        .split("[[package]]")
        .find(|entry| entry.contains("name = \"wasm-bindgen\"\n"))
        .unwrap();
    let locked = entry
        .lines()
        .find_map(|line| line.strip_prefix("version = "))
        .unwrap()
        .trim_matches('"');
    let versions = fs::read_to_string(root().join("tools/versions.env")).unwrap();
    let tool = versions
        .lines()
        .find_map(|line| line.strip_prefix("WASM_BINDGEN_VERSION="))
        .unwrap();
    assert_eq!(
        locked, tool,
        "the crate and the tool must be of one version"
    );
}

/// What the page may do: run its own files, and talk to nobody else.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; \
                      img-src 'self' blob: data:; style-src 'self'; worker-src 'self'; \
                      object-src 'none'; base-uri 'self'; form-action 'none'";

#[test]
fn the_security_policy_is_the_same_everywhere_and_no_looser() {
    let read = |path: &str| fs::read_to_string(root().join(path)).unwrap();
    let html = read("www/index.html");
    let meta = format!("http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\"");
    let at = html.find(&meta).expect("the page's head holds the policy");
    for tag in ["<script", "<link"] {
        assert!(
            html.find(tag).is_none_or(|tag| tag > at),
            "{tag} comes after it"
        );
    }
    assert_eq!(html.matches("Content-Security-Policy").count(), 1);
    let quoted: Vec<String> = POLICY
        .split("; ")
        .map(|part| format!("\"{part}\","))
        .collect();
    let serve = read("tools/serve.py");
    for part in quoted {
        assert!(serve.contains(&part), "tools/serve.py sends {part}");
    }
    let documented = format!("Content-Security-Policy: {POLICY}; frame-ancestors 'none'");
    assert!(read("docs/deploying.md").contains(&documented));
}

#[test]
fn nothing_in_the_page_is_between_the_lines_or_from_elsewhere() {
    let html = fs::read_to_string(root().join("www/index.html")).unwrap();
    assert!(!html.contains("<script"), "scripts are files");
    assert!(!html.contains("<style") && !html.contains(" style="));
    for quote in ["src=\"http", "href=\"http", "src=\"//", "href=\"//"] {
        assert!(!html.contains(quote), "{quote} is somebody else's");
    }
    let pattern = fs::read_to_string(root().join("Trunk.toml")).unwrap();
    assert!(pattern.contains("pattern_script") && pattern.contains("src=\"start.js\""));
}

#[test]
fn the_finished_example_is_of_the_first_sample_and_the_default_model() {
    let example = json("static/example/example.json");
    assert_eq!(
        example["sample"],
        json("static/samples/samples.json")[0]["file"]
    );
    let versions = fs::read_to_string(root().join("tools/versions.env")).unwrap();
    let model = versions
        .lines()
        .find_map(|line| line.strip_prefix("MODEL_SHA256="))
        .expect("the default model is pinned");
    assert_eq!(example["model_sha256"], model);
    let map = fs::read(root().join("static/example/map.npy")).unwrap();
    let values =
        example["map"]["width"].as_u64().unwrap() * example["map"]["height"].as_u64().unwrap();
    assert_eq!(map.len() as u64, 128 + 4 * values);
}
